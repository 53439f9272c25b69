"""Dagster's side: the definitions load, and what starts a run by itself starts the right one."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from core.home import Home, questionnaires_folder
from expectations.settings import load_settings
from orchestration.dbt.working_copy import working_copy
from orchestration.definitions import table_of_contents
from orchestration.environment import set_environment
from orchestration.house import House
from orchestration.partitions import RANGE_END, RANGE_START, SENDERS
from orchestration.triggers import open_campaigns, timetable
from tests.conftest import Demonstration

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def house(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with the archive of the demonstration, that tests may add to."""
    root = tmp_path_factory.mktemp("dagster")
    shutil.copytree(demonstration.home.archive, root / "archive")
    return House(Home(root), questionnaires_folder())


@pytest.fixture(scope="module")
def definitions(demonstration: Demonstration, house: House) -> dg.Definitions:
    set_environment(house.home)
    return table_of_contents(house, working_copy(demonstration.home, house.registry))


def test_the_definitions_load(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    graph = definitions.resolve_asset_graph()
    assets = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {"frame", "returns", "answers", "figures", "fct_centres", "candidate", "verdict", "release"} <= assets


def test_returns_are_cut_by_campaign_and_sender_and_the_rest_by_campaign(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    returned = graph.get(dg.AssetKey("returns")).partitions_def
    assert isinstance(returned, dg.MultiPartitionsDefinition)
    assert set(returned.partition_dimension_names) == {"campaign", "sender"}
    campaigns = returned.get_partitions_def_for_dimension("campaign")
    others = [key for key in graph.materializable_asset_keys if key != dg.AssetKey("returns")]
    assert {graph.get(key).partitions_def for key in others} == {campaigns}


def test_answers_come_from_returns_and_figures_from_answers(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    upstream = graph.get_ancestor_asset_keys(dg.AssetKey("release"))
    assert {dg.AssetKey(name) for name in ("returns", "answers", "figures", "candidate", "verdict")} <= upstream


def test_the_tests_of_dbt_are_asset_checks(definitions: dg.Definitions) -> None:
    checks = definitions.resolve_asset_graph().asset_check_keys
    assert len([key for key in checks if key.asset_key == dg.AssetKey("figures")]) >= 1
    assert len(checks) > 10


def test_the_gate_blocks_in_the_job_that_publishes(definitions: dg.Definitions) -> None:
    gate = dg.AssetCheckKey(dg.AssetKey("verdict"), "gate")
    graph = definitions.resolve_asset_graph()
    assert graph.get_check_spec(gate).blocking
    jobs = {name: definitions.resolve_job_def(name).asset_layer for name in ("publish", "build")}
    assert gate in jobs["publish"].asset_graph.asset_check_keys
    assert dg.AssetKey("release") in jobs["publish"].selected_asset_keys
    assert dg.AssetKey("release") not in jobs["build"].selected_asset_keys


def test_each_question_of_the_gate_is_a_check_of_the_verdict(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    asked = {check.id: check.question_fr for check in load_settings().checks}
    told = {key.name: graph.get_check_spec(key) for key in graph.asset_check_keys if key.name in asked}
    assert {name: spec.description for name, spec in told.items()} == asked
    assert not any(spec.blocking for spec in told.values())
    published = definitions.resolve_job_def("publish").asset_layer.asset_graph.asset_check_keys
    assert {key.name for key in published} >= set(asked)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as instance:
        yield instance


def moment_of(definitions: dg.Definitions, moment: dt.datetime) -> dg.ScheduleEvaluationContext:
    return dg.build_schedule_context(scheduled_execution_time=moment, repository_def=definitions.get_repository_def())


def look(definitions: dg.Definitions, instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    sensor = definitions.resolve_sensor_def("archive_sensor")
    return sensor.evaluate_tick(
        dg.build_sensor_context(
            instance_ref=instance.get_ref(), cursor=cursor, repository_def=definitions.get_repository_def()
        )
    )


def test_the_sensor_asks_for_what_is_new_in_the_archive(
    definitions: dg.Definitions, house: House, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    first = look(definitions, instance, None)
    (request,) = first.run_requests
    assert request.job_name == "build"
    assert request.tags[RANGE_START] == str(house.registry.campaigns[0])
    assert request.tags[RANGE_END] == str(house.registry.campaigns[-1])
    (added,) = first.dynamic_partitions_requests
    assert "fede-npdc" in added.partition_keys
    instance.add_dynamic_partitions(SENDERS, added.partition_keys)
    assert look(definitions, instance, first.cursor).run_requests == []

    from ingest.receive.archive import RETURNS, Archive

    late = tmp_path / "retard.csv"
    late.write_text("identifiant\n", encoding="utf-8")
    Archive(house.home).add(late, kind=RETURNS, campaign=2019, sender="caf-62", file="retard.csv")
    second = look(definitions, instance, first.cursor)
    assert [request.job_name for request in second.run_requests] == ["receive", "build"]
    assert second.run_requests[0].partition_key == "2019|caf-62"


def test_the_night_builds_while_a_campaign_is_open(definitions: dg.Definitions, house: House) -> None:
    open_day = next(line.opens_on for line in house.registry.campaign_list if line.opens_on)
    assert open_campaigns(house.registry, open_day)
    nightly = definitions.resolve_schedule_def("nightly_build")
    night = dt.datetime.combine(open_day, dt.time(2, 30), PARIS)
    assert nightly.evaluate_tick(moment_of(definitions, night)).run_requests
    long_after = night.replace(year=night.year + 50)
    skipped = nightly.evaluate_tick(moment_of(definitions, long_after))
    assert skipped.run_requests == []
    assert skipped.skip_message


def test_the_new_year_looks_at_the_campaign_that_opens(definitions: dg.Definitions, house: House) -> None:
    line = max((line for line in house.registry.campaign_list if line.opens_on), key=lambda line: line.campaign)
    assert line.opens_on
    yearly = definitions.resolve_schedule_def("yearly_opening")
    moment = dt.datetime(line.opens_on.year, 1, 5, 6, tzinfo=PARIS)
    (request,) = yearly.evaluate_tick(moment_of(definitions, moment)).run_requests
    assert request.partition_key == str(line.campaign)


def test_when_things_run_is_data(tmp_path: Path) -> None:
    changed = tmp_path / "schedules.yml"
    changed.write_text(
        "timezone: Indian/Reunion\nnightly_build: {cron: '0 1 * * *'}\nyearly_opening: {cron: '0 0 1 2 *'}\n"
        "archive_sensor: {every_seconds: 5, runs_at_once: 2}\n",
        encoding="utf-8",
    )
    assert timetable(changed).timezone == "Indian/Reunion"
    assert timetable(changed).nightly_build == "0 1 * * *"
    assert timetable().timezone == "Europe/Paris"


def test_the_opening_says_what_a_campaign_lacks(house: House, tmp_path: Path) -> None:
    from orchestration.opening_check import missing_to_open

    campaign = house.registry.campaigns[-1]
    assert missing_to_open(house, campaign) == []
    (missing,) = missing_to_open(House(Home(tmp_path), house.questionnaires), campaign)
    assert "senacs frame" in missing
