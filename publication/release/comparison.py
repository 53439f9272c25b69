"""Two releases, file by file: the same bytes, or in which way not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from publication.release.manifest import CHECKSUMS, MANIFEST, files_of, sha256_of

BI_FILE, TABLE = ".duckdb", ".parquet"
COLUMNS = "select table_name, column_name, data_type, comment from duckdb_columns() where not internal order by 1, 2"
GONE, NEW, BYTES = "n'est plus là", "n'était pas là", "autre contenu"
EXCERPT = 60


def differing_files(published: Path, again: Path) -> tuple[int, dict[str, str]]:
    """How many files were compared, and what differs, by path: in French, with the first place where it does.

    A DuckDB file is compared by its tables: its bytes change from one writing to the next. The manifest and the
    checksums are compared without what they say of it.
    """
    before, after = ({*files_of(folder), MANIFEST, CHECKSUMS} for folder in (published, again))
    differing = dict.fromkeys(before - after, GONE) | dict.fromkeys(after - before, NEW)
    for path in before & after:
        reason = _difference(path, published / path, again / path)
        if reason:
            differing[path] = reason
    return len(before | after), dict(sorted(differing.items()))


def _difference(path: str, published: Path, again: Path) -> str:
    if not published.is_file():
        return GONE
    if path.endswith(BI_FILE):
        return _other_tables(_tables(published), _tables(again))
    if path == MANIFEST:
        before, after = _manifest(published), _manifest(again)
        others = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return f"{BYTES} : {', '.join(others)}" if others else ""
    if path == CHECKSUMS:
        return _other_line(_checksums(published), _checksums(again))
    if sha256_of(published) == sha256_of(again):
        return ""
    if path.endswith(TABLE):
        return _other_cell(published, again)
    try:
        sides = [side.read_text(encoding="utf-8").splitlines() for side in (published, again)]
    except UnicodeDecodeError:
        return f"{BYTES} (octet {_first_difference(published.read_bytes(), again.read_bytes()) + 1})"
    return _other_line(*sides) or BYTES


def _other_line(before: Sequence[str], after: Sequence[str]) -> str:
    """The first line and column that differ, with what stood there then and now; '' for the same lines."""
    if before == after:
        return ""
    row = _first_difference(before, after)
    old, new = (side[row] if row < len(side) else "" for side in (before, after))
    column = _first_difference(old, new)
    start = max(0, column - EXCERPT // 3)
    shown = (f"« {text[start : start + EXCERPT]} »" for text in (old, new))
    return f"{BYTES} à la ligne {row + 1}, colonne {column + 1} : {' au lieu de '.join(reversed(list(shown)))}"


def _first_difference(before: Sequence[Any], after: Sequence[Any]) -> int:
    """The first rank where two sequences differ: the end of the shorter where it begins the longer."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((rank for rank, (old, new) in pairs if old != new), min(len(before), len(after)))


def _other_cell(before: Path, after: Path) -> str:
    """The first row and column of two Parquet tables that differ."""
    old, new = pl.read_parquet(before), pl.read_parquet(after)
    if old.schema != new.schema:
        others = sorted(name for name in {*old.schema, *new.schema} if old.schema.get(name) != new.schema.get(name))
        return f"{BYTES} : colonnes {', '.join(others) or 'dans un autre ordre'}"
    shared = min(old.height, new.height)
    found = [
        (rows[0], rank, name)
        for rank, name in enumerate(old.columns)
        if len(rows := old[name].head(shared).ne_missing(new[name].head(shared)).arg_true())
    ]
    if not found:
        return f"{BYTES} : {old.height} lignes alors, {new.height} maintenant" if old.height != new.height else BYTES
    row, _, name = min(found)
    values = f"« {new[name][row]} » au lieu de « {old[name][row]} »"
    key = ", ".join(str(old[column][row]) for column in old.columns[:2])
    return f"{BYTES} à la ligne {row + 1} ({key}), colonne {name} : {values}"


def _other_tables(before: dict[str, tuple[Any, ...]], after: dict[str, tuple[Any, ...]]) -> str:
    others = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    return f"tables différentes : {', '.join(others)}" if others else ""


def _manifest(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content | {"files": {name: told for name, told in content["files"].items() if not name.endswith(BI_FILE)}}


def _checksums(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.endswith((BI_FILE, MANIFEST))]


def _tables(path: Path) -> dict[str, tuple[Any, ...]]:
    """By table or view: its columns with types and comments, and a digest of its rows whatever their order."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = connection.execute(COLUMNS).fetchall()
            names = sorted({row[0] for row in columns})
            return {
                name: (
                    [row[1:] for row in columns if row[0] == name],
                    connection.execute(
                        f'select count(*), bit_xor(hash(t)), sum(hash(t)::hugeint) from "{name}" as t'
                    ).fetchone(),
                )
                for name in names
            }
    except duckdb.Error as error:
        return {"": (type(error).__name__,)}
