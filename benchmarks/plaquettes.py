"""``python -m benchmarks.plaquettes --home DIR``: how long the plaquettes of a built home take.

The home must hold a candidate that the gate lets through. Its proofs are made from nothing, then again unchanged; the
folder of proofs is the only thing written there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path

from benchmarks.measure import PROJECT, Measure, measured

FORMATS = ("courte", "complete")


def main() -> int:
    """Prints a line per format and run; ``--json`` for a machine."""
    options = _options()
    environment = {**os.environ, "SENACS_HOME": str(options.home.resolve())}
    proofs = options.home / "plaquettes" / str(options.campaign)
    logs = options.home / "plaquettes-benchmark"
    logs.mkdir(exist_ok=True)
    results: list[dict[str, object]] = []
    for name in options.formats:
        shutil.rmtree(proofs, ignore_errors=True)
        command = [*PROJECT, "plaquettes", str(options.campaign), "--format", name, "--json"]
        runs = (measured(f"{name}, {run}", command, environment, logs) for run in ("from nothing", "unchanged"))
        results.extend(map(_counted, runs))
    shutil.rmtree(logs)
    print(json.dumps(results, indent=1) if options.json else "\n".join(map(_line, results)))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a candidate")
    parser.add_argument("--campaign", type=int, required=True, help="the campaign to print")
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), help="which forms (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="results as JSON")
    return parser.parse_args()


def _counted(run: Measure) -> dict[str, object]:
    count = len(json.loads(run.output)["plaquettes"])
    return {
        "stage": run.stage, "plaquettes": count, "seconds": round(run.seconds[0], 1), "cpu": round(run.cpu[0], 1),
        "peak_mb": round(run.peak_mb),
    }  # fmt: skip


def _line(result: dict[str, object]) -> str:
    return "{stage:28} {plaquettes:>4} plaquettes  {seconds:>6} s  {cpu:>6} s CPU  {peak_mb:>5} MB".format(**result)


if __name__ == "__main__":
    raise SystemExit(main())
