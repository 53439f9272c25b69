"""The templates as a federation's employee meets them: opened, filled in a spreadsheet, sent back, read again."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from ingest.archive import Archive
from ingest.frames import frame_of
from ingest.headers import HeaderIndex
from ingest.home import PROJECT_ROOT, Home
from ingest.intake import Intake, intake_of, previous_values
from ingest.read_store import read_frames
from ingest.reception import Delivery, receive
from ingest.registry import Registry
from ingest.registry.model import NUMERIC_TYPES, Question
from ingest.templates import TemplateError, write_form, write_templates, write_xlsforms
from ingest.templates.change_marks import change_formula, change_rules
from ingest.templates.form import Form, forms_of
from ingest.templates.reminders import reminders_of
from ingest.templates.senders import load_senders, structures_by_sender
from tests.ingest.conftest import with_frames

QUESTIONNAIRES = PROJECT_ROOT / "questionnaires"
CAMPAIGN = 2019
DAY = dt.date(2001, 2, 3)
TEXT = "04 - l'été d'Œuvre ; 100 %"
Answers = dict[str, Any]


@pytest.fixture(scope="module")
def forms(registry: Registry) -> dict[str, Form]:
    return {form.structure_type.structure_type: form for form in forms_of(registry, QUESTIONNAIRES, CAMPAIGN)}


@pytest.fixture(scope="module")
def sent(sample_intake: Home, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbooks of the campaign, by sender; earlier campaigns have been returned."""
    folder = tmp_path_factory.mktemp("sent")
    written = write_templates(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, folder)
    return {one.sender: one.file for one in written}


@pytest.fixture
def returned(tmp_path: Path, registry: Registry) -> Callable[..., Intake]:
    """Receive filled workbooks in a home that has the frames and nothing else; what they became."""

    def taken(*files: Path, campaign: int = CAMPAIGN) -> Intake:
        home = Home(tmp_path / "home")
        with_frames(home, registry)
        answers = receive(home, registry, [Delivery(file, file.name, campaign, "caf-04") for file in files])
        assert [answer.verdict for answer in answers] == ["accepted"] * len(files), answers
        read = read_frames(Archive(home).entries(campaign), registry, campaign)
        frame = frame_of(home, registry, campaign)
        return intake_of(registry, campaign, read, frame, previous_values(home, registry, campaign))

    return taken


def answers_to(questions: Iterable[Question], number: int) -> Answers:
    """An answer of its type to each question, by code; `number` makes those of a structure its own."""
    by_type: dict[str, Any] = {
        "text": TEXT, "date": DAY + dt.timedelta(days=number), "integer": 10 + number, "decimal": 5.25 + number / 8,
        "money": 123456.78 + number, "boolean": number % 2,
    }  # fmt: skip
    answers = {}
    for question in questions:
        options = question.options
        if question.type == "single_choice":
            answers[question.question_code] = options[number % len(options)]
        elif question.type == "multi_choice":
            answers[question.question_code] = "|".join(options[number % 2 :: 2])
        else:
            answers[question.question_code] = by_type[question.type]
    return answers


def typed(question: Question, value: Any, registry: Registry) -> Any:
    """The answer as it is typed or picked in a cell."""
    if question.type == "boolean":
        return "Oui" if value else "Non"
    if question.type == "single_choice":
        return next(choice.label_fr for choice in registry.choices_of[question.choices] if choice.code == value)
    return value


def header_row(sheet: Worksheet, first: str = "IDENT") -> int:
    return next(row for row in range(1, 30) if sheet.cell(row, 1).value == first)


def fill_table(path: Path, filled: Path, registry: Registry) -> dict[tuple[str, str], Any]:
    """Answer every question of every structure of a sender's workbook. The answers by structure and code."""
    workbook = openpyxl.load_workbook(path)
    given: dict[tuple[str, str], Any] = {}
    for sheet in workbook.worksheets[1:]:
        codes = header_row(sheet)
        columns = {sheet.cell(codes, column).value: column for column in range(1, sheet.max_column + 1)}
        questions = [q for q in registry.questions_of(CAMPAIGN) if q.structure_type == sheet.title]
        for number, row in enumerate(range(codes + 2, sheet.max_row + 1)):
            structure = sheet.cell(row, 1).value
            for question in questions:
                value = answers_to([question], number)[question.question_code]
                given[structure, question.question_code] = value
                if question.type == "multi_choice":
                    for option in value.split("|"):
                        sheet.cell(row, columns[f"{question.question_code}/{option}"]).value = "X"
                else:
                    cell = sheet.cell(row, columns[question.question_code])
                    assert not cell.protection.locked
                    cell.value = typed(question, value, registry)
    workbook.save(filled)
    return given


def fill_form(
    path: Path, filled: Path, registry: Registry, campaign: int, structure: str
) -> dict[tuple[str, str], Any]:
    """Answer every question of a structure's workbook."""
    workbook = openpyxl.load_workbook(path)
    cells = {row[0].value: row[2] for sheet in workbook for row in sheet.iter_rows(min_col=1, max_col=3)}
    questions = [q for q in registry.questions_of(campaign) if structure.startswith(q.structure_type)]
    given = answers_to(questions, 3)
    for question in questions:
        value = given[question.question_code]
        if question.type == "multi_choice":
            for option in value.split("|"):
                cells[f"{question.question_code}/{option}"].value = "X"
        else:
            cells[question.question_code].value = typed(question, value, registry)
    workbook.save(filled)
    return {(structure, code): value for code, value in given.items()}


def taken_in(intake: Intake) -> dict[tuple[str, str], Any]:
    """The values that count, by structure and question."""
    both = pl.concat([intake.tables["answers"], intake.tables["contacts"]]).filter("current")
    return {
        (line["structure_id"], line["question_code"]): next(
            (
                float(line[name]) if name == "value_num" else line[name]
                for name in ("value_num", "value_text", "value_date")
                if line[name] is not None
            ),
            None,
        )
        for line in both.iter_rows(named=True)
    }


def nothing_lost(intake: Intake, given: dict[tuple[str, str], Any]) -> None:
    """Every answer came back as it was given; nothing else was seen in the file."""
    assert taken_in(intake) == given
    assert intake.tables["unmapped"].is_empty()
    assert intake.tables["rejects"].is_empty()
    assert not set(intake.tables["edits"]["rule"]) & {"I10", "I12", "I13", "I07"}


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


def saved_by_libreoffice(files: list[Path], kind: str, folder: Path) -> list[Path]:
    """Open the files in LibreOffice and save them as `kind`."""
    profile = (folder.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", folder]
    subprocess.run([*map(str, command), *map(str, files)], check=True, capture_output=True, timeout=150)
    return [folder / f"{file.stem}.{kind}" for file in files]
