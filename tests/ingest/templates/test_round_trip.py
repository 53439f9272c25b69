"""Templates filled in a spreadsheet, sent back, and read again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from pyxform.xls2xform import convert

from core.home import Home
from core.refusals import Refusal
from ingest.forms import write_form, write_xlsforms
from ingest.returns.read_return import read_return
from ingest.store.intake import Intake
from ingest.store.read_store import header_indexes, limits_of
from registry import Registry
from tests.ingest.templates.filling import (
    CAMPAIGN,
    QUESTIONNAIRES,
    answers_to,
    collected,
    fill_form,
    fill_table,
    header_row,
    nothing_lost,
    saved_by_libreoffice,
    taken_in,
)


def test_a_filled_workbook_is_read_without_loss(
    sent: dict[str, Path], tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    given = fill_table(sent["caf-04"], tmp_path / "retour.xlsx", registry)
    assert {q.type for q in registry.questions_of(CAMPAIGN)} == {
        "text", "date", "integer", "decimal", "money", "boolean", "single_choice", "multi_choice"
    }  # fmt: skip
    intake = returned(tmp_path / "retour.xlsx")
    assert intake.tables["responses"]["state"].to_list() == ["accepted"] * len({key[0] for key in given})
    nothing_lost(intake, given)


def test_the_codes_may_be_lost_or_the_labels(
    sent: dict[str, Path], tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    fill_table(sent["caf-04"], tmp_path / "retour.xlsx", registry)
    whole = returned(tmp_path / "retour.xlsx")
    for lost in (0, 1):
        workbook = openpyxl.load_workbook(tmp_path / "retour.xlsx")
        for sheet in workbook.worksheets[1:]:
            sheet.delete_rows(header_row(sheet) + lost)
            sheet.delete_cols(sheet.max_column)
        workbook.save(tmp_path / f"sans_{lost}.xlsx")
        nothing_lost(returned(tmp_path / f"sans_{lost}.xlsx"), taken_in(whole))


@pytest.mark.parametrize(("campaign", "structure"), [(2019, "CS-62-0001"), (2019, "EVS-04-0001"), (2017, "CS-04-0001")])
def test_a_filled_form_of_one_structure_is_read_without_loss(
    sample_intake: Home,
    tmp_path: Path,
    registry: Registry,
    returned: Callable[..., Intake],
    campaign: int,
    structure: str,
) -> None:
    one = write_form(sample_intake, registry, QUESTIONNAIRES, campaign, tmp_path, structure.lower())
    assert one.file.name == f"SENACS_{campaign}_{structure}.xlsx"
    given = fill_form(one.file, tmp_path / "fiche.xlsx", registry, campaign, structure)
    nothing_lost(returned(tmp_path / "fiche.xlsx", campaign=campaign), given)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed on this machine")
def test_what_libreoffice_saves_is_read_without_loss(
    sent: dict[str, Path], sample_intake: Home, tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    form = write_form(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, tmp_path, "CS-62-0001").file
    opened = saved_by_libreoffice([sent["caf-04"], form], "xlsx", tmp_path / "opened")
    given = fill_table(opened[0], tmp_path / "retour.xlsx", registry)
    given |= fill_form(opened[1], tmp_path / "fiche.xlsx", registry, CAMPAIGN, "CS-62-0001")
    filled = [tmp_path / "retour.xlsx", tmp_path / "fiche.xlsx"]
    for kind in ("xlsx", "ods"):
        nothing_lost(returned(*saved_by_libreoffice(filled, kind, tmp_path / kind)), given)
    table = openpyxl.load_workbook(saved_by_libreoffice(filled, "xlsx", tmp_path / "again")[0])["CS"]
    assert table.protection.sheet
    assert len(table.data_validations.dataValidation) > 50
    assert any(range_.rules for range_ in table.conditional_formatting)


def test_structures_left_blank_have_not_responded(
    sent: dict[str, Path], sample_intake: Home, tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    workbook = openpyxl.load_workbook(sent["caf-04"])
    sheet = workbook["EVS"]
    codes = header_row(sheet)
    column = next(cell.column for cell in sheet[codes] if cell.value == "E5.01")
    sheet.cell(codes + 3, column).value = 0
    workbook.save(tmp_path / "retour.xlsx")
    intake = returned(tmp_path / "retour.xlsx")
    assert intake.tables["responses"]["structure_id"].to_list() == [sheet.cell(codes + 3, 1).value]
    silent = intake.tables["edits"].filter(pl.col("rule") == "I16").sort("file", "sheet")
    assert silent.select("sheet", "raw").rows() == [("CS", "4"), ("EVS", "11")]
    blank = write_form(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, tmp_path, "CS-62-0001").file
    with pytest.raises(Refusal, match="aucune réponse n'y a été trouvée"):
        read_return(blank.read_bytes(), blank.name, registry, CAMPAIGN, header_indexes(registry), limits_of(registry))


def test_xlsforms_convert_and_what_they_collect_is_read_without_loss(
    tmp_path: Path, registry: Registry, returned: Callable[..., Intake]
) -> None:
    exports, given = [], {}
    for one, structure in zip(
        write_xlsforms(registry, QUESTIONNAIRES, CAMPAIGN, tmp_path), ("CS-62-0001", "EVS-04-0001"), strict=True
    ):
        converted = convert(str(one.file), validate=False)
        assert converted.warnings == []
        questions = [q for q in registry.questions_of(CAMPAIGN) if structure.startswith(q.structure_type)]
        answers = answers_to(questions, 2)
        given |= {(structure, code): value for code, value in answers.items()}
        exports.append(collected(converted.xform, questions, answers, structure, tmp_path / f"{structure}.csv"))
    nothing_lost(returned(*exports), given)
