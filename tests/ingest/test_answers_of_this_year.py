"""Two columns or two sheets that ask the same: this year's is read and the other named; none where that is untold."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter

from ingest.returns.headers import HeaderIndex
from ingest.returns.years import NOW, OTHER, Years
from ingest.store.intake import Intake
from registry import Registry
from tests.ingest.reading_builders import xlsx, xlsx_of

TakeInFile = Callable[..., Intake]
Rows = list[list[object]]
FORM = [("IDENT", "CS-59-0005", "CS-59-0005"), ("Q4.01", 11, 12), ("Q6.01", 29, 30), ("Q7.01", 4, 5)]
RIGHT = {"Q4.01": 12, "Q6.01": 30, "Q7.01": 5}


def taken(intake: Intake) -> dict[str, float]:
    numbers = intake.tables["answers"].filter(pl.col("value_num").is_not_null())
    return dict(numbers.select("question_code", "value_num").rows())


def noted(intake: Intake, rule: str) -> list[tuple[str, str]]:
    return intake.tables["edits"].filter(rule=rule).select("sheet", "cell").rows()


def workbook(*named: tuple[str, Rows]) -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name, rows in named:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    return xlsx(fill)


def form(first: str, second: str, *, above: tuple[str, str] = ("", ""), swapped: bool = False) -> bytes:
    rows: Rows = [["", "", *above]] if any(above) else []
    rows.append(["Code", "Question", first, second])
    rows += [[code, "", *((new, old) if swapped else (old, new))] for code, old, new in FORM]
    return xlsx_of(rows)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Réponse N-1", "Réponse N"), ("N-1", "N"), ("Rappel 2017", "Réponse"), ("2018", "2019"), ("2017", "2018"),
        ("Réponse de l'an dernier", "Votre réponse"), ("Réponse 2017", "Réponse 2018"),
        ("Données 2017", "Données 2018"),
        ("Pour mémoire", "Réponse"), ("Année précédente", "Cette année"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("swapped", [False, True])
def test_a_form_with_two_columns_of_answers(take_in_file: TakeInFile, old: str, new: str, swapped: bool) -> None:
    heads = (new, old) if swapped else (old, new)
    intake = take_in_file(form(*heads, swapped=swapped), "fiche.xlsx")
    assert taken(intake) == RIGHT
    if old != "Pour mémoire":
        assert [cell for _, cell in noted(intake, "I45")] == ["D1" if swapped else "C1"]


def test_a_form_whose_years_stand_above_the_headers(take_in_file: TakeInFile) -> None:
    assert taken(take_in_file(form("Réponse", "Réponse", above=("2017", "2018")), "fiche.xlsx")) == RIGHT


def test_a_form_that_does_not_tell_this_years_column_is_refused(take_in_file: TakeInFile) -> None:
    intake = take_in_file(form("Réponse", "2018"), "fiche.xlsx")
    assert taken(intake) == {}
    (refused,) = intake.tables["rejects"].filter(level="file")["message_fr"]
    assert "plusieurs colonnes de réponses (C1 et D1)" in refused


@pytest.mark.parametrize(
    "rows",
    [
        [["IDENT", "Q7.01 N-1", "Q7.01", "Q6.01"], ["CS-59-0005", 4, 5, 30]],
        [["IDENT", "Q7.01 (2017)", "Q7.01 (2018)", "Q6.01"], ["CS-59-0005", 4, 5, 30]],
        [["", "2017", "", "2018", ""], ["IDENT", "Q7.01", "Q6.01", "Q7.01", "Q6.01"], ["CS-59-0005", 4, 29, 5, 30]],
        [["IDENT", "Q7.01", "", "Q6.01", ""], ["", "N-1", "N", "N-1", "N"], ["CS-59-0005", 4, 5, 29, 30]],
        [["IDENT", "CS-59-0005", "CS-59-0006"], ["Q7.01 (N-1)", 4, 3], ["Q7.01 (N)", 5, 4], ["Q6.01", 30, 31]],
    ],
    ids=["beside", "by year", "groups", "under questions", "turned"],
)
def test_a_table_with_last_years_column(take_in_file: TakeInFile, rows: Rows) -> None:
    intake = take_in_file(xlsx_of(rows), "retour.xlsx")
    answers = intake.tables["answers"].filter(pl.col("structure_id") == "CS-59-0005", pl.col("value_num").is_not_null())
    assert dict(answers.select("question_code", "value_num").rows()) == {"Q7.01": 5, "Q6.01": 30}
    assert noted(intake, "I45")
    assert intake.tables["unmapped"].is_empty()


def test_columns_whose_year_is_untold_give_no_answer_where_they_differ(take_in_file: TakeInFile) -> None:
    rows = [["IDENT", "Q7.01", "Q7.01 (2018)"], ["CS-59-0005", 4, 5], ["CS-59-0006", 6, 6]]
    intake = take_in_file(xlsx_of(rows), "retour.xlsx")
    answers = intake.tables["answers"].filter(pl.col("value_num").is_not_null())
    assert answers.select("structure_id", "value_num").rows() == [("CS-59-0006", 6)]
    assert intake.tables["rejects"].select("structure_id", "rule").rows() == [("CS-59-0005", "T12")]


@pytest.mark.parametrize(
    ("old", "new"), [("2018 (pour mémoire)", "2019"), ("2017", "2018"), ("Année N-1", "Retour"), ("Rappel", "Saisie")]
)
@pytest.mark.parametrize("last", [False, True])
def test_a_sheet_of_another_year_replaces_nothing(take_in_file: TakeInFile, old: str, new: str, last: bool) -> None:
    head = ["IDENT", "Q4.01", "Q6.01", "Q7.01"]
    mine = (new, [head, ["CS-59-0005", 12, 30, 5]])
    theirs = (old, [head, ["CS-59-0005", 11, 29, 4], ["CS-59-0006", 1, 2, 3]])
    intake = take_in_file(workbook(*((mine, theirs) if last else (theirs, mine))), "retour.xlsx")
    assert taken(intake) == RIGHT
    assert intake.tables["responses"].select("structure_id", "state").rows() == [("CS-59-0005", "accepted")]
    assert [sheet for sheet, _ in noted(intake, "I46")] == [old]


def test_a_sheet_named_by_its_year_alone_is_read(take_in_file: TakeInFile) -> None:
    rows = [["IDENT", "Q4.01", "Q6.01", "Q7.01"], ["CS-59-0005", 12, 30, 5]]
    assert taken(take_in_file(workbook(("2017", rows)), "retour.xlsx")) == RIGHT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ETP 2018", 2018), ("ETP 2019", 2019), ("ETP 2016", OTHER), ("au 31/12/2018", 2018), ("ETP (N-1)", OTHER),
        ("ETP N", NOW), ("N° de rue", None), ("Nombre", None), ("rue du 2018,5", None), ("59 2018", 2018),
        ("SIRET 20180001400012", None), ("Exercice 2017/2018", 2018),
    ],
)  # fmt: skip
def test_how_a_text_tells_its_year(registry: Registry, text: str, said: object) -> None:
    assert Years(registry, 2019).said(text) == said


def test_every_question_is_known_by_its_label_whatever_the_years_in_it(registry: Registry) -> None:
    for campaign in registry.campaigns:
        index = HeaderIndex(registry, campaign)
        for question in registry.questions_of(campaign):
            assert index.targets(question.question_label_fr)[question.structure_type].question is not None
