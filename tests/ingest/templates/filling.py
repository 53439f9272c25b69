"""What an employee does with a template, and what must come of it."""

from __future__ import annotations

import csv
import datetime as dt
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from core.home import PROJECT_ROOT
from ingest.store.intake import Intake
from registry import Registry
from registry.model import Question

QUESTIONNAIRES = PROJECT_ROOT / "questionnaires"
CAMPAIGN = 2019
DAY = dt.date(2001, 2, 3)
TEXT = "04 - l'été d'Œuvre ; 100 %"
Answers = dict[str, Any]


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
    assert [rule for rule in intake.tables["edits"]["rule"].unique() if rule.startswith(("I", "T"))] == []


def collected(xform: str, questions: list[Question], answers: Answers, structure: str, path: Path) -> Path:
    """What KoboToolbox exports of one submission: group/name, options apart and together."""
    root = ElementTree.fromstring(xform)
    instance = next(node for node in root.iter() if node.tag.endswith("}instance"))
    by_name = {re.sub("[^a-z0-9]", "_", q.question_code.lower()): q for q in questions}
    values: dict[str, str] = {}
    for group in instance[0]:
        name = group.tag.partition("}")[2]
        for node in group:
            header = f"{name}/{node.tag.partition('}')[2]}"
            question = by_name.get(header.partition("/")[2])
            if question is None:
                values[header] = structure
                continue
            value = answers[question.question_code]
            if question.type == "boolean":
                value = "oui" if value else "non"
            if question.type == "multi_choice":
                values |= {f"{header}/{option}": str(int(option in value.split("|"))) for option in question.options}
                value = value.replace("|", " ")
            values[header] = str(value)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["start", "end", *values, "_id"], delimiter=";")
        writer.writeheader()
        writer.writerow(values | {"start": "2019-05-02T10:00:00", "end": "2019-05-02T11:00:00", "_id": "1"})
    return path


def saved_by_libreoffice(files: list[Path], kind: str, folder: Path) -> list[Path]:
    """Open the files in LibreOffice and save them as `kind`."""
    profile = (folder.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", folder]
    subprocess.run([*map(str, command), *map(str, files)], check=True, capture_output=True, timeout=150)
    return [folder / f"{file.stem}.{kind}" for file in files]
