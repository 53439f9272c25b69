"""The SQL rules of edits.csv, evaluated set-wise in DuckDB over one row per accepted response.

Columns that a rule can name: variables (derived ones too), ``campaign``, ``structure_type``, ``siret_valid``,
``frame_<column>``, ``prev_<variable>`` (latest earlier campaign in which the structure was accepted),
``same_manager_<variable>`` (other structures of the manager with the same non-zero value, among standing responses).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from registry.checks import PREVIOUS, SAME_MANAGER
from registry.computed import Edit
from registry.expressions import columns_of
from registry.model import Registry
from registry.wide import WideColumn, wide_columns

SQL_TYPES = {"integer": "decimal(18,6)", "decimal": "decimal(18,6)", "text": "varchar", "date": "date"}
VALUES = {"integer": "value_num", "decimal": "value_num", "text": "value_text", "date": "value_date"}
SIRET_LENGTH = 14


@dataclass
class Raised:
    """Rules raised: frames of row_id and rule; and the values that count, to compare the next campaign with."""

    fatal: pl.DataFrame
    other: pl.DataFrame
    values: pl.DataFrame


def raised_edits(
    registry: Registry, rows: pl.DataFrame, answers: pl.DataFrame, frame: pl.DataFrame, previous: pl.DataFrame
) -> Raised:
    """Evaluate the rules.

    `rows`: row_id, structure_id, structure_type, campaign, current. `answers`: row_id, variable, value_num, value_text,
    value_date (usable answers only). `frame`: the campaign's frame. `previous`: structure_id and variables.
    """
    rules = [edit for edit in registry.edits.values() if edit.check == "sql"]
    columns = _needed_columns(registry, rules)
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    tables = {"response": rows, "frame": frame, "previous": previous}
    for name, table in (tables | _in_columns(answers, columns)).items():
        connection.register(name, table.to_arrow())
    connection.execute(_values_table(columns))
    _add_context(connection, rules, registry, previous.columns)
    fatal = [rule for rule in rules if rule.severity == "fatal"]
    raised = _raised(connection, fatal, _computed(columns))
    for rule in fatal:
        connection.execute(
            f"update usable set {rule.rejects} = null where row_id in (select row_id from raised where rule = ?)",
            [rule.rule],
        )
    other = _raised(connection, [rule for rule in rules if rule.severity != "fatal"], _computed(columns))
    compared = ", ".join(_compared(rules, PREVIOUS))
    values = _frame(connection, f"select structure_id, {compared} from ({_computed(columns)}) where current")
    connection.close()
    return Raised(raised, other, values)


def compared_variables(registry: Registry) -> list[str]:
    """The variables that rules compare with the previous campaign."""
    return _compared([edit for edit in registry.edits.values() if edit.check == "sql"], PREVIOUS)


def _compared(rules: list[Edit], prefix: str) -> list[str]:
    named = {name for rule in rules for name in columns_of(rule.expression) if name.startswith(prefix)}
    return sorted(name.removeprefix(prefix) for name in named)


def _needed_columns(registry: Registry, rules: list[Edit]) -> list[WideColumn]:
    """The wide columns that the rules name, and those that they are computed from, in order."""
    everything = wide_columns(registry)
    needed: set[str] = set()
    for rule in rules:
        named = columns_of(rule.expression) | {rule.rejects}
        needed |= {name.removeprefix(PREVIOUS).removeprefix(SAME_MANAGER) for name in named}
    needed.add("siret")
    for column in reversed(everything):
        if column.column in needed and column.expression:
            needed |= columns_of(column.expression)
    return [column for column in everything if column.column in needed]


def _in_columns(answers: pl.DataFrame, columns: list[WideColumn]) -> dict[str, pl.DataFrame]:
    """For each kind of value a table named after it: row_id, and a column for each variable of that kind."""
    names: dict[str, list[str]] = {value: [] for value in VALUES.values()}
    for column in columns:
        if column.kind == "answer":
            names[VALUES[column.sql_type]].append(column.variable)
    given = {value: answers.filter(pl.col(value).is_not_null()) for value in names}
    return {
        value: given[value].pivot(
            on="variable", on_columns=variables, index="row_id", values=value, aggregate_function="first"
        )
        for value, variables in names.items()
    }


def _values_table(columns: list[WideColumn]) -> str:
    """`usable`: one row per response, the answers in columns."""
    picked = ", ".join(_picked(column) for column in columns if column.kind == "answer")
    joins = " ".join(f"left join {value} on {value}.row_id = r.row_id" for value in dict.fromkeys(VALUES.values()))
    return (
        "create table usable as select r.row_id, r.structure_id, r.structure_type, r.campaign, r.current, "
        f"{picked} from response r {joins} order by r.row_id"
    )


def _picked(column: WideColumn) -> str:
    value = f'{VALUES[column.sql_type]}."{column.variable}"'
    return f"cast({value} as {SQL_TYPES[column.sql_type]}) as {column.column}"


def _computed(columns: list[WideColumn]) -> str:
    """`usable` with its option and derived columns, each over the ones before. No option ticked is no option."""
    query = "select * from usable"
    present = {column.column for column in columns if column.kind == "answer"}
    for column in columns:
        if column.expression is None:
            continue
        value = f"cast({column.expression} as {SQL_TYPES[column.sql_type]}) as {column.column}"
        query = (
            f"select * replace ({value}) from ({query})"
            if column.column in present
            else f"select *, {value} from ({query})"
        )
        present.add(column.column)
    texts = [column.column for column in columns if column.kind == "answer" and column.sql_type == "text"]
    ticked = ", ".join(f"nullif({name}, '') as {name}" for name in texts)
    return f"select * replace ({ticked}) from ({query})" if ticked else query


def _add_context(
    connection: duckdb.DuckDBPyConnection, rules: list[Edit], registry: Registry, previous: list[str]
) -> None:
    prior = [name for name in _compared(rules, PREVIOUS) if name in previous]
    absent = [name for name in _compared(rules, PREVIOUS) if name not in previous]
    columns = [f"p.{name} as {PREVIOUS}{name}" for name in prior]
    columns += [f"cast(null as decimal(18,6)) as {PREVIOUS}{name}" for name in absent]
    columns += ["f.first_agreement_date as frame_first_agreement_date", "f.management_mode as frame_management_mode"]
    columns += ["nullif(f.manager_siren, '') as manager_siren", f"{_siret_valid('u.siret')} as siret_valid"]
    connection.execute(
        f"create table context as select u.row_id, {', '.join(columns)} from usable u "
        "left join frame f on f.structure_id = u.structure_id left join previous p on p.structure_id = u.structure_id"
    )


def _siret_valid(column: str) -> str:
    """1 when the 14 digits satisfy Luhn's key, 0 when not, null when empty (spaces don't count)."""
    digits = f"regexp_replace({column}, '\\s', '', 'g')"
    terms = []
    for place in range(1, SIRET_LENGTH + 1):
        digit = f"cast(substr({digits}, {place}, 1) as integer)"
        terms.append(f"(2 * {digit} - 9 * ({digit} // 5))" if place % 2 else digit)
    return (
        f"case when coalesce({digits}, '') = '' then null "
        f"when not regexp_full_match({digits}, '\\d{{{SIRET_LENGTH}}}') then 0 "
        f"when ({' + '.join(terms)}) % 10 = 0 then 1 else 0 end"
    )


def _raised(connection: duckdb.DuckDBPyConnection, rules: list[Edit], computed: str) -> pl.DataFrame:
    """The rules raised on the current content of `usable`: row_id, rule (also kept as table `raised`)."""
    shared = _compared(rules, SAME_MANAGER)
    joins, columns = [], []
    for name in shared:
        joins.append(
            f"left join (select manager_siren as m_{name}, {name} as v_{name}, count(*) as n_{name} from valued "
            f"where current and manager_siren is not null and {name} <> 0 group by 1, 2) s_{name} "
            f"on valued.manager_siren = s_{name}.m_{name} and valued.{name} = s_{name}.v_{name}"
        )
        columns.append(f"case when valued.current then coalesce(n_{name}, 1) - 1 else 0 end as {SAME_MANAGER}{name}")
    flags = ", ".join(f"coalesce(({rule.expression}), false) as {rule.rule}" for rule in rules)
    connection.execute(
        f"""create or replace table raised as
        with valued as (select * from ({computed}) join context using (row_id)),
        seen as (select valued.*{"".join(", " + column for column in columns)} from valued {" ".join(joins)}),
        flags as (select row_id, {flags} from seen),
        unpivoted as (unpivot flags on columns(* exclude (row_id)) into name rule value raised)
        select row_id, rule from unpivoted where raised"""
    )
    return _frame(connection, "select row_id, rule from raised order by row_id, rule")


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(connection.sql(query).to_arrow_table()))
