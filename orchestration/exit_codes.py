"""How a command ends (docs/exit-codes.md)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What `senacs` returns to the shell."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    BLOCKED = 3
    EVERY_FILE_REFUSED = 4
    VINTAGE_EXISTS = 5
    NOT_A_PARTY = 6
    WITHHELD = 7
    INTERRUPTED = 130
    TERMINATED = 143


class CommandError(Exception):
    """A failure that is told in one clear line (in French when it is about data), with its exit code."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILURE) -> None:
        super().__init__(message)
        self.code = code
