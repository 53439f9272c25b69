"""A reception taken back by command; a vintage published before it is rebuilt as it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from core.home import Home
from ingest.receive.archive import WITHDRAWALS, Archive
from ingest.receive.integrity import check_archive
from ingest.receive.withdrawals import entry_named, restore, withdraw
from orchestration.candidate import beside_the_returns
from orchestration.rebuilding import restored_archive
from registry import Registry, load_registry
from tests.conftest import PROJECT_ROOT, Demonstration, Senacs, run_senacs
from tests.ingest.conftest import with_frames
from tests.ingest.test_ledger import ONE, OTHER, sent

CAMPAIGN = "2019"
LATE = "SENACS_2019_retardataire.xlsx"
SAID = {"reason": "mauvais fichier", "author": "A. Martin"}
TEXT = f"IDENT;Q7.01\n{ONE};12\n{OTHER};5\n"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT_ROOT / "questionnaires")


@pytest.fixture
def home(tmp_path: Path, registry: Registry) -> Home:
    made = Home(tmp_path / "home")
    with_frames(made, registry)
    sent(made, registry, tmp_path, "a.csv", TEXT)
    return made


def record_of(home: Home) -> dict[str, object]:
    """What a vintage published now would note of its inputs."""
    inputs = [{"entry_id": entry.entry_id, "sha256": entry.sha256} for entry in Archive(home).entries(2019)]
    return {"inputs": inputs, "built_at": "2100-01-01T00:00:00+00:00", **beside_the_returns(home, [2011, 2017, 2019])}


def entries_of(home: Home) -> list[str]:
    return [entry.entry_id for entry in Archive(home).entries(2019)]


def test_the_same_bytes_of_two_senders_are_both_restored(home: Home, registry: Registry, tmp_path: Path) -> None:
    sent(home, registry, tmp_path, "a.csv", TEXT, "fede-npdc")
    there = Home(tmp_path / "there")
    restored_archive(home, record_of(home), there)
    assert entries_of(there) == entries_of(home)
    assert len(entries_of(there)) == 2
    check_archive(there)


def test_a_vintage_is_restored_with_what_was_withdrawn_then(home: Home, registry: Registry, tmp_path: Path) -> None:
    before = record_of(home)
    counted = entries_of(home)
    withdraw(home, entry_named(home, "a.csv"), **SAID)
    sent(home, registry, tmp_path, "b.csv", f"IDENT;Q7.01\n{OTHER};7\n", "fede-npdc")
    between = record_of(home)
    sent(home, registry, tmp_path, "a.csv", TEXT)
    after = record_of(home)
    for name, record, count in (("p1", before, 1), ("p2", between, 1), ("p3", after, 2)):
        there = Home(tmp_path / name)
        restored_archive(home, record, there)
        check_archive(there)
        assert len(entries_of(there)) == count
        assert (set(entries_of(there)) & set(counted) == set()) == (name == "p2")
    # Received anew after another sender's file: it comes after it in the vintage made again too.
    first = {entry.sender: entry.first[1] for entry in Archive(Home(tmp_path / "p3")).entries(2019)}
    assert first["fede-npdc"] < first["caf-59"]
    assert [entry["kind"] for entry in between["references"]].count(WITHDRAWALS) == 1  # type: ignore[attr-defined]
    restore(home, entry_named(home, "a.csv"), **SAID)


def test_the_command_previews_withdraws_and_restores(demonstration: Demonstration, tmp_path: Path) -> None:
    home = Path(shutil.copytree(demonstration.home.root, tmp_path / "home", symlinks=True))

    def answer(command: str, *options: str) -> dict[str, object]:
        ended = run_senacs(home, command, LATE, "--reason", "fichier de test", "--by", "A. Martin", *options, "--json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)

    preview = answer("withdraw", "--check")
    assert (preview["changed"], preview["vintages"]) == (False, ["2019 P1"])
    (lost,) = preview["answers"]  # type: ignore[misc]
    assert lost["after"] is None and lost["before"]["sender"] == "fede-npdc"
    assert answer("withdraw")["changed"] is True
    assert answer("withdraw")["changed"] is False
    listed = json.loads(run_senacs(home, "status", CAMPAIGN, "--json").out)["campaigns"][0]["withdrawn"]
    assert [(line["author"], line["reason"]) for line in listed] == [("A. Martin", "fichier de test")]
    said = run_senacs(home, "withdraw", LATE, "--reason", "encore").out
    assert "est déjà retiré, le " in said and "par A. Martin (fichier de test) : rien n'a changé" in said
    rebuilt = json.loads(run_senacs(home, "rebuild", CAMPAIGN, "P1", "--check", "--json").out)
    assert rebuilt["differing"] == {}
    told = run_senacs(home, "restore", LATE, "--reason", "retiré par erreur").out
    assert f"+ {lost['structure_id']} a une réponse" in told
    assert "Publié avec ce fichier : 2019 P1" in told
    assert answer("restore")["changed"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.xlsx", "--reason", "x"), "aucune entrée de l'archive ne s'appelle « absent.xlsx »"),
        (("absent.xlsx", "--reason", " "), "dites pourquoi"),
        (("absent.xlsx",), "--reason"),
    ],
)
def test_what_can_not_be_withdrawn_is_wrong_usage(senacs: Senacs, arguments: tuple[str, ...], words: str) -> None:
    ended = senacs("withdraw", *arguments)
    assert ended.code == 2
    assert words in ended.err
