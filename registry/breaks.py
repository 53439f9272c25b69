"""The breaks of breaks.csv, indicator by indicator: where a series must not be read across."""

from __future__ import annotations

from dataclasses import dataclass

from registry.computed import Indicator
from registry.expressions import columns_of
from registry.figures import filled_expressions
from registry.model import Registry


@dataclass(frozen=True)
class IndicatorBreak:
    """From `campaign` on, the figures of an indicator are not comparable with those before; `reason` says why."""

    indicator: str
    campaign: int
    reason: str


def indicator_breaks(registry: Registry) -> list[IndicatorBreak]:
    """The breaks of the series that go on after them, in the order of the indicators. Raises `ExpressionError`."""
    return [
        IndicatorBreak(indicator.indicator, declared.to_campaign, declared.reason)
        for indicator in registry.indicators
        for variables in [variables_under(registry, indicator)]
        for declared in registry.breaks
        if declared.variable in variables and _goes_across(indicator, declared.from_campaign, declared.to_campaign)
    ]


def variables_under(registry: Registry, indicator: Indicator) -> set[str]:
    """The variables that an indicator is computed from in any campaign, formulas followed down."""
    formulas: dict[str, set[str]] = {}
    for derived in registry.derived:
        formulas.setdefault(derived.variable, set()).update(columns_of(derived.expression))
    waiting = {
        column
        for campaign in indicator.campaigns
        for filled in filled_expressions(registry, indicator, campaign)
        for text in filled.texts
        for column in columns_of(text)
    }
    found: set[str] = set()
    while waiting:
        name = waiting.pop().split("__")[0]
        if name not in found:
            found.add(name)
            waiting |= formulas.get(name, set())
    return found


def _goes_across(indicator: Indicator, before: int, after: int) -> bool:
    return any(year <= before for year in indicator.campaigns) and any(year >= after for year in indicator.campaigns)
