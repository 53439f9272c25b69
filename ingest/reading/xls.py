"""Excel 97-2003 workbooks (.xls): bytes to sheets, in a child process.

The format is a file system of its own, whose readers trust its offsets, counts and formulas: a crafted file makes them
loop or fill the memory. So xlrd reads it in a process of little memory and time, and a workbook that can't be read
within is refused. This module is both sides: `read_xls` starts a process that runs `main`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.reading.cell_text import boolean_text, datetime_text, number_text
from ingest.reading.sheets import (
    MEBIBYTE,
    Limits,
    Refusal,
    Sheet,
    cell_address,
    damaged,
    password_protected,
    too_much_text,
    too_spread_out,
    trimmed_sheet,
)

if TYPE_CHECKING:
    from xlrd.sheet import Sheet as BiffSheet

CHILD_MEMORY_BYTES = 512 * MEBIBYTE
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 60

_ROOT = Path(__file__).resolve().parents[2]
_RUN_MAIN = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.reading.xls import main; main(sys.argv[2])"


def read_xls(content: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of a workbook, hidden ones included. Formulas give the value that was saved with them.

    Raises `Refusal`, or RuntimeError when the child process itself fails.
    """
    command = [sys.executable, "-I", "-c", _RUN_MAIN, str(_ROOT), json.dumps(asdict(limits))]
    try:
        child = subprocess.run(command, input=content, capture_output=True, timeout=CHILD_WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise damaged() from None
    if child.returncode < 0:
        raise damaged()
    if child.returncode:
        raise RuntimeError(f"The process that reads .xls workbooks failed: {child.stderr.decode(errors='replace')}")
    answer = json.loads(child.stdout)
    if "refusal" in answer:
        raise Refusal(**answer["refusal"])
    return [Sheet(sheet["name"], sheet["hidden"], sheet["rows"]) for sheet in answer["sheets"]]


def main(limits: str) -> None:
    """The child: a workbook on standard input; its sheets, or the refusal, as JSON on standard output."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS))
    answer: dict[str, Any]
    try:
        sheets = _worksheets(sys.stdin.buffer.read(), Limits(**json.loads(limits)))
        shown = ("name", "hidden", "rows")
        answer = {"sheets": [{name: getattr(sheet, name) for name in shown} for sheet in sheets]}
    except Refusal as refusal:
        answer = {"refusal": vars(refusal)}
    sys.stdout.write(json.dumps(answer))


def _worksheets(content: bytes, limits: Limits) -> list[Sheet]:
    import xlrd

    try:
        with Path(os.devnull).open("w") as log:
            book = xlrd.open_workbook(file_contents=content, logfile=log, on_demand=True, ragged_rows=True)
            budget = _Budget(limits)
            sheets = []
            for index in range(book.nsheets):
                sheet = book.sheet_by_index(index)
                rows = budget.counted(sheet.name, _text_rows(sheet, book.datemode))
                sheets.append(trimmed_sheet(sheet.name, sheet.visibility != 0, rows, limits))
                book.unload_sheet(index)
            return sheets
    except Refusal:
        raise
    except Exception as error:
        # xlrd fails in any way on an altered file: IndexError, struct.error, AssertionError...
        if "encrypted" in str(error):
            raise password_protected() from None
        raise damaged() from None


class _Budget:
    """The cells and the text that a workbook may still give."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = limits.max_cells
        self.characters = limits.max_uncompressed_bytes

    def counted(self, sheet_name: str, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """The same rows. Raises `Refusal` beyond the budget."""
        for number, row in enumerate(rows):
            self.cells -= len(row)
            self.characters -= sum(map(len, row))
            if self.cells < 0:
                raise too_spread_out(sheet_name, cell_address(number, len(row) - 1))
            if self.characters < 0:
                raise too_much_text(self.limits)
            yield row


def _text_rows(sheet: BiffSheet, datemode: int) -> Iterator[list[str]]:
    from xlrd import XL_CELL_BOOLEAN, XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER, error_text_from_code

    text_of = {
        XL_CELL_NUMBER: number_text,
        XL_CELL_DATE: lambda value: _date_text(value, datemode),
        XL_CELL_BOOLEAN: boolean_text,
        XL_CELL_ERROR: lambda code: error_text_from_code.get(code, "#ERREUR"),
    }
    for row in range(sheet.nrows):
        cells = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
        yield [text_of[kind](value) if kind in text_of else value for kind, value in cells]


def _date_text(value: float, datemode: int) -> str:
    """The text of a number shown as a date: below one a time of the day, out of the calendar the number itself."""
    from xlrd.xldate import XLDateError, xldate_as_datetime

    try:
        date = xldate_as_datetime(value, datemode)
    except (XLDateError, OverflowError, ValueError):
        return number_text(value)
    return date.strftime("%H:%M:%S") if value < 1 else datetime_text(date)
