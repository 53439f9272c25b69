"""Columns of the same level that took each other's place, or a block of them that slipped: structure by structure.

Their medians say nothing. But each structure was somewhere before: where the values of a column follow another one's
earlier values far more closely than its own, structure after structure, they are the other's. Values are compared on
the scale asinh, which is that of ratios and takes zeros. A structure for which the two are as near does not count.
"""

from __future__ import annotations

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.findings import BLOCK, PREVIOUS, finding
from ingest.anomalies.standing import Standing
from registry.guard_settings import COMMON, SHIFTED, SWAPPED, GuardSettings
from registry.model import NUMERIC_TYPES

COLUMN = ("unit", "variable")
SAME = 1e-9


def exchanged_findings(
    standing: Standing, before: Before, positions: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """`swapped` and `shifted`, where enough structures answered both questions before. `positions`: unit, variable,
    position (the order of the columns in the file), for the questions asked."""
    earlier = before.answers.filter(pl.col("before").is_not_null()).select(
        "structure_id", "variable", before=pl.col("before").abs().arcsinh()
    )
    own = _with_before(standing, earlier, settings)
    followed = _followed(own, earlier, positions, settings)
    back = followed.select("unit", variable="other", other="variable")
    swapped = followed.join(back, on=[*COLUMN, "other"], how="semi").with_columns(guard=pl.lit(SWAPPED))
    taken = swapped.select(COLUMN)
    shifted = _slipped(followed.join(taken, on=COLUMN, how="anti"), positions, settings)
    medians = own.group_by(COLUMN).agg(observed=pl.col("x").median().sinh(), expected=pl.col("before").median().sinh())
    found = pl.concat([swapped, shifted.with_columns(guard=pl.lit(SHIFTED))]).join(medians, on=COLUMN)
    return finding(found.with_columns(severity=pl.lit(BLOCK), basis=pl.lit(PREVIOUS)))


def _with_before(standing: Standing, earlier: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, structure_id, variable, x, before (asinh): the numbers that a structure gave now and before."""
    numbers = standing.answers.filter(pl.col("type").is_in(list(NUMERIC_TYPES)), pl.col("value").is_not_null())
    fewest = pl.max_horizontal(
        pl.lit(settings.number(SWAPPED, "min_structures_paired")),
        settings.number(COMMON, "min_paired_share") * pl.col("structures"),
    )
    return (
        numbers.select("unit", "structure_id", "variable", x=pl.col("value").abs().arcsinh())
        .join(earlier, on=["structure_id", "variable"])
        .join(standing.units.select("unit", "structures"), on="unit")
        .filter(pl.len().over(COLUMN) >= fewest)
        .select("unit", "structure_id", "variable", "x", "before")
    )


def _followed(
    own: pl.DataFrame, earlier: pl.DataFrame, positions: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """unit, variable, other, n, fit: the other column that a column follows more closely than itself, for most
    structures; `fit` is the distance to the other's past over that to its own, the smallest one a column has.

    A column that grew everywhere may come near to another one: its differences with its own past are then alike.
    """
    others = (
        own.select("unit", "structure_id")
        .unique()
        .join(earlier.select("structure_id", other="variable", other_before="before"), on="structure_id")
        .join(positions.select("unit", other="variable"), on=["unit", "other"], how="semi")
    )
    to_own, to_other = (pl.col("x") - pl.col("before")).abs(), (pl.col("x") - pl.col("other_before")).abs()
    nearer = to_own - to_other
    told_apart = (nearer.abs() > SAME).sum()
    return (
        own.join(others, on=["unit", "structure_id"])
        .filter(pl.col("variable") != pl.col("other"))
        .group_by(*COLUMN, "other")
        .agg(
            n=told_apart,
            fit=to_other.sum() / to_own.sum(),
            votes=(nearer > SAME).sum() / told_apart,
            spread=(pl.col("x") - pl.col("other_before")).std() / (pl.col("x") - pl.col("before")).std(),
        )
        .filter(
            pl.col("n") >= settings.number(SWAPPED, "min_structures_paired"),
            pl.col("fit") <= settings.number(SWAPPED, "max_fit"),
            pl.col("votes") >= settings.number(SWAPPED, "min_votes"),
            pl.col("spread") <= settings.number(SHIFTED, "max_spread"),
        )
        .sort("fit", "other")
        .unique(COLUMN, keep="first", maintain_order=True)
        .select(*COLUMN, "other", "n", "fit")
    )


def _slipped(followed: pl.DataFrame, positions: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, variable, other, n, fit: neighbouring columns that follow the column as many places away."""
    at = positions.select(COLUMN[0], "variable", "position")
    block = ("unit", "shift", "block")
    return (
        followed.join(at, on=COLUMN)
        .join(at.rename({"variable": "other", "position": "other_position"}), on=["unit", "other"])
        .with_columns(shift=pl.col("position") - pl.col("other_position"))
        .filter(pl.col("shift").abs() <= settings.number(SHIFTED, "max_shift"))
        .sort("unit", "shift", "position")
        .with_columns(block=(pl.col("position").diff().fill_null(0) > 1).cum_sum().over("unit", "shift"))
        .filter(pl.len().over(block) >= settings.number(SHIFTED, "min_columns"))
        .select(followed.columns)
    )
