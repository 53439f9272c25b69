"""A CSV file edited in place: what is not changed keeps its bytes, so that a comparison shows only what changed.

A file keeps its encoding and its separator, those of a spreadsheet included.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.atomic import replaced_file
from registry.spreadsheet_csv import MARKS, CsvError, Writing, text_of, writing_of

_END = re.compile(r"\r\n|\n|\r|$")
_FRENCH_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
COMMAS = Writing("utf-8", ",")


@dataclass
class CsvLine:
    """A line: its cells as they are written, quotes included, and what ends it."""

    number: int
    cells: list[str]
    ending: str

    def text(self, separator: str = ",") -> str:
        """The line as it is written."""
        return separator.join(self.cells) + self.ending


@dataclass
class CsvLines:
    """A file: its byte order mark, its header and its lines. Cells are read and written by column."""

    mark: bytes
    header: CsvLine
    lines: list[CsvLine]
    writing: Writing = field(default=COMMAS)

    def __post_init__(self) -> None:
        self._positions = {_plain(cell).strip(): position for position, cell in enumerate(self.header.cells)}

    def cell(self, line: CsvLine, column: str) -> str:
        """What a cell says; nothing where the line is cut before it."""
        position = self._positions[column]
        return _plain(line.cells[position]) if position < len(line.cells) else ""

    def change(self, line: CsvLine, column: str, text: str) -> None:
        """Write a cell, with quotes only where it needs them."""
        position = self._positions[column]
        line.cells += [""] * (position + 1 - len(line.cells))
        line.cells[position] = self._written(text)

    def add(self, values: dict[str, str], position: int | None = None) -> None:
        """A new line, the last one unless its `position` is given. Columns that `values` doesn't name are empty."""
        cells = [self._written(values.get(_plain(cell).strip(), "")) for cell in self.header.cells]
        ending = self.header.ending or "\n"
        before = [self.header, *self.lines][len(self.lines) if position is None else position]
        before.ending = before.ending or ending
        self.lines.insert(len(self.lines) if position is None else position, CsvLine(0, cells, ending))

    def day(self, day: dt.date, column: str) -> str:
        """A date as the other lines write theirs: as in French where one does, else ISO."""
        french = any(_FRENCH_DAY.fullmatch(self.cell(line, column).strip()) for line in self.lines)
        return f"{day:%d/%m/%Y}" if french else day.isoformat()

    def text(self) -> str:
        """The whole file, but for its byte order mark."""
        separator = self.writing.separator
        return self.writing.mark + "".join(line.text(separator) for line in (self.header, *self.lines))

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        with replaced_file(path) as partial:
            partial.write_bytes(self.mark + self.text().encode(self.writing.encoding))

    def _written(self, text: str) -> str:
        needs_quotes = self.writing.separator in text or any(mark in text for mark in '"\r\n')
        return '"' + text.replace('"', '""') + '"' if needs_quotes else text


def read_csv_lines(path: Path, known: Iterable[str] = ()) -> CsvLines:
    """The lines of a CSV file. `known`: columns that tell its separator. Raises `ValueError` on what is no CSV,
    `OSError`."""
    content = path.read_bytes()
    try:
        text, encoding = text_of(content)
    except CsvError as error:
        raise ValueError(f"{path.name} : {error}") from None
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    writing = writing_of(text, encoding, known)
    header, *lines = _lines(text.removeprefix(writing.mark), writing) or [CsvLine(1, [], "")]
    return CsvLines(mark, header, lines, writing)


def _lines(text: str, writing: Writing) -> list[CsvLine]:
    """Every line, empty ones included. `number` counts lines of text: a quoted cell may hold several."""
    separator = writing.separator
    one_cell = re.compile(rf'"(?:[^"]|"")*"|[^"\r\n{re.escape(separator)}][^\r\n{re.escape(separator)}]*|')
    lines: list[CsvLine] = []
    cells: list[str] = []
    position, number = 0, writing.mark.count("\n") + 1
    while position < len(text) or cells:
        cell = one_cell.match(text, position)
        assert cell is not None
        cells.append(cell[0])
        position = cell.end()
        if text.startswith(separator, position):
            position += 1
            continue
        end = _END.match(text, position)
        if end is None:
            raise ValueError(f"ligne {number} : du texte après un guillemet fermant")
        line = CsvLine(number, cells, end[0])
        lines.append(line)
        number += line.text().count("\n") or 1
        position, cells = end.end(), []
    return lines


def _plain(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
