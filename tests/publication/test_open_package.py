import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import openpyxl
import polars as pl
import pytest

from publication.open_data.resources import Resource
from publication.open_data.tables import write_csv, write_excel_csv
from publication.open_data.titles import titles_of
from publication.open_data.workbook import write_workbook
from tests.conftest import Demonstration
from tests.publication.candidate_fixture import PUBLISHED_AT
from tests.publication.published_pages import page

AMOUNTS = {"primary", "secondary"}
README = {"sheet": "Lisez-moi", "header": ["Feuille", "Contenu"], "column_header": ["Feuille", "Colonne", "Contenu"]}


@pytest.fixture(scope="module", params=["2011", "2017", "2019"])
def release(request: pytest.FixtureRequest, demonstration: Demonstration) -> Path:
    return next(demonstration.home.releases.glob(f"{request.param}/[!.]*/manifest.json")).parent


@pytest.fixture(scope="module")
def package(release: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((release / "open-data" / "datapackage.json").read_text(encoding="utf-8"))
    return content


def cells(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines, delimiter=delimiter))


def rows(path: Path) -> list[dict[str, str]]:
    header, *lines = cells(path)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_every_table_follows_its_schema(release: Path) -> None:
    report = frictionless.Package(str(release / "open-data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])
    checked = {task.place for task in report.tasks if task.type == "table" and task.stats["rows"]}
    assert checked == {path.name for path in (release / "open-data").glob("*.csv")}


def test_every_field_is_described_in_french_with_an_example(release: Path, package: dict[str, Any]) -> None:
    for resource in (resource for resource in package["resources"] if resource["type"] == "table"):
        assert {"title", "description", "name"} <= set(resource["schema"])
        for field in resource["schema"]["fields"]:
            assert field["description"], field
        header, *lines = cells(release / "open-data" / resource["path"], resource["dialect"]["delimiter"])
        filled = {name for number, name in enumerate(header) if any(line[number] for line in lines)}
        assert filled == {field["name"] for field in resource["schema"]["fields"] if "example" in field}


def test_figures_are_those_of_the_release_and_no_suppressed_one_has_a_value(release: Path) -> None:
    assert cells(release / "open-data" / "figures.csv") == cells(release / "figures.csv")
    figures = rows(release / "open-data" / "figures.csv")
    keys = [tuple(list(row.values())[:6]) for row in figures]
    assert len(set(keys)) == len(keys)
    assert [row for row in figures if row["status"] in AMOUNTS]
    assert not [row for row in figures if row["status"] in AMOUNTS and row["value"]]


def test_forms_of_a_table_hold_the_same_cells(release: Path, package: dict[str, Any]) -> None:
    folder = release / "open-data"
    english, french = cells(folder / "figures.csv"), cells(folder / "figures-excel.csv", ";")
    assert (folder / "figures-excel.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    fields = next(resource["schema"]["fields"] for resource in package["resources"] if resource["name"] == "figures")
    numbers = {number for number, field in enumerate(fields) if field["type"] == "number"}
    expected = [
        [cell.replace(".", ",") if number in numbers else cell for number, cell in enumerate(line)] for line in english
    ]
    assert french == expected
    workbook = openpyxl.load_workbook(folder / "senacs.xlsx", read_only=True)
    for sheet, name in zip(workbook.sheetnames[1:], names_of(package), strict=True):
        written = pl.read_parquet(folder / f"{name}.parquet")
        assert written.columns == cells(folder / f"{name}.csv")[0]
        assert written.height == len(cells(folder / f"{name}.csv")) - 1
        assert workbook[sheet].max_row == written.height + 1
    values = [float(row["value"]) if row["value"] else None for row in rows(folder / "figures.csv")]
    column = english[0].index("value") + 1
    assert pl.read_parquet(folder / "figures.parquet")["value"].to_list() == values
    printed = workbook["Chiffres"].iter_rows(min_row=2, min_col=column, max_col=column, values_only=True)
    assert [value for (value,) in printed] == values


def names_of(package: dict[str, Any]) -> list[str]:
    return [
        resource["name"]
        for resource in package["resources"]
        if resource["type"] == "table" and not resource["name"].endswith("-excel")
    ]


def test_the_workbook_opens_on_its_readme_and_runs_nothing(release: Path, package: dict[str, Any]) -> None:
    workbook = openpyxl.load_workbook(release / "open-data" / "senacs.xlsx")
    readme = workbook.worksheets[0]
    assert readme.title == "Lisez-moi"
    said = " ".join(str(cell) for line in readme.iter_rows(values_only=True) for cell in line if cell)
    assert package["licenses"][0]["title"] in said
    assert all(sheet in said for sheet in workbook.sheetnames[1:])
    formulas = [cell for sheet in workbook for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    assert formulas == []
    assert workbook.properties.created.isoformat() == package["created"].removesuffix("+00:00")


def test_structures_are_the_directory_and_nothing_that_they_answered(release: Path) -> None:
    found = rows(release / "open-data" / "structures.csv")
    with duckdb.connect() as connection:
        agreed = connection.execute(
            "select structure_id from read_parquet(?) where campaign = ? and agreed = 1 order by 1",
            [str(release / "marts" / "fct_centres.parquet"), int(release.parent.name)],
        ).fetchall()
        known = connection.sql(f"describe from '{release / 'marts' / 'dim_structure.parquet'}'").fetchall()
    assert [(row["structure_id"],) for row in found] == agreed
    assert set(found[0]) < {name for name, *_ in known}


def test_the_codebook_tells_every_indicator_question_and_break(release: Path, demonstration: Demonstration) -> None:
    campaign = int(release.parent.name)
    codebook = rows(release / "open-data" / "codebook.csv")
    told = {part: {row["code"] for row in codebook if row["part"] == part} for part in ("indicator", "question")}
    released = {row["indicator"] for row in rows(release / "figures.csv")}
    assert told["indicator"] == released
    registry = demonstration.candidate / "registry"
    asked = pl.read_parquet(registry / "questions.parquet").filter(pl.col("campaign") == campaign)
    assert told["question"] == set(asked["variable"])
    breaks = pl.read_parquet(registry / "breaks.parquet").filter(
        (pl.col("campaign") <= campaign) & pl.col("indicator").is_in(released)
    )
    assert sum(row["part"] == "break" for row in codebook) == breaks.height
    shown = page(release / "open-data" / "codebook.html")
    assert shown.outside == []
    assert shown.lang == "fr"
    assert all(code in shown.text for code in released | set(asked["variable"]))


def test_the_catalogue_names_the_licence_and_every_file(release: Path, package: dict[str, Any]) -> None:
    told = json.loads((release / "open-data" / "catalog.jsonld").read_text(encoding="utf-8"))
    dataset = told["dcat:dataset"]
    assert told["dct:license"]["@id"] == package["licenses"][0]["path"]
    addresses = {distribution["dcat:downloadURL"]["@id"] for distribution in dataset["dcat:distribution"]}
    assert addresses == {path.name for path in (release / "open-data").iterdir()} - {
        "datapackage.json",
        "catalog.jsonld",
    }
    assert all(distribution["dct:license"] == told["dct:license"] for distribution in dataset["dcat:distribution"])


def test_every_file_is_titled_and_in_the_checksums(release: Path) -> None:
    sums = {line.split("  ", 1)[1] for line in (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()}
    written = {f"open-data/{path.name}" for path in (release / "open-data").iterdir()}
    assert written <= sums
    assert set(titles_of(release)) == written


def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path) -> None:
    text = pl.DataFrame({"name": ["=1+1", "@now", "-12", None], "value": ["-1.5", None, "2", "3"]})
    fields = (
        {"name": "name", "type": "string", "description": ""},
        {"name": "value", "type": "number", "description": ""},
    )
    table = Resource("sample", {"sheet": "Essai", "title": "Essai", "description": "=2+2"}, fields, text)
    write_csv(table, tmp_path / "sample.csv")
    write_excel_csv(table, tmp_path / "excel.csv")
    assert cells(tmp_path / "sample.csv")[1:] == [["'=1+1", "-1.5"], ["'@now", ""], ["-12", "2"], ["", "3"]]
    assert cells(tmp_path / "excel.csv", ";")[1] == ["'=1+1", "-1,5"]
    books = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for book in books:
        write_workbook(book, [table], README, ["Essai"], PUBLISHED_AT)
    assert books[0].read_bytes() == books[1].read_bytes()
    written = openpyxl.load_workbook(books[0])
    assert [cell.value for cell in written["Essai"][2]] == ["'=1+1", -1.5]
    assert "'=2+2" in {cell.value for line in written.worksheets[0].iter_rows() for cell in line}
