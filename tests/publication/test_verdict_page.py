"""The verdict as a page: whole in one file, readable by whom it asks something of, filtered by publication."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from publication.documents.verdict_page import verdict_page, write_verdict_page
from tests.publication.published_pages import Page


def check(**said: Any) -> dict[str, Any]:
    return {
        "id": "open_edit_weight", "suite": "edits", "suite_fr": "Vérifications ouvertes", "severity": "block",
        "question_fr": "Chaque réponse qui pèse est-elle confirmée ?", "owner": "émetteur", "passed": True,
        "observed": "2 %", "expected": "au plus 0,5 %", "next_step_fr": "", "scope": "national",
        "scope_label": "France", "reaches": "national", "rows": [], "row_lines": [], "rows_total": 0,
        "waived_by": None, "waiver_reason": None, "error": None,
    } | said  # fmt: skip


@pytest.fixture
def verdict() -> dict[str, Any]:
    heavy = check(
        passed=False,
        next_step_fr="Faire confirmer <ces réponses>.",
        row_lines=[f"CS-62-{number:04}, ETP : 26 400" for number in range(12)],
        rows_total=60,
    )
    silent = check(
        id="territory_silent", suite="coverage", suite_fr="Couverture", passed=False, scope="DEP-62",
        scope_label="Pas-de-Calais (département)", severity="reserve", question_fr="Le territoire a-t-il répondu ?",
    )  # fmt: skip
    broken = check(id="drift_total", suite="drift", suite_fr="Évolution", passed=False, error="erreur du moteur")
    return {
        "campaign": 2019, "outcome": "blocked", "build_id": "20261122T054200-0123abcd", "judged_on": "2026-11-22",
        "publications": {"FR": "blocked", "DEP-62": "blocked", "DEP-59": "publishable"},
        "publication_names": {"FR": "France", "DEP-62": "Pas-de-Calais (département)", "DEP-59": "Nord (département)"},
        "checks": [heavy, silent, broken, check(id="sound", question_fr="Tout va bien ?")],
        "suites": [{"suite": "open_edits", "rows": 12, "results": [{"success": False}, {"success": True}]}],
    }  # fmt: skip


@pytest.fixture
def page(verdict: dict[str, Any], tmp_path: Path) -> str:
    write_verdict_page(verdict, tmp_path / "2019.html", demo=True)
    return (tmp_path / "2019.html").read_text(encoding="utf-8")


def test_each_finding_names_the_publications_that_it_counts_for(verdict: dict[str, Any]) -> None:
    reach = {finding.check_id: finding.reach for _, _, findings in verdict_page(verdict).groups for finding in findings}

    assert reach == {"open_edit_weight": "FR", "drift_total": "FR DEP-62 DEP-59", "territory_silent": "DEP-62"}


def test_what_blocks_comes_before_reservations(verdict: dict[str, Any]) -> None:
    assert [effect for _, effect, _ in verdict_page(verdict).groups] == ["block", "reserve"]


def test_the_page_tells_what_was_found_what_to_do_and_who_can(page: str) -> None:
    assert "SENACS 2019\u202f: bloquée" in page or "SENACS 2019 : bloquée" in page
    assert "Faire confirmer &lt;ces réponses&gt;." in page
    assert "… et 48 de plus" in page and "4 autres lignes" in page
    assert "erreur du moteur" in page and "Great Expectations" in page


def test_the_page_needs_no_network_and_no_other_file(page: str) -> None:
    read = Page()
    read.feed(page)

    assert read.lang == "fr" and read.headings[0] == "h1"
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "http" not in re.sub(r"data:font[^)]*", "", page)


def test_the_choice_of_a_publication_offers_each_of_them(page: str, verdict: dict[str, Any]) -> None:
    offered = re.findall(r'<option value="([^"]+)"', page)

    assert offered == list(json.loads(json.dumps(verdict["publications"])))
