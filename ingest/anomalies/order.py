"""Columns that hold what is expected of another: two that are exchanged, a block that has slipped.

Values and what is expected of them (the same structure's before, or the median of the other senders) are compared on
the scale asinh, which is that of ratios and takes zeros. A column that is far from what is expected of it is tried
against what is expected of the other columns of its unit that are far from it too, or empty.
"""

from __future__ import annotations

import polars as pl

from ingest.anomalies.earlier import Before
from ingest.anomalies.findings import BLOCK, OTHERS, PREVIOUS, finding
from ingest.anomalies.standing import BOOLEAN, Standing
from registry.guard_settings import COMMON, SHIFTED, SWAPPED, GuardSettings
from registry.model import NUMERIC_TYPES

COLUMN = ("unit", "variable")
AMONG = 2
"""Between two columns of a block that slipped, one may hold what can't be compared."""


def order_findings(
    standing: Standing, before: Before, elsewhere: pl.DataFrame, positions: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """`swapped` and `shifted`. `elsewhere`: see `references.medians_elsewhere`; `positions`: unit, variable, position
    (the order of the columns in the file), for the questions asked."""
    expected = _expected(standing, before, elsewhere, settings).join(positions, on=COLUMN, how="semi")
    own, gaps = _gaps(standing, expected)
    least, far = settings.number(SWAPPED, "min_gap"), settings.number(SHIFTED, "far_gap")
    strange = gaps.filter(_enough(settings), pl.col("gap") >= least)
    in_place = gaps.filter(pl.col("gap") < least / 2)
    empty = expected.select(COLUMN).unique().join(gaps, on=COLUMN, how="anti")
    suspected = _several_in_a_unit(strange, empty)
    fits = _fits(
        own.join(suspected, on="unit", how="semi").join(in_place, on=COLUMN, how="anti"),
        expected.filter(pl.col("high") - pl.col("low") < far).join(in_place, on=COLUMN, how="anti"),
        strange,
        settings,
    )
    swapped = _swapped(fits.filter("strong"))
    shifted = _shifted(fits.join(swapped, on=COLUMN, how="anti"), empty, positions, settings)
    named = [swapped.with_columns(guard=pl.lit(SWAPPED)), shifted.with_columns(guard=pl.lit(SHIFTED))]
    found = pl.concat(named).join(strange.select(*COLUMN, "observed", "expected", "basis"), on=COLUMN)
    return finding(found.with_columns(severity=pl.lit(BLOCK)))


def _several_in_a_unit(strange: pl.DataFrame, empty: pl.DataFrame) -> pl.DataFrame:
    """The units where a column that is far from what is expected of it is not the only one that something happened
    to."""
    touched = pl.concat([strange.select(COLUMN), empty.select(COLUMN)]).group_by("unit").len().filter(pl.col("len") > 1)
    return touched.join(strange, on="unit", how="semi").select("unit")


def _expected(standing: Standing, before: Before, elsewhere: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, structure_id, variable, low, high (asinh), basis: between what each structure is expected to answer."""
    enough = pl.max_horizontal(
        pl.lit(settings.number(SWAPPED, "min_structures")),
        settings.number(COMMON, "min_paired_share") * pl.col("structures"),
    )
    columns = ("unit", "structure_id", "variable", pl.col("low", "high").arcsinh(), "basis")
    members = standing.members.join(standing.units.select("unit", "structures"), on="unit")
    paired = (
        members.join(before.answers.filter(pl.col("before").is_not_null()), on="structure_id")
        .filter(pl.len().over(COLUMN) >= enough)
        .with_columns(low=pl.col("before").abs(), high=pl.col("before").abs(), basis=pl.lit(PREVIOUS))
        .select(columns)
    )
    medians = (
        standing.units.join(elsewhere, on=["sender", "structure_type"])
        .join(paired.select(COLUMN).unique(), on=COLUMN, how="anti")
        .join(members.select("unit", "structure_id"), on="unit")
        .with_columns(basis=pl.lit(OTHERS))
        .select(columns)
    )
    return pl.concat([paired, medians])


def _gaps(standing: Standing, expected: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The values (x) with their distance to what is expected of them; and by column n, gap, observed, expected.

    Against the other senders, what counts is the gap of the median: structures differ by nature.
    """
    comparable = [*NUMERIC_TYPES, BOOLEAN]
    own = (
        standing.answers.filter(pl.col("type").is_in(comparable), pl.col("value").is_not_null())
        .select("unit", "structure_id", "variable", x=pl.col("value").abs().arcsinh())
        .join(expected, on=["unit", "structure_id", "variable"])
        .filter((pl.col("basis") == PREVIOUS) | (pl.col("x") > 0))
        .with_columns(distance=_distance("x", "low", "high"))
    )
    gaps = (
        own.group_by(*COLUMN, "basis")
        .agg(
            n=pl.len(),
            mean_gap=pl.col("distance").mean(),
            observed=pl.col("x").median(),
            low=pl.col("low").median(),
            high=pl.col("high").median(),
        )
        .with_columns(
            gap=pl.when(pl.col("basis") == PREVIOUS).then("mean_gap").otherwise(_distance("observed", "low", "high"))
        )
        .with_columns(
            pl.col("observed").sinh(),
            expected=pl.when(pl.col("observed") < pl.col("low")).then("low").otherwise("high").sinh(),
        )
    )
    return own, gaps


def _distance(value: str, low: str, high: str) -> pl.Expr:
    return pl.max_horizontal(pl.col(low) - pl.col(value), pl.col(value) - pl.col(high), 0.0)


def _fits(own: pl.DataFrame, expected: pl.DataFrame, strange: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, variable, other, n, apart, distance, fit, spread, strong: the columns that are nearer to what is expected
    of another (`apart`, a sum) than of themselves (`distance`). `fit` is the quotient, 0 for an exact one.

    `strong`: a column of `strange`, much nearer, for most structures, and about as near as to any other.
    `spread`: under 1 its values follow the other's earlier ones more closely than their own. A column that grew by half
    everywhere may come near to another one, it still follows its own past. Null where there is no telling: against the
    other senders, or when the values are nowhere near their own.
    """
    others = expected.select("unit", "structure_id", other="variable", other_low="low", other_high="high")
    tried = own.join(others, on=["unit", "structure_id"]).filter(pl.col("variable") != pl.col("other"))
    spread = (pl.col("x") - pl.col("other_low")).std() / (pl.col("x") - pl.col("low")).std()
    near = (pl.col("basis") == PREVIOUS) & (pl.col("gap") < settings.number(SHIFTED, "far_gap"))
    best = pl.col("fit").min().over(COLUMN) + settings.number(SWAPPED, "fit_margin")
    strong = (
        pl.col("strange").fill_null(False)
        & (pl.col("fit") <= settings.number(SWAPPED, "max_fit"))
        & (pl.col("fit") <= best)
        & (pl.col("votes") >= settings.number(SWAPPED, "min_votes"))
    )
    return (
        tried.with_columns(apart=_distance("x", "other_low", "other_high"))
        .group_by(*COLUMN, "basis", "other")
        .agg(
            n=pl.len(),
            gap=pl.col("distance").mean(),
            apart=pl.col("apart").sum(),
            distance=pl.col("distance").sum(),
            votes=(pl.col("apart") < pl.col("distance")).mean(),
            spread=spread,
        )
        .with_columns(fit=pl.col("apart") / pl.col("distance"))
        .filter(_enough(settings), pl.col("fit") < 1)
        .join(strange.select(*COLUMN, strange=pl.lit(True)), on=COLUMN, how="left")
        .with_columns(strong=strong, spread=pl.when(near).then("spread"))
        .select(*COLUMN, "other", "n", "apart", "distance", "fit", "spread", "strong")
    )


def _enough(settings: GuardSettings) -> pl.Expr:
    """As many structures as the basis asks for: the other senders' medians tell columns apart less well."""
    fewest = pl.when(pl.col("basis") == PREVIOUS).then(settings.number(SWAPPED, "min_structures"))
    return pl.col("n") >= fewest.otherwise(settings.number(SWAPPED, "min_structures_others"))


def _swapped(fits: pl.DataFrame) -> pl.DataFrame:
    """unit, variable, other, n: columns that suit each other, better than they suit any other."""
    back = fits.select("unit", variable="other", other="variable", fit_back="fit")
    mutual = fits.join(back, on=[*COLUMN, "other"]).with_columns(both=pl.col("fit") + pl.col("fit_back"))
    best = mutual.sort("both", "other").unique(COLUMN, keep="first", maintain_order=True)
    returned = best.select("unit", variable="other", other="variable")
    return best.join(returned, on=[*COLUMN, "other"], how="semi").select(*COLUMN, "other", "n")


def _shifted(fits: pl.DataFrame, empty: pl.DataFrame, positions: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """unit, variable, other, n: neighbouring columns that all suit the column as many places away, and those whose
    values belong to one of them.

    A column that its values left empty (`empty`) is one of the block. Where their past can be told from another's, the
    values must follow that of the columns that they came from, or leave an empty one behind.
    """
    block = ("unit", "shift", "block")
    spread = pl.col("spread").log().mean().over(block).exp()
    placed = (
        fits.join(positions, on=COLUMN)
        .join(positions.rename({"variable": "other", "position": "other_position"}), on=["unit", "other"])
        .join(empty.select("unit", other="variable", left=pl.lit(1)), on=["unit", "other"], how="left")
        .with_columns(shift=pl.col("position") - pl.col("other_position"))
        .filter(pl.col("shift").abs() <= settings.number(SHIFTED, "max_shift"))
        .sort("unit", "shift", "position")
        .with_columns(block=(pl.col("position").diff().fill_null(0) > AMONG).cum_sum().over("unit", "shift"))
        .with_columns(
            moved=pl.len().over(block),
            left=pl.col("left").fill_null(0).max().over(block),
            follows=spread <= settings.number(SHIFTED, "max_spread"),
            block_fit=pl.col("apart").sum().over(block) / pl.col("distance").sum().over(block),
            strong=pl.col("strong").any().over(block),
        )
    )
    several = (pl.col("moved") > 1) & (pl.col("follows").fill_null(True) | (pl.col("left") == 1))
    slipped = (
        placed.filter(
            "strong",
            pl.col("spread").fill_null(0) < 1,
            pl.col("block_fit") <= settings.number(SWAPPED, "max_fit"),
            pl.col("moved") + pl.col("left") >= settings.number(SHIFTED, "min_columns"),
            several | pl.col("follows"),
        )
        .sort("moved", "fit", descending=[True, False])
        .unique(COLUMN, keep="first", maintain_order=True)
        .select(*COLUMN, "other", "n")
    )
    belonging = (
        fits.filter("strong", pl.col("fit") <= settings.number(SWAPPED, "fit_margin"))
        .join(slipped, on=COLUMN, how="anti")
        .join(slipped.select("unit", other="variable"), on=["unit", "other"], how="semi")
        .sort("fit", "other")
        .unique(COLUMN, keep="first", maintain_order=True)
    )
    return pl.concat([slipped, belonging.select(*COLUMN, "other", "n")])
