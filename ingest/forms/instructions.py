"""The sheet « Mode d'emploi » of a workbook: sentences only, which no reader takes for a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.forms.form import Form
from ingest.forms.sheets import PROTECTION, Looks, write_text
from ingest.forms.wording import LEGEND, instructions_fr

if TYPE_CHECKING:
    from xlsxwriter import Workbook

NAME = "Mode d'emploi"
LINE_LENGTH = 95
LINE_HEIGHT = 15


def write_instructions(workbook: Workbook, looks: Looks, form: Form, subtitle: str, words: list[str]) -> None:
    """Add the sheet. `words`: how a non-response is written."""
    sheet = workbook.add_worksheet(NAME)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    sheet.hide_gridlines(2)
    write_text(sheet, 0, 0, form.title, looks, "title")
    write_text(sheet, 1, 0, subtitle, looks, "subtitle")
    row = 3
    for number, paragraph in enumerate(instructions_fr(form, words), start=1):
        write_text(sheet, row, 0, f"{number}.", looks, "paragraph")
        write_text(sheet, row, 1, paragraph, looks, "paragraph")
        sheet.set_row(row, LINE_HEIGHT * (1 + len(paragraph) // LINE_LENGTH))
        row += 1
    row += 1
    for look, name, meaning in LEGEND:
        write_text(sheet, row, 0, name, looks, look)
        write_text(sheet, row, 1, meaning, looks, "paragraph")
        sheet.set_row(row, LINE_HEIGHT * (1 + len(meaning) // LINE_LENGTH))
        row += 1
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", PROTECTION)
