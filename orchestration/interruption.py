"""A command asked to stop: by the keyboard (SIGINT) or by whoever runs it (SIGTERM)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from orchestration.exit_codes import ExitCode

CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
TOLD_FR = {
    ExitCode.INTERRUPTED: "interrompu ; ce qui était en place n'a pas changé",
    ExitCode.TERMINATED: "arrêté sur demande du système (SIGTERM) ; ce qui était en place n'a pas changé",
}


class Interruption:
    """The first request to stop, if any."""

    def __init__(self) -> None:
        self.code: ExitCode | None = None

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Stop what is under way, once: what it has to tidy up isn't interrupted again."""
        for stopping in CODES:
            signal.signal(stopping, signal.SIG_IGN)
        self.code = CODES[signal.Signals(number)]
        raise KeyboardInterrupt

    def code_of(self, error: BaseException) -> ExitCode | None:
        """The exit code where `error` comes of a request to stop; None for a failure. Some libraries take SIGINT in
        charge themselves and raise their own exception, no `Exception`."""
        if self.code or isinstance(error, Exception):
            return self.code
        return ExitCode.INTERRUPTED


@contextmanager
def stoppable() -> Iterator[Interruption]:
    """Both signals end the block by `KeyboardInterrupt`; handlers are put back. Threads have no say in signals."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption.ask) for number in CODES}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
