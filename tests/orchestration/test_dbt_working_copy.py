"""dbt's working copy follows its sources, and its build follows the tables that it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home, questionnaires_folder
from orchestration.dbt import working_copy as dbt_working_copy
from orchestration.dbt.build import built_nodes, failure_of
from orchestration.dbt.working_copy import DbtError, WorkingCopy, prepare, working_copy
from registry import Registry, load_registry

PROJECT = "name: small\nversion: '1.0'\nprofile: small\nmodel-paths: [models]\ntest-paths: [tests]\n"
PROFILE = "small: {target: t, outputs: {t: {type: duckdb, path: \"{{ env_var('SENACS_DUCKDB_PATH') }}\"}}}\n"
SOURCES = """
sources:
  - name: registry
    config: {meta: {external_location: "{{ env_var('SENACS_REGISTRY_DIR') }}/{name}.parquet"}}
    tables: [{name: campaigns}]
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(questionnaires_folder())


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project of one model, in the place of the real one."""
    folder = tmp_path / "dbt_project"
    for name, text in {
        "dbt_project.yml": PROJECT,
        "profiles.yml": PROFILE,
        "models/one.sql": "select 1 as x",
        "tests/never_one.sql": "select * from {{ ref('one') }} where x = 2",
        "models/sources.yml": SOURCES,
        "target/noise.txt": "written by dbt",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(dbt_working_copy, "SOURCES", folder)
    monkeypatch.setattr("orchestration.dbt.working_copy.contracts_yaml", lambda _: "version: 2\n")
    return folder


def nodes(copy: WorkingCopy, home: Home, warehouse: Path) -> list[tuple[str, str]]:
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    results = built_nodes(copy, home, warehouse, lambda _: None, threads=1)
    failure = failure_of(results)
    if failure:
        raise failure
    return [(node.name, node.status) for node in results]


def test_the_copy_follows_its_sources_and_is_parsed_only_when_they_change(
    sources: Path, tmp_path: Path, registry: Registry
) -> None:
    home = Home(tmp_path / "home")
    first = working_copy(home, registry)
    assert not (first.folder / "target").exists()
    parsed = (first.parsed / "manifest.json").stat().st_mtime_ns
    assert working_copy(home, registry).fingerprint == first.fingerprint
    assert (first.parsed / "manifest.json").stat().st_mtime_ns == parsed
    (sources / "models/one.sql").rename(sources / "models/two.sql")
    (sources / "tests/never_one.sql").unlink()
    second = working_copy(home, registry)
    assert second.fingerprint != first.fingerprint
    assert not (second.folder / "models/one.sql").exists()
    assert "model.small.two" in second.manifest_json["nodes"]


def test_what_set_up_prepared_serves_every_home(sources: Path, tmp_path: Path, registry: Registry) -> None:
    prepared = tmp_path / "prepared"
    prepare(registry, prepared)
    copies = [working_copy(Home(tmp_path / name), registry, prepared) for name in ("one", "two")]
    assert [copy.parsed for copy in copies] == [prepared, prepared]
    for copy in copies:
        (source,) = copy.manifest().sources.values()
        assert source.meta["external_location"] == f"{copy.home.registry}/{{name}}.parquet"
        assert source.relation_name == f"'{copy.home.registry}/campaigns.parquet'"
    (sources / "models/one.sql").write_text("select 3 as x", encoding="utf-8")
    assert working_copy(Home(tmp_path / "one"), registry, prepared).parsed == tmp_path / "one" / "dbt" / "parsed"


def test_a_build_writes_a_fresh_file_and_closes_it(sources: Path, tmp_path: Path, registry: Registry) -> None:
    import duckdb

    home = Home(tmp_path / "home")
    copy = working_copy(home, registry)
    for name in ("first", "second"):
        warehouse = tmp_path / name / "warehouse.duckdb"
        assert nodes(copy, home, warehouse) == [("one", "success"), ("never_one", "pass")]
        with duckdb.connect(str(warehouse)) as connection:
            assert connection.execute("select x from one").fetchall() == [(1,)]
        assert not warehouse.with_suffix(".duckdb.wal").exists()


def test_a_table_that_a_test_refuses_is_named(sources: Path, tmp_path: Path, registry: Registry) -> None:
    (sources / "models/one.sql").write_text("select 2 as x", encoding="utf-8")
    home = Home(tmp_path / "home")
    with pytest.raises(DbtError, match="never_one"):
        nodes(working_copy(home, registry), home, tmp_path / "w" / "warehouse.duckdb")


def test_a_project_that_does_not_parse_is_an_error_of_its_own(
    sources: Path, tmp_path: Path, registry: Registry
) -> None:
    (sources / "models/one.sql").write_text("select * from {{ ref('nothing') }}", encoding="utf-8")
    with pytest.raises(DbtError, match="nothing"):
        working_copy(Home(tmp_path / "home"), registry)
