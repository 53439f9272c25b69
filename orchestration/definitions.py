"""The table of contents of the Dagster code location: what there is to run, and where to read how.

- assets: `orchestration.intake_assets` (frame, returns, answers, adjustments), `orchestration.warehouse_assets` (the
  dbt models), `orchestration.release_assets` (candidate, verdict, release);
- checks: dbt's data tests, `gate` (blocking, in the job that publishes) and each of its questions
  (`orchestration.gate_checks`), `campaign_is_ready`;
- partitions: `orchestration.partitions`; sensor and schedules: `orchestration.triggers` and `schedules.yml`;
- resource: `orchestration.house`.
"""

from __future__ import annotations

import dagster as dg

from orchestration.dbt.working_copy import WorkingCopy, working_copy
from orchestration.environment import set_environment
from orchestration.gate_checks import gate_check, question_checks
from orchestration.house import House
from orchestration.intake_assets import intake_assets
from orchestration.jobs import jobs_of
from orchestration.opening_check import opening_check
from orchestration.partitions import partitions_of
from orchestration.release_assets import release_assets
from orchestration.triggers import archive_sensor, nightly_build, yearly_opening
from orchestration.warehouse_assets import warehouse_assets


def table_of_contents(house: House, copy: WorkingCopy) -> dg.Definitions:
    """The definitions for a house and its parsed dbt project."""
    partitions = partitions_of(house.registry)
    frame, returns, answers, adjustments = intake_assets(partitions)
    warehouse = warehouse_assets(copy, partitions)
    candidate, verdict, release = release_assets(copy, partitions)
    jobs = jobs_of(warehouse)
    return dg.Definitions(
        assets=[frame, returns, answers, adjustments, warehouse, candidate, verdict, release],
        asset_checks=[
            gate_check(partitions, verdict),
            question_checks(partitions, verdict),
            opening_check(partitions, frame),
        ],
        jobs=list(jobs.values()),
        sensors=[archive_sensor(house, partitions, jobs["receive"], jobs["build"])],
        schedules=[nightly_build(house, jobs["build"]), yearly_opening(house, jobs["opening"])],
        resources={"house": house},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of ``$SENACS_HOME``, for `dagster` and `senacs dev`."""
    house = House.from_environment()
    set_environment(house.home)
    return table_of_contents(house, working_copy(house.home, house.registry))
