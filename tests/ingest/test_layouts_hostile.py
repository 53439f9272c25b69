"""Layouts that would give a structure another one's answers, or lose them without a word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from core.home import Home
from ingest.receive.reception import Delivery, FileAnswer, receive
from ingest.store.intake import Intake
from registry import Registry
from tests.ingest.reading_builders import sheets

Grid = list[list[object]]
TakeIn = Callable[..., Intake]


def sent(home: Home, registry: Registry, path: Path, content: bytes) -> FileAnswer:
    path.write_bytes(content)
    return receive(home, registry, [Delivery(path, path.name, 2019, "caf-59")])[0]


def test_two_tables_side_by_side_are_refused_not_mixed(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    grid: Grid = [["IDENT", "Q7.01", "", "IDENT", "Q7.01"], ["CS-59-0005", 3, "", "CS-59-0007", 4]]
    answer = sent(framed_home, registry, tmp_path / "r.xlsx", sheets(CS=grid))
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "CS-59-0005 et CS-59-0007" in answer.message
    assert "l'un sous l'autre" in answer.message


def test_an_identifier_repeated_at_the_end_of_the_row_does_no_harm(take_in_file: TakeIn) -> None:
    intake = take_in_file(sheets(CS=[["IDENT", "Q7.01", "IDENT"], ["CS-59-0005", 3, "CS-59-0005"]]), "r.xlsx")
    assert intake.tables["responses"].select("structure_id", "state").rows() == [("CS-59-0005", "accepted")]


EMPLOYMENT: Grid = [["IDENT", "Q1.01", "Q7.01"], ["CS-59-0005", "Centre A", 3], ["CS-59-0007", "Centre B", 4]]


def test_sections_on_several_sheets_are_one_response(take_in_file: TakeIn) -> None:
    finances: Grid = [["IDENT", "Q1.01", "Q9.01"], ["cs-59-0007", "Centre B.", 2000], ["CS-59-0005", "Centre A", 1000]]
    intake = take_in_file(sheets(Emploi=EMPLOYMENT, Finances=finances), "sections.xlsx")
    states = intake.tables["responses"].select("structure_id", "state").sort("structure_id").rows()
    assert states == [("CS-59-0005", "accepted"), ("CS-59-0007", "accepted")]
    told = intake.tables["answers"].filter(pl.col("variable").is_in(["employees", "income_total"]))
    assert told.sort("structure_id", "variable").select("structure_id", "value_num", "sheet", "cell").rows() == [
        ("CS-59-0005", 3, "Emploi", "C2"),
        ("CS-59-0005", 1000, "Finances", "C3"),
        ("CS-59-0007", 4, "Emploi", "C3"),
        ("CS-59-0007", 2000, "Finances", "C2"),
    ]


def test_sheets_that_disagree_are_not_put_together(take_in_file: TakeIn) -> None:
    other: Grid = [["IDENT", "Q7.01", "Q9.01"], ["CS-59-0005", 30, 1000]]
    intake = take_in_file(sheets(Emploi=EMPLOYMENT, Finances=other), "sections.xlsx")
    found = intake.tables["responses"].filter(pl.col("structure_id") == "CS-59-0005")
    assert sorted(found.select("sheet", "state").rows()) == [("Emploi", "dropped"), ("Finances", "accepted")]


def test_a_row_cut_by_another_delimiter_is_refused_by_name(take_in_file: TakeIn) -> None:
    intake = take_in_file(b"IDENT;Q7.01;Q9.01\nCS-59-0005;3;1000\nCS-59-0007,4,2000\n", "r.csv")
    refused = intake.tables["rejects"].select("level", "rule", "raw").rows()
    assert refused == [("row", "I50", "CS-59-0007,4,2000")]


def test_identifiers_with_other_dashes_are_recognised(take_in_file: TakeIn) -> None:
    content = "IDENT;Q7.01\nCS–59–0005;3\ncs_59_0007;4\n".encode()
    found = take_in_file(content, "r.csv").tables["responses"].select("structure_id", "state").rows()
    assert found == [("CS-59-0005", "accepted"), ("CS-59-0007", "accepted")]


def test_headers_alone_are_refused(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    answer = sent(framed_home, registry, tmp_path / "r.xlsx", sheets(CS=[["IDENT", "Q7.01", "Q9.01"]]))
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "aucune réponse n'y a été trouvée" in answer.message
