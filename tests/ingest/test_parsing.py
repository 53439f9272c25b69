"""How a typed cell is read: questionnaires/normalisation.csv, rule by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.store.intake import Intake
from ingest.values.parsing import answers_of, read_number
from registry import Registry
from tests.ingest.conftest import answer, rules

NO_BREAK, NARROW = "\u00a0", "\u202f"
TakeIn = Callable[..., Intake]


def number(registry: Registry, question: str, text: str) -> tuple[float | None, str | None, bool, bool]:
    """value, fault, approximate, unit removed: of one cell of the 2019 form."""
    cells = pl.DataFrame(
        [(0, "CS", question, "", "f", 1, 1, text)],
        schema={"row_id": pl.Int32, "structure_type": pl.String, "question_code": pl.String, "option": pl.String,
                "sheet": pl.String, "line": pl.Int32, "column": pl.Int32, "text": pl.String},
        orient="row",
    )  # fmt: skip
    row = answers_of(cells, registry, 2019).row(0, named=True)
    return row["value_num"], row["fault"], row["approximate"], row["unit_removed"]


FTE, EMPLOYEES, BUDGET, HOURS, SHARE = "Q7.02", "Q7.01", "Q9.01", "Q6.02", "Q4.08"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (BUDGET, "12 470", 12470),
        (BUDGET, f"12{NO_BREAK}470", 12470),
        (BUDGET, f"1{NARROW}234{NARROW}567,5", 1234567.5),
        (FTE, "15,8", 15.8),
        (FTE, "15.8", 15.8),
        (FTE, "1.234", 1.234),
        (EMPLOYEES, "12,0", 12),
        (EMPLOYEES, "0", 0),
        (BUDGET, "-45000", -45000),
        (SHARE, "35", 35),
    ],
)
def test_plain_numbers(registry: Registry, question: str, text: str, value: float) -> None:
    assert number(registry, question, text) == (value, None, False, False)


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (BUDGET, "1 234,50 €", 1234.5),
        (BUDGET, "1234 EUR", 1234),
        (BUDGET, "1234 euros", 1234),
        (FTE, "12,5 ETP", 12.5),
        (HOURS, "120 h", 120),
        (HOURS, "1 200 heures", 1200),
        (EMPLOYEES, "12 personnes", 12),
        (SHARE, "35 %", 35),
        (SHARE, "35%", 35),
    ],
)
def test_a_unit_that_is_the_question_s_is_removed(registry: Registry, question: str, text: str, value: float) -> None:
    assert number(registry, question, text) == (value, None, False, True)


@pytest.mark.parametrize("text", ["env. 15", "environ 15", "~15", "~ 15", "ca. 15", "Env 15"])
def test_an_approximation_keeps_the_number(registry: Registry, text: str) -> None:
    assert number(registry, EMPLOYEES, text) == (15, None, True, False)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (EMPLOYEES, "une douzaine"),
        (EMPLOYEES, "10-12"),
        (EMPLOYEES, "12,5"),
        (EMPLOYEES, "12 h"),
        (EMPLOYEES, "12 15"),
        (EMPLOYEES, "1 2345"),
        (EMPLOYEES, "47¹"),
        (EMPLOYEES, "2\u03365\u033634"),
        (FTE, "12,5 €"),
        (BUDGET, "1.234,50"),
        (BUDGET, "1e5"),
        (BUDGET, "12 k€"),
        (BUDGET, "9" * 30),
    ],
)
def test_anything_else_is_not_guessed(registry: Registry, question: str, text: str) -> None:
    value, fault, _, _ = number(registry, question, text)
    assert (value, fault) == (None, "unreadable")


@pytest.mark.parametrize("text", ["NaN", "nan", "NULL", "null", "None", "(vide)"])
@pytest.mark.parametrize("question", [FTE, "Q1.20"], ids=["number", "words"])
def test_what_programs_write_for_nothing_is_a_blank(take_in: TakeIn, question: str, text: str) -> None:
    code = question[0] if isinstance(question, tuple) else question
    rows = take_in([STRUCTURE | {code: text, "Q3.03": "Oui"}]).tables["answers"]
    assert rows.filter(pl.col("question_code") == code)["status"].to_list() == ["blank"]


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from([" ", NO_BREAK, NARROW, ""]), st.sampled_from(",."))
def test_a_french_number_is_read_as_it_was_written(
    registry: Registry, whole: int, cents: int, space: str, point: str
) -> None:
    text = f"{whole:,}".replace(",", space) + f"{point}{cents:02d} €"
    reading = read_number(text, "EUR", registry)
    assert reading is not None
    assert Decimal(str(reading.value)) == Decimal(whole) + Decimal(cents) / 100


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_numbers(registry: Registry, text: str) -> None:
    reading = read_number(text, "EUR", registry)
    assert reading is None or any(character.isdigit() for character in text)


STRUCTURE = {"IDENT": "CS-59-0005"}


@pytest.mark.parametrize("text", ["Oui", "OUI", "o", "x", "X", "vrai", "VRAI", "yes", "Y", "1", "oui "])
def test_yes(take_in: TakeIn, text: str) -> None:
    assert answer(take_in([STRUCTURE | {"Q3.03": text}]), "family_referent")["value_num"] == 1


@pytest.mark.parametrize("text", ["Non", "n", "faux", "No", "0"])
def test_no_is_an_answer(take_in: TakeIn, text: str) -> None:
    row = answer(take_in([STRUCTURE | {"Q3.03": text}]), "family_referent")
    assert (row["value_num"], row["status"]) == (0, "declared")


@pytest.mark.parametrize(
    "text", ["association", "Associatif", "ASSOCIATIF", " associatif ", "A1", "Associatif" + NO_BREAK]
)
def test_an_option_by_its_code_its_label_or_its_export_code(take_in: TakeIn, text: str) -> None:
    assert answer(take_in([STRUCTURE | {"Q1.11": text}]), "management_mode")["value_text"] == "association"


@pytest.mark.parametrize(
    "text", ["Vous n’êtes pas concerné", "VOUS N'ETES PAS CONCERNE", "Vous n'e\u0302tes  pas concerne\u0301"]
)
def test_accents_apostrophes_and_unicode_forms_do_not_count(take_in: TakeIn, text: str) -> None:
    assert answer(take_in([STRUCTURE | {"Q1.14": text}]), "priority_area")["value_text"] == "none"


def test_an_option_of_another_year_is_refused_and_its_text_kept(take_in: TakeIn) -> None:
    intake = take_in([STRUCTURE | {"Q1.12": "Un espace semi-urbain"}])
    row = answer(intake, "territory_type")
    assert (row["status"], row["raw"], row["value_text"]) == ("rejected", "Un espace semi-urbain", None)
    reject = intake.tables["rejects"].row(0, named=True)
    assert (reject["rule"], reject["cell"], reject["message_fr"]) == (
        "T02",
        "B2",
        "Modalité inconnue pour cette campagne.",
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [("NC", "refused"), ("N.C.", "refused"), ("sans objet", "not_concerned"), ("S.O.", "not_concerned"),
     ("nsp", "dont_know"), ("?", "dont_know")],
)  # fmt: skip
def test_a_special_value_is_a_status_never_a_zero(take_in: TakeIn, text: str, status: str) -> None:
    row = answer(take_in([STRUCTURE | {"Q7.02": text}]), "fte_total")
    assert (row["status"], row["value_num"]) == (status, None)


def test_zero_blank_and_dash_differ(take_in: TakeIn) -> None:
    intake = take_in([STRUCTURE | {"Q9.10": "0", "Q7.02": "-", "Q7.01": "", "Q1.20": "-"}])
    statuses = dict(intake.tables["answers"].select("variable", "status").iter_rows())
    assert statuses == {"result": "zero", "fte_total": "blank", "comments": "declared"}
    assert rules(intake, "comments") == ["I07"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/06/1975", dt.date(1975, 6, 1)),
        ("1975-06-01", dt.date(1975, 6, 1)),
        ("1975-06-01 00:00:00", dt.date(1975, 6, 1)),
        ("42370", dt.date(2016, 1, 1)),
        ("42370.0", dt.date(2016, 1, 1)),
    ],
)
def test_dates(take_in: TakeIn, text: str, day: dt.date) -> None:
    assert answer(take_in([STRUCTURE | {"Q1.09": text}]), "first_agreement_date")["value_date"] == day


@pytest.mark.parametrize("text", ["1975", "31/02/1975", "juin 1975", "01/06/75"])
def test_a_date_that_is_not_one_is_refused(take_in: TakeIn, text: str) -> None:
    assert rules(take_in([STRUCTURE | {"Q1.09": text}]), "first_agreement_date") == ["T01"]


@pytest.mark.parametrize(
    "cells",
    [
        {"Q5.03/citizens_council": "X", "Q5.03/youth_council": "", "Q5.03/neighbourhood_council": "x"},
        {"Q5.03/citizens_council": "Oui", "Q5.03/youth_council": "Non", "Q5.03/neighbourhood_council": "1"},
        {"Q5.03": "Conseil citoyen ; Conseil de quartier"},
        {"Q5.03": "conseil de quartier;CONSEIL CITOYEN"},
        {"Q5.03": "citizens_council neighbourhood_council"},
        {"Si oui, lesquelles ? - Conseil citoyen": "Oui", "Si oui, lesquelles ? - Conseil de quartier": "Oui"},
        {"Q503[SQ001]": "Y", "Q503[SQ003]": "Y", "Q503[SQ002]": ""},
        {"governance/q5_03/citizens_council": "1", "governance/q5_03/neighbourhood_council": "1"},
    ],
)
def test_several_options_however_they_are_written(take_in: TakeIn, cells: dict[str, str]) -> None:
    row = answer(take_in([STRUCTURE | cells]), "participatory_bodies")
    assert row["value_text"] == "citizens_council|neighbourhood_council"


OPTIONS = ["Q5.03/citizens_council", "Q5.03/youth_council"]


def test_options_all_empty_are_no_answer(take_in: TakeIn) -> None:
    intake = take_in([STRUCTURE | dict.fromkeys(OPTIONS, "") | {"Q7.01": "3"}])
    assert intake.tables["answers"]["variable"].to_list() == ["employees"]


def test_options_all_declined_are_an_answer_without_any(take_in: TakeIn) -> None:
    row = answer(take_in([STRUCTURE | dict.fromkeys(OPTIONS, "Non")]), "participatory_bodies")
    assert (row["value_text"], row["status"]) == ("", "declared")


def test_an_unreadable_tick_refuses_the_answer_and_points_at_its_cells(take_in: TakeIn) -> None:
    intake = take_in([STRUCTURE | {OPTIONS[0]: "X", OPTIONS[1]: "peut-être"}])
    reject = intake.tables["rejects"].row(0, named=True)
    assert (reject["rule"], reject["variable"], reject["cell"]) == ("T01", "participatory_bodies", "B2:C2")
