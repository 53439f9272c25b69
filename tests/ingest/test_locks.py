"""Returns closed for a vintage: what waits, for how long, and what its sender hears."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.archive import RETURNS, Archive
from ingest.home import Home
from ingest.locks import EVERYONE, Closings, close_returns, reopen_returns, waiting_entries

CAMPAIGN = 2019
SAID = {"who": "national", "author": "Lou", "reason": "P1"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def receive(home: Home, sender: str, text: str) -> str:
    path = home.root.parent / "sent.csv"
    path.write_text(text, encoding="utf-8")
    return Archive(home).add(path, kind=RETURNS, campaign=CAMPAIGN, sender=sender, file="sent.csv")[0].entry_id


def waiting(home: Home) -> set[str]:
    return {entry.entry_id for entry in waiting_entries(home, CAMPAIGN)}


def publish(home: Home, vintage: str) -> None:
    folder = home.releases / str(CAMPAIGN) / vintage
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")


def test_what_comes_after_the_closing_waits_until_the_vintage_is_published(home: Home) -> None:
    publish(home, "P1")
    receive(home, "caf-62", "early")
    close_returns(home, CAMPAIGN, "caf-62", **SAID)
    late, other = receive(home, "caf-62", "late"), receive(home, "caf-59", "other")

    assert waiting(home) == {late} and other not in waiting(home)

    publish(home, "P2")

    assert waiting(home) == set()
    receive(home, "caf-62", "for the third one")
    assert waiting(home) == set()


def test_the_same_file_sent_again_is_not_late(home: Home) -> None:
    early = receive(home, "caf-62", "early")
    close_returns(home, CAMPAIGN, "caf-62", **SAID)

    assert receive(home, "caf-62", "early") == early
    assert waiting(home) == set()


def test_closing_twice_lets_nothing_in(home: Home) -> None:
    close_returns(home, CAMPAIGN, "caf-62", **SAID)
    late = receive(home, "caf-62", "late")

    close_returns(home, CAMPAIGN, "caf-62", **SAID)
    close_returns(home, CAMPAIGN, EVERYONE, **SAID)

    assert waiting(home) == {late}


def test_a_sender_who_never_sent_anything_waits_too_where_everyone_is_closed(home: Home) -> None:
    close_returns(home, CAMPAIGN, EVERYONE, **SAID)

    first = receive(home, "caf-99", "first")

    assert waiting(home) == {first}


def test_reopening_one_sender_leaves_the_others_closed(home: Home) -> None:
    close_returns(home, CAMPAIGN, EVERYONE, **SAID)
    late, other = receive(home, "caf-62", "late"), receive(home, "caf-59", "other")

    reopen_returns(home, CAMPAIGN, "caf-62", **SAID)
    assert waiting(home) == {other} and late not in waiting(home)

    close_returns(home, CAMPAIGN, "caf-62", **SAID)
    reopen_returns(home, CAMPAIGN, EVERYONE, **SAID)
    assert waiting(home) == set()
    assert not Closings(home, CAMPAIGN)


def test_another_campaign_is_not_closed(home: Home) -> None:
    close_returns(home, CAMPAIGN - 2, EVERYONE, **SAID)
    receive(home, "caf-62", "late")

    assert waiting(home) == set()
