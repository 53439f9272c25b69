"""Returns on which the intake was once wrong: each answer taken is the right one, what is not taken is named.

The files are in ``shared/cases`` beside the project, where it is; tests of each kind made here stand elsewhere.
"""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT, Home
from ingest.receive.reception import Delivery, receive
from ingest.store.intake import campaign_intake
from ingest.survey_frame.frames import register_frame
from registry import Registry

CASES = PROJECT_ROOT.parent / "shared" / "cases" / "returns"
CAMPAIGN, SENDER = 2019, "fede-npdc"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the project")


@pytest.fixture(scope="module")
def home_with_a_frame(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Home:
    home = Home(tmp_path_factory.mktemp("cases"))
    register_frame(home, registry, PROJECT_ROOT / "samples" / "frames" / f"frame_{CAMPAIGN}.csv", CAMPAIGN)
    return home


@pytest.mark.parametrize("folder", sorted(CASES.glob("*/")) if CASES.is_dir() else [], ids=lambda path: path.name)
def test_no_wrong_answer_is_taken(folder: Path, home_with_a_frame: Home, registry: Registry, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(home_with_a_frame.root, home.root)
    case = re.search(r"File: `([^`]+)`", (folder / "case.md").read_text(encoding="utf-8"))
    assert case
    receive(home, registry, [Delivery(folder / case[1], case[1], CAMPAIGN, SENDER)])
    tables = campaign_intake(home, registry, CAMPAIGN).tables

    contacts = {q.question_code for q in registry.questions_of(CAMPAIGN) if registry.variables[q.variable].pii}
    right = {place: kept for place, kept in _expected(folder / "expected.csv").items() if place[1] not in contacts}
    taken = _taken(tables["answers"])
    wrong = {place: (right.get(place), found) for place, found in taken.items() if not _same(right.get(place), found)}
    assert not wrong

    named = tables["rejects"]
    structures, answers = set(named["structure_id"]), set(named.select("structure_id", "question_code").iter_rows())
    whole = not named.filter(pl.col("level") == "file").is_empty()
    columns = set(tables["unmapped"]["nearest_question"])
    rows = not named.filter(pl.col("level") == "row").is_empty()
    if "accepted exactly" in (folder / "case.md").read_text(encoding="utf-8"):
        assert set(taken) == {place for place, (status, _) in right.items() if status in ("declared", "zero")}
    silent = [
        place
        for place, (status, _) in right.items()
        if status == "declared" and place not in taken
        and not (whole or place in answers or place[1] in columns or (rows and place[0] in structures))
    ]  # fmt: skip
    assert not silent


def _expected(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            (line["structure_id"], line["question_code"]): (line["status"], line["value"])
            for line in csv.DictReader(stream)
        }


def _taken(answers: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The values that count, by structure and question."""
    kept = answers.filter(pl.col("status").is_in(["declared", "zero", "corrected"]))
    return {
        (line["structure_id"], line["question_code"]): str(
            line["value_num"]
            if line["value_num"] is not None
            else line["value_date"]
            if line["value_date"] is not None
            else line["value_text"]
        )
        for line in kept.iter_rows(named=True)
    }


def _same(right: tuple[str, str] | None, found: str) -> bool:
    if right is None or right[0] not in ("declared", "zero"):
        return False
    value = right[1]
    try:
        return float(value) == float(found)
    except ValueError:
        return value == found or set(value.split("|")) == set(found.split("|"))
