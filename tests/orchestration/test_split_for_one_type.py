"""A question split for centres sociaux alone: their sum is derived, the answer of the others declared."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT
from registry import load_registry
from registry.campaigns import findings_of, new_campaign, open_campaign
from registry.wide import asked_under, computed_under
from tests.conftest import SAMPLES, Outcome, run_senacs
from tests.ingest.campaign_files import CROSSWALK, add, asked, drop, faults

VARIABLES = [
    f"resident_projects_{part},actions,CS,integer,projects,,0,200,false,mart,Projets : {part},"
    for part in ("people", "groups")
]
FORMULA = (
    "resident_projects,2020,resident_projects_people + resident_projects_groups,actions,integer,projects,"
    "Projets ou initiatives d'habitants soutenus,question scindée"
)
ANSWERS = {
    "CS": ("IDENT;Q3.051;Q3.052", ["CS-04-0001;3;4", "CS-04-0002;10;0", "CS-04-0003;;5"]),
    "EVS": ("IDENT;E3.01", ["EVS-04-0001;6", "EVS-04-0002;1"]),
}
CASE = PROJECT_ROOT.parent / "shared" / "cases" / "campaign"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2020 with Q3.05 in two questions for the CS, E3.01 still asked as it was of the EVS."""
    root = tmp_path_factory.mktemp("scission")
    copy = Path(shutil.copytree(PROJECT_ROOT / "questionnaires", root / "questionnaires"))
    new_campaign(copy, 2020, 2019)
    drop(copy, CROSSWALK, "2020,2019,CS,core,Q3.05,")
    add(
        copy,
        CROSSWALK,
        asked("Q3.051", "Initiatives d'habitants soutenues", "resident_projects_people", "integer", 200, "actions"),
        asked("Q3.052", "Initiatives de collectifs soutenues", "resident_projects_groups", "integer", 201, "actions"),
    )
    add(copy, "variables.csv", *VARIABLES)
    add(copy, "derived.csv", FORMULA)
    return copy


@pytest.fixture(scope="module")
def home(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers of three CS and two EVS, built."""
    root = tmp_path_factory.mktemp("construction")
    open_campaign(folder, 2020)
    wanted = {line.split(";")[0] for _, lines in ANSWERS.values() for line in lines}
    with (SAMPLES / "frames" / "frame_2019.csv").open(encoding="utf-8") as stream:
        header, *lines = stream.read().splitlines()
    agreed = [line.replace("2019,", "2020,", 1) for line in lines if line.split(",")[1] in wanted]
    assert len(agreed) == len(wanted)
    frame = root / "frame.csv"
    frame.write_text("\n".join([header, *agreed, ""]), encoding="utf-8")
    senacs(root, folder, "frame", frame, "--campaign", "2020")
    for kind, (names, answers) in ANSWERS.items():
        returned = root / f"retour_{kind}.csv"
        returned.write_text("\n".join([names, *answers, ""]), encoding="utf-8")
        senacs(root, folder, "receive", returned, "--campaign", "2020", "--sender", "caf-04")
    senacs(root, folder, "build")
    return root / "home"


def senacs(root: Path, questionnaires: Path, *arguments: str | Path) -> Outcome:
    outcome = run_senacs(root / "home", *arguments, questionnaires=questionnaires)
    assert outcome.code == 0, outcome.err or outcome.out
    return outcome


def test_the_split_is_coherent(folder: Path) -> None:
    assert faults(folder) == []


def test_the_formula_holds_for_the_type_that_is_not_asked(folder: Path) -> None:
    registry = load_registry(folder)
    parts = ["resident_projects_groups", "resident_projects_people"]
    assert asked_under({"resident_projects"}, registry, 2020, ("CS",)) == ["resident_projects", *parts]
    assert asked_under({"resident_projects"}, registry, 2020, ("EVS",)) == ["resident_projects"]
    formula = "resident_projects_people + resident_projects_groups"
    assert computed_under({"resident_projects"}, registry, 2020, ("CS",)) == {"resident_projects": formula}
    assert computed_under({"resident_projects"}, registry, 2020, ("EVS",)) == {}
    assert computed_under({"resident_projects"}, registry, 2019) == {}


def test_the_sum_of_some_is_derived_and_the_answer_of_the_others_declared(home: Path) -> None:
    actions = pl.read_parquet(home / "candidate" / "marts" / "fct_actions.parquet").sort("structure_id")
    found = actions.filter(pl.col("campaign") == 2020).select(
        "structure_id", "resident_projects", "resident_projects__status"
    )
    assert found.rows() == [
        ("CS-04-0001", 7, "derived"),
        ("CS-04-0002", 10, "derived"),
        ("CS-04-0003", None, "derived"),
        ("EVS-04-0001", 6, "declared"),
        ("EVS-04-0002", 1, "declared"),
    ]


def test_the_figures_of_each_type_and_of_both_are_right(home: Path) -> None:
    with (home / "candidate" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        figures = {
            line["structure_type"]: (float(line["value"]), int(line["n_respondents"]))
            for line in csv.DictReader(stream)
            if (line["campaign"], line["level"], line["indicator"]) == ("2020", "national", "resident_projects_total")
        }
    assert figures == {"CS": (17, 2), "EVS": (7, 2), "ALL": (24, 4)}


def test_two_types_may_have_each_a_formula(tmp_path: Path, folder: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "q"))
    header, *lines = (copy / "derived.csv").read_text(encoding="utf-8").splitlines()
    typed = [header.replace(",expression", ",structure_types,expression")]
    typed += [line.replace(",2020,", ",2020,CS,", 1) if line == FORMULA else _without_types(line) for line in lines]
    (copy / "derived.csv").write_text("\n".join([*typed, ""]), encoding="utf-8")
    assert faults(copy) == []
    drop(copy, CROSSWALK, "2020,2019,EVS,core,E3.01,")
    add(copy, "derived.csv", FORMULA.replace(",2020,", ",2020,EVS,").replace("resident_projects_people + ", "1 + "))
    assert any("ne peut pas être calculée en 2020" in fault for fault in faults(copy))
    add(copy, "derived.csv", FORMULA.replace(",2020,", ",2020,CS,"))
    assert any("est déjà calculée en 2020 à la ligne 10 (CS)" in fault for fault in faults(copy))


def _without_types(line: str) -> str:
    """A line of derived.csv with an empty cell after its campaigns."""
    variable, campaigns, rest = line.split(",", 2)
    return f"{variable},{campaigns},,{rest}"


def test_a_formula_for_a_type_that_answers_is_refused(tmp_path: Path, folder: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "q"))
    text = (copy / "derived.csv").read_text(encoding="utf-8")
    text = text.replace(",expression", ",structure_types,expression", 1).replace(
        ",2020,resident", ",2020,CS+EVS,resident"
    )
    header, *lines = text.splitlines()
    lines = [line if "CS+EVS" in line else _without_types(line) for line in lines]
    (copy / "derived.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    assert any("est déjà demandée en 2020 (EVS) : ôtez ce type de structure_types" in fault for fault in faults(copy))


@pytest.mark.skipif(not CASE.is_dir(), reason="the shared cases are not here")
def test_the_split_of_the_campaign_played_by_hand_is_coherent(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CASE / "questionnaires_2020", tmp_path / "q"))
    shutil.copy(PROJECT_ROOT / "questionnaires" / "breaks.csv", copy)
    for path in (CASE / "01-split-one-type" / "k").iterdir():
        shutil.copy(path, copy / (CROSSWALK if path.stem == "2020" else path.name))
    findings = findings_of(copy, 2020)
    assert findings is not None
    assert findings.faults == []
