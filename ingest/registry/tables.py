"""CSV files of the registry, read strictly: every line typed, every problem with its file and line."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A wrong line. `line` is its number in the file (the header is line 1), or None for the file itself."""

    file: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.reason}"


class RegistryError(Exception):
    """The registry can't be used. `faults` are its wrong lines; `problems` says each in a line: file, line, reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self.problems = [str(fault) for fault in self.faults]
        super().__init__("\n".join(self.problems))


@dataclass
class Problems:
    """Faults found so far: gathered, so that one look shows them all. The same fault is kept once."""

    found: dict[Fault, None] = field(default_factory=dict)

    def add(self, file: str, line: int | None, reason: str) -> None:
        """One fault. `line` is the line in the file (the header is line 1), or None for the file itself."""
        self.found[Fault(file, line, reason)] = None

    @property
    def faults(self) -> list[Fault]:
        """The faults, in the order in which they were found."""
        return list(self.found)

    def raise_if_any(self) -> None:
        """Raise `RegistryError` when a fault was found."""
        if self.found:
            raise RegistryError(self.found)


@dataclass(frozen=True)
class Column:
    """A column of a registry file: how its text is read, and what it may hold."""

    name: str
    read: Callable[[str], Any] = str
    required: bool = False
    allowed: frozenset[str] | None = None


@dataclass(frozen=True)
class Row:
    """A typed line of a registry file."""

    file: str
    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def boolean(text: str) -> bool:
    """``true`` or ``false``."""
    if text not in ("true", "false"):
        raise ValueError("expected true or false")
    return text == "true"


def optional_int(text: str) -> int | None:
    """A whole number, or None for an empty cell."""
    return int(text) if text else None


def optional_float(text: str) -> float | None:
    """A number with a decimal point, or None for an empty cell."""
    return float(text) if text else None


def optional_date(text: str) -> dt.date | None:
    """An ISO date, or None for an empty cell."""
    return dt.date.fromisoformat(text) if text else None


def semicolon_list(text: str) -> tuple[str, ...]:
    """``a;b`` as ('a', 'b')."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def bar_list(text: str) -> tuple[str, ...]:
    """``a|b`` as ('a', 'b')."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


PassOver = Callable[[Mapping[str, str]], bool]


def rows_of(
    folder: Path,
    file: str,
    columns: list[Column],
    key: tuple[str, ...],
    problems: Problems,
    pass_over: PassOver | None = None,
) -> list[Row]:
    """The lines of one file, in order; faults go to `problems` and their lines are left out.

    `pass_over` looks at the cells of a line by column: a line that it names is not read at all.
    """
    path = folder / file
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(file, None, f"can't be read: {error}")
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    missing = [column.name for column in columns if column.name not in header]
    if missing:
        problems.add(file, 1, f"missing column(s): {', '.join(missing)}")
        return []
    rows = list(_typed_rows(file, header, reader, columns, problems, pass_over))
    _report_duplicates(file, rows, key, problems)
    return rows


def _typed_rows(
    file: str,
    header: list[str],
    reader: Any,
    columns: list[Column],
    problems: Problems,
    pass_over: PassOver | None,
) -> Iterator[Row]:
    positions = {name: position for position, name in enumerate(header)}
    previous_line = 1
    for cells in reader:
        line, previous_line = previous_line + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.add(file, line, f"{len(cells)} cells where the header has {len(header)}")
            continue
        if pass_over and pass_over(dict(zip(header, cells, strict=True))):
            continue
        values: dict[str, Any] = {}
        for column in columns:
            text = cells[positions[column.name]].strip()
            if column.required and not text:
                problems.add(file, line, f"{column.name} is empty")
                break
            if column.allowed is not None and text and text not in column.allowed:
                problems.add(file, line, f"{column.name}: {text!r} is not one of {', '.join(sorted(column.allowed))}")
                break
            try:
                values[column.name] = column.read(text)
            except ValueError as error:
                problems.add(file, line, f"{column.name}: {text!r} can't be read ({error})")
                break
        else:
            yield Row(file, line, values)


def _report_duplicates(file: str, rows: list[Row], key: tuple[str, ...], problems: Problems) -> None:
    if not key:
        return
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        identity = tuple(row[name] for name in key)
        if identity in first:
            problems.add(file, row.line, f"{', '.join(map(str, identity))} is already on line {first[identity]}")
        else:
            first[identity] = row.line
