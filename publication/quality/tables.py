"""The tables that the quality report prints: counts and rates, computed from a candidate and written into it."""

from __future__ import annotations

from pathlib import Path

import duckdb

QUERIES = Path(__file__).parent / "tables"
QUALITY = "quality"
ROOMS = ("marts", "registry", "intake", QUALITY)
# What a candidate leaves out because it names answers: only counted here.
RETURNS = ("answers", "decisions")
# In an order in which each one only reads those before it.
TABLES = ("response", "items", "coverage", "duplicates", "edits", "imputation", "reconciliation", "series")


def write_quality_tables(candidate: Path, intake: Path, campaigns: list[int]) -> None:
    """Write ``quality/<table>.parquet`` for each of `TABLES` (docs/data-contracts.md).

    `candidate`: a folder with its marts, registry, intake, and the tables on non-response. `intake`: the home's, whose
    answers and decisions of `campaigns` are counted.
    """
    with duckdb.connect() as connection:
        for room in ROOMS:
            _open_room(connection, room, sorted((candidate / room).glob("*.parquet")))
        connection.execute("create schema returns")
        for table in RETURNS:
            files = [intake / str(campaign) / f"{table}.parquet" for campaign in campaigns]
            listed = ", ".join(_literal(path) for path in files if path.exists())
            connection.execute(f"create view returns.{table} as from read_parquet([{listed}], union_by_name = true)")
        for table in TABLES:
            query = (QUERIES / f"{table}.sql").read_text(encoding="utf-8")
            target = candidate / QUALITY / f"{table}.parquet"
            connection.execute(f"copy ({query}) to {_literal(target)} (format parquet)")
            _open_table(connection, QUALITY, target)


def _open_room(connection: duckdb.DuckDBPyConnection, room: str, files: list[Path]) -> None:
    connection.execute(f"create schema {room}")
    for path in files:
        _open_table(connection, room, path)


def _open_table(connection: duckdb.DuckDBPyConnection, room: str, path: Path) -> None:
    connection.execute(f"""create or replace view {room}."{path.stem}" as from read_parquet({_literal(path)})""")


def _literal(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"'{quoted}'"
