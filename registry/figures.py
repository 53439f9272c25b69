"""Indicators compiled: one line per campaign, structure type, indicator and breakdown, with its SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from registry.computed import Indicator
from registry.expressions import aggregate_over_base, columns_of, filled_template, rows_in_base, weighted
from registry.model import Registry
from registry.nonresponse import NONE, PUBLISHED, Treatment
from registry.wide import asked_under

ALL_TYPES = "ALL"
FRAME_KINDS = frozenset({"frame", "frame_share"})
IMPUTED = "imputed"
FRAME, RESPONDENTS, COMPLETED = "frame", "respondents", "completed"
PERCENT_KINDS = frozenset({"share", "distribution", "frame_share"})


@dataclass(frozen=True)
class FigureExpression:
    """What computes a figure. SQL aggregates over a population, the base inside.

    `population`: the frame, the respondents, or the respondents `completed` with imputed values. `weighting`: the one
    that the aggregates use, or none. `n_imputed`: counts the rows that rest on an imputed value (None: there is none).
    """

    campaign: int
    structure_type: str
    indicator: str
    breakdown: str
    position: int
    population: str
    numerator: str
    denominator: str | None
    n: str
    kind: str
    factor: int
    decimals: int
    unit: str
    weighting: str = NONE
    n_imputed: str | None = None


@dataclass(frozen=True)
class AdjustedExpression(FigureExpression):
    """What computes a figure of the comparison of treatments. `published`: the treatment is that of the figure itself.

    `weights`, `squares`, `lightest`, `heaviest`: aggregates over the weights of the rows of the base.
    """

    imputed: bool = False
    published: bool = False
    weights: str | None = None
    squares: str | None = None
    lightest: str | None = None
    heaviest: str | None = None


@dataclass(frozen=True)
class Filled:
    """The expressions of an indicator in a campaign, for a population and a choice ('' without breakdown), with their
    parameters and options in place. `types`: the structure types of the population."""

    structure_type: str
    types: tuple[str, ...]
    choice: str
    numerator: str
    denominator: str
    base: str

    @property
    def texts(self) -> tuple[str, str, str]:
        """The three expressions; the denominator and the base may be empty."""
        return self.numerator, self.denominator, self.base


def figure_expressions(registry: Registry) -> list[FigureExpression]:
    """Every figure that the indicators ask for, each with the treatment of non-response that the registry publishes.
    Raises `ExpressionError`."""
    expressions: list[FigureExpression] = []
    for indicator in registry.indicators:
        for campaign in indicator.campaigns:
            treatment = published_treatment(registry, indicator.indicator, campaign)
            for filled in filled_expressions(registry, indicator, campaign):
                if registry.waiting and any(columns_of(text) & registry.waiting for text in filled.texts):
                    continue
                values = _compiled(registry, indicator, campaign, filled, treatment)
                expressions.append(FigureExpression(position=len(expressions) + 1, **values))
    return expressions


def adjusted_expressions(registry: Registry) -> list[AdjustedExpression]:
    """The figures of the indicators that have a treatment of non-response, once per treatment and once without any.
    Raises `ExpressionError`."""
    expressions: list[AdjustedExpression] = []
    for indicator in registry.indicators:
        for campaign in indicator.campaigns:
            published = published_treatment(registry, indicator.indicator, campaign)
            for weighting, imputed in _treatments(registry, indicator.indicator, campaign):
                treatment = Treatment(indicator.indicator, (campaign,), weighting, imputed, "")
                is_published = (weighting, imputed) == (published.weighting, published.imputed)
                for filled in filled_expressions(registry, indicator, campaign):
                    if registry.waiting and any(columns_of(text) & registry.waiting for text in filled.texts):
                        continue
                    values = _compiled(registry, indicator, campaign, filled, treatment)
                    weights = _weights_in_base(weighting, filled.base)
                    expressions.append(
                        AdjustedExpression(
                            position=len(expressions) + 1, imputed=imputed, published=is_published, **values, **weights
                        )
                    )
    return expressions


def published_treatment(registry: Registry, indicator: str, campaign: int) -> Treatment:
    """The treatment of a published figure: the line of the registry, else none at all."""
    for line in registry.treatments:
        if line.use == PUBLISHED and line.indicator == indicator and campaign in line.campaigns:
            return line
    return Treatment(indicator, (campaign,), NONE, False, PUBLISHED)


def weight_column(weighting: str) -> str:
    """The column of the respondents that holds their weight."""
    return f"weight__{weighting}"


def _treatments(registry: Registry, indicator: str, campaign: int) -> list[tuple[str, bool]]:
    listed = [
        (line.weighting, line.imputed)
        for line in registry.treatments
        if line.indicator == indicator and campaign in line.campaigns
    ]
    return list(dict.fromkeys([(NONE, False), *listed])) if listed else []


_restricted = lru_cache(maxsize=None)(aggregate_over_base)


def _compiled(
    registry: Registry, indicator: Indicator, campaign: int, filled: Filled, treatment: Treatment
) -> dict[str, Any]:
    def aggregate(text: str) -> str:
        with_weights = text if treatment.weighting == NONE else weighted(text, weight_column(treatment.weighting))
        return _restricted(with_weights, filled.base)

    population = FRAME if indicator.kind in FRAME_KINDS else COMPLETED if treatment.imputed else RESPONDENTS
    return {
        "campaign": campaign,
        "structure_type": filled.structure_type,
        "indicator": indicator.indicator,
        "breakdown": filled.choice,
        "population": population,
        "numerator": aggregate(filled.numerator),
        "denominator": aggregate(filled.denominator) if filled.denominator else None,
        "n": rows_in_base(filled.base),
        "kind": indicator.kind,
        "factor": 100 if indicator.kind in PERCENT_KINDS else 1,
        "decimals": indicator.decimals,
        "unit": indicator.unit,
        "weighting": treatment.weighting,
        "n_imputed": _imputed_rows(registry, campaign, filled) if treatment.imputed else None,
    }


def _imputed_rows(registry: Registry, campaign: int, filled: Filled) -> str | None:
    """Counts the rows of the base with an imputed value under one of the columns that the figure reads."""
    columns = set().union(*(columns_of(text) for text in filled.texts))
    filled_in = {line.variable for line in registry.imputations if line.active and campaign in line.campaigns}
    variables = [name for name in asked_under(columns, registry, campaign) if name in filled_in]
    if not variables:
        return None
    one_of_them = " OR ".join(f"{variable}__status = '{IMPUTED}'" for variable in variables)
    return _restricted(f"COUNT(CASE WHEN {one_of_them} THEN 1 END)", filled.base)


def _weights_in_base(weighting: str, base: str) -> dict[str, Any]:
    if weighting == NONE:
        return {}
    weight = weight_column(weighting)
    return {
        "weights": _restricted(f"SUM({weight})", base),
        "squares": _restricted(f"SUM({weight} * {weight})", base),
        "lightest": _restricted(f"MIN({weight})", base),
        "heaviest": _restricted(f"MAX({weight})", base),
    }


def filled_expressions(registry: Registry, indicator: Indicator, campaign: int) -> Iterator[Filled]:
    """What an indicator computes in a campaign, by population and choice. Raises `ExpressionError`."""
    parameters = registry.parameters_of(campaign)
    for structure_type, types in population_types(registry, indicator, campaign):
        options = breakdown_options(registry, indicator.breakdown, campaign, types)
        for choice in [""] if indicator.breakdown == "none" else options:
            numerator, denominator, base = (
                filled_template(text, choice, options, parameters)
                for text in (indicator.numerator, indicator.denominator, indicator.base)
            )
            yield Filled(structure_type, tuple(types), choice, numerator, denominator, base)


def population_types(registry: Registry, indicator: Indicator, campaign: int) -> list[tuple[str, list[str]]]:
    """The populations that an indicator is computed on: each structure type that has a form, and all together
    where the indicator is for both and several forms exist."""
    asked = registry.types_asked(campaign)
    if indicator.structure_types != "both":
        return [(kind, [kind]) for kind in asked if kind == indicator.structure_types]
    separate = [(kind, [kind]) for kind in asked]
    return [*separate, (ALL_TYPES, asked)] if len(asked) > 1 else separate


def breakdown_options(registry: Registry, breakdown: str, campaign: int, types: list[str]) -> list[str]:
    """The codes of a breakdown: the options of the question in that campaign, in its order, where the list belongs
    to a question; the whole list where it is a grouping or completes variable names."""
    if breakdown == "none":
        return []
    lists_asked = {question.choices for question in registry.questions if question.choices}
    codes = [choice.code for choice in registry.choices_of.get(breakdown, [])]
    if breakdown not in lists_asked:
        return codes
    offered = dict.fromkeys(
        option
        for question in registry.questions_of(campaign)
        if question.choices == breakdown and question.structure_type in types
        for option in question.options
    )
    return list(offered)
