"""Whole files: of another campaign, sent again, by two senders, of structures unknown or without identifier."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from core.refusals import Refusal
from ingest.store.intake import Intake, previous_values
from registry import Registry
from tests.ingest.mess.containers import delimited, excel
from tests.ingest.mess.implied import Compared, Implied
from tests.ingest.mess.layouts import LIMESURVEY, Grid, Style, form
from tests.ingest.mess.parcels import NO_BREAK, STYLES, Sender, on_one_sheet, whole, without_codes
from tests.ingest.mess.stories import Story, assert_as_implied
from tests.ingest.mess.taking import Desk, events_of
from tests.ingest.mess.truth import Places, Response, Structure

CAMPAIGNS = (2011, 2017, 2019)


@pytest.fixture(scope="module")
def desk(registry: Registry) -> Desk:
    return Desk(registry)


def returns_of(sender: Sender) -> Iterator[tuple[str, str, bytes]]:
    """Returns in every style and as forms, whole and of a few columns: what it is, its name, its bytes."""
    for name, style in STYLES.items():
        sheets, _ = sender.tables(style)
        yield name, "retour.xlsx", excel(sheets)
        for structure_type, grid in sheets.items():
            yield f"{name}, {structure_type} alone", "retour.csv", delimited(grid)
            yield f"{name}, {structure_type}, few columns", "retour.csv", delimited([row[:14] for row in grid])
    for structure_type, variant, lead in itertools.product(sender.types, (whole, without_codes, on_one_sheet), (0, 1)):
        (response,) = sender.responses(structure_type, 1)
        sheets = variant(form(sender.registry, sender.campaign, response, Style(lead=lead)), lead)
        yield f"form of {structure_type}, {variant.__name__}, {lead}", "retour.xlsx", excel(sheets)


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_a_form_is_of_the_campaign_whose_questions_it_has(desk: Desk, campaign: int) -> None:
    found = {}
    for what, name, content in returns_of(Sender(desk.registry, campaign)):
        for asked in CAMPAIGNS:
            read = desk.read(content, name, asked)
            found[what, asked] = read.rule if isinstance(read, Refusal) else ""
    assert found == {(what, asked): "" if asked == campaign else "I09" for what, asked in found}


@pytest.mark.parametrize("answer", ["A1", "E1", "Commune", "Adresse postale"])
def test_answers_that_read_like_questions_are_answers(desk: Desk, answer: str) -> None:
    rows: Grid = [["IDENT", "Q1.11"], *([f"CS-33-{n:04d}", f"A{n}"] for n in range(1, 8)), ["CS-33-0008", answer]]
    for name, content in (("a.csv", delimited(rows)), ("a.xlsx", excel({"CS": rows}))):
        read = desk.read(content, name, 2019)
        assert not isinstance(read, Refusal)
        assert (set(read.cell_question), len(read.rows)) == ({"Q1.11"}, 8)


def told(desk: Desk) -> tuple[Story, dict[str, list[Structure]]]:
    """One story with each case of the acceptance rules, each on structures of its own."""
    story = Story(desk, 2019)
    of: dict[str, list[Structure]] = {}

    def structures(case: str, count: int = 1, **known: object) -> list[Structure]:
        of[case] = [story.structure(**known) for _ in range(count)]
        return of[case]

    (twice,) = structures("twice in a file")
    story.send("caf-33", story.response(twice), story.response(twice), story.response(twice))
    (again,) = structures("sent again")
    for _ in range(3):
        story.send("caf-33", story.response(again))
    (disputed,) = structures("by two senders")
    for sender in ("caf-33", "fede-33", "caf-33", "fede-33"):
        story.send(sender, story.response(disputed))
    (unasked,) = structures("not solicited", solicited=False)
    story.send("caf-33", story.response(unasked))
    unknown = story.places.structure("CS", "33")
    of["unknown"] = [unknown]
    story.send("caf-33", story.response(unknown), story.response(unknown))
    started, finished, both = structures("started", 3)
    story.send(
        "ucs-33", story.response(started, submitted=False), story.response(finished),
        story.response(both, submitted=False), story.response(both), story.response(both, submitted=False),
        style=LIMESURVEY,
    )  # fmt: skip
    spelled = structures("identifier with spaces", 4)
    for shape, structure in zip(("  {} ", "{}" + NO_BREAK, "\t{}", "{}"), spelled, strict=True):
        apart = " - ".join(structure.structure_id.lower().split("-"))
        story.send("caf-33", story.response(structure, shape.format(apart)))
    one_manager = structures("one manager", 3, manager_siren="990000077")
    responses = [story.response(structure) for structure in one_manager]
    for response in responses:
        response.answers.update(board_members=15, income_total=Decimal("250000.50"))
    story.send("caf-33", *responses)
    # the same answers but one: others could be refused where these are good, and the response would wait
    story.send("caf-33", replace(responses[2], answers=responses[2].answers | {"board_members": 0}))
    return story, of


@pytest.fixture(scope="module")
def story_told(desk: Desk) -> tuple[Intake, Implied, dict[str, list[Structure]]]:
    story, of = told(desk)
    return *story.outcome(), of


def test_the_acceptance_rules(story_told: tuple[Intake, Implied, dict[str, list[Structure]]]) -> None:
    intake, expected, _ = story_told
    assert_as_implied(intake, expected)


@pytest.mark.parametrize(
    ("case", "states"),
    [
        ("twice in a file", ["accepted", "dropped", "dropped"]),
        ("sent again", ["accepted", "replaced", "replaced"]),
        ("by two senders", ["accepted", "rejected", "rejected", "replaced"]),
        ("not solicited", ["accepted"]),
        ("unknown", ["rejected", "rejected"]),
        ("started", ["accepted", "accepted", "incomplete", "incomplete", "incomplete"]),
        ("identifier with spaces", ["accepted"] * 4),
    ],
)
def test_what_becomes_of_each_row(
    story_told: tuple[Intake, Implied, dict[str, list[Structure]]], case: str, states: list[str]
) -> None:
    intake, _, of = story_told
    names = [structure.structure_id for structure in of[case]]
    assert sorted(intake.tables["responses"].filter(pl.col("structure_id").is_in(names))["state"]) == states


def test_structures_of_one_manager_are_compared_as_they_stand(
    story_told: tuple[Intake, Implied, dict[str, list[Structure]]],
) -> None:
    intake, _, of = story_told
    names = [structure.structure_id for structure in of["one manager"]]
    edits = intake.tables["edits"].filter(pl.col("structure_id").is_in(names), pl.col("rule").is_in(["E44", "E45"]))
    assert sorted(edits.select("structure_id", "rule", "current").rows()) == sorted(
        [(names[0], "E44", True), (names[0], "E45", True), (names[1], "E44", True), (names[1], "E45", True),
         (names[2], "E44", True)]
    )  # fmt: skip


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_any_sequence_of_files(desk: Desk, campaign: int) -> None:
    story = Story(desk, campaign)
    structures = [story.structure(solicited=n % 5 > 0) for n in range(12)]
    structures += [story.places.structure("CS", "33") for _ in range(2)]
    if "EVS" in desk.registry.types_asked(campaign):
        structures_of_evs = [story.structure("EVS") for _ in range(4)]
        story.send_at_random(structures_of_evs, 8)
    story.send_at_random(structures, 25)
    assert_as_implied(*story.outcome())


def test_rules_compare_with_the_latest_earlier_campaign_that_accepted_the_structure(desk: Desk, tmp_path: Path) -> None:
    home, places = Home(tmp_path), Places(random.Random(3))
    known: dict[str, Compared] = {}
    structures: list[Structure] = []
    for campaign in CAMPAIGNS:
        story = Story(desk, campaign, places)
        structures += [story.structure() for _ in range(8)]
        story.frame = {one.structure_id: one for one in structures}
        story.send("caf-33", *(story.response(one) for one in structures if places.rng.random() < 0.8))
        story.send("caf-33", *(story.response(one) for one in structures[::3]))
        before = previous_values(home, desk.registry, campaign)
        intake, expected = story.outcome(known)
        with_stored = desk.take_in(campaign, structures, story.files, before)
        assert_as_implied(with_stored, expected)
        assert events_of(intake) == events_of(with_stored)
        folder = home.intake / str(campaign)
        folder.mkdir(parents=True)
        intake.values.write_parquet(folder / "values.parquet")
        known |= expected.compared
    compared = {rule for _, _, _, _, rule in expected.events} & {"E40", "E41", "E42", "E43"}
    assert compared == {"E40", "E41", "E42", "E43"}


NAMED = [
    ("{name}", "{insee}.0", ""),
    ("{name}", "{insee}", ""),
    ("{name}", "", "{town}"),
    ("  {upper} ", "{insee}", ""),
    ("{curly}", "", "{bare}"),
    ("{bare_name}", "", "{upper_town}"),
]


@pytest.mark.parametrize(("name", "insee", "town"), NAMED)
def test_a_blank_identifier_is_found_by_name_and_commune(desk: Desk, name: str, insee: str, town: str) -> None:
    structure = Structure("CS-01-0001", "Centre social L'Été à Bâgé", "01025", "Bâgé-l'Évêque")
    others = [
        Structure("CS-01-0002", "Centre social L'Été à Bâgé", "01026", "Ars"),
        Structure("CS-01-0003", "Centre social Autre", "01025", "Bâgé-l'Évêque"),
    ]
    words = {
        "name": structure.name, "upper": structure.name.upper(), "curly": structure.name.replace("'", "’"),
        "bare_name": "centre social l'ete a bage", "insee": "1025", "town": structure.commune_name,
        "bare": "Bage-l’Eveque", "upper_town": structure.commune_name.upper(),
    }  # fmt: skip
    rows: Grid = [
        ["IDENT", "NOM_REF", "INSEE", "Q1.04", "Q7.01"],
        ["", *(t.format(**words) for t in (name, insee, town)), 3],
    ]
    intake = desk.take_in(2019, [structure, *others], [("a.csv", "caf-01", delimited(rows))])
    assert intake.tables["responses"].select("structure_id", "state").rows() == [("CS-01-0001", "accepted")]


def test_a_blank_identifier_that_several_structures_could_have_is_set_aside(desk: Desk) -> None:
    frame = [Structure(f"CS-974-000{n}", "Le Fil", "97411", "Saint-Denis") for n in (1, 2)]
    rows: Grid = [["IDENT", "NOM_REF", "INSEE", "Q7.01"], [None, "LE FIL", 97411, 3]]
    intake = desk.take_in(2019, frame, [("a.xlsx", "caf-974", excel({"CS": rows}))])
    assert intake.tables["responses"].select("state", "rule").rows() == [("rejected", "I01")]


def test_options_all_special_values_are_no_answer_with_its_word(desk: Desk) -> None:
    structure = Structure("CS-33-0001", "Le Fil", "33063", "Bordeaux")
    rows: Grid = [["IDENT", "Q5.03/citizens_council", "Q5.03/youth_council", "Q7.01"], ["CS-33-0001", "NC", "NC", "3"]]
    intake = desk.take_in(2019, [structure], [("a.csv", "caf-33", delimited(rows))])
    answer = intake.tables["answers"].filter(pl.col("variable") == "participatory_bodies").row(0, named=True)
    assert (answer["status"], answer["raw"], answer["value_text"]) == ("refused", "NC", None)


def test_a_cell_that_names_options_counts_where_no_column_is_ticked(desk: Desk) -> None:
    structure = Structure("CS-33-0001", "Le Fil", "33063", "Bordeaux")
    rows: Grid = [["IDENT", "Q5.03", "Q5.03/citizens_council", "Q5.03/youth_council"],
                  ["CS-33-0001", "youth_council", "0", "0"]]  # fmt: skip
    intake = desk.take_in(2019, [structure], [("a.csv", "caf-33", delimited(rows))])
    answer = intake.tables["answers"].row(0, named=True)
    assert (answer["value_text"], answer["cell"]) == ("youth_council", "B2")


@pytest.mark.parametrize(("says", "raised"), [("Non", set()), ("Oui", {"E35"})])
def test_options_all_declined_are_no_body_for_the_rules(desk: Desk, says: str, raised: set[str]) -> None:
    structure = Structure("CS-33-0001", "Le Fil", "33063", "Bordeaux")
    headers = ["IDENT", "Q5.02", "Q5.03/citizens_council", "Q5.03/youth_council"]
    rows: Grid = [[*headers], ["CS-33-0001", says, "Non", "Non"]]
    intake = desk.take_in(2019, [structure], [("a.csv", "caf-33", delimited(rows))])
    assert set(intake.tables["edits"]["rule"]) & {"E34", "E35"} == raised


def test_a_text_is_never_a_formula(desk: Desk) -> None:
    structure = Structure("CS-33-0001", "Le Fil", "33063", "Bordeaux")
    response = Response(structure, {"comments": "=1+1", "employees": 3})
    for name, write in (("a.csv", lambda grid: delimited(grid)), ("a.xlsx", lambda grid: excel({"CS": grid}))):
        grid: Grid = [["IDENT", "Q1.20", "Q7.01"], ["CS-33-0001", response.answers["comments"], 3]]  # type: ignore[list-item]
        intake = desk.take_in(2019, [structure], [(name, "caf-33", write(grid))])
        kept = intake.tables["answers"].filter(pl.col("variable") == "comments").row(0, named=True)
        assert (kept["value_text"], kept["raw"]) == ("=1+1", "=1+1")
