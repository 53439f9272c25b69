"""Raking: weights within bounds whose sums meet the frame's on several margins at once.

Iterative proportional fitting (Deming and Stephan), cut to the bounds at each step. The answer counts only when the
margins are met: a margin without respondents, or bounds too narrow, is said and never papered over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from methods.nonresponse.strata import crossed
from registry.nonresponse import Weighting


@dataclass(frozen=True)
class Raked:
    """`weights`: structure_id, weight, capped (at a bound). `gap`: the largest relative distance to a margin, in the
    category `worst`. Without convergence, `reason_fr` says why."""

    weights: pl.DataFrame
    converged: bool
    iterations: int
    gap: float
    worst: str
    reason_fr: str


@dataclass(frozen=True)
class Margin:
    """A margin over the respondents: the category of each, and the number of structures of each category."""

    names: list[str]
    codes: np.ndarray
    targets: np.ndarray


def raked_weights(structures: pl.DataFrame, weighting: Weighting) -> Raked:
    """Weights of the respondents of `structures` (structure_id, responded 0/1, the weighting's dimensions)."""
    respondents = structures.filter(pl.col("responded") == 1).sort("structure_id")
    silent = [name for level in weighting.margins for name in _silent(structures, respondents, level)]
    if silent or not respondents.height:
        reason = f"aucun répondant pour {', '.join(silent) or 'la campagne'}"
        nobody = _weights_table(respondents, [1.0] * respondents.height, [False] * respondents.height)
        return Raked(nobody, False, 0, 1.0, silent[0] if silent else "", reason)
    margins = [_margin(structures, respondents, level) for level in weighting.margins]
    return _fitted(respondents, margins, structures.height / respondents.height, weighting)


def _fitted(respondents: pl.DataFrame, margins: list[Margin], start: float, weighting: Weighting) -> Raked:
    low, high = weighting.min_weight or 0.0, weighting.max_weight or np.inf
    tolerance = weighting.tolerance or 0.0
    weights = np.clip(np.full(respondents.height, start), low, high)
    gap, worst, iterations = np.inf, "", 0
    while gap > tolerance and iterations < (weighting.max_iterations or 1):
        iterations += 1
        for margin in margins:
            sums = np.bincount(margin.codes, weights, len(margin.targets))
            weights = np.clip(weights * (margin.targets / sums)[margin.codes], low, high)
        gap, worst = _largest_gap(weights, margins)
    at_bound = (weights <= low) | (weights >= high)
    converged = bool(gap <= tolerance)
    reason = "" if converged else (
        f"marges non atteintes après {iterations} itérations entre les poids {_french(low)} et {_french(high)} : "
        f"écart de {_french(round(100 * gap, 1))} % pour {worst}"
    )  # fmt: skip
    table = _weights_table(respondents, weights.tolist(), at_bound.tolist())
    return Raked(table, converged, iterations, float(gap), worst, reason)


def _largest_gap(weights: np.ndarray, margins: list[Margin]) -> tuple[float, str]:
    gap, worst = 0.0, ""
    for margin in margins:
        gaps = np.abs(np.bincount(margin.codes, weights, len(margin.targets)) / margin.targets - 1)
        largest = int(gaps.argmax())
        if gaps[largest] > gap:
            gap, worst = float(gaps[largest]), margin.names[largest]
    return gap, worst


def _margin(structures: pl.DataFrame, respondents: pl.DataFrame, level: str) -> Margin:
    targets = structures.group_by(category=crossed(level)).len().sort("category")
    codes = respondents.select(category=crossed(level)).join(
        targets.with_row_index("code"), on="category", how="left", maintain_order="left"
    )
    return Margin(targets["category"].to_list(), codes["code"].to_numpy().astype("int64"), targets["len"].to_numpy())


def _silent(structures: pl.DataFrame, respondents: pl.DataFrame, level: str) -> list[str]:
    everyone = structures.select(category=crossed(level)).unique()
    return (
        everyone.join(respondents.select(category=crossed(level)), on="category", how="anti")["category"]
        .sort()
        .to_list()
    )


def _french(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _weights_table(respondents: pl.DataFrame, weights: list[float], capped: list[bool]) -> pl.DataFrame:
    return respondents.select("structure_id").with_columns(
        weight=pl.Series(weights, dtype=pl.Float64), capped=pl.Series(capped, dtype=pl.Boolean)
    )
