"""Indicators compiled: one line per campaign, structure type, indicator and breakdown, with its SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.registry.expressions import aggregate_over_base, columns_of, filled_template, rows_in_base
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
    """Every figure that the indicators ask for. Raises `ExpressionError`."""
    expressions: list[FigureExpression] = []
    compiled = lru_cache(maxsize=None)(aggregate_over_base)
    for indicator in registry.indicators:
        for campaign in indicator.campaigns:
            for filled in filled_expressions(registry, indicator, campaign):
                if registry.waiting and any(columns_of(text) & registry.waiting for text in filled.texts):
                    continue
                expressions.append(
                    FigureExpression(
                        campaign,
                        filled.structure_type,
                        indicator.indicator,
                        filled.choice,
                        len(expressions) + 1,
                        "frame" if indicator.kind in FRAME_KINDS else "respondents",
                        compiled(filled.numerator, filled.base),
                        compiled(filled.denominator, filled.base) if filled.denominator else None,
                        rows_in_base(filled.base),
                        indicator.kind,
                        100 if indicator.kind in PERCENT_KINDS else 1,
                        indicator.decimals,
                        indicator.unit,
                    )
                )
    return expressions


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
