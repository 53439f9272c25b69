"""Builds and publications as they are lived: twice, in another order, blocked, after a new registry."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT, Home, questionnaires_folder
from orchestration.dbt.working_copy import working_copy
from orchestration.definitions import table_of_contents
from orchestration.environment import set_environment
from orchestration.house import House
from orchestration.partitions import range_tags
from orchestration.pipeline import QUIET
from tests.conftest import SAMPLES, Demonstration, register_samples, run_senacs

# The smallest of the sample campaigns: one file of one sender.
SMALL = 2011


def manifest() -> list[dict[str, str]]:
    with (SAMPLES / "returns" / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def receive(home: Path, *lines: dict[str, str]) -> None:
    for line in lines:
        sent = ("--campaign", line["campaign"], "--sender", line["sender"], "--received-at", line["received_at"])
        answer = run_senacs(home, "receive", SAMPLES / line["file"], *sent, "--root", SAMPLES)
        assert answer.code == 0, answer.err


def figures(home: Path) -> dict[tuple[str, str, str, str], str]:
    with (home / "candidate" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (line["level"], line["territory"], line["indicator"], line["breakdown"]): line["value"]
            for line in csv.DictReader(stream)
        }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one campaign, built."""
    home = tmp_path_factory.mktemp("small")
    register_samples(home, SMALL)
    receive(home, *(line for line in manifest() if line["campaign"] == str(SMALL)))
    assert run_senacs(home, "build").code == 0
    return home


def test_another_order_of_reception_and_a_second_build_give_the_same_bytes(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    register_samples(tmp_path, *demonstration.outcome.document["verdicts"])
    receive(tmp_path, *reversed(manifest()))
    for arguments in (["build"], ["build", "--fresh"]):
        assert run_senacs(tmp_path, *arguments).code == 0
        for name in ("figures.csv", "intake.csv"):
            assert (tmp_path / "candidate" / name).read_bytes() == (demonstration.candidate / name).read_bytes()


def test_a_build_reads_its_own_home_whatever_was_built_before_it(demonstration: Demonstration, small: Path) -> None:
    with (demonstration.candidate / "figures.csv").open(encoding="utf-8", newline="") as stream:
        expected = [line for line in csv.DictReader(stream) if line["campaign"] == str(SMALL)]
    with (small / "candidate" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.DictReader(stream)) == expected


def test_where_nothing_changed_the_candidate_stays_and_dagster_hears_of_each_asset(small: Path) -> None:
    again = run_senacs(small, "build", "--json")
    assert again.document["unchanged"] is True
    assert again.document["build_id"] == (small / "candidate").resolve().name
    heard: dict[str, set[str]] = {"new": set(), "unchanged": set()}
    for instance, fresh in (("unchanged", False), ("new", True)):
        house = House(Home(small), questionnaires_folder(), fresh=fresh)
        set_environment(house.home)
        job = table_of_contents(house, working_copy(house.home, house.registry)).resolve_job_def("build")
        tags = range_tags(str(SMALL), str(SMALL))
        result = job.execute_in_process(resources={"house": house}, tags=tags, run_config=QUIET)
        house.lock.release()
        assert result.success
        assert ((small / "candidate").resolve().name == again.document["build_id"]) is not fresh
        heard[instance] |= {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
        heard[instance] |= {f"{check.asset_key.to_user_string()} {check.check_name} {check.passed}"
                            for check in result.get_asset_check_evaluations()}  # fmt: skip
    assert heard["unchanged"] == heard["new"]
    assert {"figures", "candidate", "verdict"} <= heard["new"]
    assert any(line.startswith("figures ") for line in heard["new"])


def test_a_change_of_the_registry_makes_another_candidate(small: Path, tmp_path: Path) -> None:
    home, questionnaires = tmp_path / "home", tmp_path / "questionnaires"
    shutil.copytree(small, home, symlinks=True)
    before = run_senacs(home, "build", "--json").document
    shutil.copytree(questionnaires_folder(), questionnaires)
    rewritten(questionnaires, "sections.csv", lambda lines: [*lines, "annex,Annexe\n"])
    after = run_senacs(home, "build", "--json", questionnaires=questionnaires).document
    assert (before["unchanged"], after["unchanged"]) == (True, False)


def test_the_source_tree_stays_as_it_was(demonstration: Demonstration) -> None:
    written = {"target", "logs", "dbt_packages", ".user.yml"}
    assert {path.name for path in (PROJECT_ROOT / "dbt_project").iterdir()}.isdisjoint(written)
    assert (demonstration.home.dbt / "project" / "dbt_project.yml").is_file()


def test_a_blocked_campaign_is_3_with_what_to_correct_and_no_release(tmp_path: Path) -> None:
    register_samples(tmp_path, SMALL)
    assert run_senacs(tmp_path, "build").code == 0
    for arguments in (["gate", str(SMALL)], ["publish", str(SMALL), "--vintage", "P1"]):
        answer = run_senacs(tmp_path, *arguments)
        assert answer.code == 3
        assert "bloqu" in answer.out
        assert "équipe nationale" in answer.out
    assert not list((tmp_path / "releases").glob("*/P1"))


def rewritten(folder: Path, file: str, change: Callable[[list[str]], list[str]]) -> None:
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = change(lines)
    assert changed != lines
    path.write_text("".join(changed), encoding="utf-8")


def test_figures_follow_a_change_of_the_registry(small: Path, tmp_path: Path) -> None:
    home, registry = tmp_path / "home", tmp_path / "questionnaires"
    shutil.copytree(small / "archive", home / "archive")
    shutil.copytree(questionnaires_folder(), registry)
    rewritten(
        registry,
        "indicators.csv",
        lambda lines: [
            line.replace(",SUM(fte_total),,", ",2 * SUM(fte_total),,") if line.startswith("fte_total,") else line
            for line in lines
        ],
    )
    swapped = {"hosted_associations": "french_learners", "french_learners": "hosted_associations"}
    rewritten(
        registry,
        f"crosswalk/{SMALL}.csv",
        lambda lines: [
            next((line.replace(f",{old},", f",{new},") for old, new in swapped.items() if f",{old}," in line), line)
            for line in lines
        ],
    )
    assert run_senacs(home, "build", questionnaires=registry).code == 0
    before, after = figures(small), figures(home)

    def national(indicator: str) -> tuple[str, str, str, str]:
        return ("national", "FR", indicator, "")

    assert float(after[national("fte_total")]) == pytest.approx(2 * float(before[national("fte_total")]))
    assert after[national("hosted_associations_total")] == before[national("french_learners_total")]
    assert after[national("french_learners_total")] == before[national("hosted_associations_total")]
    assert after[national("volunteers_activity_total")] == before[national("volunteers_activity_total")]
