"""Excel 97-2003 workbooks (.xls): bytes to sheets, in a child process.

The format is a file system of its own, whose readers trust its offsets, counts and formulas: a crafted file makes them
loop or fill the memory. So xlrd reads it in a process of little memory and time, and a workbook that can't be read
within is refused. This module is both sides: `read_xls` starts a process that runs `main`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xlrd

from core.refusals import Refusal, damaged
from ingest.readers.sheets import (
    DAYS_TO_1904,
    MEBIBYTE,
    Limits,
    Sheet,
    cell_address,
    password_protected,
    too_much_text,
    too_spread_out,
    trimmed_sheet,
)
from ingest.readers.xls_cells import Looks, hidden_places, merged_areas, text_rows, unsaved_formulas

CHILD_MEMORY_BYTES = 512 * MEBIBYTE
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 60

_ROOT = Path(__file__).resolve().parents[2]
_RUN_MAIN = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.readers.xls import main; main(sys.argv[2])"


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
    return [_sheet(told) for told in answer["sheets"]]


ROW_SETS = ("hidden_rows", "hidden_columns", "broken_rows")
"""What a sheet tells of its rows and columns as sets."""


def _told(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON can tell it; `_sheet` is the way back."""
    places = {name: [[*place, text] for place, text in getattr(sheet, name).items()] for name in ("covered", "marks")}
    hidden = {name: sorted(getattr(sheet, name)) for name in ROW_SETS}
    return {**vars(sheet), **places, **hidden}


def _sheet(told: dict[str, Any]) -> Sheet:
    places = {name: {(row, column): text for row, column, text in told[name]} for name in ("covered", "marks")}
    hidden = {name: frozenset(told[name]) for name in ROW_SETS}
    merged = [(top, left, bottom, right) for top, left, bottom, right in told["merged"]]
    return Sheet(**{**told, **places, **hidden, "merged": merged})


def main(limits: str) -> None:
    """The child: a workbook on standard input; its sheets, or the refusal, as JSON on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY_BYTES, CHILD_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_CPU_SECONDS, CHILD_CPU_SECONDS))
    answer: dict[str, Any]
    try:
        sheets = _worksheets(sys.stdin.buffer.read(), Limits(**json.loads(limits)))
        answer = {"sheets": [_told(sheet) for sheet in sheets]}
    except Refusal as refusal:
        answer = {"refusal": vars(refusal)}
    sys.stdout.write(json.dumps(answer))


def _worksheets(content: bytes, limits: Limits) -> list[Sheet]:
    try:
        with Path(os.devnull).open("w") as log:
            book = xlrd.open_workbook(
                file_contents=content, logfile=log, on_demand=True, ragged_rows=True, formatting_info=True
            )
            looks, budget = Looks(book), _Budget(limits)
            sheets = []
            for index in range(book.nsheets):
                sheet = book.sheet_by_index(index)
                rows = text_rows(sheet, looks, book.datemode, unsaved_formulas(book, index))
                read = trimmed_sheet(sheet.name, sheet.visibility != 0, budget.counted(sheet.name, rows), limits)
                hidden_rows, hidden_columns = hidden_places(sheet)
                read.hidden_rows, read.hidden_columns = frozenset(hidden_rows), frozenset(hidden_columns)
                read.cover(merged_areas(sheet), limits)
                read.first_day = DAYS_TO_1904 if book.datemode else 0
                sheets.append(read)
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
