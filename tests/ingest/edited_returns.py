"""Sample returns with a column changed, as a sender would have it wrong: their own files, edited cell by cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from tests.ingest.conftest import SAMPLES

Values = list[Any]


class Columns:
    """The columns of a sheet by question code, whatever the export calls them (``Q9.01``, ``finances/q9_01``)."""

    def __init__(self, grid: list[list[Any]], code: str) -> None:
        self.grid = grid
        self.header = next(number for number, row in enumerate(grid) if plain(code) in map(plain, row))

    def __getitem__(self, code: str) -> Values:
        place = self._place(code)
        return [row[place] for row in self._rows()]

    def __setitem__(self, code: str, values: Values) -> None:
        place = self._place(code)
        for row, value in zip(self._rows(), values, strict=True):
            row[place] = value

    def letter(self, code: str) -> str:
        return openpyxl.utils.get_column_letter(self._place(code) + 1)

    def multiply(self, factor: float, *codes: str) -> None:
        for code in codes:
            self[code] = [times(value, factor) for value in self[code]]

    def swap(self, one: str, other: str) -> None:
        self[one], self[other] = self[other], self[one]

    def shift_right(self, *codes: str) -> None:
        """Each column holds the values of the one before, the first one is left empty."""
        contents = [self[code] for code in codes]
        self[codes[0]] = [None] * len(contents[0])
        for code, values in zip(codes[1:], contents, strict=False):
            self[code] = values

    def fill(self, code: str, value: Any) -> None:
        self[code] = [value] * len(self[code])

    def _place(self, code: str) -> int:
        return [plain(cell) for cell in self.grid[self.header]].index(plain(code))

    def _rows(self) -> list[list[Any]]:
        return [row for row in self.grid[self.header + 1 :] if any(re.search(r"-\d\d-\d{4}$", str(x)) for x in row)]


def plain(header: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", str(header or "").split("/")[-1].lower())


def times(value: Any, factor: float) -> Any:
    """A number times `factor`, written as it was; anything else as it is."""
    if isinstance(value, int | float):
        return round(value * factor, 6)
    text = re.sub(r"\s", "", str(value or "")).replace(",", ".")
    return str(round(float(text) * factor, 6)).replace(".", ",") if re.fullmatch(r"-?\d+(\.\d+)?", text) else value


def edited_workbook(source: str, target: Path, **changes: Callable[[Columns], None]) -> Path:
    """A sample workbook with changes by sheet, saved in `target`."""
    book = openpyxl.load_workbook(SAMPLES / "returns" / source)
    for sheet, change in changes.items():
        cells = [list(row) for row in book[sheet].iter_rows()]
        grid = [[cell.value for cell in row] for row in cells]
        change(Columns(grid, next(plain(x) for row in grid for x in row if re.fullmatch(r"[qe]\d\d\d", plain(x)))))
        for row, values in zip(cells, grid, strict=True):
            for cell, value in zip(row, values, strict=True):
                cell.value = value
    path = target / Path(source).name
    book.save(path)
    return path


def edited_text(source: str, target: Path, code: str, change: Callable[[Columns], None], **form: str) -> Path:
    """A sample CSV with a change. `code`: a header that it has; `form`: encoding and delimiter."""
    encoding, delimiter = form.get("encoding", "utf-8-sig"), form.get("delimiter", ",")
    with (SAMPLES / "returns" / source).open(encoding=encoding, newline="") as stream:
        grid: list[list[Any]] = list(csv.reader(stream, delimiter=delimiter))
    change(Columns(grid, code))
    path = target / Path(source).name
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows([["" if x is None else x for x in row] for row in grid])
    return path
