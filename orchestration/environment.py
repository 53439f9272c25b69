"""What the tools must find in the environment before they are imported: no telemetry, and their folders."""

from __future__ import annotations

import os

from ingest.home import Home

SILENT = {
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


def set_environment(home: Home) -> None:
    """Switch every tool's telemetry off, and give Dagster its folder (``DAGSTER_HOME``)."""
    os.environ.update(SILENT)
    os.environ["SENACS_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
