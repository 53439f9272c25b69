"""What `senacs campaign diff` sees between two campaigns, and what a campaign made by hand then computes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from registry import Registry, load_registry
from registry.campaigns import difference_between
from registry.campaigns.availability import Form
from registry.campaigns.documents import difference_document
from registry.export import registry_tables
from tests.conftest import Senacs
from tests.ingest.campaign_files import CROSSWALK, add, asked, drop, edit, reshape, settle, with_2020


@pytest.fixture(scope="module")
def reshaped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return settle(reshape(with_2020(tmp_path_factory.mktemp("reshaped"))))


@pytest.fixture(scope="module")
def document(reshaped: Path) -> dict[str, Any]:
    return difference_document(difference_between(load_registry(reshaped), 2019, 2020))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_2020(tmp_path)


def variables(questions: list[dict[str, Any]]) -> list[str]:
    return [question["variable"] for question in questions]


def successions(lines: list[dict[str, Any]]) -> list[tuple[list[str], list[str]]]:
    return [(variables(line["before"]), variables(line["after"])) for line in lines]


def difference(registry: Registry, before: int, after: int) -> dict[str, Any]:
    return difference_document(difference_between(registry, before, after))


def test_a_copy_differs_in_nothing(folder: Path) -> None:
    found = difference(load_registry(folder), 2019, 2020)
    kinds = ("new", "dropped", "split", "merged", "renamed", "reworded", "options", "type_changed", "required", "moved")
    assert not any(found[kind] for kind in (*kinds, "renumbered", "hints"))
    assert not any(found["series"].values())


def test_each_change_is_seen_and_nothing_else(document: dict[str, Any]) -> None:
    assert variables(document["new"]) == ["digital_workshops"]
    assert variables(document["dropped"]) == ["rights_informed"]
    assert variables(document["reworded"]) == ["board_members"]
    assert variables(document["renumbered"]) == ["board_members"]
    assert variables(document["required"]) == ["volunteer_hours"]
    assert variables(document["moved"]) == ["family_referent"]
    assert document["type_changed"] == []


def test_formulas_and_declared_breaks_tell_what_was_split_merged_or_renamed(document: dict[str, Any]) -> None:
    assert successions(document["split"]) == [(["income_departement"], ["income_dep_running", "income_dep_projects"])]
    assert successions(document["merged"]) == [(["publics_0_3", "publics_4_10"], ["publics_0_10"])]
    assert successions(document["renamed"]) == [(["persons_welcomed"], ["persons_received"])] * 2
    assert [line["structure_type"] for line in document["renamed"]] == ["CS", "EVS"]
    assert {line["file"] for kind in ("split", "merged") for line in document[kind]} == {"derived.csv"}
    assert {line["file"] for line in document["renamed"]} == {"breaks.csv"}


def test_options_are_compared_code_by_code(document: dict[str, Any]) -> None:
    (change,) = document["options"]
    assert (change["variable"], change["added"], change["dropped"]) == ("issues", ["local_economy"], ["digital"])


def test_series_that_break_are_found_and_those_that_nobody_declared_are_named(document: dict[str, Any]) -> None:
    broken = {line["variable"]: line for line in document["series"]["broken"]}
    assert set(broken) == {"issues", "income_departement"}
    assert broken["income_departement"]["indicators"] == ["income_share_2019"]
    assert [line["variable"] for line in document["series"]["undeclared"]] == ["issues", "income_departement"]


def test_series_that_end_are_named_with_what_they_lost(document: dict[str, Any]) -> None:
    ended = {line["indicator"]: line for line in document["series"]["ended"]}
    assert ended["rights_informed_total"]["variables"] == ["rights_informed"]
    assert ended["persons_welcomed_total"]["reason"] == "autre comptage"
    assert not any(line["still_listed"] for line in ended.values())


def test_rules_that_fall_silent_are_named(document: dict[str, Any]) -> None:
    assert document["rules"] == {"silent": ["E37", "E46"], "heard": []}


def test_a_declared_break_is_not_to_be_declared_again(folder: Path) -> None:
    edit(folder, CROSSWALK, "|digital|ecology,", "|ecology,")
    add(folder, "breaks.csv", "issues,2019,2020,,modalités changées,équipe,2020-01-15")
    series = difference(load_registry(folder), 2019, 2020)["series"]
    assert [line["reason"] for line in series["broken"]] == ["modalités changées"]
    assert series["undeclared"] == []


def test_what_no_data_says_is_a_hint(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q9.03")
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q9.10")
    add(
        folder,
        CROSSWALK,
        asked("Q9.031", "Commune : fonctionnement", "income_commune_running", "money", 61, "finances"),
        asked("Q9.032", "Commune : projets", "income_commune_projects", "money", 61, "finances"),
        asked("Q9.10", "Résultat net de l'exercice", "net_result", "integer", 68, "finances"),
    )
    line = "{},finances,CS,{},EUR,,0,5000000,false,mart,Libellé,"
    names = {"income_commune_running": "money", "income_commune_projects": "money", "net_result": "integer"}
    add(folder, "variables.csv", *(line.format(name, kind) for name, kind in names.items()))
    found = difference(load_registry(folder), 2019, 2020)
    assert [(hint["kind"], *pair) for hint, pair in zip(found["hints"], successions(found["hints"]), strict=True)] == [
        ("renamed", ["result"], ["net_result"]),
        ("split", ["income_commune"], ["income_commune_running", "income_commune_projects"]),
    ]
    assert variables(found["type_changed"]) == ["net_result"]
    assert set(variables(found["dropped"])) == {"result", "income_commune"}


def test_the_campaigns_that_took_place_differ_as_their_specification_says(registry: Registry) -> None:
    first, second = difference(registry, 2011, 2017), difference(registry, 2017, 2019)
    assert (["volunteers_activity"], ["volunteers_regular", "volunteers_occasional"]) in successions(first["split"])
    assert (["income_local_authorities"], ["income_commune", "income_epci"]) in successions(second["split"])
    pilotage = ["fte_management", "fte_reception", "fte_secretariat", "fte_accounting"]
    assert (pilotage, ["fte_pilotage"]) in successions(second["merged"])
    assert second["new_forms"] == {"EVS": 36}
    declared = {line["variable"] for found in (first, second) for line in found["series"]["broken"] if line["declared"]}
    assert declared == {"volunteers_activity", "fte_secretariat_accounting", "fte_pilotage"}


def test_a_declared_break_is_one_of_every_series_that_rests_on_the_variable(registry: Registry) -> None:
    found = registry_tables(registry)["breaks"].rows()
    why = "question de nouveau posée en une seule partie"
    for indicator in ("volunteers_activity_mean", "volunteers_total", "volunteers_trained_share"):
        assert (indicator, 2019, why) in found
    assert "charges_share" not in {line[0] for line in found}
    assert registry_tables(dataclasses.replace(registry, breaks=()))["breaks"].columns == [
        "indicator",
        "campaign",
        "reason_fr",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("income_commune + income_region", False),
        ("coalesce(income_region, income_commune)", True),
        ("case when income_region > 0 then 1 end", False),
        ("case when income_region > 0 then 1 else 0 end", True),
        ("sum(case when income_commune > 0 then 1 end)", True),
        ("count(*)", True),
        ("greatest(income_region, 0)", True),
        ("cast(income_region as integer)", False),
    ],
)
def test_an_expression_can_be_computed_as_nulls_allow(registry: Registry, text: str, expected: bool) -> None:
    assert Form(registry, 2019, "EVS").computable(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("income_region is not null", False),
        ("income_region is null", True),
        ("not (income_region is null)", False),
        ("income_commune > 0 or income_region > 0", True),
        ("income_commune > 0 and income_region > 0", False),
        ("structure_type = 'CS' and income_commune > 0", False),
        ("structure_type = 'EVS' and campaign in (2019, 2031)", True),
        ("campaign >= 2031", False),
    ],
)
def test_a_condition_can_be_true_as_nulls_allow(registry: Registry, text: str, expected: bool) -> None:
    assert Form(registry, 2019, "EVS").possible(text) is expected


def test_the_command_shows_the_difference(senacs: Senacs, reshaped: Path) -> None:
    shown = senacs("campaign", "diff", "2019", "2020", questionnaires=reshaped)
    assert shown.code == 0
    for title in ("Scindées (1)", "Réunies (1)", "Renommées (1)", "Supprimées (1)", "Nouvelles (1)", "NON DÉCLARÉE"):
        assert title in shown.out
    assert "+ Commerce, emploi, économie [local_economy]" in shown.out
    document = senacs("campaign", "diff", "2019", "2020", "--json", questionnaires=reshaped).document
    assert variables(document["dropped"]) == ["rights_informed"]
    assert senacs("campaign", "diff", "2019", "2032", questionnaires=reshaped).code == 2
