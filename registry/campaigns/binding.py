"""Whether the database accepts the expressions of the registry: names, types, functions. Nothing is computed."""

from __future__ import annotations

import duckdb

from registry.checks import FRAME_COLUMNS, FRAME_CONTEXT, PREVIOUS, SAME_MANAGER
from registry.computed import Indicator
from registry.expressions import ExpressionError, columns_of
from registry.faults import EXPRESSIONS, Problems
from registry.figures import FRAME_KINDS, filled_expressions
from registry.model import Registry
from registry.wide import wide_columns

TYPES = {"integer": "bigint", "decimal": "decimal(18,6)", "text": "varchar", "date": "date"}
CONTEXT = {"campaign": "integer", "structure_type": "varchar", "siret_valid": "integer"}
_WRITTEN = {"frame_first_agreement_date": "date", "frame_management_mode": "varchar", "management_mode": "varchar"}


def refused_expressions(registry: Registry, campaign: int, problems: Problems) -> None:
    """Add to `problems` each formula, edit and figure of a campaign that DuckDB refuses, with its reason."""
    with duckdb.connect() as connection:
        _empty_tables(connection, registry)
        for derived in registry.derived_in(campaign):
            _bind(connection, "wide", "derived.csv", derived.line, [derived.expression], problems)
        for edit in registry.edits.values():
            if edit.check == "sql":
                _bind(connection, "wide", "edits.csv", edit.line, [f"coalesce(({edit.expression}), false)"], problems)
        for indicator in registry.indicators:
            if campaign in indicator.campaigns:
                table = "frame" if indicator.kind in FRAME_KINDS else "wide"
                texts = _aggregates(registry, indicator, campaign)
                _bind(connection, table, "indicators.csv", indicator.line, texts, problems)


def _empty_tables(connection: duckdb.DuckDBPyConnection, registry: Registry) -> None:
    columns = {column.column: TYPES[column.sql_type] for column in wide_columns(registry)}
    beside = {f"{prefix}{name}": kind for name, kind in columns.items() for prefix in (PREVIOUS, SAME_MANAGER)}
    context = CONTEXT | {name: _WRITTEN[name] for name in FRAME_CONTEXT}
    frame = {name: _WRITTEN.get(name, CONTEXT.get(name, "integer")) for name in FRAME_COLUMNS}
    for table, of in (("wide", columns | beside | context), ("frame", frame)):
        written = ", ".join(f'"{name}" {kind}' for name, kind in of.items())
        connection.execute(f"create table {table} ({written})")


def _aggregates(registry: Registry, indicator: Indicator, campaign: int) -> list[str]:
    """The numerators and denominators of an indicator, and its bases counted; none where they are no expressions."""
    texts: dict[str, None] = {}
    try:
        for filled in filled_expressions(registry, indicator, campaign):
            base = filled.base and f"count(case when ({filled.base}) then 1 end)"
            for text in filter(None, (filled.numerator, filled.denominator, base)):
                if not columns_of(text) & registry.waiting:
                    texts[text] = None
    except ExpressionError:
        return []
    return list(texts)


def _bind(
    connection: duckdb.DuckDBPyConnection, table: str, file: str, line: int, texts: list[str], problems: Problems
) -> None:
    """Have the database read the expressions. What `registry.checks` refuses already is not said twice."""
    said = {fault.line for fault in problems.faults if fault.file == file}
    if line in said or not texts:
        return
    try:
        for text in texts:
            columns_of(text)
        connection.sql(f"select {', '.join(texts)} from {table}")
    except ExpressionError:
        return
    except duckdb.Error as error:
        reason = f"la base de données refuse la formule : {str(error).splitlines()[0]}"
        problems.add(file, line, reason, stage=EXPRESSIONS)
