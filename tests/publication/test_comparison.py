"""Two releases compared file by file: what differs is named."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest

from publication.release.comparison import differing_files


def release(folder: Path, rows: str = "(1, 'a'), (2, 'b')", figures: str = "1") -> Path:
    folder.mkdir()
    with duckdb.connect(str(folder / "base.duckdb")) as connection:
        connection.execute(f"create table figures as select * from (values {rows}) as t (n, code)")
    (folder / "figures.csv").write_text(figures, encoding="utf-8")
    files = {"base.duckdb": {"sha256": folder.name}, "figures.csv": {"sha256": "1"}}
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(f"{folder.name}  base.duckdb\n1  figures.csv\n", encoding="utf-8")
    return folder


def test_the_same_content_is_equal_whatever_the_bytes_of_the_database(tmp_path: Path) -> None:
    published, again = release(tmp_path / "published"), release(tmp_path / "again", rows="(2, 'b'), (1, 'a')")

    assert differing_files(published, again) == (4, {})


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"rows": "(1, 'a'), (2, 'c')"}, "base.duckdb"), ({"figures": "2"}, "figures.csv")],
)
def test_a_file_that_was_altered_is_named(tmp_path: Path, changed: dict[str, str], name: str) -> None:
    published, again = release(tmp_path / "published", **changed), release(tmp_path / "again")

    assert list(differing_files(published, again)[1]) == [name]


def test_a_file_too_many_and_one_too_few_are_named(tmp_path: Path) -> None:
    published, again = release(tmp_path / "published"), release(tmp_path / "again")
    (published / "figures.csv").unlink()
    (published / "more.txt").write_text("", encoding="utf-8")

    assert differing_files(published, again)[1] == {"figures.csv": "n'était pas là", "more.txt": "n'est plus là"}


def test_the_first_place_that_differs_is_told(tmp_path: Path) -> None:
    published, again = release(tmp_path / "published"), release(tmp_path / "again")
    for folder, value in ((published, 2.5), (again, 25.0)):
        (folder / "lines.csv").write_text(f"code,value\na,1\nb,{value}\n", encoding="utf-8")
        table = pl.DataFrame({"structure_id": ["a", "b"], "n": [1, 2], "fte": [None, value]})
        table.write_parquet(folder / "fct.parquet")
        (folder / "page.pdf").write_bytes(b"\xff\xfe" + str(value).encode())
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    for folder, version in ((published, "1"), (again, "2")):
        (folder / "manifest.json").write_text(json.dumps(manifest | {"code_version": version}), encoding="utf-8")

    told = differing_files(published, again)[1]

    assert told["lines.csv"] == "autre contenu à la ligne 3, colonne 4 : « b,25.0 » au lieu de « b,2.5 »"
    assert told["fct.parquet"] == "autre contenu à la ligne 2 (b, 2), colonne fte : « 25.0 » au lieu de « 2.5 »"
    assert told["page.pdf"] == "autre contenu (octet 4)"
    assert told["manifest.json"] == "autre contenu : code_version"
