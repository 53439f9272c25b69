"""What must hold between the files of the registry."""

from __future__ import annotations

import dataclasses

from ingest.registry.expressions import ExpressionError, columns_of, filled_template, has_aggregate
from ingest.registry.figures import FRAME_KINDS, breakdown_options, population_types
from ingest.registry.model import Derived, Registry
from ingest.registry.tables import Problems, Row
from ingest.registry.wide import wide_columns

CONTEXT_COLUMNS = frozenset({"campaign", "structure_type", "siret_valid"})
FRAME_COLUMNS = frozenset(
    {"agreed", "solicited", "responded", "fcsf_member", "network_member", "management_mode", "structure_type"}
)
FRAME_CONTEXT = frozenset({"frame_first_agreement_date", "frame_management_mode"})
PREVIOUS, SAME_MANAGER = "prev_", "same_manager_"


def check(registry: Registry, members: list[Row], territories: list[Row], problems: Problems) -> None:
    """Report to `problems` every line that contradicts another one."""
    _check_questions(registry, problems)
    _check_derived(registry, problems)
    _check_edits(registry, problems)
    _check_indicators(registry, problems)
    levels = {str(level["level"]) for level in registry.territory_levels}
    for row in territories:
        if row["level"] not in levels:
            problems.add(row.file, row.line, f"level {row['level']!r} is not in territory_levels.csv")
    known = {territory.territory_id for territory in registry.territories}
    for row in members:
        if row["territory_id"] not in known:
            problems.add(row.file, row.line, f"territory {row['territory_id']!r} is not in territories.csv")


def with_derived_in_order(registry: Registry) -> Registry:
    """The registry with `derived` sorted so that each line only uses earlier ones (and answers)."""
    ordered: list[Derived] = []
    waiting = list(registry.derived)
    while waiting:
        names = {derived.variable for derived in waiting}
        ready = [derived for derived in waiting if not (columns_of(derived.expression) - {derived.variable}) & names]
        if not ready:
            reason = f"{', '.join(sorted(names))} depend on each other"
            problems = Problems()
            problems.add("derived.csv", waiting[0].line, reason)
            problems.raise_if_any()
        ordered += ready
        waiting = [derived for derived in waiting if derived not in ready]
    return dataclasses.replace(registry, derived=tuple(ordered))


def _check_questions(registry: Registry, problems: Problems) -> None:
    kinds = {kind.structure_type for kind in registry.structure_types}
    seen: dict[tuple[int, str, str], int] = {}
    for question in registry.questions:
        variable = registry.variables.get(question.variable)
        if variable is None:
            problems.add(question.file, question.line, f"variable {question.variable!r} is not in variables.csv")
            continue
        if question.structure_type not in kinds:
            problems.add(
                question.file,
                question.line,
                f"structure type {question.structure_type!r} is not in structure_types.csv",
            )
        if question.type != variable.type:
            problems.add(
                question.file,
                question.line,
                f"type {question.type!r}, but variable {variable.variable} is {variable.type!r}",
            )
        key = (question.campaign, question.structure_type, question.variable)
        if key in seen:
            problems.add(question.file, question.line, f"{question.variable} is already asked on line {seen[key]}")
        seen.setdefault(key, question.line)
        known = {choice.code for choice in registry.choices_of.get(question.choices, [])}
        unknown = [option for option in question.options if option not in known]
        if question.choices and unknown:
            problems.add(
                question.file, question.line, f"option(s) {', '.join(unknown)} not in list {question.choices!r}"
            )
        if question.type in ("single_choice", "multi_choice") and not question.options:
            problems.add(question.file, question.line, "a choice question needs options")


def _check_derived(registry: Registry, problems: Problems) -> None:
    known = set(registry.variables) | {derived.variable for derived in registry.derived} | CONTEXT_COLUMNS
    asked = {(question.campaign, question.variable) for question in registry.questions}
    for derived in registry.derived:
        _check_columns("derived.csv", derived.line, derived.expression, known, problems)
        for campaign in derived.campaigns:
            if (campaign, derived.variable) in asked:
                problems.add("derived.csv", derived.line, f"{derived.variable} is asked in {campaign}")


def _check_edits(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)}
    known = columns | CONTEXT_COLUMNS | FRAME_CONTEXT
    known |= {f"{prefix}{column}" for column in columns for prefix in (PREVIOUS, SAME_MANAGER)}
    for edit in registry.edits.values():
        if edit.check != "sql":
            continue
        _check_columns("edits.csv", edit.line, edit.expression, known, problems)
        if edit.scope[0] not in columns:
            problems.add("edits.csv", edit.line, f"scope: variable {edit.scope[0]!r} is not in the registry")
        if edit.severity == "fatal" and edit.rejects not in columns:
            problems.add("edits.csv", edit.line, f"rejects: variable {edit.rejects!r} is not in the registry")


def _check_indicators(registry: Registry, problems: Problems) -> None:
    columns = {column.column for column in wide_columns(registry)} | CONTEXT_COLUMNS
    for indicator in registry.indicators:
        if indicator.breakdown != "none" and indicator.breakdown not in registry.choices_of:
            problems.add("indicators.csv", indicator.line, f"breakdown {indicator.breakdown!r} is not in choices.csv")
            continue
        known = FRAME_COLUMNS if indicator.kind in FRAME_KINDS else columns
        if not has_aggregate_safely(indicator.numerator.replace("{choice}", "x").replace("{all:", "{")):
            continue
        for campaign in indicator.campaigns:
            for _, types in population_types(registry, indicator, campaign):
                options = breakdown_options(registry, indicator.breakdown, campaign, types)
                for choice in options[:1] if indicator.breakdown != "none" else [""]:
                    for text in (indicator.numerator, indicator.denominator, indicator.base):
                        try:
                            filled = filled_template(text, choice, options, registry.parameters)
                        except ExpressionError as error:
                            problems.add("indicators.csv", indicator.line, str(error))
                            continue
                        _check_columns("indicators.csv", indicator.line, filled, known, problems)


def has_aggregate_safely(text: str) -> bool:
    """Whether `text` aggregates; False too when it can't be parsed yet (a template is checked once filled)."""
    try:
        return has_aggregate(text)
    except ExpressionError:
        return True


def _check_columns(file: str, line: int, text: str, known: set[str] | frozenset[str], problems: Problems) -> None:
    try:
        unknown = columns_of(text) - known
    except ExpressionError as error:
        problems.add(file, line, str(error))
        return
    if unknown:
        reason = f"unknown column(s) {', '.join(sorted(unknown))} in {text!r}"
        if f"{file}, line {line}: {reason}" not in problems.lines:
            problems.add(file, line, reason)
