"""The audit's answers as a table of the gate."""

from __future__ import annotations

import duckdb

from expectations.disclosure.audit import audited
from expectations.disclosure.released import read_changes, read_released

STRUCTURE_KINDS = "select string_split(coalesce(setting('disclosure_structure_kinds'), ''), ';')"


def gather_intervals(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``intervals``: indicator, territory_id (several joined by `;` for what no one publishes), structure_type,
    width (demanded), found_pct (the width found, in percent of it), too_narrow (0 or 1).

    No bound is kept: where an interval is too narrow, it tells the amount. Raises `duckdb.Error`, `ContradictionError`.
    """
    # Its solver is only needed here, and takes a while to import.
    (kinds,) = connection.execute(STRUCTURE_KINDS).fetchall()[0]
    released = read_released(connection, kinds)
    rows = [
        (
            next(iter(survey.told[interval.aggregate].indicators)),
            interval.territories,
            interval.structure_type,
            interval.width,
            100 * max(0.0, interval.high - interval.low) / interval.width,
            int(interval.is_too_narrow),
        )
        for survey in (released, *read_changes(connection, released))
        for interval in audited(survey)
    ]
    kinds_of_columns = ("varchar", "varchar", "varchar", "double", "double", "integer")
    names = ("indicator", "territory_id", "structure_type", "width", "found_pct", "too_narrow")
    selected = ", ".join(f"unnest(?::{kind}[]) as {name}" for name, kind in zip(names, kinds_of_columns, strict=True))
    values = [[row[position] for row in rows] for position in range(len(names))]
    connection.execute(f"create table intervals as select {selected}", values)
