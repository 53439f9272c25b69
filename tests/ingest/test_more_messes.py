"""Returns as offices really make them: what could be lost or misread in silence is read right, or told where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from ingest.receive.reception import Delivery, FileAnswer, receive
from ingest.store.intake import Intake
from registry import Registry
from tests.ingest.conftest import answer, rules
from tests.ingest.reading_builders import read, sheets

TakeIn = Callable[..., Intake]
ONE, OTHER = "CS-59-0005", "CS-59-0006"
STRUCTURE = {"IDENT": ONE}


def text_of_grid(grid: list[list[str]], delimiter: str = ";") -> bytes:
    return "\r\n".join(delimiter.join(row) for row in grid).encode()


def received(
    home: Home, registry: Registry, folder: Path, grid: list[list[str]], name: str, sender: str = "caf-59"
) -> FileAnswer:
    path = folder / name
    path.write_bytes(text_of_grid(grid))
    return receive(home, registry, [Delivery(path, name, 2019, sender)])[0]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-8", "utf-8-sig", "utf-16"])
def test_accents_are_those_that_were_typed_whatever_the_machine(encoding: str) -> None:
    rows = [["Bénévoles d'activité", "Être à l'écoute"], ["Étaples", "déjà reçu"]]
    content = "\r\n".join(";".join(row) for row in rows).encode(encoding)
    assert read(content, "retour.csv")[0].rows == rows


@pytest.mark.parametrize(("name", "delimiter"), [("retour.csv", "|"), ("retour.tsv", "\t"), ("retour.csv", "\t")])
def test_bars_and_tabs_part_cells(name: str, delimiter: str) -> None:
    rows = [["IDENT", "Q7.01", "Q7.02"], [ONE, "12", "8,5"]]
    assert read(text_of_grid(rows, delimiter), name)[0].rows == rows


@pytest.mark.parametrize("text", ["15-01-1969", "15.01.1969", "1969/01/15", "15 janvier 1969", "15 JANVIER 1969"])
def test_a_date_that_can_only_be_one_is_read(take_in: TakeIn, text: str) -> None:
    row = answer(take_in([STRUCTURE | {"Q1.09": text}]), "first_agreement_date")
    assert row["value_date"] == dt.date(1969, 1, 15)


@pytest.mark.parametrize("text", ["15/01/69", "01/15/1969", "janvier 1969", "1969", "31 février 1969"])
def test_a_date_that_could_be_another_is_refused(take_in: TakeIn, text: str) -> None:
    assert "T01" in rules(take_in([STRUCTURE | {"Q1.09": text}]), "first_agreement_date")


@pytest.mark.parametrize("text", ["Autre : SCIC", "Autre (SCIC)", "AUTRE: scic"])
def test_an_option_may_be_made_precise(take_in: TakeIn, text: str) -> None:
    assert answer(take_in([STRUCTURE | {"Q1.11": text}]), "management_mode")["value_text"] == "other"


@pytest.mark.parametrize(
    "text",
    ["Petite enfance (0-3 ans), Adultes", "Petite enfance/Adultes", "Petite enfance et adultes",
     "- Petite enfance (0-3 ans)\n- Adultes", "adults, early_childhood"],
)  # fmt: skip
def test_options_may_be_joined_in_any_way_that_leaves_nothing_else(take_in: TakeIn, text: str) -> None:
    row = answer(take_in([STRUCTURE | {"Q3.01": text}]), "actions_by_age")
    assert row["value_text"] == "early_childhood|adults"


@pytest.mark.parametrize("text", ["Toutes", "Petite enfance, et puis les parents", "Adultes Adultes (bis)"])
def test_options_among_other_words_are_refused(take_in: TakeIn, text: str) -> None:
    assert "T02" in rules(take_in([STRUCTURE | {"Q3.01": text}]), "actions_by_age")


def test_a_second_table_under_the_first_has_its_own_columns(take_in_file: TakeIn) -> None:
    grid = [
        ["IDENT", "Q7.01", "Q7.02"],
        [ONE, "12", "8"],
        [],
        ["Suite"],
        ["IDENT", "Q7.02", "Q7.01"],
        [OTHER, "5", "9"],
    ]
    answers = take_in_file(text_of_grid(grid), "retour.csv").tables["answers"]
    found = answers.select("structure_id", "variable", pl.col("value_num").cast(pl.Float64), "cell").rows()
    assert sorted(found) == [
        (ONE, "employees", 12.0, "B2"), (ONE, "fte_total", 8.0, "C2"),
        (OTHER, "employees", 9.0, "C6"), (OTHER, "fte_total", 5.0, "B6"),
    ]  # fmt: skip


def test_sections_are_put_together_by_name_where_only_one_sheet_has_identifiers(take_in_file: TakeIn) -> None:
    name, commune = "Centre social Georges Brassens", "Courcelles-lès-Lens"
    content = sheets(
        Identité=[["IDENT", "NOM_REF", "Q1.04", "Q1.11"], ["CS-62-0001", name, commune, "Associatif"]],
        RH=[
            ["Nom de la structure", "Commune d'implantation", "Q7.01", "Q7.02", "Q6.01"],
            [name.upper(), commune, "12", "8", "3"],
        ],
    )
    intake = take_in_file(content, "retour.xlsx")
    assert intake.tables["responses"]["state"].to_list() == ["accepted"]
    assert set(intake.tables["answers"]["variable"]) >= {"management_mode", "employees"}


def test_an_answer_per_row_is_refused_by_name(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    grid = [["IDENT", "Question", "Réponse"], [ONE, "Q7.01", "12"], [ONE, "Q7.02", "8"], [OTHER, "Q7.01", "5"]]
    told = received(framed_home, registry, tmp_path, grid, "retour.csv")
    assert (told.verdict, told.rule) == ("rejected", "I11")
    assert "une ligne par réponse" in told.message


def test_what_is_not_recognised_is_told_with_the_nearest_question(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    grid = [["IDENT", "Q7.02", "Nb de salariés (personnes)", "Produit : Caf", ""], [ONE, "8", "12", "1000", "x"]]
    message = received(framed_home, registry, tmp_path, grid, "retour.csv").message
    assert "2 colonnes non reconnues" in message
    assert "« Produit : Caf » (D1, peut-être Q9.02)" in message
    assert "sans en-tête (E1)" in message
    assert "mettez en en-tête le code" in message


def test_a_second_sender_hears_that_another_answered_first(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    grid = [["IDENT", "Q7.02"], [ONE, "8"]]
    received(framed_home, registry, tmp_path, grid, "a.csv", "caf-59")
    told = received(framed_home, registry, tmp_path, grid, "b.csv", "fede-npdc")
    assert told.message.startswith("Fichier pris en compte : 0 réponse acceptée, 1 ligne refusée.")
    assert "A2 : La structure a déjà répondu par un autre émetteur" in told.message


def test_a_correction_of_a_few_cells_that_erases_the_rest_is_to_be_confirmed(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    whole = [["IDENT", "Q7.01", "Q7.02", "Q6.01", "Q5.01"], [ONE, "12", "8", "30", "9"]]
    received(framed_home, registry, tmp_path, whole, "a.csv")
    told = received(framed_home, registry, tmp_path, [["IDENT", "Q7.01"], [ONE, "13"]], "b.csv")
    assert "dont 1 à la place de ce qui avait été reçu" in told.message
    assert "A2 : La nouvelle réponse remplace entièrement la précédente" in told.message
    assert told.counts["to_confirm"] == 1
    again = received(framed_home, registry, tmp_path, [whole[0], [ONE, "13", "8", "30", "9"]], "c.csv")
    assert "remplace entièrement" not in again.message


def test_a_template_sent_back_empty_is_refused(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    told = received(framed_home, registry, tmp_path, [["IDENT", "Q7.01"], [ONE, ""], [OTHER, ""]], "vide.csv")
    assert (told.verdict, told.rule) == ("rejected", "I11")
    assert "aucune réponse n'y a été trouvée" in told.message
