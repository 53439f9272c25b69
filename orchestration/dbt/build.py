"""One `dbt build` in this process, and what it says as Dagster's events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from core.home import Home
from orchestration.dbt.working_copy import DbtError, WorkingCopy, set_dbt_environment

if TYPE_CHECKING:
    from dbt.contracts.results import NodeResult

WRONG = {"error", "fail", "runtime error"}
KEPT = Path("inputs") / "dbt.json"


@dataclass(frozen=True)
class BuiltNode:
    """What became of a model or of a data test. `relation`: the table that holds the rows which a test found."""

    unique_id: str
    name: str
    kind: str
    status: str
    seconds: float
    failures: int
    message: str
    relation: str | None


def built_nodes(
    copy: WorkingCopy, home: Home, warehouse: Path, on_node: Callable[[str], None], threads: int
) -> list[BuiltNode]:
    """Build every model and run every data test into a new `warehouse`; what became of each node, in dbt's order.

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
    return [_built_node(result) for result in answer.result.results]


def keep_nodes(nodes: Sequence[BuiltNode], build: Path) -> None:
    """Keep with a build what dbt said of each node."""
    path = build / KEPT
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(node) for node in nodes], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kept_nodes(build: Path) -> list[BuiltNode]:
    """What dbt said when it made a build."""
    return [BuiltNode(**node) for node in json.loads((build / KEPT).read_text(encoding="utf-8"))]


def dagster_events(
    nodes: Sequence[BuiltNode], manifest: Mapping[str, Any], translator: DagsterDbtTranslator, build_id: str
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """A materialisation for each model built, an asset check for each data test run, in the build of that id."""
    for node in nodes:
        if node.kind in ("model", "seed") and node.status == "success":
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_spec(manifest, node.unique_id, None).key,
                metadata={"seconds": round(node.seconds, 3), "build_id": build_id},
            )
        elif node.kind == "test" and node.status != "skipped":
            check = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
            if check:
                yield dg.AssetCheckResult(
                    passed=node.status == "pass",
                    asset_key=check.asset_key,
                    check_name=check.name,
                    severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                    metadata={"failures": node.failures, "message": node.message, "build_id": build_id},
                )


def failure_of(nodes: Sequence[BuiltNode]) -> DbtError | None:
    """What stops the build, node by node: the message, and for a test the table that holds the faulty rows."""
    wrong = [node for node in nodes if node.status in WRONG]
    if not wrong:
        return None
    lines = []
    for node in wrong:
        message = " ".join(node.message.split())
        lines.append(f"{node.name}: {message}" + (f" (rows in {node.relation})" if node.relation else ""))
    return DbtError(f"dbt: {len(wrong)} node(s) failed: " + "; ".join(lines))


def _built_node(result: NodeResult) -> BuiltNode:
    node, is_test = result.node, result.node.resource_type == "test"
    return BuiltNode(
        unique_id=node.unique_id,
        name=node.name,
        kind=str(node.resource_type),
        status=str(result.status),
        seconds=result.execution_time,
        failures=result.failures or 0,
        message=result.message or "",
        relation=getattr(node, "relation_name", None) if is_test else None,
    )
