"""Notes on what a candidate changes: which change needs one, and which note covers it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from expectations.gate import judge
from expectations.revisions import noted, schema, write_revisions

CAMPAIGN = 2019
TODAY = dt.date(2026, 11, 22)
NOTE = {"territory_id": "DEP-62", "figures_hash": "62", "indicators": [], "vintage": "P1", "cause": "retour tardif",
        "author": "Lou"}  # fmt: skip


def revised(territory_id: str = "DEP-62", change_pct: float = 6.0, indicator: str = "fte_total") -> dict[str, Any]:
    return {
        "campaign": CAMPAIGN,
        "territory_id": territory_id,
        "territory": territory_id.lower(),
        "figures_hash": territory_id[-2:],
        "structure_type": "CS",
        "indicator": indicator,
        "breakdown": "",
        "value_before": 100.0,
        "value_after": 100.0 + change_pct,
        "change_pct": change_pct,
    }


def causes(rows: list[dict[str, Any]], *notes: dict[str, Any]) -> list[str]:
    return noted(pl.DataFrame(rows), notes, "P1")["cause"].to_list()


def test_a_note_covers_the_figures_of_its_territory_as_they_were() -> None:
    rows = [revised(), revised("DEP-59")]

    assert causes(rows, NOTE) == ["retour tardif", ""]
    assert causes(rows, NOTE | {"figures_hash": "before another return"}) == ["", ""]
    assert causes(rows, NOTE | {"vintage": "F"}) == ["", ""]


def test_a_note_on_one_indicator_covers_no_other_and_the_last_word_counts() -> None:
    rows = [revised(), revised(indicator="income_total")]
    later = NOTE | {"indicators": ["income_total"], "cause": "budget corrigé"}

    assert causes(rows, later) == ["", "budget corrigé"]
    assert causes(rows, NOTE, later) == ["retour tardif", "budget corrigé"]


@pytest.mark.parametrize(
    ("territory_id", "change_pct", "blocked"),
    [("FR", 0.5, ["FR"]), ("FR", 0.49, []), ("DEP-62", 5.0, ["DEP-62"]), ("DEP-62", 4.9, [])],
)
def test_a_change_at_the_threshold_needs_a_note(
    candidate: Path, territory_id: str, change_pct: float, blocked: list[str]
) -> None:
    write_revisions(candidate, CAMPAIGN, noted(pl.DataFrame([revised(territory_id, change_pct)]), [], "P1"))

    verdict = judge(candidate, CAMPAIGN, today=TODAY)

    assert [name for name, outcome in verdict.publications.items() if outcome == "blocked"] == blocked


def test_a_noted_change_passes_and_its_cause_is_in_the_verdict(candidate: Path) -> None:
    write_revisions(candidate, CAMPAIGN, noted(pl.DataFrame([revised()]), [NOTE], "P1"))

    verdict = judge(candidate, CAMPAIGN, today=TODAY)

    assert verdict.publications["DEP-62"] == "publishable"
    assert [(note["cause"], note["figures"]) for note in verdict.notes] == [("retour tardif", 1)]


def test_a_candidate_that_can_not_say_what_changed_is_blocked(candidate: Path) -> None:
    (candidate / "revisions" / f"{CAMPAIGN}.parquet").unlink()

    assert judge(candidate, CAMPAIGN, today=TODAY).outcome == "blocked"


def test_without_an_earlier_vintage_there_is_nothing_to_explain(candidate: Path) -> None:
    write_revisions(candidate, CAMPAIGN, pl.DataFrame(schema=schema()))

    checks = {check.id: check.passed for check in judge(candidate, CAMPAIGN, today=TODAY).checks}

    assert checks["revisions_national"] and checks["revisions_territory"]
