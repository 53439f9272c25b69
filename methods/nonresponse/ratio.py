"""Ratio weights: in each stratum, respondents stand for everybody."""

from __future__ import annotations

import polars as pl

from methods.nonresponse.strata import collapsed_strata
from registry.nonresponse import Weighting


def ratio_weights(structures: pl.DataFrame, weighting: Weighting) -> pl.DataFrame:
    """The respondents of `structures`, each with its `weight`: structures over respondents in its stratum, at most
    `weighting.max_weight`.

    `structures`: the population to represent (structure_id, responded 0/1, the weighting's dimensions). Returns
    structure_id, stratum, collapsed_into (null where the stratum serves as it is), weight, capped.
    """
    strata = collapsed_strata(
        structures,
        weighting.strata,
        weighting.min_respondents or 0,
        1.0 if weighting.min_rate is None else weighting.min_rate,
    )
    inverse_rate = pl.len().over("collapsed_into") / pl.col("responded").sum().over("collapsed_into")
    return (
        strata.with_columns(weight=inverse_rate)
        .filter(pl.col("responded") == 1)
        .select(
            "structure_id",
            "stratum",
            collapsed_into=pl.when(pl.col("collapsed_into") != pl.col("stratum")).then("collapsed_into"),
            weight=pl.min_horizontal("weight", pl.lit(weighting.max_weight)),
            capped=pl.col("weight") > weighting.max_weight,
        )
        .sort("structure_id")
    )
