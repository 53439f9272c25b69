"""The intake of one national campaign, alone: what senders return, read, checked and written; and what they are sent.

    python -m benchmarks.intake [--forms 2400] [--repeat 3] [--json FILE]

The last campaign, twice: a hundred senders' files of every format, then a workbook per structure. This process stays
small and measures others: see `measure.measured`.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.measure import PROJECT, StageError
from benchmarks.national import Run, machine, made_dataset, set_arguments, summary
from benchmarks.report import print_intake, write_json

MANIFEST = "manifest.csv"


def campaigns_of(dataset: Path) -> list[int]:
    """The campaigns of a set, oldest first."""
    return sorted(int(path.stem.split("_")[1]) for path in dataset.glob("frames/frame_*.csv"))


def written_manifests(run: Run, most: int | None) -> tuple[Path, Path]:
    """The set's manifest in two: the earlier campaigns, and the first `most` files of the last one."""
    with (run.dataset / MANIFEST).open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    last = str(campaigns_of(run.dataset)[-1])
    parts = {
        "earlier": [line for line in lines if line[1] != last],
        "last": [line for line in lines if line[1] == last][:most],
    }
    paths = []
    for name, kept in parts.items():
        paths.append(run.folder / f"manifest-{name}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *kept])
    return paths[0], paths[1]


def measure_intake(run: Run, name: str, repeat: int, most: int | None = None) -> None:
    """Reception of the last campaign, then its intake from the archive alone (see `written_intake`).

    Earlier campaigns are there beforehand: the rules compare with their values.
    """
    shutil.rmtree(run.home.root, ignore_errors=True)
    *earlier, last = campaigns_of(run.dataset)
    for campaign in (*earlier, last):
        frame = str(run.dataset / "frames" / f"frame_{campaign}.csv")
        run.measure("frame", [*PROJECT, "frame", frame, "--campaign", str(campaign)])
    before, received = written_manifests(run, most)
    intake = [sys.executable, "-m", "benchmarks.written_intake", str(run.home.root)]
    if len(before.read_text(encoding="utf-8").splitlines()) > 1:
        run.measure("earlier received", receiving(before, run.dataset))
        run.measure("earlier intake", [*intake, *map(str, earlier)])
    run.measure(f"receive {name}", receiving(received, run.dataset))
    for _ in range(repeat):
        run.measure(f"intake {name}", [*intake, str(last)])


def receiving(manifest: Path, root: Path) -> list[str]:
    """The command that receives the files of a manifest."""
    return [*PROJECT, "receive", "--manifest", str(manifest), "--root", str(root)]


def measure_templates(run: Run, repeat: int) -> None:
    """What is sent out for the last campaign: a workbook for each sender, last answers beside; then one form."""
    last = campaigns_of(run.dataset)[-1]
    with (run.dataset / "frames" / f"frame_{last}.csv").open(encoding="utf-8", newline="") as file:
        structure = next(line["structure_id"] for line in csv.DictReader(file) if line["solicited"] == "1")
    templates = [*PROJECT, "templates", str(last), "--out", str(run.folder / "templates")]
    for _ in range(repeat):
        run.measure("templates", templates)
        run.measure("one template", [*templates, "--form", structure])


def main(command_line: list[str] | None = None) -> int:
    """Runs the benchmark. 0 when every stage ended, 1 otherwise; slowness is not a failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__.splitlines()[0])
    set_arguments(parser)
    parser.add_argument("--forms", type=int, default=2400, help="workbooks of one structure")
    options = parser.parse_args(command_line)
    console = Console()
    folder = options.folder / f"intake-{options.scale:g}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        dataset, contents = made_dataset(options, folder, console)
        run = Run(folder, dataset, console)
        measure_intake(run, "senders", options.repeat)
        measure_templates(run, options.repeat)
        forms, contents_of_forms = made_dataset(options, folder, console, "forms")
        run_of_forms = Run(folder, forms, console, run.measures)
        measure_intake(run_of_forms, "forms", options.repeat, options.forms)
    except StageError as failure:
        console.print(str(failure), style="red", markup=False)
        return 1
    result = {
        "machine": machine(),
        "set": contents | {"forms": contents_of_forms},
        "options": {"scale": options.scale, "senders": options.senders, "forms": options.forms},
        "stages": summary(run.measures),
        "read": {
            name: json.loads(run.measures[f"intake {name}"].output.splitlines()[-1]) for name in ("senders", "forms")
        },
    }
    print_intake(console, result)
    write_json(options.json, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
