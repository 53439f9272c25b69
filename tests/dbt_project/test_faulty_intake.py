"""Tables that disagree with each other stop the build, and the rows at fault are kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.dbt_project.dbt_builds import Project
from tests.dbt_project.small_survey import answers_table, wide_columns, write_intake, write_registry


def test_answers_twice_or_without_a_column_stop_the_build_before_the_pivot(tmp_path: Path) -> None:
    project = Project(tmp_path, wide_columns())
    write_registry(project.registry)
    write_intake(project.intake)
    answers = answers_table().filter(campaign=2032)
    members = answers.filter(structure_id="CS-2", variable="members")
    unknown = members.with_columns(variable=pl.lit("shoe_size"))
    pl.concat([answers, members, unknown]).write_parquet(project.intake / "2032" / "answers.parquet")

    results = project.run("build", "--exclude-resource-type", "unit_test")

    assert str(results["answers_have_one_row_per_variable"].status) == "fail"
    assert str(results["answers_have_a_column"].status) == "fail"
    assert str(results["stg_returns__answers_wide"].status) == "skipped"
    assert str(results["figures"].status) == "skipped"
    assert project.rows("from test_failures.answers_have_a_column") == [(2032, "shoe_size", 1)]
    assert project.rows("select structure_id, variable from test_failures.answers_have_one_row_per_variable") == [
        ("CS-2", "members")
    ]
