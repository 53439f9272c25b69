"""What the tools must find in the environment before they are imported: no telemetry, and their folders."""

from __future__ import annotations

import os
import warnings

from core.home import Home

SILENT = {
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}

# Dagster is pinned to one version: what it may change in another one is no news to who runs this one.
NOTICES = (
    r".*is currently in (beta|preview)",
    r"Asset job publish materializes assets with varying BackfillPolicies",
)


def silence_tools() -> None:
    """Switch every tool's telemetry off, and notices that are no news."""
    os.environ.update(SILENT)
    for notice in NOTICES:
        warnings.filterwarnings("ignore", message=notice)


def set_environment(home: Home) -> None:
    """Silence the tools, and tell those that ask where the home is."""
    silence_tools()
    os.environ["SENACS_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
