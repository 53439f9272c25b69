"""``intake.csv``: every event of the intake, campaign by campaign, for the national team's eye and for checks."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from core.atomic import replaced_file
from core.home import Home

COLUMNS = ("campaign", "file", "structure_id", "event", "variable", "rule", "raw_value", "detail")


def write_intake_csv(home: Home, campaigns: list[int], target: Path) -> None:
    """Write the events of `campaigns`, oldest first. The same intake gives the same bytes."""
    paths = [home.intake / str(campaign) / "events.parquet" for campaign in sorted(campaigns)]
    events = pl.concat([pl.read_parquet(path).select(COLUMNS) for path in paths if path.exists()])
    bare = events.with_columns(pl.col(pl.String).replace("", None))
    with replaced_file(target) as path:
        bare.write_csv(path)
