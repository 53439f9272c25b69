"""The cells of an .xls as a person sees them, from what xlrd reads of a workbook: numbers under their format, texts
without what is struck out or calls a note, formulas whose result is not in the file, merged and hidden areas."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, XL_CELL_TEXT, error_text_from_code
from xlrd.xldate import XLDateError, xldate_as_datetime

from ingest.readers.cell_text import (
    boolean_text,
    datetime_text,
    digits_padded,
    is_note_call,
    number_text,
    padded_text,
    percentage_text,
    shows_percentage,
)
from ingest.readers.sheets import NO_SAVED_VALUE, STRUCK, Area, Place, marked

if TYPE_CHECKING:
    from xlrd.book import Book
    from xlrd.sheet import Sheet as BiffSheet

_FORMULAS = {0x0006, 0x0206, 0x0406}
_BEGINNING, _END = 0x0809, 0x000A
_RESULT, _FLAGS, _TOKENS = slice(6, 14), slice(14, 16), 22
_EMPTY_TEXT, _NO_NUMBER = 3, b"\xff\xff"
_TOKEN_OF_EMPTY_TEXT = b"\x17\x00"
_COMPUTED_ON_OPENING = 2


class Looks:
    """By rank of the cell formats of a workbook: those shown as percentages, those with leading zeros, those that
    strike; and by rank of its fonts: those that strike, those that raise."""

    def __init__(self, book: Book) -> None:
        self.percentages: set[int] = set()
        self.padded: dict[int, int] = {}
        self.struck: set[int] = set()
        self.struck_fonts = {rank for rank, font in enumerate(book.font_list) if font.struck_out}
        self.raised_fonts = {rank for rank, font in enumerate(book.font_list) if font.escapement}
        for rank, look in enumerate(book.xf_list if book.formatting_info else ()):
            number_format = book.format_map.get(look.format_key)
            shown = number_format.format_str if number_format else ""
            if shows_percentage(shown):
                self.percentages.add(rank)
            if digits := digits_padded(shown):
                self.padded[rank] = digits
            if look.font_index in self.struck_fonts:
                self.struck.add(rank)

    def text_of_number(self, value: float, look: int) -> str:
        """A number as its format shows it."""
        if look in self.percentages:
            return percentage_text(value)
        return padded_text(value, self.padded[look]) if look in self.padded else number_text(value)

    def text_of_runs(self, text: str, runs: list[tuple[int, int]], is_struck: bool) -> str:
        """A text without its struck runs and its calls of notes, marked where nothing else is in it; a run is the place
        where it starts and its font, `is_struck` what the cell says of the text before them."""
        kept, struck, raised = "", "", ""
        starts = [0, *(start for start, _ in runs)]
        for number, start in enumerate(starts):
            part = text[start : starts[number + 1] if number + 1 < len(starts) else None]
            font = runs[number - 1][1] if number else None
            if is_struck if font is None else font in self.struck_fonts:
                struck += part
            elif font in self.raised_fonts and is_note_call(part):
                raised += part
            else:
                kept += part
        if not (struck or raised):
            return text
        return kept.strip() or (marked(STRUCK, struck) if struck.strip() else raised)


def text_rows(sheet: BiffSheet, looks: Looks, datemode: int, unsaved: set[Place]) -> Iterator[list[str]]:
    """The rows of a sheet as text; `unsaved`: the formulas whose value is not in the file."""
    has_looks = bool(looks.percentages or looks.padded or looks.struck)
    runs = sheet.rich_text_runlist_map
    for row in range(sheet.nrows):
        cells: list[str] = []
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True)):
            look = sheet.cell_xf_index(row, column) if has_looks and value != "" else -1
            is_struck = look in looks.struck
            if kind == XL_CELL_NUMBER:
                text = looks.text_of_number(value, look)
            elif kind == XL_CELL_DATE:
                text = _date_text(value, datemode)
            elif kind == XL_CELL_BOOLEAN:
                text = boolean_text(value)
            elif kind == XL_CELL_ERROR:
                text = error_text_from_code.get(value, "#ERREUR")
            else:
                text = value
            if kind == XL_CELL_TEXT and (row, column) in runs:
                text = looks.text_of_runs(text, runs[row, column], is_struck)
            elif is_struck and text:
                text = marked(STRUCK, text)
            if (row, column) in unsaved:
                text = marked(NO_SAVED_VALUE, "=")
            cells.append(text)
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def hidden_places(sheet: BiffSheet) -> tuple[set[int], set[int]]:
    """The rows and the columns that a sheet doesn't show: hidden, of no size, folded."""
    rows = {
        row
        for row, about in sheet.rowinfo_map.items()
        if about.hidden or (about.height == 0 and not about.has_default_height)
    }
    columns = {column for column, about in sheet.colinfo_map.items() if about.hidden or about.width == 0}
    return rows, columns


def merged_areas(sheet: BiffSheet) -> list[Area]:
    """The areas that a sheet shows as one cell."""
    return [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]


def unsaved_formulas(book: Book, index: int) -> set[Place]:
    """The formulas of a sheet whose value was never computed: programs write an empty text as their result, which
    Excel only does for a formula that has one; or a zero that is to be computed when the workbook is opened."""
    found: set[Place] = set()
    stream, position, depth = book.mem, book._sh_abs_posn[index], 0
    while position + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, position)
        if code in _FORMULAS and depth == 1 and length >= _TOKENS:
            record = bytes(stream[position + 4 : position + 4 + length])
            if _is_unsaved(record):
                row, column = struct.unpack_from("<HH", record)
                found.add((row, column))
        depth += (code == _BEGINNING) - (code == _END)
        if depth <= 0:
            break
        position += 4 + length
    return found


def _is_unsaved(record: bytes) -> bool:
    result, (flags,) = record[_RESULT], struct.unpack("<H", record[_FLAGS])
    if result[6:] == _NO_NUMBER:
        return result[0] == _EMPTY_TEXT and _TOKEN_OF_EMPTY_TEXT not in record[_TOKENS:]
    return not any(result) and bool(flags & _COMPUTED_ON_OPENING)


def _date_text(value: float, datemode: int) -> str:
    """The text of a number shown as a date: below one a time of the day, out of the calendar the number itself."""
    try:
        date = xldate_as_datetime(value, datemode)
    except (XLDateError, OverflowError, ValueError):
        return number_text(value)
    return date.strftime("%H:%M:%S") if value < 1 else datetime_text(date)
