"""Visible sheets without a header of the questionnaire: named on the receipt, kept aside with their values (I19).

A sheet that holds data is one that may have been meant as a return: structures, numbers beside words, rows of several
cells. A notice, a legend, a cover, a list of the questions is none.
"""

from __future__ import annotations

import re

from ingest.readers import Sheet
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import HeaderIndex
from ingest.returns.identifiers import STRUCTURE_ID, structure_id
from ingest.returns.layout import Header

UNRECOGNISED = "I19"
WIDE_ROW = 3
MANY = 2
_NUMBER = re.compile(r"[+-]?\d(?:[\d \u00a0\u202f]*\d)?(?:[.,]\d+)?")


def report_unrecognised(result: ReadFile, sheets: list[Sheet], index: HeaderIndex) -> None:
    """Name those of `sheets` that hold data, and list their columns as unknown."""
    for sheet in sheets:
        if not _holds_data(sheet, index):
            continue
        result.ignored.append((UNRECOGNISED, sheet.name, "", sheet.name))
        top = next(row for row, cells in enumerate(sheet.rows) if len(_filled(cells)) > 1)
        body = list(enumerate(sheet.rows))[top + 1 :]
        for column in range(max(map(len, sheet.rows))):
            text = sheet.rows[top][column] if column < len(sheet.rows[top]) else ""
            values = [(-1, line, column, cells[column]) for line, cells in body if column < len(cells)]
            if text.strip() or any(value.strip() for *_, value in values):
                result.add_unknown(sheet.name, Header(top, column, text, {}), values)


def _holds_data(sheet: Sheet, index: HeaderIndex) -> bool:
    rows = [filled for cells in sheet.rows if len(filled := _filled(cells)) > 1]
    told = [filled for filled in rows if not index.answers_named(filled)]
    return sum(len(filled) >= WIDE_ROW for filled in told) >= MANY or any(map(_says_an_amount, told))


def _filled(cells: list[str]) -> list[str]:
    return [text for cell in cells if (text := cell.strip())]


def _says_an_amount(filled: list[str]) -> bool:
    return any(_NUMBER.fullmatch(text) or STRUCTURE_ID.fullmatch(structure_id(text)) for text in filled)
