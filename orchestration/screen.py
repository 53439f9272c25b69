"""What a command shows: results on the standard output, progress on the standard error."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.status import Status

WIDTH_OF_FILES = 160
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What could move the cursor, recolour the terminal or turn a line round; line feeds and tabs are ours."""


def visible(text: str) -> str:
    """`text` with its control characters written out: a file's name never drives the terminal."""
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def on_one_line(text: str) -> str:
    """The same for what stands in a line, such as a file's name."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _json(document: Any) -> str:
    """JSON whose escapes are those that a terminal may show."""
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
            print(_json(document))
            return
        for part in parts:
            self.results.print(part, markup=False) if isinstance(part, str) else self.results.print(part)

    def say(self, text: str) -> None:
        """A line of progress."""
        self.progress.print(text, markup=False)

    def fail(self, message: str, code: int, faults: Sequence[str] = ()) -> None:
        """The one line of a failure, after the line of each of its `faults` where it has several; and its JSON document
        where JSON is wanted."""
        several = list(faults) if len(faults) > 1 else []
        if several:
            message = f"{len(several)} fautes, rien n'a changé"
        if self.as_json:
            print(_json({"error": message, "exit_code": code} | ({"faults": several} if several else {})))
        for fault in several:
            print(on_one_line(fault), file=sys.stderr)
        print(f"senacs : {on_one_line(message)}", file=sys.stderr)

    @contextmanager
    def told(self) -> Iterator[StageTeller]:
        """A listener that tells each stage as it goes."""
        teller = StageTeller(self.progress)
        try:
            yield teller
        finally:
            teller.close()


def _console(stream: TextIO) -> Console:
    """A console of the terminal's width; a file or a pipe has none, and gets wide tables. Whatever is shown on it, its
    texts hold no control character."""

    class VisibleConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(visible(segment.text), segment.style)

    width = None if stream.isatty() else WIDTH_OF_FILES
    return VisibleConsole(file=stream, highlight=False, soft_wrap=True, width=width)


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
    drawn = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    right = set(numbers)
    for column in columns:
        drawn.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else Text(on_one_line(str(cell))) for cell in row))
    return drawn
