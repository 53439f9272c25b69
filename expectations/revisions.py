"""What a candidate changes in the vintage published last, and the notes that give the cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import replaced_file

FOLDER = "revisions"
TEXTS = ("territory_id", "territory", "structure_type", "indicator", "breakdown", "vintage", "cause", "author")


def schema() -> dict[str, Any]:
    """The columns of ``revisions/<campaign>.parquet`` of a candidate: a row per figure that changed."""
    numbers = dict.fromkeys(("value_before", "value_after", "change_pct"), pl.Float64)
    return {"campaign": pl.Int32, **dict.fromkeys(TEXTS, pl.String), **numbers}


def noted(revised: pl.DataFrame, notes: Iterable[Mapping[str, Any]], vintage: str) -> pl.DataFrame:
    """`revised` with the last note that covers each figure, in the columns of `schema`.

    `revised`: those columns but vintage, cause and author, and figures_hash. A note covers the figures of its
    territory (those of its `indicators` where it names some) as they were when it was written, and the changes since
    `vintage` only. `cause` is empty where nobody has given one.
    """
    table = revised.with_columns(vintage=pl.lit(vintage), cause=pl.lit(""), author=pl.lit(""))
    for note in notes:
        here = pl.lit(note["vintage"] == vintage)
        for name in ("territory_id", "figures_hash"):
            here &= pl.col(name) == note[name]
        if note["indicators"]:
            here &= pl.col("indicator").is_in(note["indicators"])
        table = table.with_columns(
            pl.when(here).then(pl.lit(note[name])).otherwise(pl.col(name)).alias(name) for name in ("cause", "author")
        )
    return table.select(*schema())


def write_revisions(candidate: Path, campaign: int, revisions: pl.DataFrame) -> None:
    """``revisions/<campaign>.parquet`` of a candidate; without a row where nothing changed, or nothing is published."""
    with replaced_file(candidate / FOLDER / f"{campaign}.parquet") as path:
        revisions.write_parquet(path)
