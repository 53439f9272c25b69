"""Exports that nobody here made, read under questionnaires registered for them: rows, answers, options."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from core.home import PROJECT_ROOT
from ingest.receive.archive import RETURNS, Entry
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import KEY, METADATA, QUESTION, HeaderIndex
from ingest.returns.read_return import read_return
from ingest.returns.read_tables import frames_of
from ingest.values.parsing import answers_of
from registry import Registry
from tests.ingest.reading_builders import LIMITS, xlsx
from tests.ingest.real.questionnaires import CAMPAIGN, asked_in_kobo, asked_in_limesurvey, registry_of

REAL = PROJECT_ROOT.parent / "shared" / "real"
LIMESURVEY, KOBO = REAL / "limesurvey", REAL / "kobo"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the project")


def read_as(registry: Registry, content: bytes, name: str) -> tuple[ReadFile, pl.DataFrame]:
    """A file as read, and its answers (row_id is the position of the row)."""
    indexes = {CAMPAIGN: HeaderIndex(registry, CAMPAIGN)}
    read = read_return(content, name, registry, CAMPAIGN, indexes, LIMITS)
    frames = frames_of([(Entry("0", RETURNS, CAMPAIGN, "s", name, "2020-01-01", "", 0, name, False, Path()), read)])
    cells = frames.cells.join(frames.rows.select("row_id", "structure_type"), on="row_id")
    return read, answers_of(cells, registry, CAMPAIGN)


def survey(name: str) -> tuple[list[str], list[list[str]], bytes]:
    """Headers, rows and bytes of a LimeSurvey export, its column of row numbers called IDENT."""
    with (LIMESURVEY / f"rse_{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        headers, *rows = csv.reader(stream)
    headers[0] = "IDENT"
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return headers, rows, text.getvalue().encode()


def value(answers: pl.DataFrame, row: int, variable: str, column: str) -> object:
    return answers.filter(row_id=row, variable=variable)[column].to_list()


@pytest.mark.parametrize("name", ["2016_uk", "2017_can", "2017_nl", "2017_zaf"])
def test_every_response_is_read_and_every_column_is_known_or_listed(name: str, tmp_path: Path) -> None:
    headers, rows, content = survey(name)
    asked = asked_in_limesurvey(LIMESURVEY / f"questions_{name}.csv", headers)
    registry = registry_of(tmp_path / "questionnaires", asked, "IDENT")
    read, answers = read_as(registry, content, "results.csv")
    assert len(read.rows) == sum(any(row[1:]) for row in rows)
    index = HeaderIndex(registry, CAMPAIGN)
    listed = {column.header for column in read.unknown}
    known = [header for header in headers if index.targets(header)]
    assert [header for header in headers if header not in listed and header not in known] == []
    codes = {question.question_code for question in registry.questions_of(CAMPAIGN)}
    proposed = {column.header: column.nearest_question for column in read.unknown}
    # a header that says more than its question ("... (in years)") is not guessed: its question is proposed
    assert all(proposed[header] == code for header in listed if (code := header.split(". ")[0]) in codes)
    assert sum(header.split(". ")[0] in codes for header in listed) <= 1
    filled = sum(bool(row[headers.index(header)]) for header in listed for row in rows)
    assert len(read.unknown_values) == filled
    numbers = answers.filter(pl.col("type") == "decimal", pl.col("fault").is_null())
    assert numbers.height > len(rows) / 2


def test_answers_of_the_canadian_survey(tmp_path: Path) -> None:
    headers, rows, content = survey("2017_can")
    asked = asked_in_limesurvey(LIMESURVEY / "questions_2017_can.csv", headers)
    _, answers = read_as(registry_of(tmp_path / "questionnaires", asked, "IDENT"), content, "results.csv")
    assert value(answers, 0, "socio1", "value_text") == ["Canada"]
    assert value(answers, 1, "soft1can", "value_num") == [21.0]
    assert [value(answers, row, "soft2can", "value_num") for row in (0, 1)] == [[0.0], [1.0]]
    assert value(answers, 1, "edu4", "value_text") == ["Ing"]
    columns = [number for number, header in enumerate(headers) if header.startswith("org2_can[")]
    ticked = [[str(rank) for rank, column in enumerate(columns, 1) if row[column] == "Yes"] for row in rows]
    read = dict(
        answers.filter(pl.col("variable") == "org2_can", pl.col("fault").is_null())
        .select("row_id", "value_text")
        .iter_rows()
    )
    assert {row: codes.split("|") for row, codes in read.items() if codes} == {
        number: codes for number, codes in enumerate(ticked) if codes
    }


def test_options_and_arrays_of_the_dutch_survey(tmp_path: Path) -> None:
    headers, rows, content = survey("2017_nl")
    asked = asked_in_limesurvey(LIMESURVEY / "questions_2017_nl.csv", headers)
    registry = registry_of(tmp_path / "questionnaires", asked, "IDENT")
    _, answers = read_as(registry, content, "results.csv")
    medicine = headers.index("currentEmp13[45]. In which disciplines do you work (select as many as apply) [Medicine]")
    read = answers.filter(pl.col("variable") == "currentemp13", pl.col("value_text").str.split("|").list.contains("45"))
    assert read["row_id"].to_list() == [number for number, row in enumerate(rows) if row[medicine] == "Yes"]
    assert value(answers, 0, "time5can", "value_text") == ["2"]
    assert value(answers, 0, "rse3", "value_text") == ["2"]


@pytest.mark.parametrize("name", ["sm", "sm_label"])
def test_packed_and_expanded_options_of_kobo(name: str, tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "questionnaires", asked_in_kobo(KOBO / "asset_sm_label.json"), "_id")
    read, answers = read_as(registry, (KOBO / f"data_{name}.csv").read_bytes(), "kobo.csv")
    pets = dict(
        answers.filter(variable="pet_type").join(_names(answers), on="row_id").select("name", "value_text").rows()
    )
    assert pets == {"Moh": "3|4|5", "Remus": "5", "Romulus": "4", "Rufus": "3|4"}
    assert [row.superseded for row in read.rows] == [False] * 5
    assert read.unknown == []


@pytest.mark.parametrize("name", ["sm", "sm_label"])
def test_packed_options_alone(name: str, tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "questionnaires", asked_in_kobo(KOBO / "asset_sm_label.json"), "_id")
    with (KOBO / f"data_{name}.csv").open(encoding="utf-8", newline="") as stream:
        headers, *rows = csv.reader(stream)
    kept = [number for number, header in enumerate(headers) if not header.startswith("pet_type_")]
    text = io.StringIO()
    csv.writer(text).writerows([line[number] for number in kept] for line in [headers, *rows])
    _, answers = read_as(registry, text.getvalue().encode(), "kobo.csv")
    assert sorted(answers.filter(variable="pet_type")["value_text"]) == ["3|4", "3|4|5", "4", "5"]


def _names(answers: pl.DataFrame) -> pl.DataFrame:
    return answers.filter(variable="full_name").select("row_id", name="value_text")


@pytest.mark.parametrize("language", [0, 1])
def test_labels_of_a_form_in_several_languages(language: int, tmp_path: Path) -> None:
    asked = asked_in_kobo(KOBO / "asset_ml.json", language)
    registry = registry_of(tmp_path / "questionnaires", asked, "_id")
    content = (KOBO / "data_ml_fr.csv").read_text(encoding="utf-8")
    for question in asked:
        content = content.replace(f",{question.code},", f",{question.label},")
    read, answers = read_as(registry, content.encode(), "kobo.csv")
    assert read.unknown == []
    assert set(_names(answers)["name"]) == {"Jean-Pierre", "Fatim", "Ahmad", "Michelle", "إبراهيم"}
    owners = answers.filter(variable="pet_yesno", value_text="1").join(_names(answers), on="row_id")["name"]
    assert sorted(owners) == ["Fatim", "Michelle", "إبراهيم"]


def test_repeat_groups_are_kept_aside_with_their_values(tmp_path: Path) -> None:
    registry = registry_of(tmp_path / "questionnaires", asked_in_kobo(KOBO / "asset_rg.json"), "_id")
    tables = {
        path.stem.partition("__")[2]: list(csv.reader(path.open(encoding="utf-8"))) for path in KOBO.glob("data_rg__*")
    }

    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name in sorted(tables, key=lambda name: name != "main"):
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(tables[name]):
                sheet.write_row(number, 0, cells)

    read, answers = read_as(registry, xlsx(fill), "kobo.xlsx")
    assert [row.identifier for row in read.rows] == ["17727380", "17727538", "17727576"]
    assert answers.filter(variable="family_count")["raw"].to_list() == ["2.0", "2.0", "3.0"]
    kept = [text for _, sheet, _, header, text in read.unknown_values if (sheet, header) == ("demo", "name")]
    assert kept == ["Ahmad", "Myriam", "Shannon", "Skip", "Jemelle", "Fatim", "Ali"]
    assert {KEY, QUESTION} >= {
        target.kind
        for column in read.unknown
        for target in HeaderIndex(registry, CAMPAIGN).targets(column.header).values()
        if target.kind != METADATA
    }


def test_a_table_of_gps_points_is_no_return(tmp_path: Path) -> None:
    from core.refusals import Refusal

    registry = registry_of(tmp_path / "questionnaires", asked_in_kobo(KOBO / "asset_sm_label.json"), "_id")
    with pytest.raises(Refusal, match="aucune question"):
        read_as(registry, (KOBO / "data_audit.csv").read_bytes(), "kobo.csv")
