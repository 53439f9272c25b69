"""What the other senders say of a question: the reference of a column that has no past of its own."""

from __future__ import annotations

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.standing import Standing
from registry.guard_settings import COMMON, GuardSettings
from registry.model import NUMERIC_TYPES

SENDER, QUESTION = ("sender", "structure_type", "variable"), ("structure_type", "variable")


def magnitudes(standing: Standing) -> pl.DataFrame:
    """The numbers that are not zero, without their sign: a result may be negative, and zeros have no order of
    magnitude."""
    numeric = pl.col("type").is_in(list(NUMERIC_TYPES))
    return standing.answers.filter(numeric, pl.col("value") != 0).with_columns(pl.col("value").abs())


def medians_elsewhere(standing: Standing, before: Before, settings: GuardSettings) -> pl.DataFrame:
    """sender, structure_type, variable, low, high: the two middle ones of the others' medians (equal when their number
    is odd).

    Each of the other senders has one vote, and so has each sender of the earlier campaign: a large sender that is wrong
    does not make the others look wrong. Fewer than `min_others` structures in all make no reference.
    """
    now = magnitudes(standing).group_by(SENDER).agg(n=pl.len(), median=pl.col("value").median())
    fewest = settings.number(COMMON, "min_answers")
    votes = (
        pl.concat([now, before.medians.select(pl.lit(None, now.schema["sender"]).alias("sender"), *now.columns[1:])])
        .filter(pl.col("n") >= fewest)
        .sort(*QUESTION, "median")
        .with_columns(position=pl.int_range(pl.len()).over(QUESTION))
    )
    own = votes.filter(pl.col("sender").is_not_null()).select(*SENDER, own="position", own_n="n")
    totals = votes.group_by(QUESTION).agg(votes=pl.len(), structures=pl.col("n").sum())
    found = (
        standing.units.select("sender", "structure_type")
        .unique()
        .join(totals, on="structure_type")
        .join(own, on=SENDER, how="left")
        .with_columns(
            votes=pl.col("votes") - pl.col("own").is_not_null(),
            structures=pl.col("structures") - pl.col("own_n").fill_null(0),
        )
        .filter(pl.col("votes") > 0, pl.col("structures") >= settings.number(COMMON, "min_others"))
    )
    for name, rank in (("low", (pl.col("votes") - 1) // 2), ("high", pl.col("votes") // 2)):
        place = (rank + (pl.col("own") <= rank).fill_null(False)).cast(pl.Int64)
        at = votes.select(*QUESTION, place="position", **{name: "median"})
        found = found.with_columns(place=place).join(at, on=[*QUESTION, "place"])
    return found.select(*SENDER, "low", "high")
