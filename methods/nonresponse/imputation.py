"""Values for questions left without an answer: the structure's own earlier value, grown like its stratum; else a
correlated item of its own, times the ratio of the two in the stratum. Never a median: it has no place in a total.

Ratios are ratios of sums over donors, structures whose two values were both answered: an imputed value is in no table
that donors come from. Source of the methods: the IMLS Public Libraries Survey documentation.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from methods.nonresponse.strata import crossed
from registry.model import Registry, Variable
from registry.nonresponse import Imputation

GROWTH, RATIO = "growth", "ratio"
RUN = "run"
FOUND = ("value", "method", "donor_campaign", "donor_variable", "donor_value", "factor", "donors", "stratum")


def earlier_campaign(registry: Registry, line: Imputation, campaign: int) -> int | None:
    """The last campaign before that asked the variable, `line.max_age_years` old at most and without a declared break
    since; none otherwise."""
    years = {entry.campaign: entry.data_year for entry in registry.campaign_list}
    asked = {question.campaign for question in registry.questions if question.variable == line.variable}
    before = [
        year for year in asked if year < campaign and years[campaign] - years[year] <= line.max_age_years
    ]  # fmt: skip
    if not before:
        return None
    last = max(before)
    broken = any(
        declared.variable == line.variable and declared.from_campaign < campaign and declared.to_campaign > last
        for declared in registry.breaks
    )
    return None if broken else last


def filled(
    targets: pl.DataFrame, donors: pl.DataFrame, line: Imputation, variable: Variable, campaigns: tuple[int, int | None]
) -> pl.DataFrame:
    """`targets` with the value found for each (`FOUND`); value and method are null where none is.

    Both tables: `run`, the dimensions of `line.strata`, `earlier`, `other` (the structure's own value of the earlier
    campaign, of the correlated variable); donors also `now`. A target takes donors of its own run only. `campaigns`:
    the one under way, and the one that `earlier` comes from.
    """
    campaign, last = campaigns
    grown = _scaled(targets, donors, line, "earlier")
    grown = grown.with_columns(
        value=pl.when(pl.col("factor").is_between(line.min_growth, line.max_growth)).then("value"),
    )
    related = _scaled(targets, donors, line, "other")
    grown, related = (_within_bounds(table, variable) for table in (grown, related))
    origins: list[tuple[pl.DataFrame, str, int | None, str, str]] = [
        (grown, GROWTH, last, line.variable, "earlier"),
        (related, RATIO, campaign, line.correlated, "other"),
    ]
    told = [
        table.with_columns(
            method=pl.when(pl.col("value").is_not_null()).then(pl.lit(method)),
            donor_campaign=pl.lit(origin, pl.Int32),
            donor_variable=pl.lit(name),
            donor_value=pl.col(source),
        ).select(FOUND)
        for table, method, origin, name, source in origins
    ]
    first, second = told
    by_growth = first["value"].is_not_null()
    by_ratio = second["value"].is_not_null()
    return targets.with_columns(
        pl.when(by_growth).then(first[name]).when(by_ratio).then(second[name]).alias(name) for name in FOUND
    )


def _scaled(targets: pl.DataFrame, donors: pl.DataFrame, line: Imputation, source: str) -> pl.DataFrame:
    """`targets` with value = `source` times the ratio of its stratum, the finest one with enough donors."""
    pairs = donors.filter(pl.col(source) > 0, pl.col("now").is_not_null())
    table = targets.with_columns(
        factor=pl.lit(None, pl.Float64), donors=pl.lit(None, pl.Int32), stratum=pl.lit(None, pl.String)
    )
    for level in line.strata:
        ratios = (
            pairs.group_by(RUN, klass=crossed(level))
            .agg(ratio=pl.col("now").sum() / pl.col(source).sum(), pairs=pl.len().cast(pl.Int32))
            .filter(pl.col("pairs") >= line.min_donors)
        )
        table = (
            table.with_columns(klass=crossed(level))
            .join(ratios, on=[RUN, "klass"], how="left", maintain_order="left")
            .with_columns(
                stratum=pl.coalesce("stratum", pl.when(pl.col("ratio").is_not_null()).then("klass")),
                factor=pl.coalesce("factor", "ratio"),
                donors=pl.coalesce("donors", "pairs"),
            )
            .drop("klass", "ratio", "pairs")
        )
    return table.with_columns(value=pl.col(source) * pl.col("factor"))


def _within_bounds(table: pl.DataFrame, variable: Variable) -> pl.DataFrame:
    """Values rounded as the question is asked; none where the question would refuse it."""
    value = pl.col("value").round(0 if variable.type == "integer" else 2, mode="half_away_from_zero")
    low, high = (pl.lit(bound, pl.Float64) for bound in (variable.min, variable.max))
    allowed = (value >= low).fill_null(True) & (value <= high).fill_null(True)
    return table.with_columns(value=pl.when(allowed).then(value))


def imputed_table(found: list[pl.DataFrame]) -> pl.DataFrame:
    """The values found, as ``imputed.parquet``: one line per campaign, structure and variable."""
    kinds: Any = {
        "campaign": pl.Int32(), "structure_id": pl.String(), "structure_type": pl.String(), "variable": pl.String(),
        "value_num": pl.Decimal(18, 6), "method": pl.String(), "donor_campaign": pl.Int32(),
        "donor_variable": pl.String(), "donor_value": pl.Decimal(18, 6), "factor": pl.Float64(), "donors": pl.Int32(),
        "stratum": pl.String(),
    }  # fmt: skip
    tables = [
        table.filter(pl.col("method").is_not_null()).rename({"value": "value_num"}).select(list(kinds)).cast(kinds)
        for table in found
    ]
    return pl.concat([pl.DataFrame(schema=kinds), *tables]).sort("campaign", "variable", "structure_id")
