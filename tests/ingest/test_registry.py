"""The registry names what is wrong in it; what it compiles says what the data say."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from core.home import PROJECT_ROOT
from registry import Registry, RegistryError, load_registry
from registry.export import export_registry
from registry.expressions import ExpressionError, aggregate_over_base, columns_of, filled_template
from registry.figures import figure_expressions
from registry.wide import wide_columns


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT_ROOT / "questionnaires", tmp_path / "questionnaires"))


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "crosswalk/2019.csv",
            ",fte_total,decimal",
            ",fte_totale,decimal",
            "« fte_totale » n'est pas dans variables.csv (vouliez-vous dire « fte_total » ?)",
        ),
        (
            "crosswalk/2019.csv",
            "association|municipality|ccas",
            "association|mairie|ccas",
            "modalité(s) « mairie » absente(s) de la liste",
        ),
        (
            "crosswalk/2019.csv",
            "2019,2018,CS,core,Q1.01",
            "2018,2018,CS,core,Q1.01",
            "ce fichier est le questionnaire de 2019",
        ),
        (
            "variables.csv",
            "fte_total,staff,CS+EVS,decimal",
            "fte_total,staff,CS+EVS,number",
            "« number » n'est pas une valeur possible",
        ),
        (
            "indicators.csv",
            "SUM(fte_total),",
            "SUM(fte_totale),",
            "« fte_totale » : rien ne le demande ni ne le calcule (vouliez-vous dire « fte_total » ?)",
        ),
        ("indicators.csv", "SUM(fte_total),", "SUM(fte_total,", "n'est pas une formule SQL lisible"),
        ("edits.csv", "fte_total > employees,", "fte_total > salaries,", "« salaries » : rien ne le demande"),
        (
            "derived.csv",
            "board_members + volunteers_activity",
            "board_members + nobody",
            "« nobody » : rien ne le demande",
        ),
        (
            "territory_members.csv",
            "REG-32-2016,",
            "REG-99-2016,",
            "le territoire « REG-99-2016 » n'est pas dans territories.csv",
        ),
        (
            "parameters.csv",
            "volunteer_hourly_rate",
            "volunteer_rate",
            "le paramètre :volunteer_hourly_rate n'est pas dans",
        ),
    ],
)
def test_a_wrong_line_is_named_with_its_file_its_line_and_the_reason(
    copy: Path, file: str, old: str, new: str, expected: str
) -> None:
    with pytest.raises(RegistryError) as failure:
        load_registry(edited(copy, file, old, new))
    assert any(expected in problem and ", ligne " in problem for problem in failure.value.problems), failure.value


def test_every_fault_is_told_at_once(copy: Path) -> None:
    edited(copy, "variables.csv", ",decimal,FTE", ",nombre,FTE")
    edited(copy, "choices.csv", "management_mode,municipality,Commune,2", "management_mode,association,Commune,2")
    with pytest.raises(RegistryError) as failure:
        load_registry(copy)
    files = {problem.split(",")[0] for problem in failure.value.problems}
    assert files == {"variables.csv", "choices.csv"}


def test_two_derived_variables_that_need_each_other_are_refused(copy: Path) -> None:
    edited(copy, "derived.csv", "volunteers_regular + volunteers_occasional", "volunteers_total - board_members")
    with pytest.raises(RegistryError, match="défaites la boucle"):
        load_registry(copy)


def test_the_fingerprint_changes_with_any_line(copy: Path, registry: Registry) -> None:
    edited(copy, "parameters.csv", "volunteer_hourly_rate,12,", "volunteer_hourly_rate,13,")
    assert load_registry(copy).fingerprint != registry.fingerprint


def test_derived_variables_come_after_what_they_use(registry: Registry) -> None:
    seen: set[str] = set()
    names = {derived.variable for derived in registry.derived}
    for derived in registry.derived:
        assert (columns_of(derived.expression) & names) - {derived.variable} <= seen
        seen.add(derived.variable)


def test_the_base_of_a_figure_goes_inside_its_aggregates() -> None:
    compiled = aggregate_over_base("SUM(a) * 12 + COUNT(*)", "b IS NOT NULL")
    rows = "(values (1, 1), (10, null), (100, 2)) t(a, b)"
    inside = duckdb.sql(f"select {compiled} from {rows}").fetchone()
    outside = duckdb.sql(f"select sum(a) * 12 + count(*) from {rows} where b is not null").fetchone()
    assert inside == outside == (101 * 12 + 2,)


@pytest.mark.parametrize("text", ["(select 1)", "a; drop table x", "read_csv('/etc/passwd')", "sum(a", ""])
def test_an_expression_is_plain_sql_over_columns(text: str) -> None:
    if not text:
        assert columns_of(text) == set()
        return
    with pytest.raises(ExpressionError):
        columns_of(text)


def test_templates_are_filled_from_options_and_parameters() -> None:
    text = filled_template("SUM(x__{choice}) / SUM({all:x}) * :rate", "b", ["a", "b"], {"rate": "12"})
    assert text == "SUM(x__b) / SUM(x__a + x__b) * 12"


def test_a_breakdown_offers_the_options_of_the_year(registry: Registry) -> None:
    def breakdowns(campaign: int) -> list[str]:
        return [
            line.breakdown
            for line in figure_expressions(registry)
            if line.indicator == "management_mode_count" and line.campaign == campaign and line.structure_type == "CS"
        ]

    assert "epci" not in breakdowns(2011)
    assert "epci" in breakdowns(2017)


def test_personal_data_has_no_column_in_the_warehouse(registry: Registry) -> None:
    personal = {variable.variable for variable in registry.variables.values() if variable.pii}
    assert personal
    assert personal.isdisjoint(column.column for column in wide_columns(registry))


def test_the_export_is_written_once_per_registry(tmp_path: Path, registry: Registry) -> None:
    export_registry(registry, tmp_path)
    first = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.parquet")}
    export_registry(registry, tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.parquet")} == first
    assert {"wide_columns.parquet", "figure_expressions.parquet", "territories.parquet"} <= set(first)


def test_a_sum_of_quotients_does_not_depend_on_the_order_of_the_rows() -> None:
    compiled = aggregate_over_base("SUM(100.0 * a / b)", "b > 0")
    rows = [(1, 3), (2, 7), (10, 9), (5, 0), (7, 11)]

    def total(order: list[tuple[int, int]]) -> object:
        values = ", ".join(f"({a}::decimal(18,6), {b}::decimal(18,6))" for a, b in order)
        return duckdb.sql(f"select {compiled} from (values {values}) t(a, b)").fetchone()

    assert "DECIMAL(38, 10)" in compiled
    assert total(rows) == total(rows[::-1]) == total(sorted(rows, key=lambda row: row[1]))


def test_a_registry_from_before_a_rule_of_the_reader_says_it_in_the_words_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "questionnaires"
    shutil.copytree(PROJECT_ROOT / "questionnaires", folder)
    lines = (folder / "edits.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line.replace("fichier", "classeur") for line in lines if not line.startswith("I30,")]
    (folder / "edits.csv").write_text("".join(kept), encoding="utf-8")
    theirs, ours = load_registry(folder), load_registry(PROJECT_ROOT / "questionnaires")
    assert theirs.edits["I30"].message_fr == ours.edits["I30"].message_fr
    assert theirs.edits["I02"].message_fr == ours.edits["I02"].message_fr.replace("fichier", "classeur")
    assert theirs.edits["I02"].message_fr != ours.edits["I02"].message_fr
