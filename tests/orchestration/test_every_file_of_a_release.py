"""Every file of a release, of whatever kind: no hidden amount, no contact details, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from pypdf import PdfReader

from registry.text_rules import EMAIL, FRENCH_PHONE
from tests.conftest import Demonstration

CAMPAIGN = 2019
ADDRESS = ("campaign", "structure_type", "indicator", "breakdown")
AMOUNTS = ("value", "value_rounded", "numerator", "denominator")
SEPARATOR = {"figures-excel.csv": ";"}
RUN_BY_A_SPREADSHEET = re.compile(r"[=@]|[+-](?![\d.,\s]|$)")
NO_TEXT = {".lock"}


@pytest.fixture(scope="module")
def release(demonstration: Demonstration) -> Path:
    return demonstration.home.releases / str(CAMPAIGN) / "P1"


@pytest.fixture(scope="module")
def files(release: Path) -> list[Path]:
    return sorted(path for path in release.rglob("*") if path.is_file())


def frames_in(path: Path) -> Iterator[pl.DataFrame]:
    """Every table of a file that holds tables, as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header, *rows = csv.reader(lines, delimiter=SEPARATOR.get(path.name, ","))
        yield pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").select(
            pl.all().replace("", None)
        )
    elif path.suffix == ".parquet":
        yield pl.read_parquet(path).select(pl.all().cast(pl.String, strict=False))
    elif path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path, read_only=True):
            header, *rows = sheet.iter_rows(values_only=True)
            if all(header):
                texts = [[None if cell is None else str(cell) for cell in row] for row in rows]
                yield pl.DataFrame(texts, schema=dict.fromkeys(map(str, header), pl.String), orient="row")
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            for (name,) in database.execute("select table_name from information_schema.tables").fetchall():
                yield database.sql(f'from "{name}"').pl().select(pl.all().cast(pl.String, strict=False))


def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        return " ".join(page.extract_text() for page in PdfReader(path).pages)
    if path.suffix in (".csv", ".html", ".json", ".jsonld", ".txt", "") or path.suffix in NO_TEXT:
        return path.read_text(encoding="utf-8")
    return " ".join(frame.write_csv() for frame in frames_in(path))


def hidden_addresses(release: Path) -> set[tuple[str, ...]]:
    rows = next(frames_in(release / "figures.csv")).fill_null("")
    return set(rows.filter(pl.col("status") != "published").select("level", "territory", *ADDRESS).rows())


def test_no_table_of_any_file_gives_a_hidden_amount(release: Path, files: list[Path]) -> None:
    hidden = pl.DataFrame(list(hidden_addresses(release)), schema=["level", "territory", *ADDRESS], orient="row")
    looked_at = []
    for path in files:
        for frame in frames_in(path):
            if not {"level", "territory", *ADDRESS} <= set(frame.columns) or "value" not in frame.columns:
                continue
            keys = frame.with_columns(pl.col("level", "territory", *ADDRESS).fill_null(""))
            secret = keys.join(hidden, on=["level", "territory", *ADDRESS])
            assert secret.height == hidden.height, path
            amounts = [name for name in AMOUNTS if name in frame.columns and name.startswith("value")]
            assert secret.select(pl.col(amounts).null_count().eq(secret.height)).row(0) == (True,) * len(amounts), path
            looked_at.append(path.relative_to(release).as_posix())
    assert {Path(name).suffix for name in looked_at} == {".csv", ".parquet", ".xlsx", ".duckdb"}
    assert len(looked_at) >= 6


def test_no_machine_readable_text_names_a_hidden_figure_with_a_number(release: Path, files: list[Path]) -> None:
    territories = next(frames_in(release / "open-data" / "territories.csv"))
    ids = {(level, code): name for name, level, code in territories["territory_id", "level", "code"].rows()}
    addresses = {
        "/".join(part for part in (campaign, ids[level, code], *others) if part)
        for level, code, campaign, *others in hidden_addresses(release)
    }
    for path in (path for path in files if path.suffix in (".json", ".jsonld", ".txt")):
        text = text_of(path)
        assert not [address for address in addresses if address in text], path


def test_nobody_s_contact_details_are_in_any_file(
    demonstration: Demonstration, release: Path, files: list[Path]
) -> None:
    told = demonstration.home.intake / str(CAMPAIGN) / "contacts.parquet"
    texts = pl.read_parquet(told)["value_text"].drop_nulls().unique().to_list()
    contacts = [text for text in texts if re.search(EMAIL, text) or re.search(FRENCH_PHONE, text)]
    assert contacts
    for path in files:
        text = text_of(path)
        assert not [contact for contact in contacts if contact in text], path
        if path.suffix in (".csv", ".xlsx", ".duckdb", ".parquet", ".pdf"):
            assert re.search(EMAIL, text) is None, path


def test_no_cell_of_any_table_is_run_by_a_spreadsheet(files: list[Path]) -> None:
    for path in (path for path in files if path.suffix in (".csv", ".xlsx")):
        for frame in frames_in(path):
            for column in frame.iter_columns():
                run = [text for text in column.drop_nulls().unique() if RUN_BY_A_SPREADSHEET.match(text)]
                assert run == [], f"{path}: {column.name}"


def test_every_kind_of_file_is_looked_at(files: list[Path]) -> None:
    read = {".csv", ".parquet", ".xlsx", ".duckdb", ".pdf", ".html", ".json", ".jsonld", ".txt", "", *NO_TEXT}
    assert {path.suffix for path in files} <= read
    sums = next(path for path in files if path.name == "SHA256SUMS").read_text(encoding="utf-8")
    assert json.loads(next(path for path in files if path.name == "manifest.json").read_text(encoding="utf-8"))["files"]
    assert all(path.name == "SHA256SUMS" or path.name in sums for path in files)
