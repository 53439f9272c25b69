"""What was measured, as tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

# Stage, and its aim as a multiple of the script at national size, then from ten times that size. What each one does:
# docs/benchmarks.md.
STAGES = (
    ("frame", None, None),
    ("lifecycle", None, None),
    ("receive", None, None),
    ("build after receive", None, None),
    ("build unchanged", None, None),
    ("build cold", 8.0, 2.5),
    ("build cold parsed", 8.0, 2.5),
    ("build warm", 3.0, 2.5),
    ("build after confirmations", None, None),
    ("signing", None, None),
    ("publish", None, None),
    ("site", None, None),
    ("script", None, None),
)
LARGE = 10

# Stage, and its aim in seconds of wall time on 2 cores. What each one does: docs/benchmarks.md.
INTAKE_STAGES = (
    ("receive senders", None),
    ("intake senders", 15),
    ("receive forms", None),
    ("intake forms", 20),
    ("templates", None),
    ("one template", None),
)
INTAKE_MEMORY_MB = 1024


def print_report(console: Console, result: dict[str, Any]) -> None:
    """The set, the table of stages with their ratio to the script, and whether both say the same."""
    print_set(console, result)
    stages = result["stages"]
    script = stages["script"]
    table = Table(title="Stages (medians; memory: largest process)", title_justify="left")
    for heading in ("stage", "runs", "s", "CPU s", "MB", "× script", "× CPU", "aim"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for name, small, large in STAGES:
        if name not in stages:
            continue
        stage = stages[name]
        aim = large if result["options"]["scale"] >= LARGE else small
        ratio = stage["median"] / script["median"]
        colour = "default" if aim is None else "green" if ratio <= aim else "red"
        table.add_row(
            name,
            str(len(stage["seconds"])),
            f"{stage['median']:.2f}",
            f"{stage['cpu_median']:.2f}",
            f"{stage['peak_mb']:.0f}",
            f"[{colour}]{ratio:.1f}[/]",
            f"{stage['cpu_median'] / script['cpu_median']:.1f}",
            "" if aim is None else f"≤ {aim:g}",
        )
    console.print(table)
    print_equality(console, result["equality"])


def print_set(console: Console, result: dict[str, Any]) -> None:
    """The machine, and the size of each campaign."""
    machine = result["machine"]
    console.print(f"{machine['cores']} cores, {machine['memory_gb']} GB, Python {machine['python']}")
    table = Table(title="Set", title_justify="left")
    for heading in ("campaign", "agreed", "files", "rows", "answers", "formats"):
        table.add_column(heading, justify="left" if heading == "formats" else "right")
    for campaign, size in result["set"].items():
        if isinstance(size, dict) and "formats" in size:
            formats = ", ".join(f"{name} {many}" for name, many in size["formats"].items() if many)
            table.add_row(campaign, *(f"{size[key]:,}" for key in ("agreed", "files", "rows", "answers")), formats)
    console.print(table)


def print_equality(console: Console, equality: dict[str, Any]) -> None:
    """How many lines of figures the project and the script agree on, and examples where they do not."""
    console.print(
        f"Figures: {equality['equal']:,} lines equal of {equality['lines']:,} "
        f"(national: {equality['national_equal']:,} of {equality['national']:,}; different {equality['different']:,}, "
        f"only in the project {equality['only_project']:,}, only in the script {equality['only_bare']:,})"
    )
    for example in equality["examples"]:
        console.print("  " + " · ".join(map(str, example)), style="yellow", markup=False)


def print_intake(console: Console, result: dict[str, Any]) -> None:
    """The stages of the intake of one campaign, beside what is aimed at."""
    machine = result["machine"]
    console.print(f"{machine['cores']} cores, {machine['memory_gb']} GB, Python {machine['python']}")
    for name, read in result["read"].items():
        console.print(
            f"{name}: {read['files']:,} files, {sum(read['rows'].values()):,} rows, {read['answers']:,} answers"
        )
    table = Table(
        title=f"Intake of one campaign (medians; aim of memory: {INTAKE_MEMORY_MB:,} MB)", title_justify="left"
    )
    for heading in ("stage", "runs", "s", "CPU s", "MB", "aim"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for name, aim in INTAKE_STAGES:
        stage = result["stages"][name]
        colour = "default" if aim is None else "green" if stage["median"] <= aim else "red"
        memory = "default" if stage["peak_mb"] <= INTAKE_MEMORY_MB else "red"
        table.add_row(
            name,
            str(len(stage["seconds"])),
            f"[{colour}]{stage['median']:.2f}[/]",
            f"{stage['cpu_median']:.2f}",
            f"[{memory}]{stage['peak_mb']:.0f}[/]",
            "" if aim is None else f"≤ {aim} s",
        )
    console.print(table)


def write_json(target: Path | None, result: dict[str, Any]) -> None:
    """Everything measured, where a file is asked for."""
    if target:
        target.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
