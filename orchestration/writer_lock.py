"""One writer at a time: two builds under the same ``SENACS_HOME`` wait for each other, whoever started them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

POLL_SECONDS = 0.2


class WriterBusyError(Exception):
    """Another process writes; it did not finish in the time that was given."""


class WriterLock:
    """An advisory lock on a file, held by this process until released; the system frees it if the process dies.

    Taking it again in the process that holds it does nothing, so that each step of a run may ask for it.
    """

    def __init__(self, path: Path, patience: float = 900.0) -> None:
        self._path = path
        self._patience = patience
        self._held: IO[str] | None = None

    def acquire(self, on_wait: Callable[[str], None] | None = None) -> None:
        """Wait for the lock, telling `on_wait` once that another holds it. Raises `WriterBusyError` in the end."""
        if self._held:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = self._path.open("a+", encoding="utf-8")
        deadline = time.monotonic() + self._patience
        told = False
        while not _locked(handle):
            holder = self._path.read_text(encoding="utf-8").strip() or "?"
            if time.monotonic() > deadline:
                handle.close()
                raise WriterBusyError(f"une autre construction est en cours (processus {holder}) : réessayez plus tard")
            if on_wait and not told:
                on_wait(f"une autre construction est en cours (processus {holder}) : attente de sa fin")
                told = True
            time.sleep(POLL_SECONDS)
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        self._held = handle

    def release(self) -> None:
        """Let the next writer in."""
        if self._held:
            self._held.close()
            self._held = None


def _locked(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
