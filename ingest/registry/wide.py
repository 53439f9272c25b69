"""The wide table that the registry implies: one column per variable, option and derived variable."""

from __future__ import annotations

from dataclasses import dataclass

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
            for choice in registry.choices_of[variable.choices]:
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
    for derived in registry.derived:
        years = ", ".join(str(campaign) for campaign in derived.campaigns)
        otherwise = f" else {derived.variable}" if derived.variable in asked else ""
        add(
            derived.variable,
            derived.variable,
            "derived",
            SQL_TYPES[derived.type],
            derived.section,
            derived.label_fr,
            _release(registry.variables.get(derived.variable)),
            expression=f"case when campaign in ({years}) then ({derived.expression}){otherwise} end",
        )
    return columns


def _release(variable: Variable | None) -> str:
    return variable.release if variable else "mart"
