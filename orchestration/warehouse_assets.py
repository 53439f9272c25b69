"""The dbt models as assets by campaign, their data tests as asset checks."""

import os
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from methods.nonresponse.adjustments import TABLES as ADJUSTMENTS
from orchestration.builds import new_build
from orchestration.dbt.build import built_nodes, dagster_events, failure_of, keep_nodes, kept_nodes
from orchestration.dbt.working_copy import WAREHOUSE, WorkingCopy
from orchestration.house import House
from orchestration.inputs import BUILD, build_inputs, keep_inputs, made_from
from orchestration.intake_assets import WRITER
from orchestration.partitions import ONE_RUN, Partitions
from registry.export import export_registry

REGISTRY = dg.AssetKey("questionnaires")
SOURCE_ASSETS = {
    **dict.fromkeys(("frame", "lifecycle"), dg.AssetKey("frame")),
    **dict.fromkeys(ADJUSTMENTS, dg.AssetKey("adjustments")),
}


class HouseTranslator(DagsterDbtTranslator):
    """Names: a model is the asset of its name, grouped by layer; a source is the asset that writes it."""

    def __init__(self) -> None:
        super().__init__(
            settings=DagsterDbtTranslatorSettings(
                enable_source_tests_as_checks=True, enable_duplicate_source_asset_keys=True
            )
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """The registry's tables are one asset, the intake's tables are the assets that write them."""
        if dbt_resource_props["resource_type"] != "source":
            return dg.AssetKey(dbt_resource_props["name"])
        if dbt_resource_props["source_name"] == "registry":
            return REGISTRY
        return SOURCE_ASSETS.get(dbt_resource_props["name"], dg.AssetKey("answers"))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer: staging, intermediate, marts, figures."""
        fqn: list[str] = dbt_resource_props["fqn"]
        return fqn[1] if len(fqn) > 2 else "warehouse"


def warehouse_assets(copy: WorkingCopy, partitions: Partitions) -> dg.AssetsDefinition:
    """All models in one step: the warehouse is a fresh file that holds every campaign, or it is not."""
    translator = HouseTranslator()

    @dbt_assets(
        manifest=copy.manifest_json,
        name="warehouse",
        exclude="resource_type:unit_test",
        partitions_def=partitions.campaign,
        backfill_policy=ONE_RUN,
        dagster_dbt_translator=translator,
        pool=WRITER,
    )
    def warehouse(
        context: dg.AssetExecutionContext, house: dg.ResourceParam[House]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        if context.is_subset and len(context.selected_asset_keys) < len(context.assets_def.keys):
            raise dg.Failure("the warehouse is built whole, in a fresh file: select every dbt model")
        house.lock.acquire(context.log.info)
        export_registry(house.registry, house.home.registry)
        inputs = build_inputs(house, copy)
        if (unchanged := None if house.fresh else made_from(house.home, inputs)) is not None:
            with house.stages.stage("dbt", "Tables et chiffres (dbt)") as stage:
                stage.tell(f"rien n'a changé depuis la construction {unchanged.name}")
            yield from dagster_events(kept_nodes(unchanged), copy.manifest_json, translator, unchanged.name)
            return
        threading.Thread(target=_import_the_gate, daemon=True).start()
        build = new_build(house.home, context.run_id)
        with house.stages.stage("dbt", "Tables et chiffres (dbt)") as stage:
            nodes = built_nodes(copy, house.home, build.partial / WAREHOUSE, stage.tell, threads=os.cpu_count() or 1)
            stage.tell(f"{len(nodes)} modèles et contrôles")
        yield from dagster_events(nodes, copy.manifest_json, translator, build.build_id)
        failure = failure_of(nodes)
        if failure:
            raise failure
        keep_nodes(nodes, build.partial)
        keep_inputs(build.partial, BUILD, inputs)

    return warehouse


def _import_the_gate() -> None:
    """Great Expectations takes seconds to import: they pass while DuckDB computes."""
    from expectations.gate import preload

    preload()
