"""A candidate that somebody altered is judged on what is there, and never published under the verdict of another."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from core.home import Home
from orchestration.inputs import BUILD, keep_inputs, made_from, seal
from orchestration.release_assets import verdict_on
from publication.release.gate import NotPublishableError
from tests.conftest import Demonstration, run_senacs

FIGURE = "campaign = 2019 and territory_id = 'FR' and structure_type = 'CS' and indicator = 'fte_total'"
RAISED = f"select * replace (case when {FIGURE} then value + 1000 else value end as value) from old"


@pytest.fixture
def home(demonstration: Demonstration, tmp_path: Path) -> Home:
    """The home of the demonstration with a candidate of its own."""
    home = Home(tmp_path / "home")
    skipped = shutil.ignore_patterns("builds", "candidate", "dbt", "warehouse.duckdb", "plaquettes", "site", "suivi")
    shutil.copytree(demonstration.home.root, home.root, ignore=skipped)
    folder = shutil.copytree(demonstration.candidate, home.builds / demonstration.candidate.name)
    home.candidate.symlink_to(folder)
    return home


def alter(home: Home, query: str = RAISED) -> None:
    path = home.candidate / "marts" / "figures.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table old as from read_parquet('{path}')")
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def test_the_gate_judges_what_is_there_and_says_so_in_french(home: Home) -> None:
    assert run_senacs(home.root, "gate", "2019").code == 0
    alter(home)

    said = run_senacs(home.root, "gate", "2019", "--json")

    assert said.code == 3
    blocking = {check["id"] for check in said.document["checks"] if check["effect"] == "block"}
    assert "figures_worked_out" in blocking
    assert "numérateur divisé par son dénominateur" in (home.candidate / "verdicts" / "2019.html").read_text("utf-8")


def test_an_altered_candidate_no_longer_passes_for_what_its_inputs_give(home: Home) -> None:
    inputs = {"code": "1"}
    keep_inputs(home.candidate, BUILD, inputs)
    seal(home.candidate)
    assert made_from(home, inputs) == home.candidate.resolve()
    alter(home)

    assert made_from(home, inputs) is None


def test_an_altered_candidate_is_not_published_under_its_old_verdict(home: Home) -> None:
    run_senacs(home.root, "gate", "2019")
    assert verdict_on(home.candidate.resolve(), 2019).outcome == "publishable"
    with (home.candidate / "figures.csv").open("a", encoding="utf-8") as lines:
        lines.write("\n")

    with pytest.raises(NotPublishableError, match="n'est plus celui qui a été contrôlé"):
        verdict_on(home.candidate.resolve(), 2019)
