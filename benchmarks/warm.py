"""Builds in one process, the definitions being loaded by the first: what the nightly service or ``senacs dev`` lives.

    python -m benchmarks.warm HOME REPEAT

Each timed build starts from the files of the archive: all that the one before derived is deleted.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.derived import forget_derived
from core.home import Home
from orchestration.pipeline import build


def main(home: Home, repeat: int) -> None:
    """Prints as JSON the seconds of each build after the first, and of each of its stages."""
    build(home)
    seconds: list[float] = []
    cpu: list[float] = []
    stages: dict[str, float] = {}
    for _ in range(repeat):
        forget_derived(home)
        started, used = time.perf_counter(), time.process_time()
        result = build(home, fresh=True)
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
        stages = result.seconds
    print(json.dumps({"seconds": seconds, "cpu": cpu, "stages": stages}))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), int(sys.argv[2]))
