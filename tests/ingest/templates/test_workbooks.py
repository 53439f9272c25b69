"""The workbooks as they are opened: locked, filled, guarded, with the last answers beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from core.home import Home
from ingest.forms import write_form
from ingest.forms.form import forms_of
from ingest.forms.reminders import Reminders, reminders_of
from ingest.forms.sheets import sheet_name
from ingest.forms.table_workbook import write_table_workbook
from ingest.forms.wording import number_fr
from ingest.returns.form_version import form_version
from ingest.returns.headers import HeaderIndex
from ingest.store.intake import Intake, previous_values
from registry import Registry
from tests.ingest.templates.filling import (
    CAMPAIGN,
    QUESTIONNAIRES,
    header_row,
)

STRUCTURE = "CS-62-0006"


def test_identification_is_filled_and_locked_and_answers_are_not(sent: dict[str, Path], sample_intake: Home) -> None:
    workbook = openpyxl.load_workbook(sent["caf-04"])
    assert [(sheet.title, sheet.sheet_state) for sheet in workbook] == [
        ("Mode d'emploi", "visible"), ("CS", "visible"), ("EVS", "visible")
    ]  # fmt: skip
    sheet = workbook["CS"]
    first = header_row(sheet) + 2
    assert [cell.value for cell in sheet[first]][:4] == ["CS-04-0001", "Centre social La Marelle", "04049", "04"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    locked = {sheet.cell(first - 2, cell.column).value: cell.protection.locked for cell in sheet[first]}
    open_codes = {code for code, is_locked in locked.items() if not is_locked}
    assert {"IDENT", "NOM_REF", "INSEE", "DEP", "_rappel Q7.02", "_formulaire"} <= locked.keys() - open_codes
    assert {"Q1.01", "Q7.02", "Q2.02/isolation", "Q1.12"} <= open_codes


def test_each_row_says_which_form_it_is_of(sent: dict[str, Path], registry: Registry) -> None:
    workbook = openpyxl.load_workbook(sent["caf-04"])
    for kind in ("CS", "EVS"):
        sheet = workbook[kind]
        cell = sheet.cell(sheet.max_row, sheet.max_column)
        assert cell.value == f"senacs {CAMPAIGN} {kind} {form_version(registry, CAMPAIGN, kind)}"
        assert sheet.column_dimensions[cell.column_letter].hidden
        assert workbook.custom_doc_props[f"senacs {kind}"].value == cell.value


def test_cells_help_bound_and_offer_lists(sent: dict[str, Path]) -> None:
    sheet = openpyxl.load_workbook(sent["caf-04"])["CS"]
    codes = header_row(sheet)
    rules = {}
    for rule in sheet.data_validations.dataValidation:
        (place,) = rule.sqref.ranges
        assert (place.min_row, place.max_row) == (codes + 2, sheet.max_row)
        rules[sheet.cell(codes, place.min_col).value] = rule
    total = rules["Q7.02"]
    assert (total.type, total.operator or "between") == ("decimal", "between")
    assert (total.formula1, total.formula2) == ("0", "150")
    assert total.errorStyle == "warning"
    assert total.prompt == (
        "Nombre total d'équivalents temps plein (ETP)\n"
        "Attendu : un nombre de 0 à 150, en ETP. Réponse attendue de tous."
    )
    assert "En dessous de 0, la réponse sera refusée. Au-dessus de 150, une confirmation" in total.error
    assert (rules["Q7.01"].type, rules["Q1.09"].type, rules["Q9.10"].formula1) == ("whole", "date", "-2000000")
    assert (rules["Q3.03"].formula1, rules["Q2.02/isolation"].formula1) == ('"Oui,Non"', '"X"')
    management = rules["Q1.11"]
    assert (management.type, management.errorStyle or "stop") == ("list", "stop")
    row = sheet[management.formula1.replace("$", "")][0]
    assert [cell.value for cell in row] == [
        "Associatif", "Commune", "CCAS ou CIAS", "Intercommunalité", "Caf (gestion directe)", "Autre"
    ]  # fmt: skip
    assert all(len(rule.prompt) <= 255 and len(rule.error or "") <= 255 for rule in rules.values())


def test_the_last_answers_stand_beside_and_are_not_answers(
    sent: dict[str, Path], sample_intake: Home, registry: Registry
) -> None:
    sheet = openpyxl.load_workbook(sent["fede-npdc"])["CS"]
    codes = header_row(sheet)
    places = {cell.value: cell.column for cell in sheet[codes]}
    assert places["_rappel Q7.02"] == places["Q7.02"] + 1
    row = next(row for row in range(codes + 2, sheet.max_row) if sheet.cell(row, 1).value == STRUCTURE)
    answers = pl.read_parquet(sample_intake.intake / "2017" / "answers.parquet")
    earlier = answers.filter(pl.col("structure_id") == STRUCTURE, pl.col("current"))
    known = {name: value for name, value in earlier.select("variable", "value_num").iter_rows() if value is not None}
    shown = {code: sheet.cell(row, places[f"_rappel {code}"]).value for code in ("Q1.11", "Q2.02", "Q6.01", "Q7.02")}
    assert sheet.cell(row, places["_rappel_campagne"]).value == "2017"
    assert shown["Q7.02"] == float(known["fte_total"])
    assert shown["Q6.01"] == float(known["volunteers_regular"] + known["volunteers_occasional"])
    assert shown["Q1.11"] == "Commune"
    assert shown["Q2.02"].startswith("Lutte contre l'isolement ; ")
    assert "_rappel Q1.05" not in places  # contacts
    assert "_rappel Q1.20" not in places  # free comments


def test_what_is_shown_is_what_the_edits_compare(sample_intake: Home, registry: Registry) -> None:
    compared = previous_values(sample_intake, registry, CAMPAIGN)
    shown = reminders_of(sample_intake, registry, CAMPAIGN)
    for line in compared.iter_rows(named=True):
        structure = line.pop("structure_id")
        for variable, value in line.items():
            assert shown.values.get(variable, {}).get(structure) == (None if value is None else float(value))
    assert set(shown.origins.values()) == {"2011", "2017"}


def test_the_instructions_are_no_header(sent: dict[str, Path], registry: Registry) -> None:
    sheet = openpyxl.load_workbook(sent["fede-npdc"])["Mode d'emploi"]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("avant le 30/09/2019" in text for text in texts)
    for campaign in registry.campaigns:
        index = HeaderIndex(registry, campaign)
        assert [text for text in texts if index.targets(text)] == []
    assert sheet.max_column == 2


def test_texts_that_would_run_stay_texts(
    sample_intake: Home, tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    form = next(iter(forms_of(registry, QUESTIONNAIRES, CAMPAIGN)))
    names = ["=1+1", "+33 6", "-5", "@somme", "\t=2+2", "\r=3+3", "http://example.org", "Centre <b>&amp;</b>", "12"]
    structures = [
        {"structure_id": f"CS-62-{n:04}", "name": name, "commune_code": "62001", "departement": "62"}
        for n, name in enumerate(names)
    ]
    last = {"other_network": {row["structure_id"]: row["name"] for row in structures}}
    path = tmp_path / "inert.xlsx"
    write_table_workbook(path, registry, "=cmd()", [(form, structures)], Reminders(last, {}, {}))
    workbook = openpyxl.load_workbook(path)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in cells if cell.hyperlink] == []
    sheet = workbook["CS"]
    first = header_row(sheet) + 2
    written = [sheet.cell(first + n, 2) for n in range(len(names))]
    assert [cell.value for cell in written] == [name.replace("\r", "_x000D_") for name in names]
    assert [cell.quotePrefix for cell in written] == [True] * 6 + [False] * 3


def test_a_form_shows_the_last_ticks_beside_the_options(
    sample_intake: Home, tmp_path: Path, registry: Registry
) -> None:
    path = write_form(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, tmp_path, STRUCTURE).file
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames[:4] == ["Mode d'emploi", "Identification", "Identité", "Projet"]
    assert [cell.value for cell in workbook["Ressources humaines"][1]] == [
        "Code", "Question", "Réponse", "Unité", "Rappel 2017"
    ]  # fmt: skip
    last = {row[0].value: row[4].value for sheet in workbook.worksheets[2:] for row in sheet.iter_rows(max_col=5)}
    answers = pl.read_parquet(sample_intake.intake / "2017" / "answers.parquet")
    (issues,) = answers.filter(structure_id=STRUCTURE, variable="issues", current=True)["value_text"]
    options = {code.partition("/")[2] for code, value in last.items() if code.startswith("Q2.02/") and value == "X"}
    assert options == set(issues.split("|"))
    choices = workbook["Identité"].data_validations.dataValidation
    source = next(rule.formula1 for rule in choices if rule.type == "list" and "$" in rule.formula1)
    assert workbook["Identité"][source.replace("$", "")][0][0].value == "Associatif"


def test_sheets_have_names_that_a_spreadsheet_accepts() -> None:
    assert sheet_name("Accueil/écoute : 'familles'", []) == "Accueil écoute 'familles"
    assert sheet_name("Projet", ["Mode d'emploi", "projet"]) == "Projet 2"
    assert sheet_name("a" * 40, ["A" * 31]) == f"{'a' * 29} 2"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1234567.5, "1 234 567,5"), (-2000000, "-2 000 000"), (0.25, "0,25")]
)
def test_numbers_are_written_in_french(value: float, text: str) -> None:
    assert number_fr(value) == text
