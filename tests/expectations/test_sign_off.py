"""Signatures: who is asked, what voids one, and that a missing one holds back its own publication only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from gate_candidate import rewrite, sign, signature, to_sign

from expectations.gate import judge
from expectations.settings import load_settings
from expectations.sign_off import ABSENT, WITHDRAW, PartyState, party_states
from expectations.signatories import SignedTerritory, SignOffError, load_rules
from expectations.verdict import Verdict

CAMPAIGN = 2019
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def places(sound_candidate: Path) -> dict[str, SignedTerritory]:
    return {place.territory_id: place for place in to_sign(sound_candidate, CAMPAIGN)}


def every_signature(places: dict[str, SignedTerritory]) -> list[dict[str, Any]]:
    return [signature(place, party.sender) for place in places.values() for party in place.parties]


def states(place: SignedTerritory, *declarations: dict[str, Any]) -> dict[str, PartyState]:
    return {state.party: state for state in party_states(CAMPAIGN, [place], declarations)}


def judged(candidate: Path, campaign: int = CAMPAIGN) -> Verdict:
    return judge(candidate, campaign, settings=load_settings(), today=TODAY)


def test_the_parties_of_a_territory_follow_from_its_structures(places: dict[str, SignedTerritory]) -> None:
    asked = {
        territory: [party.sender for party in places[territory].parties if not party.alone]
        for territory in ("FR", "REG-53-2016", "DEP-62", "DEP-04")
    }

    assert asked == {
        "FR": ["national"],
        "REG-53-2016": ["national"],
        "DEP-62": ["caf-62", "fede-npdc"],
        "DEP-04": ["caf-04"],
    }


def test_a_level_without_a_line_is_signed_by_the_national_team(sound_candidate: Path) -> None:
    from expectations.signatories import territories_to_sign

    signed = {place.level: place.parties for place in territories_to_sign(sound_candidate, CAMPAIGN, {}, [])}

    assert {party.sender for parties in signed.values() for party in parties} == {"national"}


def test_a_rule_that_names_no_party_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sign_off.csv").write_text("level,party,asked,reason_fr\nregion,mairie,always,\n", encoding="utf-8")

    with pytest.raises(SignOffError, match=r"ligne 2.*mairie"):
        load_rules(tmp_path)


def test_the_last_declaration_of_a_party_counts(places: dict[str, SignedTerritory]) -> None:
    place = places["DEP-62"]
    signed, withdrawn = signature(place, "caf-62"), signature(place, "caf-62", WITHDRAW)

    assert states(place)["caf-62"].state == "missing"
    assert states(place, signed)["caf-62"].state == "signed"
    assert states(place, signed, withdrawn)["caf-62"].state == "withdrawn"
    assert states(place, signed, withdrawn, signed)["caf-62"].state == "signed"


def test_where_every_party_is_absent_the_national_team_is_asked(places: dict[str, SignedTerritory]) -> None:
    place = places["DEP-62"]
    one = [signature(place, "fede-npdc", ABSENT, who="caf-62", reason="sans réponse")]
    both = [*one, signature(place, "caf-62", ABSENT, who="national", reason="sans réponse")]

    assert set(states(place, *one)) == {"caf-62", "fede-npdc"}
    assert states(place, *both)["national"].missing
    assert not states(place, *both, signature(place, "national"))["national"].missing


def test_an_absence_is_a_reservation_that_says_who_and_why(candidate: Path, places: dict[str, SignedTerritory]) -> None:
    absent = signature(places["DEP-62"], "fede-npdc", ABSENT, who="caf-62", reason="sans réponse depuis mai")
    sign(candidate, CAMPAIGN, [*every_signature(places), absent])

    verdict = judged(candidate)

    assert verdict.publications["DEP-62"] == "publishable_with_reservations"
    told = next(check for check in verdict.reservations if check.id == "signatures_absent")
    assert "déclaré absent par caf-62" in told.row_lines[0] and "sans réponse depuis mai" in told.row_lines[0]


def test_a_change_of_figures_voids_the_signatures_of_its_territory_only(
    candidate: Path, places: dict[str, SignedTerritory]
) -> None:
    here = "campaign = 2019 and territory_id = 'DEP-62' and indicator = 'fte_total' and structure_type = 'CS'"
    changed = f"case when {here} then 'ratio' else mode end as mode"
    rewrite(candidate, "marts/figures", f"select * replace ({changed}) from old")
    sign(candidate, CAMPAIGN, every_signature(places))

    verdict = judged(candidate)

    stale = {line["territory_id"] for line in verdict.signatures if line["state"] == "stale"}
    assert stale == {"DEP-62"}
    assert [name for name, outcome in verdict.publications.items() if outcome == "blocked"] == ["DEP-62"]
    blocking = next(check for check in verdict.blocking if check.id == "signatures_territory")
    assert blocking.scope == "DEP-62"
    assert "senacs sign 2019 --territory departement:62 --as caf-62" in blocking.row_lines[0]
    assert "caduque" in blocking.row_lines[0]


def test_another_order_of_rows_or_another_table_voids_nothing(
    candidate: Path, places: dict[str, SignedTerritory]
) -> None:
    rewrite(candidate, "marts/figures", "from old order by hash(indicator || breakdown)")
    rewrite(candidate, "intake/receipts", "select * replace ('autre.csv' as file) from old")

    assert {place.territory_id: place.figures_hash for place in to_sign(candidate, CAMPAIGN)} == {
        name: place.figures_hash for name, place in places.items()
    }


def test_without_the_national_signature_nothing_is_published(
    candidate: Path, places: dict[str, SignedTerritory]
) -> None:
    sign(candidate, CAMPAIGN, [line for line in every_signature(places) if line["territory_id"] != "FR"])

    verdict = judged(candidate)

    assert verdict.outcome == verdict.publications["FR"] == "blocked"
    assert verdict.publications["DEP-62"] == "publishable"


def test_a_candidate_that_can_not_say_who_signed_is_blocked(candidate: Path) -> None:
    (candidate / "sign_off" / f"{CAMPAIGN}.parquet").unlink()

    verdict = judged(candidate)

    assert verdict.outcome == "blocked"
    assert {check.id for check in verdict.blocking} == {
        "signatures_national",
        "signatures_territory",
        "signatures_absent",
    }
    assert all(check.error for check in verdict.blocking)


def test_campaigns_before_signatures_are_demanded_wait_for_nobody(candidate: Path) -> None:
    sign(candidate, 2017, [])

    verdict = judged(candidate, 2017)

    assert verdict.outcome != "blocked"
    assert all(line["missing"] for line in verdict.signatures)
