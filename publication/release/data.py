"""The data of a release under way: figures, what changed since the last vintage, marts and the BI file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publication.open_data.bi_file import write_bi_file
from publication.open_data.data_files import write_figures, write_marts
from publication.policy import Policy
from publication.release.differences import last_vintage, write_differences

FIGURES = "figures.csv"


@dataclass(frozen=True)
class DataSources:
    """What the data come from, and what of it is told."""

    policy: Policy
    build_id: str


def write_data(
    folder: Path, sources: DataSources, about: Mapping[str, Any], tell: Callable[[str], None]
) -> dict[str, Any] | None:
    """Write ``figures.csv``, ``differences.csv``, ``marts/`` and the DuckDB file into `folder`.

    Returns what the manifest says of the last vintage; None for the first. `about`: campaign, vintage, remark...
    """
    remark = about["remark"]
    write_figures(sources.policy, remark, folder / FIGURES)
    previous = _compared_with_the_last_vintage(folder)
    marts = write_marts(sources.policy, folder / "marts")
    tell("chiffres et tables")
    bi_file = folder / f"senacs_{about['campaign']}_{about['vintage']}.duckdb"
    write_bi_file(
        bi_file, marts, sources.policy.candidate / "registry", {**about, "build_id": sources.build_id}, remark
    )
    tell("base DuckDB")
    return previous


def _compared_with_the_last_vintage(folder: Path) -> dict[str, Any] | None:
    last = last_vintage(folder.parent)
    if last is None:
        return None
    before = folder.parent / last["vintage"] / FIGURES
    changes = write_differences(before, folder / FIGURES, folder / "differences.csv")
    return {"vintage": last["vintage"], "build_id": last["build_id"], "changes": changes}
