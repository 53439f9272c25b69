"""A registry with a line or a cell less is refused by name, or works: nothing crashes later."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.home import PROJECT_ROOT
from ingest.forms.form import forms_of
from ingest.store.read_store import header_indexes, limits_of
from ingest.values.edit_rules import compared_variables, raised_edits
from ingest.values.parsing import read_number
from orchestration.named_elsewhere import unknown_names
from registry import Registry, RegistryError, load_registry
from registry.campaigns import findings_of
from registry.export import registry_tables
from tests.conftest import Senacs
from tests.ingest.campaign_files import drop, edit, faults, with_2020

QUESTIONNAIRES = PROJECT_ROOT / "questionnaires"
FILES = sorted(path.relative_to(QUESTIONNAIRES).as_posix() for path in QUESTIONNAIRES.rglob("*.csv"))
READ = [file for file in FILES if not file.startswith("geo/") and file != "normalisation.csv"]
ENGLISH = (" is ", " not in ", "can't", "expected", "missing", "unknown")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registre") / "questionnaires"
    return Path(shutil.copytree(QUESTIONNAIRES, folder, ignore=shutil.ignore_patterns("geo")))


def use(registry: Registry, folder: Path) -> None:
    """What every command does with a registry: compile it, read with it, judge an answer, show its forms."""
    registry_tables(registry)
    compared_variables(registry)
    campaign = registry.campaigns[-1]
    forms_of(registry, folder, campaign)
    limits_of(registry)
    header_indexes(registry)
    read_number("1 234,5 €", "EUR", registry)
    rows = pl.DataFrame(
        {"row_id": [1], "structure_id": ["CS-1"], "structure_type": ["CS"], "campaign": [campaign], "current": [True]}
    )
    answers = pl.DataFrame(
        {"row_id": [1], "variable": ["fte_total"], "value_num": [1.0], "value_text": [None], "value_date": [None]},
        schema_overrides={"value_text": pl.String, "value_date": pl.Date},
    )
    frame = pl.DataFrame(
        {
            "structure_id": ["CS-1"],
            "first_agreement_date": [None],
            "management_mode": ["caf"],
            "manager_siren": [""],
        },
        schema_overrides={"first_agreement_date": pl.Date},
    )
    raised_edits(registry, rows, answers, frame, pl.DataFrame({"structure_id": []}, schema={"structure_id": pl.String}))


def refused_or_usable(folder: Path) -> None:
    """The registry is named as wrong in French, or serves; and its check says as much."""
    try:
        registry = load_registry(folder)
    except RegistryError as error:
        assert error.problems
        for problem in error.problems:
            assert any(problem.startswith(file) for file in FILES), problem
            assert not any(word in problem for word in ENGLISH), problem
        findings = findings_of(folder, 2019)
        assert findings is None or findings.faults
        return
    findings = findings_of(folder, registry.campaigns[-1])
    assert findings is not None
    if not findings.faults:
        use(registry, folder)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_registry_without_a_line_or_a_cell_is_refused_or_serves(copy: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(READ))
    path = copy / file
    before = path.read_bytes()
    rows = list(csv.reader(io.StringIO(before.decode())))
    number = data.draw(st.integers(0, len(rows) - 1))
    if data.draw(st.booleans()):
        del rows[number]
    else:
        rows[number][data.draw(st.integers(0, len(rows[number]) - 1))] = ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    try:
        path.write_text(text.getvalue(), encoding="utf-8")
        refused_or_usable(copy)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("file", READ)
@pytest.mark.parametrize("lines", [0, 1])
def test_a_file_that_is_empty_or_has_a_header_alone_is_refused_or_serves(copy: Path, file: str, lines: int) -> None:
    path = copy / file
    before = path.read_bytes()
    try:
        path.write_bytes(b"".join(before.splitlines(keepends=True)[:lines]))
        refused_or_usable(copy)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize(
    ("file", "start", "expected"),
    [
        ("edits.csv", "E", "edits.csv : aucune règle fatal en SQL"),
        ("variables.csv", "siret,", "variables.csv : la variable siret (texte, non personnelle) doit être demandée"),
        ("key_columns.csv", "IDENT,", "key_columns.csv, colonne « role » : aucune colonne de rôle identifier"),
        ("parameters.csv", "max_rows,", "parameters.csv : il manque max_rows, qui borne ce qui est lu"),
        ("reasons.csv", "", "reasons.csv : n'a aucune ligne sous son en-tête"),
        ("spellings.csv", "boolean,", "spellings.csv : il manque les mots qui veulent dire oui (1)"),
    ],
)
def test_what_the_programs_need_is_missed_by_name(tmp_path: Path, file: str, start: str, expected: str) -> None:
    folder = with_2020(tmp_path)
    if start == "siret,":
        for path in (folder / "crosswalk").iterdir():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(line for line in lines if ",siret," not in line), encoding="utf-8")
    header, *lines = (folder / file).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / file).write_text(header + "".join(x for x in lines if not x.startswith(start)), encoding="utf-8")
    assert any(expected in fault for fault in faults(folder)), faults(folder)


def test_the_settings_and_plans_of_the_project_name_what_there_is(registry: Registry) -> None:
    assert unknown_names(registry) == []


def test_an_indicator_that_thresholds_and_plans_name_and_that_is_gone_is_told(senacs: Senacs, tmp_path: Path) -> None:
    folder = with_2020(tmp_path)
    drop(folder, "indicators.csv", "fte_total,")
    drop(folder, "nonresponse.csv", "fte_total,")
    said = [str(fault) for fault in unknown_names(load_registry(folder))]
    assert any(line.startswith("expectations/variables.csv, ligne 2 :") for line in said)
    assert any(line.startswith("publication/plans/chapters/team.yml, ligne") for line in said)
    assert all("l'indicateur « fte_total » n'est pas dans indicators.csv" in line for line in said)
    outcome = senacs("campaign", "check", "2020", questionnaires=folder)
    assert outcome.code == 1
    assert "expectations/variables.csv, ligne 2 : l'indicateur « fte_total »" in outcome.out


def test_a_variable_that_the_gate_adds_up_and_that_is_gone_is_told(tmp_path: Path, registry: Registry) -> None:
    settings_folder = tmp_path / "expectations"
    settings_folder.mkdir()
    (settings_folder / "wholes.csv").write_text("whole,parts\nincome_total,income_caf|income_cafe\n", encoding="utf-8")
    (fault,) = unknown_names(registry, tmp_path)
    assert str(fault).startswith(
        "expectations/wholes.csv, ligne 2 : la variable « income_cafe » n'est pas dans variables.csv "
        "(vouliez-vous dire « income_caf » ?)"
    )


def test_a_fault_elsewhere_is_told_beside(tmp_path: Path) -> None:
    folder = with_2020(tmp_path)
    edit(folder, "edits.csv", "fte_total > employees,", "fte_total > salaries,")
    drop(folder, "key_columns.csv", "IDENT,")
    assert len(faults(folder)) == 2
