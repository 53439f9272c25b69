"""Two releases, file by file: the same bytes, or in which way not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from publication.manifest import CHECKSUMS, MANIFEST, files_of, sha256_of

BI_FILE = ".duckdb"
COLUMNS = "select table_name, column_name, data_type, comment from duckdb_columns() where not internal order by 1, 2"
GONE, NEW, BYTES, CONTENT = "n'est plus là", "n'était pas là", "autre contenu", "tables différentes"


def differing_files(published: Path, again: Path) -> tuple[int, dict[str, str]]:
    """How many files were compared, and what differs, by path.

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
        return "" if _tables(published) == _tables(again) else CONTENT
    if path == MANIFEST:
        return "" if _manifest(published) == _manifest(again) else BYTES
    if path == CHECKSUMS:
        return "" if _checksums(published) == _checksums(again) else BYTES
    return "" if sha256_of(published) == sha256_of(again) else BYTES


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
