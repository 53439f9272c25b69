"""The jobs: what runs together, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

RECEIVE, BUILD, PUBLISH, OPENING = "receive", "build", "publish", "opening"


def jobs_of(warehouse: dg.AssetsDefinition) -> dict[str, UnresolvedAssetJobDefinition]:
    """The jobs by name.

    `build` ends with a verdict, whatever it says. `publish` judges again and publishes: the gate blocks within one run
    only, and a waiver may have expired since the build.
    """
    selections = {
        RECEIVE: dg.AssetSelection.assets("returns"),
        BUILD: dg.AssetSelection.assets("frame", "answers", "adjustments", "candidate", "verdict").without_checks()
        | dg.AssetSelection.assets(warehouse),
        PUBLISH: dg.AssetSelection.assets("verdict", "release"),
        OPENING: dg.AssetSelection.assets("frame"),
    }
    descriptions = {
        RECEIVE: "Read what senders returned.",
        BUILD: "From the archive to a judged candidate.",
        PUBLISH: "Judge the candidate and publish a vintage of a campaign.",
        OPENING: "Is a campaign ready to open?",
    }
    return {
        name: dg.define_asset_job(
            name, selection=selection, executor_def=dg.in_process_executor, description=descriptions[name]
        )
        for name, selection in selections.items()
    }
