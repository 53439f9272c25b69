"""The wide table that the registry implies: one column per variable, option and derived variable."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.registry.computed import Derived
from ingest.registry.expressions import columns_of
from ingest.registry.model import Registry, Variable

SQL_TYPES = {
    "integer": "integer",
    "boolean": "integer",
    "decimal": "decimal",
    "money": "decimal",
    "text": "text",
    "single_choice": "text",
    "multi_choice": "text",
    "date": "date",
}


@dataclass(frozen=True)
class WideColumn:
    """A column: its kind (answer, option, derived), its type, and its SQL over earlier columns where computed."""

    position: int
    column: str
    variable: str
    choice: str | None
    kind: str
    sql_type: str
    section: str
    expression: str | None
    label_fr: str
    release: str


def option_expression(variable: str, code: str) -> str:
    """1 when the option is ticked, 0 when the question is answered without it, null when it is not answered."""
    return f"case when {variable} is null then null when '|' || {variable} || '|' like '%|{code}|%' then 1 else 0 end"


def wide_columns(registry: Registry) -> list[WideColumn]:
    """Answers first (personal data left out), then the options of multi-choice questions, then derived variables.

    A derived variable that is asked in other campaigns keeps its answer there: its expression then names itself,
    meaning the answer.
    """
    asked = {question.variable for question in registry.questions}
    columns: list[WideColumn] = []

    def add(
        column: str,
        variable: str,
        kind: str,
        sql_type: str,
        section: str,
        label: str,
        release: str,
        choice: str | None = None,
        expression: str | None = None,
    ) -> None:
        columns.append(
            WideColumn(len(columns) + 1, column, variable, choice, kind, sql_type, section, expression, label, release)
        )

    public = [variable for variable in registry.variables.values() if not variable.pii and variable.variable in asked]
    for variable in public:
        add(
            variable.variable,
            variable.variable,
            "answer",
            SQL_TYPES[variable.type],
            variable.section,
            variable.label_fr,
            variable.release,
        )
    for variable in public:
        if variable.type == "multi_choice":
            for choice in registry.choices_of.get(variable.choices, []):
                add(
                    f"{variable.variable}__{choice.code}",
                    variable.variable,
                    "option",
                    "integer",
                    variable.section,
                    f"{variable.label_fr} : {choice.label_fr}",
                    variable.release,
                    choice.code,
                    option_expression(variable.variable, choice.code),
                )
    for lines in _lines_by_variable(registry).values():
        derived = lines[0]
        otherwise = f" else {derived.variable}" if derived.variable in asked else ""
        cases = (f"when campaign in ({', '.join(map(str, line.campaigns))}) then ({line.expression})" for line in lines)
        add(
            derived.variable,
            derived.variable,
            "derived",
            SQL_TYPES[derived.type],
            derived.section,
            derived.label_fr,
            _release(registry.variables.get(derived.variable)),
            expression=f"case {' '.join(cases)}{otherwise} end",
        )
    return columns


def _lines_by_variable(registry: Registry) -> dict[str, list[Derived]]:
    """The lines of each derived variable, placed where its last one can be computed."""
    lines: dict[str, list[Derived]] = {}
    for derived in registry.derived:
        lines[derived.variable] = [*lines.pop(derived.variable, []), derived]
    return {variable: sorted(of, key=lambda derived: derived.line) for variable, of in lines.items()}


def asked_under(columns: set[str], registry: Registry, campaign: int) -> list[str]:
    """The variables asked in the campaign under `columns`: options and derived variables are followed down."""
    asked = {question.variable for question in registry.questions_of(campaign)}
    return sorted(_below(columns, registry, campaign) & asked)


def computed_under(columns: set[str], registry: Registry, campaign: int) -> dict[str, str]:
    """The derived variables and the options under `columns`, each with the SQL that computes it in the campaign."""
    computed = _computed_in(registry, campaign)
    return {name: computed[name] for name in sorted(_below(columns, registry, campaign)) if name in computed}


def resting_on(variable: str, registry: Registry, campaign: int) -> set[str]:
    """The columns of the campaign that rest on an asked variable: itself, its options, what is derived from them."""
    read_by = {name: columns_of(text) for name, text in _computed_in(registry, campaign).items()}
    found = {variable}
    while more := {name for name, reads in read_by.items() if reads & found} - found:
        found |= more
    return found


def _below(columns: set[str], registry: Registry, campaign: int) -> set[str]:
    """`columns` and every column that they are computed from."""
    computed = _computed_in(registry, campaign)
    seen: set[str] = set()
    waiting = list(columns)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += columns_of(computed.get(name, ""))
    return seen


def _computed_in(registry: Registry, campaign: int) -> dict[str, str]:
    """The options and the derived variables of a campaign; one that is asked in it is an answer, not computed."""
    asked = {question.variable for question in registry.questions_of(campaign)}
    derived = {line.variable: line.expression for line in registry.derived_in(campaign) if line.variable not in asked}
    options = {
        f"{name}__{choice.code}": option_expression(name, choice.code)
        for name in asked
        if name in registry.variables and registry.variables[name].type == "multi_choice"
        for choice in registry.choices_of.get(registry.variables[name].choices, [])
    }
    return options | derived


def _release(variable: Variable | None) -> str:
    return variable.release if variable else "mart"
