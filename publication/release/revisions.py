"""Figures that changed from one publication to another, or to a candidate: by how much."""

from __future__ import annotations

from pathlib import Path

import polars as pl

ADDRESS = ("campaign", "level", "territory", "structure_type", "indicator", "breakdown")
FROM_NOTHING = 100.0


def figures_of(path: Path, campaign: int) -> pl.DataFrame:
    """The figures of a campaign in a ``figures.csv``: `ADDRESS`, and value as a number (None where none is printed)."""
    read = pl.read_csv(path, infer_schema=False).filter(pl.col("campaign") == str(campaign))
    return read.select(
        pl.col("campaign").cast(pl.Int32),
        *(pl.col(name).fill_null("") for name in ADDRESS[1:]),
        pl.col("value").cast(pl.Float64, strict=False),
    )


def revised_figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The figures whose printed value changed: `ADDRESS`, value_before, value_after, change_pct.

    `change_pct` is the size of the change in % of the value before; 100 from zero, and for a value that is gone. A
    figure that was not printed before is no revision.
    """
    old, new = pl.col("value_before"), pl.col("value_after")
    return (
        before.rename({"value": "value_before"})
        .join(after.rename({"value": "value_after"}), on=ADDRESS, how="left", maintain_order="left")
        .filter(old.is_not_null() & old.ne_missing(new))
        .with_columns(
            change_pct=pl.when(new.is_null() | (old == 0)).then(FROM_NOTHING).otherwise(((new - old) / old).abs() * 100)
        )
    )
