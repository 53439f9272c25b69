"""Killed or out of disk: no lost receipt, and the next run is right."""

import json
import random
import shutil
from pathlib import Path

import pytest

from ingest.home import Home
from ingest.integrity import check_archive
from tests.reliability.interruptions import Ending, Interruptions

KILLED = -9
RECEPTIONS, SIGNATURES = 20, 10
SMALL_FILE = 4096
CANDIDATE_FILES = ("figures.csv", "intake.csv")


def archived(home: Path) -> dict[str, bytes]:
    """Every receipt of a home whose archive is whole."""
    check_archive(Home(home))
    return {
        path.parent.relative_to(home).as_posix(): path.read_bytes()
        for path in home.glob("archive/[!.]*/**/receipt.json")
    }


def candidate_files(home: Path) -> list[bytes]:
    """What a whole candidate says, its manifest and its verdicts being there."""
    folder = (home / "candidate").resolve()
    assert (folder / "manifest.json").is_file() and list((folder / "verdicts").glob("*.json"))
    return [(folder / name).read_bytes() for name in CANDIDATE_FILES]


def points(chance: random.Random, whole: Ending, many: int) -> list[dict[str, float]]:
    """Where to kill: two thirds at a change made to the disk, a third at a moment."""
    return [
        {"fatal_seconds": chance.uniform(0, 0.8 * whole.seconds)}
        if number % 3 == 2
        else {"fatal_change": chance.randint(1, whole.changes)}
        for number in range(many)
    ]


@pytest.fixture
def published(demonstration, tmp_path) -> Path:
    """A home with a signed candidate and releases, to be changed."""
    shutil.copytree(demonstration.home.root, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def test_a_killed_reception_loses_no_receipt_and_the_next_one_takes_everything_in(
    interruptions: Interruptions, survey, chance, tmp_path
):
    (whole,) = interruptions.run(survey.home(tmp_path / "whole"), *survey.receive)
    assert whole.code == 0, whole.said
    expected = archived(tmp_path / "whole")
    for number, point in enumerate(points(chance, whole, RECEPTIONS)):
        home = survey.home(tmp_path / str(number))
        (killed,) = interruptions.run(home, *survey.receive, **point)
        assert killed.code == KILLED or "fatal_seconds" in point
        kept = archived(home)
        assert kept.items() <= expected.items()
        (again,) = interruptions.run(home, *survey.receive)
        assert again.code == 0, again.said
        assert archived(home) == expected


def test_a_killed_signature_is_there_or_is_not(interruptions: Interruptions, published, chance):
    before = archived(published)
    campaign = str(min(json.loads((published / "candidate" / "manifest.json").read_text(encoding="utf-8"))["demo"]))
    sign = ("sign", campaign, "--territory", "national:FR", "--as", "national", "--author")
    (whole,) = interruptions.run(published, *sign, "0")
    assert whole.code == 0, whole.said
    for number, point in enumerate(points(chance, whole, SIGNATURES), start=1):
        interruptions.run(published, *sign, str(number), **point)
        found = archived(published)
        assert before.items() <= found.items()
        before = found
    (ending,) = interruptions.run(published, *sign, "the last")
    assert ending.code == 0, ending.said
    assert len(archived(published)) == len(before) + 1


def test_a_full_disk_stops_a_reception_and_the_next_one_takes_everything_in(
    interruptions: Interruptions, survey, built, tmp_path
):
    home = survey.home(tmp_path / "home")
    (full,) = interruptions.run(home, *survey.receive, largest_file=SMALL_FILE)
    assert full.code == 1
    assert "n'a pas pu être archivé" in full.said and "Libérez de la place" in full.said
    assert archived(home).items() <= archived(built).items()
    (ending,) = interruptions.run(home, *survey.receive)
    assert ending.code == 0, ending.said
    assert archived(home) == archived(built)


def test_a_full_disk_stops_a_build_and_leaves_the_candidate(interruptions: Interruptions, built, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(built, home, symlinks=True)
    last = (home / "candidate").resolve()
    (full,) = interruptions.run(home, "build", largest_file=SMALL_FILE * 50)
    assert full.code == 1
    assert (home / "candidate").resolve() == last
    (ending,) = interruptions.run(home, "build")
    assert ending.code == 0, ending.said
    assert candidate_files(home) == candidate_files(built)
