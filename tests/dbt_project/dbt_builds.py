"""A dbt project of its own for a test: a copy of `dbt_project/` over a registry and an intake in a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt.contracts import FILE, contracts_yaml

SOURCES = Path(__file__).resolve().parents[2] / "dbt_project"


class Project:
    """``folder/registry`` and ``folder/intake`` in, ``folder/warehouse.duckdb`` out."""

    def __init__(self, folder: Path, wide_columns: Sequence[Mapping[str, Any]]) -> None:
        self.registry, self.intake = folder / "registry", folder / "intake"
        self.warehouse = folder / "warehouse.duckdb"
        self.copy = folder / "project"
        shutil.copytree(SOURCES, self.copy, ignore=shutil.ignore_patterns("target", "logs"))
        (self.copy / FILE).write_text(contracts_yaml(wide_columns), encoding="utf-8")

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run dbt; the result of each node, by name."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("SENACS_REGISTRY_DIR", os.fspath(self.registry))
            environment.setenv("SENACS_INTAKE_DIR", os.fspath(self.intake))
            environment.setenv("SENACS_DUCKDB_PATH", os.fspath(self.warehouse))
            try:
                answer = dbtRunner().invoke(
                    [
                        *arguments,
                        *("--project-dir", os.fspath(self.copy), "--profiles-dir", os.fspath(self.copy)),
                        *("--target-path", os.fspath(self.copy / "target"), "--quiet"),
                        *("--log-level", "none", "--log-level-file", "none"),
                        *("--vars", "{key_items: [[members], [helpers], [budget, fte]], complete_from_key_items: 2}"),
                    ]
                )
            finally:
                DuckDBConnectionManager.close_all_connections()
        if answer.result is None:
            raise AssertionError(f"dbt did not run: {answer.exception}")
        return {result.node.name: result for result in answer.result.results}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the warehouse."""
        with duckdb.connect(os.fspath(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()
