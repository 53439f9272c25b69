"""The file for BI tools: one DuckDB database with the marts, the figures, their labels, and comments on everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from core.plain_yaml import read_yaml
from publication.documents.plans import SHEETS
from publication.open_data.data_files import parquet

LABELS = ("indicators", "choices", "structure_types", "breaks")


def write_bi_file(target: Path, marts: Iterable[Path], registry: Path, release: Mapping[str, Any], remark: str) -> None:
    """A fresh database at `target`, closed and without a log beside it.

    Tables: one per mart, the registry's labels, and `release` (one line: the values of `release`). Every table and the
    columns that are known have a French comment; `remark`, where there is one, ends each table's.
    """
    words = table_words()
    with duckdb.connect(str(target)) as database:
        database.execute("begin")
        for source in sorted([*marts, *(registry / f"{name}.parquet" for name in LABELS)]):
            database.execute(f'create table "{source.stem}" as from {parquet(source)}')
        columns = ", ".join(f'"{name}" {_type(value)}' for name, value in release.items())
        database.execute(f"create table release ({columns})")
        database.execute(f"insert into release values ({', '.join('?' * len(release))})", list(release.values()))
        _comment(database, words, _registry_labels(database, registry), remark)
        database.execute("commit")
        database.execute("checkpoint")


def _comment(
    database: duckdb.DuckDBPyConnection, words: Mapping[str, Any], labels: Mapping[str, str], remark: str
) -> None:
    suffix = words["status_suffix"]
    tables = database.execute("select table_name from duckdb_tables() order by table_name").fetchall()
    for (table,) in tables:
        said = words["tables"].get(table, "")
        database.execute(f'comment on table "{table}" is {_text(" – ".join(filter(None, (said, remark))))}')
    for table, column in database.execute(
        "select table_name, column_name from duckdb_columns() order by table_name, column_index"
    ).fetchall():
        label = labels.get(column) or words["columns"].get(column)
        if label is None and column.endswith(suffix):
            stem = column.removesuffix(suffix)
            label = words["status"].replace("{label}", labels.get(stem, stem))
        if label:
            database.execute(f'comment on column "{table}"."{column}" is {_text(label)}')


def _registry_labels(database: duckdb.DuckDBPyConnection, registry: Path) -> dict[str, str]:
    """Column of a mart → its French label, options with their question's."""
    return dict(
        database.execute(
            f'select "column", max(label_fr) from {parquet(registry / "wide_columns.parquet")} '
            "where label_fr is not null group by all"
        ).fetchall()
    )


def table_words() -> dict[str, Any]:
    """``tables.yml``: French descriptions of tables and of the columns that the registry doesn't describe."""
    words: dict[str, Any] = read_yaml(SHEETS / "tables.yml")
    return words


def _type(value: Any) -> str:
    return {bool: "boolean", int: "integer"}.get(type(value), "varchar")


def _text(words: str) -> str:
    return "'{}'".format(words.replace("'", "''"))
