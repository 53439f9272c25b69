"""What was measured, as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

# Stage, what it is, the aim as a multiple of the script at national size, and from ten times that size.
STAGES = (
    ("frame", "register a frame (one process per campaign)", None, None),
    ("lifecycle", "register the lifecycle", None, None),
    ("receive", "receive --manifest, all files", None, None),
    ("build after receive", "first build, what reception read being kept", None, None),
    ("build unchanged", "build again, nothing having changed", None, None),
    ("build cold", "files to verdict, fresh process, nothing derived left", 8.0, 2.5),
    ("build cold parsed", "the same, dbt's parsed project being kept", 8.0, 2.5),
    ("build warm", "files to verdict, definitions already loaded", 3.0, 2.5),
    ("publish", "publish the last campaign", None, None),
    ("script", "bare DuckDB script: files to figures, no checks", None, None),
)
LARGE = 10


def print_report(console: Console, result: dict[str, Any]) -> None:
    """The set, the table of stages with their ratio to the script, and whether both say the same."""
    print_set(console, result)
    stages = result["stages"]
    script = stages["script"]["median"]
    table = Table(title="Stages (median; memory: largest process)", title_justify="left")
    for heading in ("stage", "what", "s", "runs", "MB", "× script", "aim"):
        table.add_column(heading, justify="left" if heading in ("stage", "what") else "right")
    for name, what, small, large in STAGES:
        if name not in stages:
            continue
        stage = stages[name]
        aim = large if result["options"]["scale"] >= LARGE else small
        ratio = stage["median"] / script
        colour = "" if aim is None else "green" if ratio <= aim else "red"
        table.add_row(
            name,
            what,
            f"{stage['median']:.2f}",
            str(len(stage["seconds"])),
            f"{stage['peak_mb']:.0f}",
            f"[{colour}]{ratio:.1f}[/]" if colour else f"{ratio:.1f}",
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
