"""What becomes of the shared files when a draft campaign is left out.

An edit, a formula or an indicator may need a variable that only the draft asks: it waits with it.
"""

from __future__ import annotations

import dataclasses

from registry.computed import Indicator
from registry.expressions import ExpressionError, columns_of
from registry.figures import filled_expressions
from registry.model import Registry
from registry.wide import wide_columns

PREFIXES = ("prev_", "same_manager_")


def without_waiting_lines(registry: Registry, postponed: frozenset[str]) -> Registry:
    """The registry without the lines that need a variable of the codebook that none of its campaigns asks, or one of
    the derived variables `postponed`. An indicator of which some items only need one keeps the others."""
    asked = {question.variable for question in registry.questions}
    waiting = set(postponed) - asked - {derived.variable for derived in registry.derived}
    for variable in registry.variables.values():
        if variable.variable not in asked:
            waiting.add(variable.variable)
            waiting |= {
                f"{variable.variable}__{choice.code}" for choice in registry.choices_of.get(variable.choices, ())
            }
    derived = registry.derived
    while late := [line for line in derived if _columns(line.expression) & waiting]:
        derived = tuple(line for line in derived if line not in late)
        waiting |= {line.variable for line in late} - {line.variable for line in derived}
    registry = dataclasses.replace(registry, derived=derived, waiting=frozenset(waiting))
    present = {column.column for column in wide_columns(registry)}
    registry = dataclasses.replace(registry, waiting=frozenset(waiting - present))
    edits = {
        rule: edit
        for rule, edit in registry.edits.items()
        if edit.check != "sql" or not _columns(edit.expression) & registry.waiting
    }
    indicators = tuple(indicator for indicator in registry.indicators if not _waits(registry, indicator))
    without = {indicator.indicator for indicator in registry.indicators} - {kept.indicator for kept in indicators}
    treatments = tuple(line for line in registry.treatments if line.indicator not in without)
    offered = {
        (question.question_code, option) for question in registry.questions for option in ("", *question.options)
    }
    return dataclasses.replace(
        registry,
        edits=edits,
        indicators=indicators,
        treatments=treatments,
        translations=tuple(line for line in registry.translations if (line.question_code, line.option) in offered),
    )


def _waits(registry: Registry, indicator: Indicator) -> bool:
    try:
        texts = [
            (filled.numerator, filled.denominator, filled.base)
            for campaign in indicator.campaigns
            for filled in filled_expressions(registry, indicator, campaign)
        ]
    except ExpressionError:
        return False
    return bool(texts) and all(any(_columns(text) & registry.waiting for text in line) for line in texts)


def _columns(text: str) -> set[str]:
    """The columns of an expression, without the prefixes of an edit; none when it is no expression."""
    try:
        columns = columns_of(text)
    except ExpressionError:
        return set()
    return columns | {column.removeprefix(prefix) for column in columns for prefix in PREFIXES}
