"""``senacs correct`` and ``senacs justify``, as they are typed."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Senacs, register_samples

STRUCTURE = "CS-59-0005"


def received(senacs: Senacs, tmp_path: Path) -> None:
    register_samples(tmp_path / "home", 2019)
    path = tmp_path / "retour.csv"
    path.write_text(f"IDENT;Q5.01\n{STRUCTURE};90\n", encoding="utf-8")
    assert senacs("receive", path, "--campaign", "2019", "--sender", "caf-59").code == 0


def test_a_value_is_corrected_shown_first_and_taken_back(senacs: Senacs, tmp_path: Path) -> None:
    received(senacs, tmp_path)
    asked = ("correct", "2019", STRUCTURE, "Q5.01")
    shown = senacs(*asked, "--value", "9", "--check")
    assert (shown.code, " : 90 → 9." in shown.out, "Vérifications soldées : E24." in shown.out) == (0, True, True)
    assert "Rien n'est enregistré (--check)." in shown.out
    said = ("--reason", "vu", "--author", "A. Martin")
    kept = senacs(*asked, "--value", "9", *said, "--json")
    assert {name: kept.document[name] for name in ("old", "new", "closed", "registered")} == {
        "old": "90", "new": "9", "closed": ["E24"], "registered": True
    }  # fmt: skip
    again = senacs(*asked, "--value", "8", *said, "--check", "--json")
    assert (again.document["old"], again.document["new"]) == ("9", "8")
    back = senacs(*asked, "--withdraw", *said, "--json")
    assert (back.document["old"], back.document["new"]) == ("9", "90")


def test_a_slip_is_told_and_nothing_is_kept(senacs: Senacs, tmp_path: Path) -> None:
    received(senacs, tmp_path)
    refused = senacs("correct", "2019", STRUCTURE, "Q5.01", "--value", "douze", "--reason", "vu")
    assert (refused.code, "« douze » serait refusée à son tour (T01)" in refused.err) == (1, True)
    assert senacs("correct", "2019", STRUCTURE, "Q5.01", "--value", "9").code == 2
    assert senacs("correct", "2019", STRUCTURE, "Q5.01", "--reason", "vu").code == 2
    assert not (tmp_path / "home" / "archive" / "corrections").exists()


def test_columns_to_justify_are_shown_and_an_unknown_one_is_refused(senacs: Senacs, tmp_path: Path) -> None:
    received(senacs, tmp_path)
    assert senacs("justify", "2019").out.strip() == "Aucune colonne n'est signalée."
    assert senacs("justify", "2019", "--sender", "caf-59").code == 2
    unknown = senacs("justify", "2019", "--sender", "caf-59", "--question", "Q5.01", "--reason", "vu")
    assert (unknown.code, "aucune colonne de caf-59 n'est signalée pour Q5.01" in unknown.err) == (1, True)
