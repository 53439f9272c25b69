"""The gate on sound and on broken candidates: what it says and keeps, and that silence is never consent."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from gate_candidate import CAMPAIGNS, rewrite

from expectations.candidate import Candidate
from expectations.gate import judge
from expectations.settings import load_settings
from expectations.verdict import Verdict

TODAY = dt.date(2026, 11, 22)
PERSONAL = "director_name", "contact_email", "raw"


@pytest.fixture(scope="module")
def verdicts(sound_candidate: Path) -> dict[int, Verdict]:
    return {campaign: judge(sound_candidate, campaign, today=TODAY) for campaign in CAMPAIGNS}


def test_the_sample_campaigns_may_be_published(verdicts: dict[int, Verdict]) -> None:
    assert {campaign: verdict.outcome for campaign, verdict in verdicts.items()} == {
        2011: "publishable",
        2017: "publishable_with_reservations",
        2019: "publishable",
    }
    assert not any(verdict.blocking for verdict in verdicts.values())


def test_each_territory_of_the_campaign_has_its_outcome(verdicts: dict[int, Verdict]) -> None:
    assert set(verdicts[2011].publications) == {"FR", "DEP-62", "REG-31-2010"}
    assert {"DEP-04", "DEP-59", "REG-53-2016"} < set(verdicts[2019].publications)


def test_a_verdict_reads_back_as_it_was(verdicts: dict[int, Verdict]) -> None:
    assert all(Verdict.from_json(verdict.to_json()) == verdict for verdict in verdicts.values())


def test_a_stored_verdict_says_what_each_check_does(verdicts: dict[int, Verdict]) -> None:
    stored = {check["id"]: check["effect"] for check in json.loads(verdicts[2017].to_json())["checks"]}

    assert stored["figures_comparable"] == "reserve"
    assert stored["inputs_present"] == "none"


def test_the_same_candidate_gets_the_same_bytes(sound_candidate: Path, verdicts: dict[int, Verdict]) -> None:
    assert judge(sound_candidate, 2019, today=TODAY).to_json() == verdicts[2019].to_json()


def test_a_candidate_that_changes_has_another_hash(candidate: Path, verdicts: dict[int, Verdict]) -> None:
    rewrite(candidate, "marts/figures", "select * replace (n_agreed + 1 as n_agreed) from old")

    assert judge(candidate, 2019, today=TODAY).candidate_hash != verdicts[2019].candidate_hash


def test_what_great_expectations_answered_is_kept_without_data(verdicts: dict[int, Verdict]) -> None:
    suites = {suite["suite"]: suite for suite in verdicts[2019].suites}
    kept = suites["response"]["results"][0]

    assert kept["expectation"] == "expect_column_values_to_be_between"
    assert kept["kwargs"]["min_value"] == 50.0
    assert kept["result"]["element_count"] > 0
    assert "partial_unexpected_list" not in json.dumps(verdicts[2019].suites)


def test_no_personal_column_reaches_a_verdict(verdicts: dict[int, Verdict]) -> None:
    columns = {
        column for verdict in verdicts.values() for check in verdict.checks for row in check.rows for column in row
    }

    assert columns and columns.isdisjoint(PERSONAL)


def test_the_first_campaign_has_nothing_to_drift_from(verdicts: dict[int, Verdict]) -> None:
    drift = {check.id: check for check in verdicts[2011].checks if check.suite == "drift"}

    assert drift["drift_total"].passed and drift["drift_total"].observed == "rien à contrôler"


@pytest.mark.parametrize("table", ["marts/figures", "marts/fct_staff", "intake/unmapped", "registry/questions"])
def test_a_missing_table_blocks_as_an_engine_error(candidate: Path, table: str) -> None:
    (candidate / f"{table}.parquet").unlink()

    verdict = judge(candidate, 2019, today=TODAY)

    assert verdict.outcome == "blocked"
    assert set(verdict.publications.values()) == {"blocked"}
    inputs = next(check for check in verdict.checks if check.id == "inputs_present")
    assert inputs.row_lines == [f"{table}\u202f: absente ou illisible"]


def test_a_truncated_table_blocks_as_an_engine_error(candidate: Path) -> None:
    path = candidate / "marts" / "bridge_territory_structure.parquet"
    path.write_bytes(path.read_bytes()[:400])

    verdict = judge(candidate, 2019, today=TODAY)

    assert verdict.outcome == "blocked"
    errors = [check.error for check in verdict.checks if check.error]
    assert errors and all("moteur de contrôle" in error for error in errors)
    assert "marts/bridge_territory_structure.parquet" in verdict.to_json()
    assert str(candidate) not in verdict.to_json()


def test_a_candidate_without_anything_blocks(tmp_path: Path) -> None:
    verdict = judge(tmp_path, 2019, today=TODAY)

    assert verdict.outcome == "blocked"
    assert {check.id for check in verdict.blocking} >= {"inputs_present", "response_national_floor", "drift_total"}


def test_a_campaign_without_data_blocks(sound_candidate: Path) -> None:
    assert judge(sound_candidate, 2031, today=TODAY).outcome == "blocked"


def test_a_campaign_that_nobody_has_answered_yet_is_no_engine_error(candidate: Path) -> None:
    """A frame and no return: the gate says that answers are awaited, and nothing of a failure of its own."""
    rewrite(
        candidate, "marts/fct_centres", "select * replace (0 as responded, cast(null as varchar) as sender) from old"
    )
    for table in ("governance", "volunteers", "staff", "finances", "actions"):
        rewrite(candidate, f"marts/fct_{table}", "from old where campaign <> 2019")
    for table in ("receipts", "responses", "rejects", "edits", "unmapped"):
        rewrite(candidate, f"intake/{table}", "from old where campaign <> 2019")
    rewrite(candidate, "marts/figures", "from old where campaign <> 2019 or n_respondents = n_agreed")

    verdict = judge(candidate, 2019, today=TODAY)

    assert verdict.outcome == "blocked"
    assert [check.error for check in verdict.checks if check.error] == []
    awaited = next(check for check in verdict.blocking if check.id == "answers_received")
    assert awaited.observed == "0 structure(s) répondantes" and "senacs receive" in awaited.next_step_fr
    assert next(check for check in verdict.checks if check.id == "inputs_present").passed


def test_an_exception_inside_a_check_is_an_engine_error_and_stops_no_other(candidate: Path) -> None:
    rewrite(candidate, "intake/unmapped", "select * exclude (acknowledged) from old")

    verdict = judge(candidate, 2019, today=TODAY)

    broken = [check for check in verdict.checks if check.error]
    assert [check.id for check in broken] == ["unmapped_columns"]
    assert (broken[0].severity, broken[0].owner, verdict.outcome) == ("block", "équipe technique", "blocked")


def test_a_value_that_cannot_be_compared_is_not_taken_for_a_good_one(candidate: Path) -> None:
    rewrite(candidate, "intake/unmapped", "select * replace (null as filled, false as acknowledged) from old")

    verdict = judge(candidate, 2019, today=TODAY)

    assert [check.id for check in verdict.blocking] == ["unmapped_columns"]
    assert verdict.blocking[0].error


def test_a_check_without_its_threshold_blocks_and_says_which(sound_candidate: Path) -> None:
    settings = load_settings()
    known = tuple(threshold for threshold in settings.thresholds if threshold.parameter != "item_rate_pct")

    verdict = judge(sound_candidate, 2019, settings=dataclasses.replace(settings, thresholds=known), today=TODAY)

    assert {check.id for check in verdict.blocking} == {"items_required", "items_optional", "items_block"}
    assert all("item_rate_pct" in str(check.error) for check in verdict.blocking)


def test_a_template_that_names_no_column_is_an_engine_error(candidate: Path) -> None:
    rewrite(candidate, "intake/receipts", "select * replace ('rejected' as verdict) from old")
    settings = load_settings()
    checks = tuple(
        dataclasses.replace(check, row_fr="{nowhere}") if check.id == "sender_refused" else check
        for check in settings.checks
    )

    verdict = judge(candidate, 2019, settings=dataclasses.replace(settings, checks=checks), today=TODAY)

    assert [check.id for check in verdict.blocking] == ["sender_refused"]


def test_thresholds_follow_the_campaign(sound_candidate: Path) -> None:
    settings = load_settings()

    assert settings.thresholds_of(2019).number("parts_gap_block_pct") == 40
    assert settings.thresholds_of(2021).number("parts_gap_block_pct") == 5


def test_importing_the_gate_does_not_import_great_expectations() -> None:
    code = "import sys, expectations.gate; print('great_expectations' in sys.modules, 'pandas' in sys.modules)"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == ["False", "False"]


def test_judging_writes_nothing_beside_the_candidate(sound_candidate: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sound_candidate, tmp_path / "build"))
    before = sorted(copy.rglob("*"))

    judge(copy, 2019, today=TODAY)

    assert sorted(copy.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_a_database_that_dies_half_way_still_gives_a_verdict(
    sound_candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = Candidate.frame

    def die_on_drift(opened: Candidate, name: str) -> pd.DataFrame:
        if name == "drift":
            opened._connection.close()
        return frame(opened, name)

    monkeypatch.setattr(Candidate, "frame", die_on_drift)
    verdict = judge(sound_candidate, 2019, today=TODAY)

    broken = {check.id for check in verdict.checks if check.error}
    assert verdict.outcome == "blocked"
    assert {"drift_total", "unmapped_columns", "waivers_serve"} <= broken
    assert "response_national" not in broken
    assert set(verdict.publications.values()) == {"blocked"}
