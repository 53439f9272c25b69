"""Wall time and peak memory of a command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = [sys.executable, "-m", "orchestration.cli"]


class StageError(Exception):
    """A command ended with an exit code that the benchmark does not expect; the end of its output is the message."""


@dataclass
class Measure:
    """The runs of one stage. `cpu`: processor seconds, which a busy machine disturbs less than `seconds`.

    `peak_mb`: the largest resident size of one process, the command or one it waited for.
    """

    stage: str
    seconds: list[float]
    cpu: list[float]
    peak_mb: float
    output: str = ""

    def joined(self, other: Measure) -> Measure:
        """The runs of both, for the same stage."""
        seconds, cpu = self.seconds + other.seconds, self.cpu + other.cpu
        return Measure(self.stage, seconds, cpu, max(self.peak_mb, other.peak_mb), other.output)


def measured(
    stage: str, command: list[str], environment: dict[str, str], folder: Path, expected: tuple[int, ...] = (0,)
) -> Measure:
    """Runs a command once, its output kept in ``folder/<stage>.log``. Raises `StageError`.

    The caller must be small: on Linux, the peak of a process counts that of the one it was started from.
    """
    log = folder / f"{stage.replace(' ', '-')}.log"
    with log.open("w+b") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", errors="replace")
    if process.returncode not in expected:
        raise StageError(f"{stage} ended with exit code {process.returncode}:\n{text[-4000:]}")
    return Measure(stage, [seconds], [usage.ru_utime + usage.ru_stime], usage.ru_maxrss / 1024, text)
