"""The ledger of the archive: a line per reception, each chained to the one before, never rewritten.

``archive/ledger.jsonl``: n, entry (its folder under the archive), received_at, chain (sha256 of the chain before and of
the line), receipt (sha256 of the entry's receipt). An entry whose folder was removed is missed, a receipt edited in
place is found, and a file that comes back after another one is received anew.

``archive/ledger.head.json`` repeats the last line, and the one that is being written: a ledger emptied or cut short is
told from a reception that was killed halfway.
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

from core.atomic import replaced_file

LEDGER, HEAD = "ledger.jsonl", "ledger.head.json"
LOCK = ".ledger.lock"
TAIL = 4096
"""Bytes that hold the last line, whatever its length."""


@dataclass(frozen=True)
class Line:
    """A reception. `n`: its rank, from 1; `receipt`: empty in the lines written before it was kept."""

    n: int
    entry: str
    received_at: str
    chain: str
    receipt: str = ""

    def written(self) -> bytes:
        """The line as the ledger holds it."""
        kept = {name: value for name, value in vars(self).items() if name != "receipt" or value}
        return json.dumps(kept, ensure_ascii=False).encode() + b"\n"


NO_LINE = Line(0, "", "", "")


@dataclass(frozen=True)
class Head:
    """`last`: the last line; `following`: the one announced, whose reception is under way."""

    last: Line
    following: Line | None


class CutLedgerError(Exception):
    """The ledger is no longer what its head says: nothing can be added to it."""


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
        self.head_path = archive / HEAD
        self._archive = archive
        self._lock = archive / LOCK

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One writer at a time; the ledger exists from then on, and what a kill left halfway is finished."""
        with held(self._lock):
            self._finish()
            yield

    @contextmanager
    def steady(self) -> Iterator[None]:
        """No reception under way while in the block; a ledger that is gone stays so."""
        with held(self._lock):
            if self.path.exists():
                self._finish()
            yield

    def _finish(self) -> None:
        with self.path.open("ab+") as ledger:
            size = ledger.seek(0, os.SEEK_END)
            ledger.seek(max(0, size - TAIL))
            tail = ledger.read()
            cut = tail[tail.rfind(b"\n") + 1 :]
            if cut:
                ledger.truncate(size - len(cut))
        head, last = self.head(), self.last()
        if head is None:
            return
        for line in filter(None, (head.last, head.following)):
            began = bool(cut) and line.written().startswith(cut)
            told = line is head.following and (self._archive / line.entry).is_dir()
            if line.n == last.n + 1 and (began or told):
                self._write(line)
                last = line
        if head.following and last.n >= head.last.n:
            self._write_head(last)

    def lines(self) -> list[Line]:
        """Every whole line. Raises `ValueError` or `TypeError` for one that can't be read."""
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
        return Line(**json.loads(tail[-1])) if tail else NO_LINE

    def head(self) -> Head | None:
        """What was last written; None for a ledger from before that was kept. Raises `ValueError`, `TypeError` or
        `KeyError` for one that can't be read."""
        if not self.head_path.exists():
            return None
        kept = json.loads(self.head_path.read_text(encoding="utf-8"))
        following = kept["following"]
        return Head(Line(**kept["last"]), Line(**following) if following else None)

    @contextmanager
    def adding(self, entry: str, received_at: str, receipt: str) -> Iterator[Line]:
        """A reception, announced at once and written, flushed to the disk, after the block that carries it out.

        Raises `CutLedgerError` where the last line is no longer the last one written.
        """
        last, head = self.last(), self.head()
        if head is not None and head.last != last:
            raise CutLedgerError
        line = chained(last, entry, received_at, receipt)
        self._write_head(last, line)
        yield line
        self._write(line)
        self._write_head(line)

    def append(self, entry: str, received_at: str, receipt: str) -> Line:
        """Add a reception that is already carried out."""
        with self.adding(entry, received_at, receipt) as line:
            return line

    def keep_head(self) -> None:
        """Keep the last line apart, where it isn't yet."""
        if not self.head_path.exists():
            self._write_head(self.last())

    def repeat(self, lines: Iterable[Line]) -> None:
        """Add receptions that another ledger tells, in their order."""
        with self.exclusive():
            for line in lines:
                self.append(line.entry, line.received_at, line.receipt)

    def _write(self, line: Line) -> None:
        with self.path.open("ab") as ledger:
            ledger.write(line.written())
            ledger.flush()
            os.fsync(ledger.fileno())

    def _write_head(self, last: Line, following: Line | None = None) -> None:
        kept = {"last": vars(last), "following": vars(following) if following else None}
        with replaced_file(self.head_path) as path:
            path.write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")


def chained(last: Line, entry: str, received_at: str, receipt: str) -> Line:
    """The line that follows `last`."""
    content = [last.chain, last.n + 1, entry, received_at, *filter(None, [receipt])]
    told = json.dumps(content, ensure_ascii=False)
    return Line(last.n + 1, entry, received_at, hashlib.sha256(told.encode()).hexdigest(), receipt)


def broken_line(lines: list[Line]) -> int | None:
    """The rank of the first line that is not what was written; None when all are."""
    last = NO_LINE
    for rank, line in enumerate(lines, start=1):
        if chained(last, line.entry, line.received_at, line.receipt) != line:
            return rank
        last = line
    return None
