"""What starts a run by itself: a new entry of the archive, the night, the new year."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from core.plain_yaml import read_yaml
from ingest.receive.archive import Archive
from orchestration.house import House
from orchestration.partitions import SENDERS, Partitions, range_tags
from registry import Registry

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

DIMENSIONS = "|"
SETTINGS = Path(__file__).with_name("schedules.yml")


@dataclass(frozen=True)
class Timetable:
    """The settings of `schedules.yml`."""

    timezone: str
    nightly_build: str
    yearly_opening: str
    archive_seconds: int
    runs_at_once: int


def timetable(path: Path = SETTINGS) -> Timetable:
    """Read `schedules.yml`. Raises `KeyError` naming a missing setting."""
    settings = read_yaml(path)
    return Timetable(
        timezone=settings["timezone"],
        nightly_build=settings["nightly_build"]["cron"],
        yearly_opening=settings["yearly_opening"]["cron"],
        archive_seconds=int(settings["archive_sensor"]["every_seconds"]),
        runs_at_once=int(settings["archive_sensor"]["runs_at_once"]),
    )


def open_campaigns(registry: Registry, today: dt.date) -> list[int]:
    """Campaigns that may receive files today. A campaign without dates is not open: nothing says that it is."""
    return sorted(
        line.campaign
        for line in registry.campaign_list
        if line.opens_on and line.opens_on <= today and (line.closes_on is None or today <= line.closes_on)
    )


def archive_sensor(
    house: House, partitions: Partitions, receive: "UnresolvedAssetJobDefinition", build: "UnresolvedAssetJobDefinition"
) -> dg.SensorDefinition:
    """On new entries: the partitions of new senders, a run for each sender that returned something, then one build.

    When many come at once, and at the first look at all, the build reads them itself, in one run.
    """
    settings = timetable()

    @dg.sensor(
        name="archive_sensor",
        jobs=[receive, build],
        minimum_interval_seconds=settings.archive_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def new_entries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        archive = Archive(house.home)
        cursor = archive.cursor()
        before = json.loads(context.cursor or "{}")
        if before.get("archive") == cursor:
            return dg.SkipReason("nothing new in the archive")
        now = _entries_by_partition(archive, house.registry.campaigns)
        changed = [key for key in sorted(now) if before.get("returns", {}).get(key) != now[key]]
        known = set(context.instance.get_dynamic_partitions(SENDERS))
        senders = sorted({key.split(DIMENSIONS)[1] for key in now} - known)
        alone = changed if before and len(changed) <= settings.runs_at_once else []
        requests = [
            dg.RunRequest(run_key=f"receive-{key}-{now[key]}", job_name=receive.name, partition_key=key)
            for key in alone
        ]
        requests.append(build_request(house.registry, f"build-{cursor}", build.name))
        return dg.SensorResult(
            run_requests=requests,
            dynamic_partitions_requests=[partitions.sender.build_add_request(senders)] if senders else [],
            cursor=json.dumps({"archive": cursor, "returns": now}),
        )

    return new_entries


def nightly_build(house: House, build: "UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    """Every night: a build, while a campaign is open."""

    @dg.schedule(
        name="nightly_build",
        job=build,
        cron_schedule=timetable().nightly_build,
        execution_timezone=timetable().timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(ZoneInfo(timetable().timezone)).date()
        if not open_campaigns(house.registry, today):
            return dg.SkipReason(f"no campaign is open on {today}")
        return build_request(house.registry, f"night-{today}", build.name)

    return every_night


def yearly_opening(house: House, opening: "UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    """Once a year: is the campaign that opens this year ready (questionnaire, frame)?"""

    @dg.schedule(
        name="yearly_opening",
        job=opening,
        cron_schedule=timetable().yearly_opening,
        execution_timezone=timetable().timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def every_year(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        year = context.scheduled_execution_time.astimezone(ZoneInfo(timetable().timezone)).year
        opened = [
            line.campaign for line in house.registry.campaign_list if line.opens_on and line.opens_on.year == year
        ]
        if not opened:
            return dg.SkipReason(f"no campaign of questionnaires/campaigns.csv opens in {year}")
        return dg.RunRequest(run_key=f"opening-{year}", partition_key=str(max(opened)))

    return every_year


def build_request(registry: Registry, run_key: str, job_name: str) -> dg.RunRequest:
    """One run over all campaigns: each one's rules look at the one before, and a candidate holds them all."""
    first, last = str(registry.campaigns[0]), str(registry.campaigns[-1])
    return dg.RunRequest(run_key=run_key, job_name=job_name, tags=range_tags(first, last))


def _entries_by_partition(archive: Archive, campaigns: list[int]) -> dict[str, str]:
    """For each campaign and sender with entries, a digest of them, by Dagster's partition key."""
    entries: dict[str, list[str]] = {}
    for campaign in campaigns:
        for entry in archive.entries(campaign):
            key = dg.MultiPartitionKey({"campaign": str(campaign), "sender": entry.sender})
            entries.setdefault(str(key), []).append(entry.entry_id)
    return {key: hashlib.sha256("\0".join(sorted(ids)).encode()).hexdigest()[:16] for key, ids in entries.items()}
