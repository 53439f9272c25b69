"""The wide table that the registry implies: one column per variable, option and derived variable."""

from __future__ import annotations

from dataclasses import dataclass

from registry.computed import Derived
from registry.expressions import columns_of
from registry.model import Registry, Variable

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
        cases = (f"when {where} then ({line.expression})" for line in lines for where in _places(registry, line))
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


def _places(registry: Registry, line: Derived) -> list[str]:
    """When a formula computes its variable: its campaigns, those where it holds for some structure types only apart."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for campaign in line.campaigns:
        types = registry.formula_types(line, campaign)
        partly = len(types) < len(registry.types_asked(campaign))
        groups.setdefault(tuple(types) if partly else (), []).append(campaign)
    return [
        f"campaign in ({', '.join(map(str, campaigns))})"
        + (f" and structure_type in ({', '.join(map(repr, types))})" if types else "")
        for types, campaigns in groups.items()
    ]


def _lines_by_variable(registry: Registry) -> dict[str, list[Derived]]:
    """The lines of each derived variable, placed where its last one can be computed."""
    lines: dict[str, list[Derived]] = {}
    for derived in registry.derived:
        lines[derived.variable] = [*lines.pop(derived.variable, []), derived]
    return {variable: sorted(of, key=lambda derived: derived.line) for variable, of in lines.items()}


Types = tuple[str, ...] | None
"""The structure types that are looked at; None for all."""


def asked_under(columns: set[str], registry: Registry, campaign: int, types: Types = None) -> list[str]:
    """The variables asked in the campaign under `columns`: options and derived variables are followed down."""
    asked = {question.variable for question in registry.questions_of(campaign)}
    return sorted(_below(columns, _computed_in(registry, campaign, types)) & asked)


def computed_under(columns: set[str], registry: Registry, campaign: int, types: Types = None) -> dict[str, str]:
    """The derived variables and the options under `columns`, each with the SQL that computes it in the campaign."""
    computed = _computed_in(registry, campaign, types)
    return {name: computed[name] for name in sorted(_below(columns, computed)) if name in computed}


def resting_on(variable: str, registry: Registry, campaign: int) -> set[str]:
    """The columns of the campaign that rest on an asked variable: itself, its options, what is derived from them."""
    read_by = {name: columns_of(text) for name, text in _computed_in(registry, campaign).items()}
    found = {variable}
    while more := {name for name, reads in read_by.items() if reads & found} - found:
        found |= more
    return found


def _below(columns: set[str], computed: dict[str, str]) -> set[str]:
    """`columns` and every column that they are computed from."""
    seen: set[str] = set()
    waiting = list(columns)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += columns_of(computed.get(name, ""))
    return seen


def _computed_in(registry: Registry, campaign: int, types: Types = None) -> dict[str, str]:
    """The options and the derived variables of a campaign for some structure types. What all of them ask is an answer,
    not computed; a formula that holds for some of them only says which."""
    asked = {question.variable for question in registry.questions_of(campaign)}
    among = [kind for kind in registry.types_asked(campaign) if types is None or kind in types]
    cases: dict[str, list[tuple[str, str]]] = {}
    for line in registry.derived_in(campaign):
        of_formula = [kind for kind in registry.formula_types(line, campaign) if kind in among]
        if of_formula:
            where = ", ".join(map(repr, of_formula)) if len(of_formula) < len(among) else ""
            cases.setdefault(line.variable, []).append((where, line.expression))
    derived = {name: _by_type(name if name in asked else "null", lines) for name, lines in cases.items()}
    options = {
        f"{name}__{choice.code}": option_expression(name, choice.code)
        for name in asked
        if name in registry.variables and registry.variables[name].type == "multi_choice"
        for choice in registry.choices_of.get(registry.variables[name].choices, [])
    }
    return options | derived


def _by_type(otherwise: str, lines: list[tuple[str, str]]) -> str:
    """The formula of each structure type as one expression."""
    if not lines[0][0]:
        return lines[0][1]
    branches = " ".join(f"when structure_type in ({where}) then {expression}" for where, expression in lines)
    return f"case {branches} else {otherwise} end"


def _release(variable: Variable | None) -> str:
    return variable.release if variable else "mart"
