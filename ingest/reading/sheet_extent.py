"""How far the cells of an .xlsx sheet reach and how much text they repeat, before anything is laid out in memory.

All works on the XML of worksheets that was found well formed: attributes are unique and quoted, `<` is always markup.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ingest.reading.sheets import Limits, cell_address, too_much_text, too_spread_out

_PREFIX = rb"<(?:[^\s<>/:!?]+:)?"
_ATTRIBUTES = rb"""([^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>"""

_NEAR_ROWS = 999
_NEAR_COLUMNS = {1: 26, 2: 702}
"""The columns that one letter, or two, can name."""

_NOT_NEAR = re.compile(rb'<(?:[^\s<>/:!?]+:(?:c|row)|c(?! r="[A-Z]{1,2}\d{1,3}")|row(?! r="\d{1,3}"))[\s/>]')
_TWO_LETTERS = re.compile(rb'<c r="[A-Z]{2}')
_TAG = re.compile(rb"<(/?)(?:[^\s<>/:!?]+:)?(c|row)(?=[\s/>])" + _ATTRIBUTES + rb"(</(?:[^\s<>/:!?]+:)?c\s*>)?")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]*)(\d+)["']""")

_STRING_END = re.compile(rb"</(?:[^\s<>/:!?]+:)?si\s*>")
_STRING_CELL = re.compile(rb"""\bt\s*=\s*["']s["']""")
_CITED_STRING = re.compile(rb't="s"[^<>]*>' + _PREFIX + rb"v>(\d{1,9})</(?:[^\s<>/:!?]+:)?v></")


def refuse_too_spread_out(sheets: Collection[bytes], limits: Limits) -> None:
    """Raise `Refusal` when the areas from A1 to the last filled cell of these sheets hold too many cells together.

    Cells that only carry a format don't count, however far they are. Most sheets are settled at a glance: each of
    their references has at most three digits and two letters.
    """
    if not any(_NOT_NEAR.search(sheet) for sheet in sheets):
        columns = sum(_NEAR_COLUMNS[2 if _TWO_LETTERS.search(sheet) else 1] for sheet in sheets)
        if columns * _NEAR_ROWS <= limits.max_cells:
            return
    remaining = limits.max_cells
    for sheet in sheets:
        remaining -= _filled_area(sheet, remaining)


def _filled_area(sheet: bytes, remaining: int) -> int:
    """The cells from A1 to the last filled row and column. Raises `Refusal` beyond `remaining`.

    A row or a cell without reference follows the one before it.
    """
    row = column = rows = columns = 0
    for match in _TAG.finditer(sheet):
        closing, tag, attributes, nothing_inside = match.groups()
        reference = _REFERENCE.search(attributes)
        if tag == b"row":
            if closing:
                row, column = row + 1, 0
            elif reference:
                row = _row_number(reference[2]) - 1
            if attributes.endswith(b"/"):
                row, column = row + 1, 0
            continue
        if closing:
            continue
        cell_row = row
        if reference:
            cell_row, column = _row_number(reference[2]) - 1, _column_number(reference[1]) - 1
        column += 1
        if attributes.endswith(b"/") or nothing_inside:
            continue
        if cell_row >= rows or column > columns:
            rows, columns = max(rows, cell_row + 1), max(columns, column)
            if rows * columns > remaining:
                raise too_spread_out("", cell_address(rows - 1, columns - 1))
    return rows * columns


def _row_number(digits: bytes) -> int:
    """A row's number; beyond nine digits only its being enormous matters."""
    return int(digits[:9])


def _column_number(letters: bytes) -> int:
    """A column's number, A being 1; beyond six letters only its being enormous matters."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def refuse_too_much_text(shared_strings: bytes, sheets: Iterable[bytes], limits: Limits) -> None:
    """Raise `Refusal` when shared strings, copied into each cell that cites them, exceed the unpacked size."""
    lengths = [len(string) for string in _STRING_END.split(shared_strings)]
    longest = max(lengths)
    sheets = list(sheets)
    # a cell with a value is at least two elements: four times `<`
    if longest * sum(sheet.count(b"<") for sheet in sheets) // 4 <= limits.max_uncompressed_bytes:
        return
    text_bytes = 0
    for sheet in sheets:
        cited = _CITED_STRING.findall(sheet)
        text_bytes += sum(lengths[int(index)] for index in cited if int(index) < len(lengths))
        text_bytes += longest * (len(_STRING_CELL.findall(sheet)) - len(cited))
    if text_bytes > limits.max_uncompressed_bytes:
        raise too_much_text(limits)
