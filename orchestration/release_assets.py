"""From tables to a release: the candidate, its verdict, the gate as a blocking check, the publication."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from expectations.candidate import candidate_hash
from ingest.receive.integrity import check_archive
from orchestration.announcing import Announced
from orchestration.builds import Build, build_begun, build_of_run, current_candidate, promote
from orchestration.campaigns import active_campaigns, framed_campaigns
from orchestration.candidate import MARTS, QUALITY, fill_candidate
from orchestration.dbt.working_copy import WorkingCopy
from orchestration.disclosure import decide_disclosure
from orchestration.house import House
from orchestration.inputs import build_inputs, made_from, seal
from orchestration.intake_assets import WRITER
from orchestration.judging import judged
from orchestration.partitions import ONE_RUN, Partitions, campaigns_of
from orchestration.retries import transient_io_retried
from orchestration.verdicts import read_verdict
from publication.release.gate import NotPublishableError

if TYPE_CHECKING:
    from expectations.verdict import Verdict

GROUP = "publication"


class Vintage(dg.Config):
    """Which vintage to publish: P1 (provisional), P2 (revised), F (final)...

    `accept_withheld`: the withheld territories that may be missing (``departement:59``), or ``all``.
    """

    vintage: str
    accept_withheld: list[str] = Field(default_factory=list)


def release_assets(copy: WorkingCopy, partitions: Partitions) -> list[dg.AssetsDefinition]:
    """`candidate`, `verdict` and `release`, by campaign."""
    tables = {room: contracted_tables(copy.manifest_json, room) for room in (MARTS, QUALITY)}

    @dg.asset(
        partitions_def=partitions.campaign,
        backfill_policy=ONE_RUN,
        group_name=GROUP,
        pool=WRITER,
        deps=[dg.AssetKey(table) for room in tables.values() for table in room],
    )
    def candidate(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:
        """Everything that the gate judges and a release is made of, in one folder that no longer changes."""
        house.lock.acquire(context.log.info)
        folder, manifest = _unchanged_candidate(house, copy, context.run_id) or _new_candidate(
            house, build_of_run(house.home, context.run_id), tables
        )
        return dg.MaterializeResult(
            metadata={
                "folder": dg.MetadataValue.path(folder),
                "inputs": len(manifest["inputs"]),
                "build_id": manifest["build_id"],
                "code_version": manifest["code_version"],
                "registry_fingerprint": manifest["registry_fingerprint"],
            }
        )

    @dg.asset(
        partitions_def=partitions.campaign, backfill_policy=ONE_RUN, group_name=GROUP, pool=WRITER, deps=[candidate]
    )
    def verdict(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:
        """The gate's answer for each campaign. A build becomes the candidate once it is judged, whatever the answer."""
        house.lock.acquire(context.log.info)
        folder = _judged_folder(house, context.run_id)
        outcomes = {}
        with house.stages.stage("verdict", "Contrôle avant publication") as stage:
            for campaign in framed_campaigns(house.home, campaigns_of(context)):
                answer = judged(house.home, house.questionnaires, folder, campaign, anew=house.fresh)
                outcomes[str(campaign)] = answer.outcome
                stage.tell(f"campagne {campaign}")
        promote(house.home, folder)
        return dg.MaterializeResult(metadata={"outcomes": dg.JsonMetadataValue(outcomes)})

    @dg.asset(partitions_def=partitions.campaign, group_name=GROUP, pool=WRITER, deps=[verdict])
    def release(
        context: dg.AssetExecutionContext, config: Vintage, house: dg.ResourceParam[House]
    ) -> dg.MaterializeResult:
        """A dated, immutable publication of the candidate."""
        from publication.release.publish import publish

        house.lock.acquire(context.log.info)
        check_archive(house.home)
        campaign = int(context.partition_key)
        folder = current_candidate(house.home)
        with transient_io_retried(), house.stages.stage("release", "Publication") as stage:
            judged_so = verdict_on(folder, campaign)
            announced = Announced(house.home, house.questionnaires, folder, judged_so, config.vintage)
            announced.refuse_unaccepted(config.accept_withheld)
            verdict = asdict(judged_so)
            path = publish(
                folder, verdict, campaign, config.vintage, house.home.releases,
                progress=stage.count, editorial=house.editorial,
            )  # fmt: skip
        return dg.MaterializeResult(
            metadata={
                "release": dg.MetadataValue.path(path),
                "candidate": dg.MetadataValue.path(folder),
                "files": sum(file.is_file() for file in path.rglob("*")),
                "outcome": verdict["outcome"],
            }
        )

    return [candidate, verdict, release]


def _new_candidate(
    house: House, build: Build, tables: Mapping[str, Mapping[str, list[str]]]
) -> tuple[Path, dict[str, Any]]:
    """The folder and the manifest of a candidate made of the warehouse that this run has built."""
    campaigns = active_campaigns(house.home, house.registry.campaigns)
    with transient_io_retried(), house.stages.stage("candidate", "Candidat à la publication"):
        manifest = fill_candidate(build, house.home, house.registry, campaigns, tables)
    decide_disclosure(house, build.partial, campaigns)
    seal(build.partial)
    return build.completed(), manifest


def _unchanged_candidate(house: House, copy: WorkingCopy, run_id: str) -> tuple[Path, dict[str, Any]] | None:
    """The current candidate, where the run had no warehouse to build: everything is what it was made from."""
    if build_begun(house.home, run_id) or (folder := made_from(house.home, build_inputs(house, copy))) is None:
        return None
    return folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def verdict_on(folder: Path, campaign: int) -> "Verdict":
    """The verdict of a candidate, if it is still the one that was judged. Raises `NotPublishableError`."""
    verdict = read_verdict(folder, campaign)
    if verdict.candidate_hash != candidate_hash(folder):
        raise NotPublishableError(
            f"le candidat n'est plus celui qui a été contrôlé pour la campagne {campaign} : ses fichiers ont changé "
            "depuis. Relancer « senacs build », puis « senacs publish »"
        )
    return verdict


def contracted_tables(manifest: Mapping[str, Any], room: str) -> dict[str, list[str]]:
    """The tables with a contract, each with the columns that it promises never to be null, keys first: its order.

    `room`: the candidate's folder that holds them, quality for those that a release does not carry, else marts.
    """
    tables = {}
    for node in manifest["nodes"].values():
        config = node["config"]
        if node["resource_type"] == "model" and config["materialized"] == "table" and config["contract"]["enforced"]:
            if (node["fqn"][1] == QUALITY) != (room == QUALITY):
                continue
            tables[node["name"]] = [
                column["name"]
                for column in node["columns"].values()
                if any(constraint["type"] == "not_null" for constraint in column["constraints"])
            ]
    return tables


def _judged_folder(house: House, run_id: str) -> Path:
    """The build of this run; the current candidate when the run only publishes."""
    build = build_begun(house.home, run_id)
    return build.whole if build else current_candidate(house.home)
