"""The ledger of the archive: a line per reception, each chained to the one before, never rewritten.

``archive/ledger.jsonl``: n, entry (its folder under the archive), received_at, chain (sha256 of the chain before and of
the line). An entry whose folder was removed is missed, and a file that comes back after another one is received anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LEDGER = "ledger.jsonl"
LOCK = ".ledger.lock"
TAIL = 4096
"""Bytes that hold the last line, whatever its length."""


@dataclass(frozen=True)
class Line:
    """A reception. `n`: its rank, from 1."""

    n: int
    entry: str
    received_at: str
    chain: str


@contextmanager
def held(path: Path, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold a lock file while in the block; False where another process holds it and `wait` is not asked for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


class Ledger:
    """The receptions of an archive, in their order. Whoever appends holds `exclusive`."""

    def __init__(self, archive: Path) -> None:
        self.path = archive / LEDGER
        self._lock = archive / LOCK

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One writer at a time; the ledger exists from then on, and a line cut by a kill is gone."""
        with held(self._lock), self.path.open("ab+") as ledger:
            size = ledger.seek(0, os.SEEK_END)
            ledger.seek(max(0, size - TAIL))
            tail = ledger.read()
            if tail and not tail.endswith(b"\n"):
                ledger.truncate(size - len(tail) + tail.rfind(b"\n") + 1)
            yield

    def lines(self) -> list[Line]:
        """Every whole line. Raises `ValueError` for one that can't be read."""
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        return [Line(**json.loads(line)) for line in whole.splitlines()]

    def last(self) -> Line:
        """The last line; one of rank 0 where there is none."""
        with self.path.open("rb") as ledger:
            size = ledger.seek(0, os.SEEK_END)
            ledger.seek(max(0, size - TAIL))
            tail = ledger.read().splitlines()
        return Line(**json.loads(tail[-1])) if tail else Line(0, "", "", "")

    def append(self, entry: str, received_at: str) -> Line:
        """Add a reception, flushed to the disk."""
        last = self.last()
        line = chained(last, entry, received_at)
        with self.path.open("ab") as ledger:
            ledger.write(json.dumps(vars(line), ensure_ascii=False).encode() + b"\n")
            ledger.flush()
            os.fsync(ledger.fileno())
        return line

    def repeat(self, lines: Iterable[Line]) -> None:
        """Add receptions that another ledger tells, in their order."""
        with self.exclusive():
            for line in lines:
                self.append(line.entry, line.received_at)


def chained(last: Line, entry: str, received_at: str) -> Line:
    """The line that follows `last`."""
    told = json.dumps([last.chain, last.n + 1, entry, received_at], ensure_ascii=False)
    return Line(last.n + 1, entry, received_at, hashlib.sha256(told.encode()).hexdigest())


def broken_line(lines: list[Line]) -> int | None:
    """The rank of the first line that is not what was written; None when all are."""
    last = Line(0, "", "", "")
    for rank, line in enumerate(lines, start=1):
        if chained(last, line.entry, line.received_at) != line:
            return rank
        last = line
    return None
