from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.dbt_project.dbt_builds import Project
from tests.dbt_project.small_survey import wide_columns, write_intake, write_registry


@dataclass(frozen=True)
class Built:
    """A project that was built once, and what dbt said of each node."""

    project: Project
    results: dict[str, Any]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    project = Project(tmp_path_factory.mktemp("dbt"), wide_columns())
    write_registry(project.registry)
    write_intake(project.intake)
    return Built(project, project.run("build"))
