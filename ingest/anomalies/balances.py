"""Totals against the sum of their parts: a reference that every form carries in itself, even in a first campaign."""

from __future__ import annotations

from typing import Any

import polars as pl

from ingest.anomalies.findings import BLOCK, PARTS_SUM, WARN, finding
from ingest.anomalies.standing import Standing, structure_types, variables
from registry.guard_settings import PARTS, SWAPPED, THOUSANDS, UNIT, GuardSettings
from registry.model import Registry

COLUMN = ("unit", "balance")


def balance_findings(
    registry: Registry, campaign: int, standing: Standing, explained: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """`swapped`: a total and a part that make the balance once exchanged. `parts`, `thousands`: a total of another
    order than its parts, where nothing was found yet in any of them (`explained`: unit, variable)."""
    balances = _balances(registry, campaign, settings)
    complete = _complete(standing, balances)
    swapped = _swapped(complete, settings)
    known = pl.concat([explained, swapped]).select("unit", pl.col("variable").cast(variables(registry)))
    told = known.join(balances, on="variable").select(COLUMN).unique()
    measures = {variable.variable: variable.unit for variable in registry.variables.values()}
    levels = _levels(complete.join(told, on=COLUMN, how="anti"), measures, settings)
    return pl.concat([swapped, levels])


def _balances(registry: Registry, campaign: int, settings: GuardSettings) -> pl.DataFrame:
    """balance, structure_type, whole, variable (the whole or a part), size (parts asked): what can be added up."""
    rows = []
    for number, balance in enumerate(settings.balances):
        for structure_type in registry.types_asked(campaign):
            asked = {q.variable for q in registry.questions_of(campaign) if q.structure_type == structure_type}
            parts = [part for part in balance.parts if part in asked]
            if balance.whole in asked and len(parts) > 1:
                rows += [(number, structure_type, balance.whole, name, len(parts)) for name in (balance.whole, *parts)]
    names = variables(registry)
    schema: dict[str, Any] = {
        "balance": pl.Int64, "structure_type": structure_types(registry), "whole_variable": names, "variable": names,
        "size": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _complete(standing: Standing, balances: pl.DataFrame) -> pl.DataFrame:
    """unit, balance, structure_id, whole_variable, variable, value (of a part), parts (their sum), whole: the
    structures that gave them all."""
    is_whole = pl.col("variable") == pl.col("whole_variable")
    structure = ("balance", "structure_id")
    return (
        standing.answers.filter(pl.col("value").is_not_null())
        .join(balances, on=["structure_type", "variable"])
        .with_columns(
            parts=pl.col("value").filter(~is_whole).sum().over(structure),
            whole=pl.col("value").filter(is_whole).first().over(structure),
            given=pl.len().over(structure),
        )
        .filter(~is_whole, pl.col("given") == pl.col("size") + 1, pl.col("whole") > 0, pl.col("parts") > 0)
    )


def _swapped(complete: pl.DataFrame, settings: GuardSettings) -> pl.DataFrame:
    """With the values exchanged, the parts make the total where, as they stand, they don't."""
    tolerance, most = settings.number(PARTS, "tolerance"), settings.number(PARTS, "balanced_share")
    exchanged_gap = (pl.col("parts") - pl.col("value") + pl.col("whole") - pl.col("value")).abs()
    balanced = (pl.col("parts") - pl.col("whole")).abs() <= tolerance * pl.col("whole")
    exchanged = exchanged_gap <= tolerance * pl.col("value")
    best = (
        complete.group_by(*COLUMN, "whole_variable", "variable")
        .agg(
            n=pl.len(), balanced=balanced.mean(), exchanged=exchanged.mean(), part=pl.col("value").median(),
            whole=pl.col("whole").median(),
        )
        .filter(
            pl.col("n") >= settings.number(PARTS, "min_structures"),
            pl.col("exchanged") >= most,
            pl.col("balanced") <= 1 - most,
        )
        .sort("exchanged", "variable", descending=[True, False])
        .unique(COLUMN, keep="first", maintain_order=True)
        .with_columns(guard=pl.lit(SWAPPED), severity=pl.lit(BLOCK), basis=pl.lit(PARTS_SUM))
    )  # fmt: skip
    of_part = best.with_columns(other="whole_variable", observed="part", expected="whole")
    of_whole = best.with_columns(variable="whole_variable", other="variable", observed="whole", expected="part")
    return pl.concat([finding(of_part), finding(of_whole)])


def _levels(complete: pl.DataFrame, measures: dict[str, str], settings: GuardSettings) -> pl.DataFrame:
    """Totals that are several times their parts, or the reverse."""

    def number(guard: str, parameter: str) -> float:
        return settings.number(guard, parameter)

    share = pl.col("parts") / pl.col("whole")
    ratio = pl.max_horizontal("ratio", 1 / pl.col("ratio"))
    in_euros = pl.col("variable").cast(pl.String).replace_strict(measures, return_dtype=pl.String) == settings.text(
        THOUSANDS, UNIT
    )
    thousands = in_euros & ratio.is_between(number(THOUSANDS, "ratio_from"), number(THOUSANDS, "ratio_to"))
    block = thousands | (ratio >= number(PARTS, "block_ratio"))
    found = (
        complete.unique(["balance", "structure_id"])
        .group_by(*COLUMN, variable="whole_variable")
        .agg(n=pl.len(), ratio=share.median(), observed=pl.col("whole").median(), expected=pl.col("parts").median())
        .filter(pl.col("n") >= number(PARTS, "min_structures"), ratio >= number(PARTS, "warn_ratio"))
        .with_columns(
            guard=pl.when(thousands).then(pl.lit(THOUSANDS)).otherwise(pl.lit(PARTS)),
            severity=pl.when(block).then(pl.lit(BLOCK)).otherwise(pl.lit(WARN)),
            basis=pl.lit(PARTS_SUM),
        )
    )
    return finding(found)
