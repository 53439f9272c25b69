"""`senacs lock`: a late return is received at once and enters the next vintage; its territory is signed again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLES, register_samples, run_senacs

CAMPAIGN = "2019"
SENT = ("--campaign", CAMPAIGN, "--sender", "fede-npdc", "--root", SAMPLES)
RETURNS = SAMPLES / "returns" / CAMPAIGN / "fede-npdc"
FIRST = ("SENACS_2019_NPDC.xlsx", "2019-06-14T16:45:00")
LATE = ("SENACS_2019_NPDC_correctif.xlsx", "2019-07-02T11:20:00")


def receive(home: Path, file: str, day: str) -> dict[str, object]:
    answer = run_senacs(home, "receive", RETURNS / file, *SENT, "--received-at", day, "--json")
    assert answer.code == 0, answer.err
    return dict(answer.document[0])


def built(home: Path) -> dict[str, object]:
    assert run_senacs(home, "build").code == 0
    return dict(json.loads((home / "candidate" / "manifest.json").read_text(encoding="utf-8")))


def figures(home: Path) -> list[dict[str, str]]:
    with (home / "candidate" / "figures.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose federation has sent, closed, then received a late file, and built."""
    home = tmp_path_factory.mktemp("locked")
    register_samples(home, int(CAMPAIGN))
    receive(home, *FIRST)
    assert run_senacs(home, "build").code == 0
    for party in ("fede-npdc", "caf-59", "caf-62"):
        assert run_senacs(home, "sign", CAMPAIGN, "--everywhere", "--as", party).code == 0
    assert run_senacs(home, "lock", CAMPAIGN, "--sender", "fede-npdc", "--reason", "P1").code == 0
    return home


def test_a_late_return_is_received_said_to_wait_and_enters_after_the_reopening(locked: Path) -> None:
    before = figures(locked)

    answer = receive(locked, *LATE)
    waiting = built(locked)

    assert answer["verdict"] == "accepted" and answer["waits"]
    assert "attend le prochain millésime" in str(answer["message"])
    assert waiting["waiting"] == [answer["entry_id"]]
    assert figures(locked) == before
    status = run_senacs(locked, "status", CAMPAIGN)
    assert "ils attendent le prochain millésime" in status.out and LATE[0] in status.out

    reopened = run_senacs(locked, "lock", CAMPAIGN, "--sender", "fede-npdc", "--unlock", "--reason", "renvoi demandé")
    assert reopened.code == 0, reopened.err
    assert built(locked)["waiting"] == []

    changed = {(old["level"], old["territory"]) for old, new in zip(before, figures(locked), strict=True) if old != new}
    stale = {
        line["territory"]
        for line in run_senacs(locked, "sign", CAMPAIGN, "--list", "--json").document["signatures"]
        if line["state"] == "stale"
    }
    signed = {"departement:59", "departement:62", "federation:FEDE-NPDC", "focus:FLANDRE-MARITIME"}
    assert stale and stale == signed & {f"{level}:{code}" for level, code in changed} != signed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--sender", "fede-npcd"), 1, "fede-npdc"),
        (("--sender", "fede-npdc", "--unlock"), 2, "--reason"),
        (("--sender", "fede-npdc", "--all"), 2, "--all"),
        ((), 2, "--sender"),
    ],
)
def test_a_closing_that_is_not_clear_closes_nothing(
    locked: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = sorted(locked.glob("archive/locks/**/*.json"))

    answer = run_senacs(locked, "lock", CAMPAIGN, *arguments)

    assert (answer.code, said in answer.err) == (code, True), answer.err
    assert sorted(locked.glob("archive/locks/**/*.json")) == before
