"""Rows that are nobody's answers, and identifiers written in a way of one's own."""

from __future__ import annotations

import pytest

from ingest.receive.answerers import Answerers
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import HeaderIndex
from ingest.returns.read_return import read_return
from ingest.store.read_store import limits_of
from ingest.values.acceptance import ACCEPTED, Frame, Member, responses
from registry import Registry

CAMPAIGN = 2019
HEADERS = (
    "Identifiant de la structure;Nom de la structure;Code INSEE de la commune;Commentaire interne;"
    "Bénévoles dans les instances de gouvernance et de pilotage;Q7.01;Q9.01"
)
CODES = "IDENT;Q1.01;INSEE;;Q5.01;Q7.01;Q9.01"


@pytest.fixture(scope="module")
def index(registry: Registry) -> HeaderIndex:
    return HeaderIndex(registry, CAMPAIGN)


def read(registry: Registry, index: HeaderIndex, row: str) -> ReadFile:
    text = "\n".join([HEADERS, "CS-04-0001;A;;;3;4;5", row, "CS-04-0002;B;;;3;4;5"])
    return read_return(text.encode(), "a.csv", registry, CAMPAIGN, {CAMPAIGN: index}, limits_of(registry), "caf-04")


@pytest.mark.parametrize(
    ("row", "rule", "text"),
    [
        ("(…);;;;;;", "I18", "(…)"),
        (";(…);;;;;", "I18", "(…)"),
        ("(1);hors contrats aidés;;;;;", "I18", "(1)"),
        ("* données provisoires;;;;;;", "I18", "* données provisoires"),
        ("Total Nord;;;;1;2;3", "I12", "Total Nord"),
        (";TOTAL du département;;;1;2;3", "I12", "TOTAL du département"),
        (";Moyenne départementale;;;1;2;3", "I12", "Moyenne départementale"),
        (HEADERS, "I18", "Identifiant de la structure"),
        (HEADERS.upper(), "I18", "IDENTIFIANT DE LA STRUCTURE"),
        (CODES, "I18", "IDENT"),
    ],
)
def test_a_note_a_total_a_repeated_header_is_told_and_is_no_structure(
    registry: Registry, index: HeaderIndex, row: str, rule: str, text: str
) -> None:
    found = read(registry, index, row)
    assert [line.identifier for line in found.rows] == ["CS-04-0001", "CS-04-0002"]
    assert found.ignored == [(rule, "", "3", text)]


@pytest.mark.parametrize(
    "row",
    [
        "CS-04-0003;Total énergies;;;1;2;3",
        "CS040003;Total énergies;;;1;2;3",
        "CS-04-0003;Nom de la structure;Code INSEE de la commune;;1;2;3",
        "cs 04/0003;(…);;;1;2;3",
        ";Total énergies;04112;;1;2;3",
        ";Totale liberté;;;1;2;3",
        "(1);Le Lavoir;;;1;2;3",
        "3;;;;1;2;3",
    ],
)
def test_a_row_with_an_identifier_or_answers_of_its_own_is_never_passed_over(
    registry: Registry, index: HeaderIndex, row: str
) -> None:
    found = read(registry, index, row)
    assert [line.row for line in found.rows] == [2, 3, 4]
    assert found.ignored == []


def frame(*identifiers: str) -> Frame:
    return Frame(Member(one, one.split("-")[0], "Nom", "04112", "Manosque", True) for one in identifiers)


@pytest.mark.parametrize("written", ["CS040003", "cs 04 0003", "CS/04/0003", "CS.04.0003", "CS04-0003"])
def test_an_identifier_without_its_dashes_is_the_only_structure_that_it_can_be_and_it_is_told(
    registry: Registry, index: HeaderIndex, written: str
) -> None:
    row = vars(read(registry, index, f"{written};;;;1;2;3").rows[1]) | {"row_id": 1}
    (response,) = responses(
        [({"sender": "caf-04", "file": "a.csv", "first": ""}, [row])], frame("CS-04-0003", "EVS-04-0003"), Answerers()
    )
    assert (response.structure_id, response.state) == ("CS-04-0003", ACCEPTED)
    assert response.edits == [("I21", written, "read as CS-04-0003")]


@pytest.mark.parametrize("written", ["CS04003", "CS0400031", "0003", "CS04-00-03", "CS040004"])
def test_what_is_no_identifier_of_the_frame_stays_unknown(written: str) -> None:
    assert frame("CS-04-0003").find(written, "", "", "") is None


def test_underscores_and_spaces_are_dashes_without_a_word() -> None:
    found = frame("CS-04-0003").find(" cs_04_0003 ", "", "", "")
    assert found is not None
    assert found.structure_id == "CS-04-0003"
