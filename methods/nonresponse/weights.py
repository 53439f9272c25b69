"""The weights that the registry asks for, campaign by campaign, and how each weighting went."""

from __future__ import annotations

from typing import Any

import polars as pl

from methods.nonresponse.raking import raked_weights
from methods.nonresponse.ratio import ratio_weights
from methods.nonresponse.strata import with_dimensions
from registry.model import Registry
from registry.nonresponse import NONE, RAKING, Weighting

REPORT = (
    "campaign", "weighting", "mode_asked", "mode", "fallback", "converged", "iterations", "largest_gap", "reason_fr",
    "in_population", "respondents", "strata", "strata_collapsed", "capped", "weights_sum", "weight_min", "weight_max",
    "effective_n",
)  # fmt: skip


def weights_of(structures: pl.DataFrame, registry: Registry) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The weights and the report of every weighting that a line of nonresponse.csv uses.

    `structures`: the frames of all campaigns, with `responded` (0/1). Weights: campaign, structure_id, weighting, mode,
    weight decimal(9,6), stratum, collapsed_into, capped; one line per respondent. A respondent outside the population
    stands for itself alone. Report: a line per campaign and weighting (`REPORT`); `mode` is what was applied: where
    raking does not converge, that of its fallback, and none without one.
    """
    weights, reports = [], []
    for campaign, weighting in _asked(registry):
        everyone = structures.filter(pl.col("campaign") == campaign)
        if not everyone.height:
            continue
        table, report = _weighted(everyone, registry, weighting)
        weights.append(table.with_columns(campaign=pl.lit(campaign, pl.Int32), weighting=pl.lit(weighting.weighting)))
        reports.append({"campaign": campaign, **report})
    return _gathered(weights), pl.DataFrame(reports, schema=_report_schema())


def _asked(registry: Registry) -> list[tuple[int, Weighting]]:
    known = {weighting.weighting: weighting for weighting in registry.weightings}
    asked = {
        (campaign, line.weighting)
        for line in registry.treatments
        for campaign in line.campaigns
        if line.weighting != NONE
    }
    return [(campaign, known[name]) for campaign, name in sorted(asked)]


def _weighted(everyone: pl.DataFrame, registry: Registry, weighting: Weighting) -> tuple[pl.DataFrame, dict[str, Any]]:
    fallback = next((line for line in registry.weightings if line.weighting == weighting.fallback), None)
    names = [*weighting.dimensions, *(fallback.dimensions if fallback else ())]
    placed = with_dimensions(everyone, registry, names)
    population = placed.filter(pl.col(weighting.population) == 1)
    report: dict[str, Any] = {"weighting": weighting.weighting, "mode_asked": weighting.mode, "mode": weighting.mode}
    if weighting.mode == RAKING:
        raked = raked_weights(population, weighting)
        report |= {"converged": raked.converged, "iterations": raked.iterations, "largest_gap": raked.gap}
        table = raked.weights
        if not raked.converged:
            report |= {"reason_fr": raked.reason_fr, "fallback": fallback.weighting if fallback else NONE}
            report["mode"] = fallback.mode if fallback else NONE
            table = ratio_weights(population, fallback) if fallback else _ones(population)
    else:
        table = ratio_weights(population, weighting)
    outside = placed.filter(pl.col(weighting.population) != 1)
    whole = pl.concat([table, _ones(outside)], how="diagonal").with_columns(mode=pl.lit(report["mode"]))
    return _typed(whole), report | _summary(_typed(whole), population)


def _ones(structures: pl.DataFrame) -> pl.DataFrame:
    respondents = structures.filter(pl.col("responded") == 1)
    return respondents.select("structure_id", weight=pl.lit(1.0), capped=pl.lit(False))


def _summary(weights: pl.DataFrame, population: pl.DataFrame) -> dict[str, Any]:
    inside = weights.join(population.select("structure_id"), on="structure_id", how="semi")
    weight = inside["weight"].cast(float)
    total, squares = float(weight.sum()), float((weight**2).sum())
    return {
        "in_population": population.height,
        "respondents": inside.height,
        "strata": inside["stratum"].n_unique() if inside["stratum"].count() else 0,
        "strata_collapsed": inside.filter(inside["collapsed_into"].is_not_null())["stratum"].n_unique(),
        "capped": int(inside["capped"].sum()),
        "weights_sum": total,
        "weight_min": weight.min(),
        "weight_max": weight.max(),
        "effective_n": total**2 / squares if squares else 0.0,
    }


def _typed(weights: pl.DataFrame) -> pl.DataFrame:
    """Decimals, so that sums of weighted answers do not depend on the order of the rows."""
    present = {name: weights[name] if name in weights.columns else None for name in ("stratum", "collapsed_into")}
    return weights.with_columns(
        pl.col("weight").round(6).cast(pl.Decimal(9, 6)),
        *(pl.lit(values, pl.String).alias(name) for name, values in present.items() if values is None),
    ).select("structure_id", "mode", "weight", "stratum", "collapsed_into", "capped")


def _gathered(tables: list[pl.DataFrame]) -> pl.DataFrame:
    schema: Any = {
        "campaign": pl.Int32(), "structure_id": pl.String(), "weighting": pl.String(), "mode": pl.String(),
        "weight": pl.Decimal(9, 6), "stratum": pl.String(), "collapsed_into": pl.String(), "capped": pl.Boolean(),
    }  # fmt: skip
    empty = pl.DataFrame(schema=schema)
    return pl.concat([empty, *(table.select(list(schema)).cast(schema) for table in tables)]).sort(
        "campaign", "weighting", "structure_id"
    )


def _report_schema() -> dict[str, Any]:
    texts = dict.fromkeys(("weighting", "mode_asked", "mode", "fallback", "reason_fr"), pl.String())
    numbers = dict.fromkeys(("largest_gap", "weights_sum", "weight_min", "weight_max", "effective_n"), pl.Float64())
    kinds: dict[str, Any] = {**texts, **numbers, "converged": pl.Boolean()}
    return {name: kinds.get(name, pl.Int32()) for name in REPORT}
