"""Mistakes seen in a campaign played by hand: another sender's workbook, another territory, events of one more year."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import PROJECT_ROOT
from tests.conftest import SAMPLES, Outcome, run_senacs

CASES = PROJECT_ROOT.parent / "shared" / "cases" / "campaign"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")


def told(home: Path, *arguments: str | Path) -> Outcome:
    return run_senacs(home, *arguments, questionnaires=CASES / "questionnaires_2020")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    assert told(made, "frame", CASES / "structures_2020.xlsx", "--campaign", "2020").code == 0
    return made


def receive(home: Path, file: str, sender: str) -> tuple[int, dict[str, object]]:
    sent = ("--campaign", "2020", "--sender", sender, "--json")
    answer = told(home, "receive", CASES / file, *sent)
    return answer.code, answer.document[0]


def answered(home: Path, structure: str) -> dict[str, str]:
    """The responses of two senders to a structure: which counts, which is set aside."""
    (campaign,) = told(home, "status", "2020", "--json").document["campaigns"]
    return next(
        {"counts": line["sender"], "aside": line["other"]}
        for line in campaign["to_arbitrate"]
        if line["structure_id"] == structure
    )


@pytest.mark.parametrize("expected_first", [True, False])
def test_the_expected_sender_counts_where_another_answered_for_its_structure(home: Path, expected_first: bool) -> None:
    files = [("retour_fede-npdc.ods", "fede-npdc"), ("05-other-territory/20_autre_territoire.xlsx", "ucs-13")]
    for file, sender in files if expected_first else files[::-1]:
        assert receive(home, file, sender)[0] == 0
    assert answered(home, "CS-62-0001") == {"counts": "fede-npdc", "aside": "ucs-13"}


def test_the_workbook_of_a_sender_is_refused_under_another_name_and_disturbs_nothing(home: Path) -> None:
    code, refused = receive(home, "06-wrong-sender/retour_caf-04.xlsx", "ucs-13")
    assert (code, refused["verdict"], refused["rule"]) == (4, "rejected", "I31")
    assert "--campaign 2020 --sender caf-04" in str(refused["message"])
    code, accepted = receive(home, "06-wrong-sender/retour_caf-04.ods", "caf-04")
    assert (code, accepted["counts"]["rows_accepted"]) == (0, 16)  # type: ignore[index]
    code, report = receive(home, "06-wrong-sender/arb.xlsx", "fede-npdc")
    assert code == 4 and "le rapport de contrôle de caf-04" in str(report["message"])


def test_the_events_of_a_year_add_to_those_registered(home: Path) -> None:
    for year in (2011, 2017, 2019):
        told(home, "frame", SAMPLES / "frames" / f"frame_{year}.csv", "--campaign", str(year))
    told(home, "lifecycle", SAMPLES / "frames" / "lifecycle.csv")
    added = told(home, "lifecycle", CASES / "09-lifecycle-overwrite" / "life.csv", "--json").document
    assert (added["events"], added["added"], added["total"], added["replaced"]) == (3, 3, 10, [])
