"""The stages of a run, timed, and told to whoever listens: the command's screen, a test, a benchmark."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Listener(Protocol):
    """Hears a stage begin, advance and end. `label` and `detail` are French, for the person who waits."""

    def started(self, label: str) -> None:
        """The stage called `label` begins."""

    def advanced(self, detail: str) -> None:
        """The stage under way has done `detail`."""

    def ended(self, label: str, seconds: float, detail: str) -> None:
        """The stage called `label` took `seconds`."""


class Stage:
    """A stage under way."""

    def __init__(self, listener: Listener | None) -> None:
        self.detail = ""
        self._listener = listener

    def tell(self, detail: str) -> None:
        """Say what has been done so far; the last word is kept as the stage's result."""
        self.detail = detail
        if self._listener:
            self._listener.advanced(detail)

    def count(self, detail: str, done: int, total: int) -> None:
        """Say how many steps are done, and the last one."""
        if self._listener:
            self._listener.advanced(f"{done}/{total} {detail}")


class Stages:
    """Stopwatch of a run. `seconds` holds the wall time of each stage that ended, by name, in order."""

    def __init__(self, listener: Listener | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._listener = listener

    @contextmanager
    def stage(self, name: str, label: str) -> Iterator[Stage]:
        """Time what runs inside under `name`, and tell it under its French `label`."""
        stage = Stage(self._listener)
        start = time.perf_counter()
        if self._listener:
            self._listener.started(label)
        yield stage
        seconds = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        if self._listener:
            self._listener.ended(label, seconds, stage.detail)
