"""Questions in rows and structures in columns; sheets that nothing explains; repeat groups beside their table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from core.home import Home
from ingest.receive.reception import Delivery, FileAnswer, receive
from ingest.store.intake import Intake
from registry import Registry
from tests.ingest.reading_builders import sheets, xlsx, zip_of

Grid = list[list[object]]
TakeIn = Callable[..., Intake]
TURNED: Grid = [
    ["Retour du territoire"],
    ["Code", "Question", "", "", "Total"],
    ["IDENT", "Identifiant de la structure", "CS-59-0005", "cs-59-0007", ""],
    ["", "Avis du coordinateur", "vu", "", ""],
    ["Q7.01", "{employees}", 3, 4, 7],
    ["Q9.01", "{income_total}", "-45000", 1000, ""],
]


def sent(home: Home, registry: Registry, path: Path, content: bytes) -> FileAnswer:
    path.write_bytes(content)
    return receive(home, registry, [Delivery(path, path.name, 2019, "caf-59")])[0]


def test_structures_in_columns_are_read_where_they_stand(take_in_file: TakeIn, registry: Registry) -> None:
    labels = {q.variable: q.question_label_fr for q in registry.questions_of(2019) if q.structure_type == "CS"}
    grid = [[cell.format(**labels) if isinstance(cell, str) else cell for cell in row] for row in TURNED]
    intake = take_in_file(sheets(CS=grid), "colonnes.xlsx")
    assert intake.tables["responses"].select("structure_id", "state", "row").rows() == [
        ("CS-59-0005", "accepted", 3),
        ("CS-59-0007", "accepted", 3),
    ]
    counted = intake.tables["answers"].filter(pl.col("variable") == "employees")
    assert counted.select("structure_id", "value_num", "cell").rows() == [
        ("CS-59-0005", 3, "C5"),
        ("CS-59-0007", 4, "D5"),
    ]
    refused = intake.tables["rejects"].select("level", "structure_id", "rule", "cell").rows()
    assert refused == [("answer", "CS-59-0005", "T03", "C6")]
    assert intake.tables["unmapped"].select("cell", "header").rows() == [("B4", "Avis du coordinateur")]
    assert intake.tables["unmapped_values"].select("structure_id", "cell").rows() == [("CS-59-0005", "C4")]


def test_a_required_question_left_blank_is_placed_in_its_line_and_column(take_in_file: TakeIn) -> None:
    grid: Grid = [["IDENT", "CS-59-0005", "CS-59-0007"], ["Q7.02", 2, 3], ["Q7.01", 3, ""]]
    edits = take_in_file(sheets(CS=grid), "colonnes.xlsx").tables["edits"]
    missing = edits.filter(pl.col("rule") == "R01", pl.col("variable") == "employees")
    assert missing.select("structure_id", "cell").rows() == [("CS-59-0007", "C3")]


def test_structures_in_columns_without_known_questions_are_refused(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    grid: Grid = [["Rubrique", "CS-59-0005", "CS-59-0007"], ["Effectif", 3, 4], ["Q7.01", 1, 2], ["Q7.02", 1, 2]]
    answer = sent(framed_home, registry, tmp_path / "r.xlsx", sheets(CS=grid))
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "côte à côte (ligne 1)" in answer.message
    assert "renvoyez" in answer.message


def test_a_visible_sheet_that_is_not_read_is_named_and_kept(
    framed_home: Home, registry: Registry, tmp_path: Path, take_in_file: TakeIn
) -> None:
    others: dict[str, Grid] = {
        "Suivi": [["Suivi interne"], ["Structure", "Montant"], ["Centre A", 1200], ["Centre B", 3]],
        "Lisez-moi": [["1.", "Une ligne par structure"], ["2.", "Merci"]],
    }
    content = sheets(CS=[["IDENT", "Q7.01"], ["CS-59-0005", 3]], **others)
    intake = take_in_file(content, "classeur.xlsx")
    said = intake.tables["edits"].filter(pl.col("rule") == "I19").select("sheet", "raw", "severity").rows()
    assert said == [("Suivi", "Suivi", "info")]
    kept = intake.tables["unmapped"].select("sheet", "cell", "header", "filled").rows()
    assert kept == [("Suivi", "A2", "Structure", 2), ("Suivi", "B2", "Montant", 2)]
    assert "Suivi" in sent(framed_home, registry, tmp_path / "c.xlsx", content).message


def test_hidden_answers_are_said_to_their_sender(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        for number, row in enumerate([["IDENT", "Q7.01"], ["CS-59-0005", 3], ["CS-59-0007", 4]]):
            sheet.write_row(number, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})

    message = sent(framed_home, registry, tmp_path / "filtre.xlsx", xlsx(fill)).message
    assert "masquée" in message
    assert "A3" in message
    assert "retirer le filtre" in message


MAIN = b"IDENT;Q7.01;_index\nCS-59-0005;3;1\n"
REPEATED = b"prenom;_parent_index\nAnne;1\nPaul;1\n"


def test_repeat_groups_come_as_csv_beside_their_table(take_in_file: TakeIn) -> None:
    intake = take_in_file(zip_of({"principal.csv": MAIN, "membres.csv": REPEATED}), "export.zip")
    assert intake.tables["responses"]["state"].to_list() == ["accepted"]
    assert intake.tables["rejects"].is_empty()
    kept = intake.tables["unmapped"].select("sheet", "header", "filled").rows()
    assert kept == [("membres.csv", "prenom", 2)]


@pytest.mark.parametrize(
    ("name", "content"), [("membres.csv", REPEATED), ("export.zip", zip_of({"membres.csv": REPEATED}))]
)
def test_repeat_groups_alone_are_refused(
    framed_home: Home, registry: Registry, tmp_path: Path, name: str, content: bytes
) -> None:
    answer = sent(framed_home, registry, tmp_path / name, content)
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "tableau principal" in answer.message
