"""Dagster's own folder, the instance that a command runs in, and what the interface knows of commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.home import Home
from orchestration.builds import NoCandidateError, current_candidate

if TYPE_CHECKING:
    import dagster as dg

# One writer: runs wait for each other in the daemon's queue, and steps that write share one slot.
SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
  pools:
    default_limit: 1
"""


def write_settings(home: Home) -> None:
    """Write ``dagster.yaml``; what somebody changed in it stays."""
    path = home.dagster / "dagster.yaml"
    if not path.exists():
        home.dagster.mkdir(parents=True, exist_ok=True)
        path.write_text(SETTINGS, encoding="utf-8")


def command_instance() -> dg.DagsterInstance:
    """An instance in memory: the one on disk takes longer to write a run's events than the run takes."""
    import dagster as dg

    return dg.DagsterInstance.ephemeral()


def record_builds(home: Home) -> None:
    """Tell the interface of the candidate that commands built, and of the releases that they published.

    Commands run in memory; their results are in ``candidate`` and ``releases``. What is recorded already is left.
    """
    import dagster as dg

    events: list[dg.AssetMaterialization] = []
    try:
        candidate = current_candidate(home)
    except NoCandidateError:
        return
    build_id = json.loads((candidate / "manifest.json").read_text(encoding="utf-8"))["build_id"]
    for verdict in sorted((candidate / "verdicts").glob("*.json")):
        outcome = json.loads(verdict.read_text(encoding="utf-8"))["outcome"]
        for asset in ("answers", "candidate", "verdict"):
            metadata = {"build": build_id, "outcome": outcome}
            events.append(dg.AssetMaterialization(asset, partition=verdict.stem, metadata=metadata))
    for release in sorted(home.releases.glob("*/[A-Z]*")):
        metadata = {"build": release.name, "release": str(release)}
        events.append(dg.AssetMaterialization("release", partition=release.parent.name, metadata=metadata))
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        known = _recorded(instance, {event.asset_key for event in events})
        for event in events:
            if (event.asset_key, event.partition, event.metadata["build"].value) not in known:
                instance.report_runless_asset_event(event)


def _recorded(
    instance: dg.DagsterInstance, assets: set[dg.AssetKey]
) -> set[tuple[dg.AssetKey, str | None, str | float | int | None]]:
    """Asset, partition and build of what is recorded."""
    import dagster as dg

    known: set[tuple[dg.AssetKey, str | None, str | float | int | None]] = set()
    for asset in assets:
        for record in instance.fetch_materializations(asset, limit=1000).records:
            event = record.asset_materialization
            if event and isinstance(build := event.metadata.get("build"), dg.TextMetadataValue):
                known.add((asset, event.partition, build.value))
    return known
