"""What is wrong in the files of the registry: causes first, each said once, and what follows from them apart.

Messages are French: where (file, line, column), what, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

UNREADABLE, COLUMNS, CELLS, REFERENCES, EXPRESSIONS = range(5)
"""What a fault is about, causes before consequences: a file, its header, a cell, another line, a formula."""
PREFIXES = ("prev_", "same_manager_")
SHOWN_LINES = 3


@dataclass(frozen=True)
class Fault:
    """A wrong line. `line` is its number in the file (the header is line 1), or None for the file itself.

    `also`: the other lines of the file that have the same fault. `about`: the names that it misses.
    """

    file: str
    line: int | None
    reason: str
    column: str = ""
    stage: int = REFERENCES
    about: frozenset[str] = frozenset()
    also: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}{self._lines()}"
        return f"{place}, colonne « {self.column} » : {self.reason}" if self.column else f"{place} : {self.reason}"

    def _lines(self) -> str:
        if not self.line:
            return ""
        if not self.also:
            return f", ligne {self.line}"
        shown = ", ".join(map(str, (self.line, *self.also)[:SHOWN_LINES]))
        more = 1 + len(self.also) - SHOWN_LINES
        return f", lignes {shown}" + (f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else "")


class RegistryError(Exception):
    """The registry can't be used. `faults` are its wrong lines; `problems` says each in a line: file, line, reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        self.problems = [str(fault) for fault in self.faults]
        super().__init__("\n".join(self.problems))


@dataclass
class Problems:
    """Faults found so far: gathered, so that one look shows them all. The same fault is kept once.

    `lost`: what the lines left out would have given; a fault that misses one of these names follows from theirs.
    """

    found: dict[Fault, None] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def add(
        self,
        file: str,
        line: int | None,
        reason: str,
        *,
        column: str = "",
        stage: int = REFERENCES,
        about: Iterable[str] = (),
    ) -> None:
        """One fault. `line` is the line in the file (the header is line 1), or None for the file itself."""
        self.found[Fault(file, line, reason, column, stage, frozenset(about))] = None

    def lose(self, names: Iterable[str]) -> None:
        """Say that faults leave out what gives these names."""
        self.lost.update(filter(None, names))

    def spread(self, read_by: Mapping[str, set[str]]) -> None:
        """Lose what is computed from what is lost. `read_by`: the columns that each name is computed from."""
        while more := {name for name, reads in read_by.items() if name not in self.lost and self._follows(reads)}:
            self.lost |= more

    @property
    def faults(self) -> list[Fault]:
        """The causes, by stage, then in the order in which they were found; lines with the same fault are together."""
        causes = [fault for fault in self.found if not self._is_consequence(fault)]
        return _together(causes or list(self.found))

    @property
    def consequences(self) -> list[Fault]:
        """The faults that should go away with the others."""
        following = [fault for fault in self.found if self._is_consequence(fault)]
        return _together(following) if len(following) < len(self.found) else []

    def raise_if_any(self) -> None:
        """Raise `RegistryError` when a fault was found."""
        if self.found:
            raise RegistryError(self.faults)

    def _is_consequence(self, fault: Fault) -> bool:
        if fault.stage <= CELLS:
            return False
        return self._follows(fault.about) or any(other.stage <= COLUMNS for other in self.found)

    def _follows(self, names: Iterable[str]) -> bool:
        return any(_plain(name) in self.lost for name in names)


def likely(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`, '' when none does."""
    near = difflib.get_close_matches(name, list(known), 1, 0.75)
    return near[0] if near else ""


def instead_of(name: str, known: Iterable[str]) -> str:
    """`` (vouliez-vous dire « … » ?)`` when a known name looks like `name`, else nothing."""
    near = likely(name, known)
    return f" (vouliez-vous dire « {near} » ?)" if near else ""


def quoted(names: Iterable[object]) -> str:
    """Names in French quotation marks, in order."""
    return ", ".join(f"« {name} »" for name in names)


def _plain(name: str) -> str:
    """The variable under a column: options and what is compared with it have its name inside theirs."""
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.split("__")[0]


def _together(faults: list[Fault]) -> list[Fault]:
    groups: dict[tuple[object, ...], list[Fault]] = {}
    for fault in sorted(faults, key=lambda fault: fault.stage):
        groups.setdefault((fault.file, fault.column, fault.reason, fault.line is None), []).append(fault)
    return [
        Fault(one.file, one.line, one.reason, one.column, one.stage, one.about, tuple(x.line for x in rest if x.line))
        for one, *rest in groups.values()
    ]
