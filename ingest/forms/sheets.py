"""Cells of the workbooks that are sent: their formats, and texts that stay texts.

A text is always written as a string; one that a spreadsheet would run if it were typed (it starts with ``=``, ``+``,
``-``, ``@``, a tab or a carriage return) is marked as quoted, so that it stays a text even when its cell is edited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from core.atomic import replaced_file

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WORKBOOK_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}
RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME_LENGTH = 31
NOT_IN_A_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))

BORDER = {"border": 1, "border_color": "#BFBFBF"}
GREY = {"bg_color": "#EDEDED", "font_color": "#7F7F7F"}
TEXT, DATE = {"num_format": "@"}, {"num_format": "dd/mm/yyyy"}
CELL_LENGTH = 32_767
FIRST_YEAR = 1900
"""A spreadsheet holds no longer text, and no earlier date."""
LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "subtitle": {"font_color": "#404040"},
    "section": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79"},
    "unit": {"italic": True, "font_size": 9, "font_color": "#7F7F7F", "text_wrap": True, "valign": "bottom"},
    "code": {"font_size": 7, "font_color": "#A6A6A6"} | TEXT,
    "label": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7"} | BORDER,
    "reminder_label": {"italic": True, "text_wrap": True, "valign": "top"} | GREY | BORDER,
    "key": {"bg_color": "#DDEBF7", "valign": "top"} | TEXT | BORDER,
    "question": {"text_wrap": True, "valign": "top"} | BORDER,
    "paragraph": {"text_wrap": True, "valign": "top"},
    "reminder": {"valign": "top"} | GREY | BORDER,
    "reminder_text": {"valign": "top", "text_wrap": True} | GREY | TEXT | BORDER,
    "reminder_date": {"valign": "top", "align": "left"} | GREY | DATE | BORDER,
    "answer": {"locked": False, "valign": "top"} | TEXT | BORDER,
    "answer_long": {"locked": False, "valign": "top", "text_wrap": True} | TEXT | BORDER,
    "answer_number": {"locked": False, "valign": "top"} | BORDER,
    "answer_money": {"locked": False, "valign": "top", "num_format": "#,##0.00"} | BORDER,
    "answer_date": {"locked": False, "valign": "top", "align": "left"} | DATE | BORDER,
    "answer_tick": {"locked": False, "valign": "top", "align": "center"} | TEXT | BORDER,
    "to_confirm": {"bg_color": "#F8CBAD"},
    "refused": {"bg_color": "#FF7C80"},
}
ANSWER_LOOKS = {
    "integer": "answer_number", "decimal": "answer_number", "money": "answer_money", "date": "answer_date",
    "multi_choice": "answer_tick", "text": "answer_long",
}  # fmt: skip
PROTECTION = {"format_columns": True}
"""What a protected sheet still lets one do. Rows can't be hidden: the reader leaves hidden structures out."""


class Looks:
    """The formats of a workbook, made once each."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, bool], Format] = {}

    def of(self, name: str, *, quoted: bool = False) -> Format:
        """The format of this name; `quoted` for a text that must not run."""
        made = self._made.get((name, quoted))
        if made is None:
            properties = LOOKS[name] | ({"quote_prefix": True} if quoted else {})
            made = self._made[name, quoted] = self._workbook.add_format(properties)
        return made

    def answer(self, question_type: str) -> Format:
        """The format of the answers to a type of question: unlocked."""
        return self.of(ANSWER_LOOKS.get(question_type, "answer"))


@contextmanager
def written_workbook(target: Path, properties: dict[str, str]) -> Iterator[tuple[Workbook, Looks]]:
    """A workbook to fill, with these custom properties; its file appears whole when it is left without error."""
    with replaced_file(target) as path, Workbook(path, WORKBOOK_OPTIONS) as workbook:
        for name, value in properties.items():
            workbook.set_custom_property(name, value, "text")
        yield workbook, Looks(workbook)


def write_text(sheet: Worksheet, row: int, column: int, text: str, looks: Looks, look: str) -> None:
    """A text, whatever it starts with."""
    sheet.write_string(row, column, text[:CELL_LENGTH], looks.of(look, quoted=text.startswith(RUNS_IN_A_SPREADSHEET)))


def write_reminder(sheet: Worksheet, row: int, column: int, value: float | str | dt.date | None, looks: Looks) -> None:
    """A last answer, locked and grey; an empty cell keeps the grey."""
    if value is None:
        sheet.write_blank(row, column, None, looks.of("reminder"))
    elif isinstance(value, str):
        write_text(sheet, row, column, value, looks, "reminder_text")
    elif isinstance(value, dt.date) and value.year < FIRST_YEAR:
        write_text(sheet, row, column, value.isoformat(), looks, "reminder_text")
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, looks.of("reminder_date"))
    else:
        sheet.write_number(row, column, value, looks.of("reminder"))


def sheet_name(label: str, taken: list[str]) -> str:
    """A name that a spreadsheet accepts, and that is not among `taken` yet."""
    bare = " ".join(label.translate(NOT_IN_A_SHEET_NAME).split()).strip("'") or "Feuille"
    name, number = bare[:SHEET_NAME_LENGTH], 1
    while name.casefold() in (other.casefold() for other in taken):
        number += 1
        ending = f" {number}"
        name = bare[: SHEET_NAME_LENGTH - len(ending)] + ending
    return name
