"""Of the demonstration's releases: nothing hidden is in any file, and everything else is the oracle's."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from expectations.gate import judge
from expectations.settings import load_settings
from tests.conftest import Demonstration

CAMPAIGN = 2019
ADDRESS = ("campaign", "level", "territory", "structure_type", "indicator", "breakdown")
AMOUNTS = ("value", "numerator", "denominator")


@pytest.fixture(scope="module")
def release(demonstration: Demonstration) -> Path:
    return demonstration.home.releases / str(CAMPAIGN) / "P1"


def lines_of(path: Path) -> dict[tuple[str, ...], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {tuple(row[key] for key in ADDRESS): row for row in csv.DictReader(lines)}


def test_each_value_is_the_candidate_s_or_hidden_with_its_reason(demonstration: Demonstration, release: Path) -> None:
    candidate = lines_of(demonstration.candidate / "figures.csv")
    published = lines_of(release / "figures.csv")
    assert set(published) == {address for address in candidate if address[0] == str(CAMPAIGN)}
    states = {row["status"] for row in published.values()}
    assert states == {"published", "primary", "secondary"}
    for address, row in published.items():
        original = candidate[address]
        if row["status"] == "published":
            assert {name: row[name] for name in original} == original
        else:
            assert row["value"] == ""
            assert "" in (row["numerator"], row["denominator"])
            assert all(row[name] in ("", original[name]) for name in AMOUNTS)


def test_tables_and_bi_file_hide_what_the_csv_hides(release: Path) -> None:
    hidden = {key for key, row in lines_of(release / "figures.csv").items() if row["status"] != "published"}
    assert hidden
    query = "select campaign, level, territory, structure_type, indicator, breakdown, value, value_rounded from {}"
    with duckdb.connect(str(release / f"senacs_{CAMPAIGN}_P1.duckdb"), read_only=True) as database:
        for table in ("figures", f"read_parquet('{release}/marts/figures.parquet')"):
            rows = database.execute(query.format(table) + f" where campaign = {CAMPAIGN}").fetchall()
            without = {tuple(str(part) for part in row[:6]) for row in rows if row[6] is None and row[7] is None}
            assert without == hidden


def test_no_answer_of_a_structure_is_released(demonstration: Demonstration, release: Path) -> None:
    registry = demonstration.candidate / "registry" / "wide_columns.parquet"
    with duckdb.connect(str(release / f"senacs_{CAMPAIGN}_P1.duckdb"), read_only=True) as database:
        answers = database.execute(
            f"""select "column" from read_parquet('{registry}') where release <> 'directory'"""
        ).fetchall()
        columns = database.execute("select column_name from duckdb_columns() where table_name like 'fct_%'").fetchall()
        in_parquet = database.execute(
            f"select distinct path_in_schema from parquet_metadata('{release}/marts/*.parquet') "
            "where file_name like '%fct_%'"
        ).fetchall()
    assert not {name for (name,) in answers} & {name for (name,) in [*columns, *in_parquet]}
    verdict = json.loads((release / "verdict.json").read_text(encoding="utf-8"))
    assert not any(check["rows"] or check["row_lines"] for check in verdict["checks"])


def test_statistics_of_parquet_say_no_hidden_extreme(release: Path) -> None:
    """The least and greatest value that Parquet keeps of each column are those of released rows."""
    path = release / "marts" / "figures.parquet"
    with duckdb.connect() as connection:
        told = connection.execute(
            f"select path_in_schema, min(stats_min_value::double), max(stats_max_value::double) "
            f"from parquet_metadata('{path}') where path_in_schema in ('value', 'value_rounded') group by all"
        ).fetchall()
        for column, least, greatest in told:
            shown = connection.execute(
                f"select min({column})::double, max({column})::double from read_parquet('{path}')"
            ).fetchall()
            assert [(least, greatest)] == shown


def test_the_manifest_counts_what_is_hidden(release: Path) -> None:
    told = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["disclosure"]
    rows = lines_of(release / "figures.csv").values()
    assert told["figures"] == len(rows)
    for state in ("published", "primary", "secondary"):
        assert told[state] == sum(row["status"] == state for row in rows)
    assert sum(told["primary_by_rule"].values()) == told["primary"]


def test_the_gate_has_audited_what_is_hidden(demonstration: Demonstration) -> None:
    verdict = json.loads((demonstration.candidate / "verdicts" / f"{CAMPAIGN}.json").read_text(encoding="utf-8"))
    checks = {check["id"]: check for check in verdict["checks"] if check["suite"] == "disclosure"}
    assert all(check["passed"] for check in checks.values())
    assert not checks["disclosure_intervals"]["observed"].startswith("rien")


# Of one figure with sensitive départements, the figures that protect these are told.
UNPROTECTED = """
with exposed as (
    select indicator, breakdown, structure_type from '{figures}'
    group by all having bool_or(state = 'primary') and bool_or(state = 'secondary') order by all limit 1
)
select figures.* replace (
    case when state = 'secondary' and exposed.indicator is not null then 'published' else state end as state,
    numerator_hidden and not (state = 'secondary' and exposed.indicator is not null) as numerator_hidden,
    denominator_hidden and not (state = 'secondary' and exposed.indicator is not null) as denominator_hidden
)
from '{figures}' as figures left join exposed using (indicator, breakdown, structure_type)
"""


def test_a_hidden_figure_that_its_margins_tell_blocks(demonstration: Demonstration, tmp_path: Path) -> None:
    for room in demonstration.candidate.iterdir():
        if room.name == "disclosure":
            shutil.copytree(room, tmp_path / room.name)
        else:
            (tmp_path / room.name).symlink_to(room)
    figures = tmp_path / "disclosure" / str(CAMPAIGN) / "figures.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table spoilt as {UNPROTECTED.format(figures=figures)}")
        connection.execute(f"copy spoilt to '{figures}' (format parquet)")
    settings = load_settings()
    checks = tuple(check for check in settings.checks if check.id == "disclosure_intervals")

    verdict = judge(tmp_path, CAMPAIGN, settings=dataclasses.replace(settings, checks=checks, waivers=()))

    [check] = verdict.checks
    assert verdict.outcome == "blocked" and check.error is None
    assert "recalculables" in check.observed and "de l'intervalle demandé" in check.row_lines[0]
    assert "Relancer la construction" in check.next_step_fr
