"""A national-size set through the whole chain, stage by stage, beside the bare DuckDB script, in one run.

    python -m benchmarks.national [--scale 10] [--repeat 3] [--json FILE]

This process stays small and measures others: see `measure.measured`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks.derived import forget_derived
from benchmarks.measure import PROJECT, Measure, StageError, measured
from benchmarks.report import print_report, write_json
from core.home import PROJECT_ROOT, Home

BUILD = [*PROJECT, "build"]
BUILDS = ("kept", "cold", "parsed", "warm")
VERDICT_GIVEN = (0, 3)
PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandera", "polars")


@dataclass
class Run:
    """One run of the benchmark: where it works, what it measured."""

    folder: Path
    dataset: Path
    console: Console
    measures: dict[str, Measure] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The home of the benchmark, begun anew at each run."""
        return Home(self.folder / "home")

    @property
    def corrections(self) -> Path:
        """The national team's corrections: none, until the set is settled to be published."""
        return self.folder / "corrections"

    def measure(self, stage: str, command: list[str], expected: tuple[int, ...] = (0,)) -> Measure:
        """Measures a command once more under the name of its stage. Raises `StageError`."""
        environment = {
            "SENACS_HOME": str(self.home.root),
            "SENACS_QUESTIONNAIRES": str(self.dataset / "questionnaires"),
            "SENACS_CORRECTIONS": str(self.corrections),
            # An installed project has its bytecode (`make setup`): without it every start compiles what it imports.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.folder.parent / "bytecode"),
            "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        }
        with self.console.status(stage):
            once = measured(stage, command, environment, self.folder, expected)
        self.measures[stage] = self.measures[stage].joined(once) if stage in self.measures else once
        self.console.print(f"  {stage}: {once.seconds[0]:.2f} s, {once.peak_mb:.0f} MB", style="dim")
        return once


def made_dataset(
    options: argparse.Namespace, folder: Path, console: Console, *one_format: str
) -> tuple[Path, dict[str, object]]:
    """The set's folder and contents, made in a process of its own when it is not there yet (see `Settings`)."""
    command = [sys.executable, "-m", "benchmarks.dataset", str(options.folder / "sets"), str(options.questionnaires)]
    command += [str(options.seed), str(options.scale), str(options.senders), *one_format]
    with console.status("the set of files"):
        made = measured("set", command, {"PYTHONPATH": str(PROJECT_ROOT)}, folder)
    answer = json.loads(made.output.splitlines()[-1])
    console.print(f"set: {answer['folder']} ({made.seconds[0]:.1f} s)")
    return Path(answer["folder"]), answer["contents"]


def measure_stages(run: Run, frames: list[tuple[int, Path]], wanted: list[str], repeat: int) -> None:
    """Reception, the builds that are `wanted`, and the script in between, so that all meet the same machine."""
    for before in (run.home.root, run.corrections):
        shutil.rmtree(before, ignore_errors=True)
    compile_bytecode(run)
    script = [sys.executable, "-m", "benchmarks.bare_duckdb", str(run.dataset), str(run.folder / "bare.csv")]
    for campaign, frame in frames:
        run.measure("frame", [*PROJECT, "frame", str(frame), "--campaign", str(campaign)])
    run.measure("lifecycle", [*PROJECT, "lifecycle", str(run.dataset / "frames" / "lifecycle.csv")])
    manifest = run.dataset / "manifest.csv"
    run.measure("receive", [*PROJECT, "receive", "--manifest", str(manifest), "--root", str(run.dataset)])
    run.measure("script", script)
    if "kept" in wanted:
        run.measure("build after receive", BUILD, VERDICT_GIVEN)
        run.measure("build unchanged", BUILD, VERDICT_GIVEN)
    for _ in range(repeat):
        if "cold" in wanted:
            forget_derived(run.home, parsed_project=True)
            run.measure("build cold", BUILD, VERDICT_GIVEN)
            run.measure("script", script)
        if "parsed" in wanted:
            forget_derived(run.home)
            run.measure("build cold parsed", BUILD, VERDICT_GIVEN)
    if "warm" in wanted:
        forget_derived(run.home)
        measure_warm_builds(run, repeat)
        run.measure("script", script)


def measure_warm_builds(run: Run, repeat: int) -> None:
    """Builds after the first one in a process; their memory is that of the whole process."""
    whole = run.measure("warm", [sys.executable, "-m", "benchmarks.warm", str(run.home.root), str(repeat)])
    told = json.loads(whole.output.splitlines()[-1])
    stages = json.dumps(told["stages"])
    run.measures["build warm"] = Measure("build warm", told["seconds"], told["cpu"], whole.peak_mb, stages)
    del run.measures["warm"]


def compile_bytecode(run: Run) -> None:
    """Import once all that a build imports, so that no measure pays for compiling it."""
    imported = "import orchestration.definitions, pandera.polars, expectations.gate as gate; gate.preload()"
    run.measure("bytecode", [sys.executable, "-c", imported])
    del run.measures["bytecode"]


def measure_publication(run: Run, campaign: int) -> None:
    """What stands between a first verdict and a release: answers confirmed, signatures given, the sites written."""
    for name, arguments in {
        "settling": [str(run.home.root), str(run.corrections)],
        "build after confirmations": None,
        "signing": [str(run.home.root), str(campaign)],
    }.items():
        command = BUILD if arguments is None else [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        run.measure(name, command, VERDICT_GIVEN)
    run.measure("publish", [*PROJECT, "publish", str(campaign), "--vintage", "P1"])
    run.measure("site", [*PROJECT, "site"])


def compare_figures(run: Run) -> dict[str, object]:
    """The project's figures against the script's (see `compare.compared`)."""
    figures = run.home.candidate / "figures.csv"
    command = [sys.executable, "-m", "benchmarks.compare", str(figures), str(run.folder / "bare.csv")]
    compared = run.measure("compare", command)
    del run.measures["compare"]
    return json.loads(compared.output.splitlines()[-1])


def machine() -> dict[str, object]:
    """What the figures depend on besides the code."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        **{name: version(name) for name in PACKAGES},
    }


def set_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that every benchmark has: which set, how often, where."""
    parser.add_argument("--scale", type=float, default=1.0, help="structures, as a multiple of the national number")
    parser.add_argument("--senders", type=int, default=100)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each stage; the median counts")
    parser.add_argument("--folder", type=Path, default=PROJECT_ROOT / "var" / "benchmarks")
    parser.add_argument("--questionnaires", type=Path, default=PROJECT_ROOT / "questionnaires")
    parser.add_argument("--json", type=Path, help="also write everything measured there")


def arguments(command_line: list[str] | None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__.splitlines()[0])
    set_arguments(parser)
    parser.add_argument("--stages", nargs="+", choices=BUILDS, default=list(BUILDS), help="which builds to measure")
    parser.add_argument(
        "--publish",
        action="store_true",
        help="also confirm, sign and publish the last campaign, and write its public site",
    )
    return parser.parse_args(command_line)


def summary(measures: dict[str, Measure]) -> dict[str, dict[str, object]]:
    """What was measured of each stage, for the report and the JSON."""
    return {
        name: {
            "seconds": measure.seconds,
            "cpu_seconds": measure.cpu,
            "median": median(measure.seconds),
            "cpu_median": median(measure.cpu),
            "peak_mb": measure.peak_mb,
        }
        for name, measure in measures.items()
    }


def main(command_line: list[str] | None = None) -> int:
    """Runs the benchmark. 0 when every stage ended, 1 otherwise; slowness is not a failure."""
    options = arguments(command_line)
    console = Console()
    folder = options.folder / f"scale-{options.scale:g}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        dataset, contents = made_dataset(options, folder, console)
        run = Run(folder, dataset, console)
        frames = [(int(path.stem.split("_")[1]), path) for path in sorted(dataset.glob("frames/frame_*.csv"))]
        measure_stages(run, frames, options.stages, options.repeat)
        equality = compare_figures(run)
        if options.publish:
            last = max(campaign for campaign, _ in frames)
            measure_publication(run, last)
    except StageError as failure:
        console.print(str(failure), style="red", markup=False)
        return 1
    result = {
        "machine": machine(),
        "options": {"scale": options.scale, "senders": options.senders, "seed": options.seed, "repeat": options.repeat},
        "set": contents,
        "stages": summary(run.measures),
        "script_steps": json.loads(run.measures["script"].output.splitlines()[-1]),
        "build_steps": json.loads(run.measures["build warm"].output) if "build warm" in run.measures else {},
        "equality": equality,
    }
    print_report(console, result)
    write_json(options.json, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
