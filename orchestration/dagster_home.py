"""Dagster's own folder, and the instance that a command runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.home import Home

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
    """An instance in memory: Dagster's own storage writes each event to disk, which takes longer than the build.

    What a command did is on the candidate's and the release's manifest; `record_for_interface` tells the interface.
    """
    import dagster as dg

    return dg.DagsterInstance.ephemeral()
