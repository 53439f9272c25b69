"""Cells that need reading: the value, the status or the refusal that normalisation.csv and edits.csv say."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter

from core.home import PROJECT_ROOT
from ingest.store.intake import Intake
from registry import Registry
from tests.ingest.mess.containers import Sheets, delimited, excel, open_document
from tests.ingest.mess.implied import Implied, Sent, implied
from tests.ingest.mess.layouts import Style, table
from tests.ingest.mess.parcels import NARROW, NO_BREAK
from tests.ingest.mess.taking import Desk, answers_of, as_held, events_of
from tests.ingest.mess.truth import Places, Response, Said, Structure, Value
from tests.ingest.reading_builders import ods, ods_cell, ods_table

CAMPAIGN = 2019


def read_as(value: Value, *texts: str, notes: str = "") -> list[Said]:
    """Texts that mean `value`, and the rules they raise all the same."""
    return [Said(text, value, notes=tuple(notes.split())) for text in texts]


def refused(rule: str, *texts: str) -> list[Said]:
    return [Said(text, rejected=rule) for text in texts]


INTEGERS = [
    *read_as(12, "12", " 12 ", "12,0", "12.0", "12,00", "12.000", "+12"),
    *read_as(0, "0", "0,0", "00"),
    *read_as(124, "124", "0124"),
    *refused("T01", "1 24", f"1{NO_BREAK}24", f"1{NARROW}24", "1  24", "12 15", "1 2345"),
    *read_as(15, "env. 15", "environ 15", "~15", "~ 15", "ca. 15", "ENV. 15", f"env.{NO_BREAK}15", notes="T05"),
    *refused("T01", "12,5", "12.5", "une douzaine", "douze", "10-12", "10 à 12", "entre 10 et 12", "12 ou 13", "12/15",
             "12 + 3", "=12+3", "env. une douzaine", "12 environ", "1e2", "12\n15", "12, 15", "1,2,3", "oui",
             "VRAI", "#N/A", "12 h", "12 €", "12 %", "+", "01/06/1975", "1'200"),
]  # fmt: skip
PERSONS = [
    *INTEGERS,
    *read_as(12, "12 personnes", "12 Personnes", f"12{NARROW}personnes", notes="T06"),
    *read_as(120, "environ 120 personnes", notes="T05 T06"),
    *refused("T01", "12 pers.", "12 ETP", "personnes", "12 personnes environ"),
]
FULL_TIME = [
    *read_as(Decimal("15.8"), "15,8", "15.8", "15,80"),
    *read_as(Decimal("1.234"), "1.234", "1,234"),
    *read_as(Decimal("12.5"), "12,5 ETP", "12.5etp", f"12,5{NO_BREAK}Etp", notes="T06"),
    *read_as(Decimal("12.5"), "~12,5 ETP", notes="T05 T06"),
    *refused("T01", "12,5 h", "12,5 personnes", "12,5 €", "1.234,5", "12, 5", "12 et demi", "0,5+0,8"),
]
MONEY = [
    *read_as(
        Decimal("12345.5"), "12 345,50 €", "12345.50EUR", f"12{NARROW}345,5{NARROW}€", "12 345,5 Euros", notes="T06"
    ),
    *read_as(12345, "env. 12 345 euros", notes="T05 T06"),
    *read_as(12345, "12 345", "12  345", f"12{NO_BREAK}345", f"12{NARROW}345", "12345,00"),
    *refused("T01", "12 k€", "12 K EUR", "12 345 $", "1.234.567", "12 345 € TTC", "€", "€ 12 345", "12 345 h"),
    *refused("T03", "-45000", "-45 000"),
    Said("-45 000 €", rejected="T03", notes=("T06",)),
]

HOURS = [
    *read_as(1200, "1200 h", "1 200h", "1 200 heures", "1 200,0 HEURES", notes="T06"),
    *refused("T01", "3 h/semaine", "2h30", "1200 €"),
]
SHARE = [
    *read_as(35, "35"),
    *read_as(35, "35 %", "35%", f"35,0{NARROW}%", notes="T06"),
    *read_as(Decimal("0.35"), "0,35"),
    *read_as(130, "130"),
    *read_as(130, "130 %", notes="T06"),
    *refused("T01", "35 pour cent", "un tiers", "35 €"),
    *refused("T03", "-1"),
]
YES_NO = [
    *read_as(1, "oui", "Oui", "OUI", "o", "O", "x", "X", "vrai", "VRAI", "yes", "Y", "1", f"oui{NO_BREAK}"),
    *read_as(0, "non", "NON", "n", "N", "faux", "FAUX", "No", "0"),
    *refused("T01", "peut-être", "2", "-1", "oui et non", "partiellement"),
]
DATES = [
    *read_as(dt.date(1975, 6, 1), "01/06/1975", "1/6/1975", "1975-06-01", " 01/06/1975 ", "27546"),
    *read_as(dt.date(2016, 1, 1), "42370", "42370,0"),
    *refused(
        "T01", "31/02/1999", "12/32/1999", "juin 1975", "1975", "06/1975", "01/06/75", "le 1er juin 1975", "0", "-1"
    ),
]
ONE_OPTION = [
    *read_as("association", "association", "Associatif", "ASSOCIATIF", " associatif", "A1", "a1"),
    *read_as("caf", "caf", "Caf (gestion directe)", f"CAF{NO_BREAK}(gestion  directe)", "A5"),
    *read_as("epci", "Intercommunalite", "Intercommunalite\u0301"),
    *refused("T02", "A7", "1", "Mutuelle", "Associatif et commune", "Associatif ; Commune", "oui"),
]
LIKE_A_SPECIAL_VALUE = [
    *read_as("none", "Vous n'êtes pas concerné", "Vous n’êtes pas concerné", "VOUS N'ETES PAS CONCERNE", "none", "A3"),
    Said("non concerné", status="not_concerned"),
    *refused("T02", "zus", "Zone urbaine sensible (ZUS)"),
]
OPTIONS = [
    *read_as(("citizens_council",), "Conseil citoyen", "conseil  citoyen", "citizens_council", "Conseil citoyen ;"),
    *read_as(
        ("citizens_council", "neighbourhood_council"), "Conseil citoyen ; Conseil de quartier",
        "CONSEIL DE QUARTIER;conseil citoyen", "citizens_council neighbourhood_council",
        "neighbourhood_council;citizens_council",
    ),
    *refused("T02", "Conseil citoyen ; Conseil des sages", "autre", "Conseil citoyen Conseil de quartier"),
]  # fmt: skip
FREE_TEXT = [Said(text, text) for text in (
    "=1+1", "+33 6 39 98 12 34", "-", "- un tiret", "@tous", "0", "12", "une douzaine", "06.39.98.12.34", "0639981234",
    "tél : 06-39-98-12-34.", "a.b-c@example.org", "99014001400012", "le 01/06/1975", "oui", "=cmd|' /C calc'!A0",
    "12 000 000 000", "première ligne\nseconde ; ligne",
)]  # fmt: skip
CASES = {
    "employees": PERSONS,
    "hosted_associations": INTEGERS,
    "fte_total": FULL_TIME,
    "income_total": MONEY,
    "volunteer_hours": HOURS,
    "qpv_residents_share": SHARE,
    "family_referent": YES_NO,
    "first_agreement_date": DATES,
    "management_mode": ONE_OPTION,
    "priority_area": LIKE_A_SPECIAL_VALUE,
    "participatory_bodies": OPTIONS,
    "comments": FREE_TEXT,
    "result": [*read_as(-5000, "-5 000", "−5 000", "- 5000"), *refused("T03", "-2 000 001")],
}
CONTAINERS = {
    "csv": lambda sheets: delimited(sheets["CS"]),
    "xlsx": excel,
    "ods": open_document,
}


def special_values(question_type: str) -> Iterator[Said]:
    """Every special value as it is listed, and with spaces around."""
    with (PROJECT_ROOT / "questionnaires" / "special_values.csv").open(encoding="utf-8") as stream:
        for line in csv.DictReader(stream):
            token = line["token"]
            if token in ("", "0") or (token == "-" and question_type == "text"):
                continue
            yield from (Said(text, status=line["status"]) for text in (token, f" {token} "))


@pytest.fixture(scope="module")
def responses(registry: Registry) -> list[Response]:
    """Structures that each answer every question with its next case, then with its next special value."""
    places = Places(random.Random(5))
    types = {q.variable: q.type for q in registry.questions_of(CAMPAIGN) if q.structure_type == "CS"}
    cases = {name: [*said, *special_values(types[name])] for name, said in CASES.items()}
    made = []
    for number in range(max(map(len, cases.values()))):
        answers = {name: said[number] for name, said in cases.items() if number < len(said)}
        made.append(Response(places.structure(), answers))
    return made


@pytest.fixture(scope="module", params=CONTAINERS)
def taken(request: pytest.FixtureRequest, registry: Registry, responses: list[Response]) -> tuple[Intake, Implied]:
    frame = [response.structure for response in responses]
    sheets: Sheets = {"CS": table(registry, CAMPAIGN, responses, Style(options="joined"))}
    name = f"cells.{request.param}"
    intake = Desk(registry).take_in(CAMPAIGN, frame, [(name, "caf-33", CONTAINERS[request.param](sheets))])
    return intake, implied(registry, CAMPAIGN, frame, [Sent(name, "caf-33", responses)])


def test_a_cell_is_read_as_the_rules_say(taken: tuple[Intake, Implied], responses: list[Response]) -> None:
    intake, expected = taken
    texts = {(r.structure.structure_id, name): said for r in responses for name, said in r.answers.items()}
    found = answers_of(intake)
    wrong = {
        (name, variable, said): found[name].get(variable)
        for (name, variable), said in texts.items()
        if found[name].get(variable) != as_held(expected.answers[name].get(variable))
    }
    assert wrong == {}


def test_a_cell_raises_the_rules_implied_and_no_other(taken: tuple[Intake, Implied]) -> None:
    intake, expected = taken
    events = events_of(intake)
    assert (events - expected.events, expected.events - events) == ({}, {})


def test_the_text_of_a_cell_is_kept_as_typed(taken: tuple[Intake, Implied], responses: list[Response]) -> None:
    intake, _ = taken
    texts = {(r.structure.structure_id, name): said for r in responses for name, said in r.answers.items()}
    kept = intake.tables["answers"].filter(pl.col("variable").is_in(list(CASES)))
    rows = kept.select("structure_id", "variable", "raw").rows()
    assert {(name, variable): raw for name, variable, raw in rows} == {
        key: said.text for key, said in texts.items() if isinstance(said, Said) and said.text.strip() != ""
    }


def shown_as_percentages(extension: str) -> bytes:
    """A share of 35 % and one of 7,5 % as spreadsheets keep them when they are typed so: 0.35 and 0.075."""
    if extension == "ods":
        cells = (
            '<table:table-cell office:value-type="percentage" office:value="{}"><text:p>{}</text:p></table:table-cell>'
        )
        lines = [ods_cell(name) + cells.format(*share) for name, share in zip(NAMES, SHARES, strict=True)]
        header = ods_cell("IDENT") + ods_cell("Q4.08")
        return ods(ods_table("".join(f"<table:table-row>{line}</table:table-row>" for line in (header, *lines))))
    container = io.BytesIO()
    with xlsxwriter.Workbook(container, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("CS")
        sheet.write_row(0, 0, ["IDENT", "Q4.08"])
        for row, (name, (share, _), shape) in enumerate(zip(NAMES, SHARES, ("0%", "0.0 %"), strict=True), start=1):
            sheet.write_string(row, 0, name)
            sheet.write_number(row, 1, share, workbook.add_format({"num_format": shape}))
    return container.getvalue()


NAMES, SHARES = ("CS-33-0001", "CS-33-0002"), ((0.35, "35 %"), (0.075, "7,5 %"))


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_number_shown_as_a_percentage_is_the_one_shown(registry: Registry, extension: str) -> None:
    frame = [Structure(name, "Le Fil", "33063", "Bordeaux") for name in NAMES]
    content = shown_as_percentages(extension)
    intake = Desk(registry).take_in(CAMPAIGN, frame, [(f"a.{extension}", "caf-33", content)])
    answers = answers_of(intake)
    assert [answers[name]["qpv_residents_share"] for name in NAMES] == [35, Decimal("7.5")]
