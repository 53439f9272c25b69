"""What a command shows: results on the standard output, progress on the standard error."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.status import Status

WIDTH_OF_FILES = 160


class Screen:
    """`as_json`: the result is one JSON document on the standard output, and nothing else is written there."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        for stream in (sys.stdout, sys.stderr):
            # A file name may hold bytes that are no text: they are shown escaped, never a reason to fail.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")

    @cached_property
    def results(self) -> Console:
        """Where results go."""
        return _console(sys.stdout)

    @cached_property
    def progress(self) -> Console:
        """Where progress goes."""
        return _console(sys.stderr)

    def show(self, document: Any, *parts: RenderableType) -> None:
        """The result: `document` where JSON is wanted, else `parts`, one after the other."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
            return
        for part in parts:
            self.results.print(part, markup=False) if isinstance(part, str) else self.results.print(part)

    def say(self, text: str) -> None:
        """A line of progress."""
        self.progress.print(text, markup=False)

    def fail(self, message: str, code: int) -> None:
        """The one line of a failure, and its JSON document where JSON is wanted."""
        if self.as_json:
            print(json.dumps({"error": message, "exit_code": code}, ensure_ascii=False))
        print(f"senacs : {message}", file=sys.stderr)

    @contextmanager
    def told(self) -> Iterator[StageTeller]:
        """A listener that tells each stage as it goes."""
        teller = StageTeller(self.progress)
        try:
            yield teller
        finally:
            teller.close()


def _console(stream: TextIO) -> Console:
    """A console of the terminal's width; a file or a pipe has none, and gets wide tables."""
    from rich.console import Console

    return Console(file=stream, highlight=False, soft_wrap=True, width=None if stream.isatty() else WIDTH_OF_FILES)


class StageTeller:
    """Tells stages on a console: the one under way moves (on a terminal), those that ended stay with their time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._label = ""

    def started(self, label: str) -> None:
        """Show the stage under way."""
        self.close()
        self._label = label
        if self._console.is_terminal:
            self._status = self._console.status(f"{label}…")
            self._status.start()

    def advanced(self, detail: str) -> None:
        """Show how far the stage is."""
        if self._status:
            self._status.update(f"{self._label}… {detail}")
        elif not self._label:
            self._console.print(detail, markup=False)

    def ended(self, label: str, seconds: float, detail: str) -> None:
        """Leave a line with what was done and the time that it took."""
        self.close()
        amount = f"{seconds:.1f}".replace(".", ",")
        self._console.print(f"  ✓ {label} ({amount} s){' : ' + detail if detail else ''}", markup=False)
        self._label = ""

    def close(self) -> None:
        """Stop showing the stage under way."""
        if self._status:
            self._status.stop()
            self._status = None


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], numbers: Iterable[str] = ()
) -> RenderableType:
    """A table for the terminal. `numbers`: the columns to align on the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    right = set(numbers)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    return drawn
