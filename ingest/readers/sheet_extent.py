"""How far the cells of an .xlsx sheet reach and how much text they repeat, before anything is laid out in memory.

All works on the XML of worksheets that was found well formed: attributes are unique and quoted, `<` is always markup.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ingest.readers.sheets import Limits, cell_address, too_many_elements, too_much_text, too_spread_out

_NEAR_ROWS = 999
_NEAR_COLUMNS = {1: 26, 2: 702}
"""The columns that one letter, or two, can name."""

_TWO_LETTERS = re.compile(rb'<c r="[A-Z]{2}')
_NOT_NEAR = re.compile(rb'<(?:[^\s<>/:!?]+:(?:c|row)|c(?! r="[A-Z]{1,2}\d{1,3}")|row(?! r="\d{1,3}"))[\s/>]')
_NOT_PLAIN = re.compile(rb'<(?:[^\s<>/:!?]+:(?:c|row)|c(?! r="[A-Z]{1,3}\d{1,7}")|row(?! r="\d{1,7}"))[\s/>]')
_PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]+)\d')
_PLAIN_ROW = re.compile(rb'<(?:c|row) r="[A-Z]*(\d+)"')
_WINDOW_BYTES = 1 << 20
_LONGEST_PLAIN_REFERENCE = 32

_TAG = re.compile(
    rb"<(/?)(?:[^\s<>/:!?]+:)?(c|row)(?=[\s/>])"
    rb"""([^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*)>"""
    rb"(</(?:[^\s<>/:!?]+:)?c\s*>)?"
)
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")

_STRING_END = re.compile(rb"</(?:[^\s<>/:!?]+:)?si\s*>")
_STRING_CELL = re.compile(rb"""\bt\s*=\s*["']s["']""")
_CITED_STRING = re.compile(rb't="s"[^<>]*><(?:[^\s<>/:!?]+:)?v>(\d{1,9})</(?:[^\s<>/:!?]+:)?v></')


def refuse_too_spread_out(sheets: Sequence[bytes], limits: Limits) -> None:
    """Raise `Refusal` when the areas from A1 to the last filled cell of these sheets hold too many cells together.

    Cells that only carry a format don't count, however far they are. From the quickest way to the surest: most sheets
    are settled by the length of their references, then by the furthest of them, filled or not.
    """
    if not any(map(_NOT_NEAR.search, sheets)) and sum(map(_near_area, sheets)) <= limits.max_cells:
        return
    if not any(map(_NOT_PLAIN.search, sheets)) and sum(map(_plain_area, sheets)) <= limits.max_cells:
        return
    remaining = limits.max_cells
    for sheet in sheets:
        remaining -= _filled_area(sheet, remaining, limits.max_cells)


def _near_area(sheet: bytes) -> int:
    """The cells of the largest sheet whose references are no longer than these."""
    return _NEAR_ROWS * _NEAR_COLUMNS[2 if _TWO_LETTERS.search(sheet) else 1]


def _plain_area(sheet: bytes) -> int:
    """The cells from A1 to the last row and column that hold a cell, when each row and cell starts by its reference."""
    columns, rows = {b""}, {b"0"}
    for start in range(0, len(sheet), _WINDOW_BYTES):
        end = start + _WINDOW_BYTES + _LONGEST_PLAIN_REFERENCE
        columns.update(_PLAIN_COLUMN.findall(sheet, start, end))
        rows.update(_PLAIN_ROW.findall(sheet, start, end))
    return max(map(int, rows)) * max(map(_column_number, columns))


def _filled_area(sheet: bytes, remaining: int, max_tags: int) -> int:
    """The cells from A1 to the last filled row and column. Raises `Refusal` beyond `remaining`.

    A row or a cell without reference follows the one before it.
    """
    row = column = rows = columns = 0
    for number, match in enumerate(_TAG.finditer(sheet)):
        if number > max_tags:
            raise too_many_elements()
        closing, tag, attributes, nothing_inside = match.groups()
        reference = _REFERENCE.search(attributes)
        if tag == b"row":
            if reference:
                row = _row_number(reference[2]) - 1
            if closing or attributes.endswith(b"/"):
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


@lru_cache(maxsize=1 << 15)
def _column_number(letters: bytes) -> int:
    """A column's number, A being 1; beyond six letters only its being enormous matters."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


def refuse_too_much_text(shared_strings: bytes, sheets: Iterable[bytes], limits: Limits) -> None:
    """Raise `Refusal` when shared strings, copied into each cell that cites them, exceed the unpacked size."""
    if shared_strings.count(b"<") > 4 * limits.max_cells:
        raise too_many_elements()
    sheets = list(sheets)
    # a cell with a value is at least two elements: four times `<`
    most_cells = sum(sheet.count(b"<") for sheet in sheets) // 4
    if len(shared_strings) * most_cells <= limits.max_uncompressed_bytes:
        return
    lengths = array("L", [0])
    end = 0
    for match in _STRING_END.finditer(shared_strings):
        lengths.append(match.start() - end)
        end = match.end()
    longest = max(lengths)
    if longest * most_cells <= limits.max_uncompressed_bytes:
        return
    text_bytes = 0
    for sheet in sheets:
        cited = _CITED_STRING.findall(sheet)
        text_bytes += sum(lengths[int(index) + 1] for index in cited if int(index) + 1 < len(lengths))
        text_bytes += longest * (len(_STRING_CELL.findall(sheet)) - len(cited))
    if text_bytes > limits.max_uncompressed_bytes:
        raise too_much_text(limits)
