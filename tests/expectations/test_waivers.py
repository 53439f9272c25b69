from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from gate_candidate import rewrite

from expectations.gate import judge
from expectations.settings import Waiver, load_settings
from expectations.verdict import CheckResult, Verdict

TODAY = dt.date(2026, 11, 22)
SETTINGS = load_settings()
ASKED = {"unmapped_columns", "sender_refused", "waivers_serve"}


@pytest.fixture
def with_unmapped(candidate: Path) -> Path:
    rewrite(candidate, "intake/unmapped", "select * replace (false as acknowledged) from old")
    return candidate


def waiver(check: str = "unmapped_columns", scope: str = "national", expires_on: dt.date = TODAY) -> Waiver:
    return Waiver(check, scope, 2019, "colonne sans contenu utile", "équipe nationale", expires_on)


def judged(candidate: Path, *waivers: Waiver) -> Verdict:
    checks = tuple(check for check in SETTINGS.checks if check.id in ASKED)
    return judge(candidate, 2019, settings=dataclasses.replace(SETTINGS, checks=checks, waivers=waivers), today=TODAY)


def result(verdict: Verdict, check_id: str) -> CheckResult:
    return next(check for check in verdict.checks if check.id == check_id)


def test_a_waiver_turns_a_block_into_a_reservation_that_names_its_author(with_unmapped: Path) -> None:
    verdict = judged(with_unmapped, waiver())

    waived = result(verdict, "unmapped_columns")
    assert verdict.outcome == "publishable_with_reservations"
    assert (waived.passed, waived.effect, waived.waived_by) == (False, "reserve", "équipe nationale")
    assert result(verdict, "waivers_serve").passed


def test_an_expired_waiver_no_longer_counts_and_is_reported(with_unmapped: Path) -> None:
    verdict = judged(with_unmapped, waiver(expires_on=TODAY - dt.timedelta(days=1)))

    assert verdict.outcome == "blocked"
    assert result(verdict, "unmapped_columns").waived_by is None
    assert [row["state"] for row in result(verdict, "waivers_serve").rows] == ["expirée"]
    assert "a expiré le 21/11/2026" in result(verdict, "unmapped_columns").next_step_fr


def test_a_waiver_of_no_territory_of_the_campaign_is_reported(with_unmapped: Path) -> None:
    verdict = judged(with_unmapped, waiver(scope="departement:62"))

    assert verdict.outcome == "blocked"
    assert "portée inconnue" in result(verdict, "waivers_serve").row_lines[0]


def test_a_waiver_that_matches_nothing_is_reported_and_changes_nothing(candidate: Path) -> None:
    verdict = judged(candidate, waiver())

    assert result(verdict, "unmapped_columns").passed
    assert [row["state"] for row in result(verdict, "waivers_serve").rows] == ["sans objet"]
    assert verdict.outcome == "publishable"


def test_a_waiver_for_one_territory_says_nothing_of_the_nation(with_unmapped: Path) -> None:
    assert judged(with_unmapped, waiver(scope="DEP-62")).outcome == "blocked"


def test_a_waived_reservation_is_information(candidate: Path) -> None:
    rewrite(candidate, "intake/receipts", "select * replace ('rejected' as verdict) from old")
    verdict = judged(candidate, waiver(check="sender_refused"))

    assert verdict.outcome == "publishable"
    assert result(verdict, "sender_refused").effect == "info"


def test_an_engine_error_cannot_be_waived(candidate: Path) -> None:
    (candidate / "intake" / "unmapped.parquet").unlink()

    verdict = judged(candidate, waiver())

    assert verdict.outcome == "blocked"
    assert result(verdict, "unmapped_columns").waived_by is None
