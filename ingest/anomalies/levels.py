"""Medians of a column against those expected of it: another order of magnitude, thousands of euros, weekly hours."""

from __future__ import annotations

import math

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.findings import BLOCK, OTHERS, PREVIOUS, WARN, finding
from ingest.anomalies.references import SENDER, magnitudes
from ingest.anomalies.standing import Standing
from registry.guard_settings import COMMON, MEDIANS, THOUSANDS, UNIT, WEEKLY, GuardSettings

COLUMN = ("unit", "variable")
LEAST_COLUMNS = 8
"""Fewer don't tell the size of a sender's structures from a fault of its columns."""


def level_findings(
    standing: Standing, before: Before, elsewhere: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """`thousands`, `weekly_hours` and `medians`. `elsewhere`: see `references.medians_elsewhere`.

    The earlier campaign decides where it can be had; but it may have been wrong. A column out of order with it and in
    order with the other senders is only warned about, and so is one that was as far from them before.
    """
    judged = _judged(_levels(standing, before, elsewhere, settings), settings)
    decided = pl.col("severity").is_not_null() | (pl.col("n") >= settings.number(MEDIANS, "min_structures"))
    previous = judged.filter(pl.col("basis") == PREVIOUS, decided)
    others = judged.filter(pl.col("basis") == OTHERS)
    in_order = pl.col("ratio") < settings.number(MEDIANS, "warn_ratio")
    agreeing = others.filter(in_order).select(*COLUMN, agrees=pl.lit(True))
    settled = previous.filter(pl.col("severity").is_null()).select(COLUMN)
    from_previous = previous.join(agreeing, on=COLUMN, how="left").with_columns(
        severity=pl.when(pl.col("severity").is_not_null() & pl.col("agrees")).then(pl.lit(WARN)).otherwise("severity")
    )
    from_others = others.join(previous, on=COLUMN, how="anti")
    as_before = others.filter(pl.col("severity") == BLOCK).join(settled, on=COLUMN).with_columns(severity=pl.lit(WARN))
    found = pl.concat([from_previous.drop("agrees"), from_others, as_before])
    return finding(found.filter(pl.col("severity").is_not_null()))


def _levels(standing: Standing, before: Before, elsewhere: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, variable, measure, basis, n, observed, expected: two medians, a row per basis that can be had.

    `previous`: of n structures, now and before. `others`: of the column, and what comes nearest to it between
    the two middle ones of the other senders.
    """
    numbers = magnitudes(standing)
    whole = numbers.group_by(*COLUMN, "sender", "structure_type", "measure").agg(
        n=pl.len(), observed=pl.col("value").median()
    )
    paired = (
        numbers.join(before.answers.filter(pl.col("before") != 0), on=["structure_id", "variable"])
        .group_by(COLUMN)
        .agg(n=pl.len(), observed=pl.col("value").median(), expected=pl.col("before").abs().median())
        .join(whole.select(*COLUMN, "measure", size="n"), on=COLUMN)
        .filter(pl.col("n") >= settings.number(COMMON, "min_paired_share") * pl.col("size"))
    )
    others = _sized(whole.join(elsewhere, on=SENDER), settings).with_columns(
        expected=pl.col("observed").clip("low", "high")
    )
    columns = (*COLUMN, "measure", pl.col("n").cast(pl.Int64), "observed", "expected")
    return pl.concat(
        [
            paired.select(*columns, basis=pl.lit(PREVIOUS)),
            others.select(*columns, basis=pl.lit(OTHERS)),
        ]
    )


def _sized(compared: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """`compared` (unit, observed, low, high) with the others' medians brought to the size of the unit's structures.

    A sender whose structures are twice as large as those of the others answers twice as much everywhere: that is the
    median of the ratios of its columns. What is another order of magnitude altogether says nothing of its size.
    """
    size = pl.col("observed").log() - (pl.col("low").log() + pl.col("high").log()) / 2
    possible = size.abs() < math.log(settings.number(MEDIANS, "block_ratio"))
    sizes = (
        compared.with_columns(size=size)
        .filter(possible, pl.col("n") >= settings.number(MEDIANS, "min_structures"))
        .group_by("unit")
        .agg(pl.col("size").median(), columns=pl.len())
        .filter(pl.col("columns") >= LEAST_COLUMNS)
        .select("unit", factor=pl.col("size").exp())
    )
    return (
        compared.join(sizes, on="unit", how="left")
        .with_columns(pl.col("low", "high") * pl.col("factor").fill_null(1.0))
        .drop("factor")
    )


def _judged(levels: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """`levels` with ratio (1 or more), guard and severity (null where nothing is wrong)."""

    def around(guard: str, ratio: pl.Expr) -> pl.Expr:
        """The column is in the guard's unit of measure, and its ratio in the guard's window."""
        return (
            (pl.col("measure") == settings.text(guard, UNIT))
            & (pl.col("n") >= settings.number(guard, "min_structures"))
            & ratio.is_between(settings.number(guard, "ratio_from"), settings.number(guard, "ratio_to"))
        )

    fall = pl.col("expected") / pl.col("observed")
    ratio = pl.max_horizontal(fall, 1 / fall)
    enough = pl.col("n") >= settings.number(MEDIANS, "min_structures")
    guard = (
        pl.when(around(THOUSANDS, ratio))
        .then(pl.lit(THOUSANDS))
        .when(around(WEEKLY, fall))
        .then(pl.lit(WEEKLY))
        .otherwise(pl.lit(MEDIANS))
    )
    block = (guard != MEDIANS) | (enough & (ratio >= settings.number(MEDIANS, "block_ratio")))
    warn = enough & (ratio >= settings.number(MEDIANS, "warn_ratio"))
    severity = pl.when(block).then(pl.lit(BLOCK)).when(warn).then(pl.lit(WARN))
    return levels.with_columns(ratio=ratio, guard=guard, severity=severity)
