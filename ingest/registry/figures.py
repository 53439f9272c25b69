"""Indicators compiled: one line per campaign, structure type, indicator and breakdown, with its SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ingest.registry.expressions import aggregate_over_base, filled_template, rows_in_base
from ingest.registry.model import Indicator, Registry

ALL_TYPES = "ALL"
FRAME_KINDS = frozenset({"frame", "frame_share"})
PERCENT_KINDS = frozenset({"share", "distribution", "frame_share"})


@dataclass(frozen=True)
class FigureExpression:
    """What computes a figure. SQL aggregates over the frame or over the respondents, the base inside."""

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


def figure_expressions(registry: Registry) -> list[FigureExpression]:
    """Every figure that the indicators ask for. Raises `ExpressionError`."""
    expressions: list[FigureExpression] = []
    compiled = lru_cache(maxsize=None)(aggregate_over_base)
    for indicator in registry.indicators:
        for campaign in indicator.campaigns:
            for structure_type, types in population_types(registry, indicator, campaign):
                options = breakdown_options(registry, indicator.breakdown, campaign, types)
                for choice in [""] if indicator.breakdown == "none" else options:
                    numerator, denominator, base = (
                        filled_template(text, choice, options, registry.parameters)
                        for text in (indicator.numerator, indicator.denominator, indicator.base)
                    )
                    expressions.append(
                        FigureExpression(
                            campaign,
                            structure_type,
                            indicator.indicator,
                            choice,
                            len(expressions) + 1,
                            "frame" if indicator.kind in FRAME_KINDS else "respondents",
                            compiled(numerator, base),
                            compiled(denominator, base) if denominator else None,
                            rows_in_base(base),
                            indicator.kind,
                            100 if indicator.kind in PERCENT_KINDS else 1,
                            indicator.decimals,
                            indicator.unit,
                        )
                    )
    return expressions


def population_types(registry: Registry, indicator: Indicator, campaign: int) -> list[tuple[str, list[str]]]:
    """The populations that an indicator is computed on: each structure type that has a form, and all together
    where the indicator is for both and several forms exist."""
    asked = registry.types_asked(campaign)
    if indicator.structure_types != "both":
        return [(kind, [kind]) for kind in asked if kind == indicator.structure_types]
    separate = [(kind, [kind]) for kind in asked]
    return [*separate, (ALL_TYPES, asked)] if len(asked) > 1 else separate


def breakdown_options(registry: Registry, breakdown: str, campaign: int, types: list[str]) -> list[str]:
    """The codes of a breakdown: the options of the question in that campaign where the list belongs to a question,
    the whole list where it is a grouping or completes variable names."""
    if breakdown == "none":
        return []
    lists_asked = {question.choices for question in registry.questions if question.choices}
    codes = [choice.code for choice in registry.choices_of.get(breakdown, [])]
    if breakdown not in lists_asked:
        return codes
    offered = {
        option
        for question in registry.questions_of(campaign)
        if question.choices == breakdown and question.structure_type in types
        for option in question.options
    }
    return [code for code in codes if code in offered]
