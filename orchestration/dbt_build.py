"""One `dbt build` in this process, and what it says as Dagster's events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from ingest.home import Home
from orchestration.dbt_working_copy import DbtError, WorkingCopy, set_dbt_environment

if TYPE_CHECKING:
    from dbt.contracts.results import NodeResult

WRONG = {"error", "fail", "runtime error"}


def built_nodes(
    copy: WorkingCopy, home: Home, warehouse: Path, on_node: Callable[[str], None], threads: int
) -> list[NodeResult]:
    """Build every model and run every data test into a new `warehouse`; the result of each node, in dbt's order.

    Unit tests are for the developers' tests, not for each build. dbt-duckdb keeps its connection open after a run,
    which would stop every reader of the file: it is closed here. Raises `DbtError` when dbt itself fails.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    def listen(event: Any) -> None:
        if event.info.name == "LogModelResult":
            on_node(event.data.node_info.node_name)

    set_dbt_environment(home, warehouse)
    try:
        answer = dbtRunner(manifest=copy.manifest(), callbacks=[listen]).invoke(
            [
                *("build", "--exclude-resource-type", "unit_test", "--no-write-json", "--threads", str(threads)),
                *copy.arguments,
            ]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()
    if answer.exception or not isinstance(answer.result, RunExecutionResult):
        raise DbtError(f"dbt failed: {answer.exception}")
    return list(answer.result.results)


def dagster_events(
    results: list[NodeResult], manifest: Mapping[str, Any], translator: DagsterDbtTranslator
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """A materialisation for each model built, an asset check for each data test run."""
    for result in results:
        unique_id, status = result.node.unique_id, str(result.status)
        if result.node.resource_type in ("model", "seed") and status == "success":
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_spec(manifest, unique_id, None).key,
                metadata={"seconds": round(result.execution_time, 3)},
            )
        elif result.node.resource_type == "test" and status != "skipped":
            check = get_asset_check_key_for_test(manifest, translator, unique_id, None)
            if check:
                yield dg.AssetCheckResult(
                    passed=status == "pass",
                    asset_key=check.asset_key,
                    check_name=check.name,
                    severity=dg.AssetCheckSeverity.WARN if status == "warn" else dg.AssetCheckSeverity.ERROR,
                    metadata={"failures": result.failures or 0, "message": result.message or ""},
                )


def failure_of(results: list[NodeResult]) -> DbtError | None:
    """What stops the build, node by node: the message, and for a test the table that holds the faulty rows."""
    wrong = [result for result in results if str(result.status) in WRONG]
    if not wrong:
        return None
    lines = []
    for result in wrong:
        message = " ".join((result.message or "").split())
        stored = getattr(result.node, "relation_name", None) if result.node.resource_type == "test" else None
        lines.append(f"{result.node.name}: {message}" + (f" (rows in {stored})" if stored else ""))
    return DbtError(f"dbt: {len(wrong)} node(s) failed: " + "; ".join(lines))
