"""A CSV file edited in place: what is not changed keeps its bytes, so that a comparison shows only what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ingest.atomic import replaced_file

BYTE_ORDER_MARK = "\ufeff"
_CELL = re.compile(r'"(?:[^"]|"")*"|[^,"\r\n][^,\r\n]*|')
_END = re.compile(r"\r\n|\n|\r|$")
_QUOTED = re.compile(r'[",\r\n]')


@dataclass
class CsvLine:
    """A line: its cells as they are written, quotes included, and what ends it."""

    number: int
    cells: list[str]
    ending: str

    def text(self) -> str:
        """The line as it is written."""
        return ",".join(self.cells) + self.ending


@dataclass
class CsvLines:
    """A file: its header and its lines. Cells are read and written by column."""

    mark: str
    header: CsvLine
    lines: list[CsvLine]

    def __post_init__(self) -> None:
        self._positions = {_plain(cell): position for position, cell in enumerate(self.header.cells)}

    def cell(self, line: CsvLine, column: str) -> str:
        """What a cell says."""
        return _plain(line.cells[self._positions[column]])

    def change(self, line: CsvLine, column: str, text: str) -> None:
        """Write a cell, with quotes only where it needs them."""
        line.cells[self._positions[column]] = _written(text)

    def add(self, values: dict[str, str], position: int | None = None) -> None:
        """A new line, the last one unless its `position` is given. Columns that `values` doesn't name are empty."""
        cells = [_written(values.get(column, "")) for column in self._positions]
        ending = self.header.ending or "\n"
        before = [self.header, *self.lines][len(self.lines) if position is None else position]
        before.ending = before.ending or ending
        self.lines.insert(len(self.lines) if position is None else position, CsvLine(0, cells, ending))

    def text(self) -> str:
        """The whole file."""
        return self.mark + self.header.text() + "".join(line.text() for line in self.lines)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        with replaced_file(path) as partial:
            partial.write_text(self.text(), encoding="utf-8", newline="")


def read_csv_lines(path: Path) -> CsvLines:
    """The lines of a CSV file (UTF-8, commas). Raises `ValueError` on what is no CSV, `OSError`."""
    with path.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    header, *lines = _lines(text.removeprefix(mark)) or [CsvLine(1, [], "")]
    return CsvLines(mark, header, lines)


def _lines(text: str) -> list[CsvLine]:
    """Every line, empty ones included. `number` counts lines of text: a quoted cell may hold several."""
    lines: list[CsvLine] = []
    cells: list[str] = []
    position, number = 0, 1
    while position < len(text) or cells:
        cell = _CELL.match(text, position)
        assert cell is not None
        cells.append(cell[0])
        position = cell.end()
        if text.startswith(",", position):
            position += 1
            continue
        end = _END.match(text, position)
        if end is None:
            raise ValueError(f"line {number}: text after a closing quote")
        line = CsvLine(number, cells, end[0])
        lines.append(line)
        number += line.text().count("\n") or 1
        position, cells = end.end(), []
    return lines


def _plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _written(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
