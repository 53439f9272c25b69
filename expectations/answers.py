"""Long tables of answers out of the wide facts of a candidate: what several checks look at, question by question."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

STATUS = "__status"
KEYS = "campaign, structure_id, structure_type"
NUMERIC = ("INTEGER", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL")

# Structures and variables are few and stand in every row: as enums they are joined as integers.
TABLES = """
create type structure as enum (select distinct structure_id from marts.fct_centres order by all);
create type question as enum (select distinct "column" from registry.wide_columns order by all);
create table measures (
    campaign integer, structure_id structure, structure_type varchar, variable question, value double
);
create table item_counts (structure_type varchar, variable varchar, respondents bigint, answered bigint);
create table refused_statuses (structure_id varchar, variable varchar, status varchar);
"""


@dataclass(frozen=True)
class Fact:
    """A wide fact of the candidate: its numeric variables, those with a status, and the condition for a respondent."""

    table: str
    numeric: tuple[str, ...]
    with_status: tuple[str, ...]
    answering: str


def gather_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Create three tables out of every ``marts.fct_*``, for structures that responded.

    - ``measures``: campaign, structure_id, structure_type, variable, value (double), for the campaigns of
      ``compared`` and the numeric variables of the registry that were answered, booleans and options left out.
    - ``item_counts``: structure_type, variable, respondents, answered (usable answers), for the campaign.
    - ``refused_statuses``: structure_id, variable, status, for the campaign and the structures with a refused answer.

    Raises `duckdb.Error` when the candidate lacks the registry or the facts.
    """
    connection.execute(TABLES)
    for fact in _facts(connection):
        if fact.numeric:
            connection.execute(_measures(fact))
        if fact.with_status:
            connection.execute(_item_counts(fact))
            connection.execute(_refused_statuses(fact))


def _facts(connection: duckdb.DuckDBPyConnection) -> list[Fact]:
    numeric = {
        name
        for (name,) in connection.execute(
            """
            select distinct w."column" from registry.wide_columns w
            left join registry.variables v on v.variable = w."column"
            where w.kind <> 'option' and w.sql_type in ('integer', 'decimal') and coalesce(v.type, '') <> 'boolean'
            """
        ).fetchall()
    }
    tables = connection.execute(
        "select view_name from duckdb_views() where schema_name = 'marts' and view_name like 'fct%' order by all"
    ).fetchall()
    facts = []
    for (table,) in tables:
        columns = {name: kind for name, kind, *_ in connection.execute(f'describe marts."{table}"').fetchall()}
        facts.append(
            Fact(
                table=table,
                numeric=tuple(name for name, kind in columns.items() if name in numeric and kind.startswith(NUMERIC)),
                with_status=tuple(name.removesuffix(STATUS) for name in columns if name.endswith(STATUS)),
                answering="responded = 1" if "responded" in columns else "true",
            )
        )
    return facts


def _measures(fact: Fact) -> str:
    values = ", ".join(f'cast("{name}" as double) as "{name}"' for name in fact.numeric)
    return f"""
        insert into measures select {KEYS}, variable, value from (
            select {KEYS}, {values} from marts."{fact.table}"
            where campaign in (select campaign from compared) and {fact.answering}
        ) unpivot (value for variable in ({_names(fact.numeric)}))
    """


def _item_counts(fact: Fact) -> str:
    """Counted wide, in one scan, and turned afterwards: the statuses of a national campaign are a million cells."""
    counts = ", ".join(
        f'count(*) filter (where not list_contains(unanswered, "{name}{STATUS}")) as "{name}"'
        for name in fact.with_status
    )
    return f"""
        insert into item_counts select structure_type, variable, respondents, answered from (
            select structure_type, count(*) as respondents, {counts}
            from marts."{fact.table}", (select string_split(setting('unanswered_statuses'), ';') as unanswered)
            where campaign = getvariable('campaign') and {fact.answering}
            group by structure_type
        ) unpivot (answered for variable in ({_names(fact.with_status)}))
    """


def _refused_statuses(fact: Fact) -> str:
    statuses = ", ".join(f'"{name}{STATUS}" as "{name}"' for name in fact.with_status)
    return f"""
        insert into refused_statuses select structure_id, variable, status from (
            select structure_id, {statuses} from marts."{fact.table}"
            where campaign = getvariable('campaign') and {fact.answering} and structure_id in (
                select structure_id from intake.rejects
                where campaign = getvariable('campaign') and level = 'answer'
            )
        ) unpivot (status for variable in ({_names(fact.with_status)}))
    """


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
