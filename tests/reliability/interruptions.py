"""Commands of `senacs` in forked processes that are killed, or run out of disk, where a test says.

``python -m tests.reliability.interruptions`` imports everything once, then forks a process for each run asked for on
its standard input (a line of JSON), and answers a line for each: starting Python anew for each run would cost more
than the run. It must have computed nothing and never load polars, whose threads a child would wait for. Processes
that a killed run had started become its own (Linux), so that it can tell whether they end.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

HEAVY = (
    "pandas", "pandera", "python_calamine", "xlsxwriter", "dagster", "dagster_dbt",
    "dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb", "great_expectations", "typst",
    "ingest.store.intake", "ingest.receive.reception", "orchestration.cli", "orchestration.definitions",
    "orchestration.dbt.build", "orchestration.sign_off", "expectations.gate", "publication.release.publish",
)  # fmt: skip
CHANGES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.symlink", "os.truncate", "os.chmod", "shutil.rmtree")
CRASHED = 70
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
PR_SET_CHILD_SUBREAPER = 36
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Ending:
    """How a run ended: exit code (negative: the signal), changes that it made to the disk, seconds, what it said.

    `orphans`: processes that it had started did not end after it.
    """

    code: int
    changes: int
    seconds: float
    said: str
    orphans: bool


class _Changes:
    """Counts what the process does to files under a home; kills it, as the system would, before the `fatal`-th."""

    def __init__(self, home: str, fatal: int | None) -> None:
        self.count = 0
        self._home, self._fatal = home, fatal

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            touches = isinstance(flags, int) and bool(flags & WRITING) and self._is_ours(path)
        else:
            touches = event in CHANGES and any(self._is_ours(argument) for argument in arguments)
        if touches:
            self.count += 1
            if self.count == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(self._home)


def _run(order: dict[str, Any], report: int) -> None:
    """In the child: one command, then its ending; a killed one reports nothing."""
    from orchestration.cli import main

    os.environ["SENACS_HOME"] = order["home"]
    if order["largest_file"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], resource.RLIM_INFINITY))
    changes = _Changes(order["home"], order["fatal_change"])
    sys.addaudithook(changes)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(order["arguments"])
    os.write(report, json.dumps([code, changes.count, said.getvalue()[-20_000:]]).encode())


def _forked(order: dict[str, Any]) -> tuple[int, int]:
    """The process of a run, and where it will tell its ending."""
    ending, report = os.pipe()
    child = os.fork()
    if child:
        os.close(report)
        return child, ending
    os.close(ending)
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)  # or what libraries say there would count against the room that is left
    try:
        _run(order, report)
    except BaseException:  # the child must end here, whatever happens, and never go on as its parent
        os.write(report, json.dumps([CRASHED, 0, traceback.format_exc()]).encode())
    finally:
        os._exit(0)


def _waited(child: int, ending: int, started: float, fatal_seconds: float | None) -> list[Any]:
    timer = threading.Timer(fatal_seconds, os.kill, (child, signal.SIGKILL)) if fatal_seconds is not None else None
    if timer:
        timer.start()
    with os.fdopen(ending, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if timer:
        timer.cancel()
        timer.join()
    seconds = time.monotonic() - started
    orphans = _has_orphans(child)
    if not told:
        return [os.waitstatus_to_exitcode(status), 0, seconds, "", orphans]
    code, changes, said = json.loads(told)
    return [code, changes, seconds, said, orphans]


def _has_orphans(group: int) -> bool:
    """Do processes of a run that ended go on without it? Those that do are killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < deadline:
            if os.waitpid(-group, os.WNOHANG) == (0, 0):
                time.sleep(0.02)
        os.killpg(group, signal.SIGKILL)
    except ChildProcessError:
        return False
    return True


def serve() -> None:
    """Answers orders until the standard input ends. An order is a list of runs that begin together."""
    sys.dont_write_bytecode = True  # a run without room would leave half a module behind for everybody
    for name in HEAVY:
        import_module(name)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    answers = os.fdopen(os.dup(1), "w")
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        started = time.monotonic()
        orders = json.loads(line)
        running = [(*_forked(order), order["fatal_seconds"]) for order in orders]
        endings = [_waited(child, ending, started, seconds) for child, ending, seconds in running]
        print(json.dumps(endings), file=answers, flush=True)


class Interruptions:
    """The other side: what a test asks of the process that forks."""

    def __init__(self, process: Any) -> None:
        self._process = process
        assert json.loads(self._process.stdout.readline()) == "ready"

    def run(
        self,
        home: Path,
        *arguments: str | Path,
        fatal_change: int | None = None,
        fatal_seconds: float | None = None,
        largest_file: int | None = None,
        times: int = 1,
    ) -> list[Ending]:
        """The endings of a command run `times` at once under a home."""
        order = {
            "home": str(home),
            "arguments": [str(argument) for argument in arguments],
            "fatal_change": fatal_change,
            "fatal_seconds": fatal_seconds,
            "largest_file": largest_file,
        }
        self._process.stdin.write(json.dumps([order] * times) + "\n")
        self._process.stdin.flush()
        return [Ending(*ending) for ending in json.loads(self._process.stdout.readline())]


if __name__ == "__main__":
    serve()
