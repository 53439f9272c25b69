"""The revision triangle of a campaign: each national figure, vintage after vintage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from publication.release.revisions import figures_of

KEYS = ("structure_type", "indicator", "breakdown")


def revision_triangle(campaign_folder: Path, vintages: Sequence[str], level: str) -> pl.DataFrame:
    """`KEYS`, a column per vintage (None where it doesn't print the figure), change_pct from the first to the last.

    `vintages` in the order of publication; `level`: the nation's.
    """
    found: pl.DataFrame | None = None
    for vintage in vintages:
        figures = figures_of(campaign_folder / vintage / "figures.csv", int(campaign_folder.name))
        column = figures.filter(pl.col("level") == level).select(*KEYS, pl.col("value").alias(vintage))
        found = column if found is None else found.join(column, on=KEYS, how="full", coalesce=True)
    if found is None:
        return pl.DataFrame(schema={**dict.fromkeys(KEYS, pl.String), "change_pct": pl.Float64})
    first, last = pl.col(vintages[0]), pl.col(vintages[-1])
    return found.with_columns(change_pct=pl.when(first != 0).then((last - first) / first.abs() * 100))
