"""Returns closed for a vintage: what waits, for how long, and what its sender hears."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home
from ingest.receive.archive import RETURNS, Archive
from ingest.receive.locks import EVERYONE, Closings, close_returns, next_vintages, reopen_returns, waiting_entries
from ingest.receive.reception import Delivery
from ingest.receive.reception import receive as received
from registry import Registry

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


@pytest.mark.parametrize(
    ("published", "prepared", "following"),
    [
        ((), "P1", "P2"),
        (("P1",), "P2", "P3"),
        (("P1", "P2", "P10"), "P11", "P12"),
        (("P1", "F"), "F1", "F2"),
        (("P1", "F", "F1"), "F2", "F3"),
    ],
)
def test_the_vintages_that_follow(published: tuple[str, ...], prepared: str, following: str) -> None:
    assert next_vintages(published) == (prepared, following)


def test_a_return_says_which_vintage_it_will_enter(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    def said(number: int) -> str:
        path = tmp_path / "retour.csv"
        path.write_text(f"IDENT;Q7.01\nCS-59-0005;{number}\n", encoding="utf-8")
        return received(framed_home, registry, [Delivery(path, "retour.csv", 2019, "caf-59")])[0].message

    assert "millésime" not in said(1)
    manifest = framed_home.releases / "2019" / "P1" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}", encoding="utf-8")
    assert "P1 est publié et ne change pas : ce retour entrera dans le suivant (P2, ou F s'il est définitif)" in said(2)
    close_returns(framed_home, 2019, EVERYONE, who="national", author="A. Martin", reason="")
    waits = said(3)
    assert "il attend le prochain millésime (P3, ou F s'il est définitif)" in waits
    assert "celui qui se prépare (P2, ou F s'il est définitif)" in waits
