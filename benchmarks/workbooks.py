"""Returns as workbooks: XLSX in four arrangements, and ODS. The same rows always give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import xlsxwriter

from benchmarks.layouts import (
    CROSSED,
    JOINED,
    KOBO,
    OPEN_DOCUMENT,
    Cell,
    Column,
    answer_columns,
    coded,
    key_columns,
)
from benchmarks.questionnaire import Campaign, Questionnaires, rows_of
from benchmarks.returns import Responses
from benchmarks.settings import MODEL

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


@dataclass(frozen=True)
class Part:
    """The rows of one form that go into a file."""

    responses: Responses
    rows: np.ndarray

    @property
    def structure_type(self) -> str:
        """The type of structure that the form asks."""
        return self.responses.form.structure_type


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and its rows, headers included."""

    name: str
    rows: list[list[Cell]]


def write_joined(path: Path, questionnaires: Questionnaires, campaign: Campaign, parts: list[Part]) -> None:
    """Codes in the first row, the labels ticked joined in one cell, a sheet per form."""
    sheets = []
    for part in parts:
        columns = key_columns(part.responses, questionnaires.key_columns, part.rows)
        columns += answer_columns(JOINED, part.responses, part.rows)
        name = "Réponses" if len(parts) == 1 else f"Réponses {part.structure_type}"
        sheets.append(Sheet(name, [[column.code for column in columns], *_lines(columns)]))
    write_xlsx(path, sheets)


def write_crossed(path: Path, questionnaires: Questionnaires, campaign: Campaign, parts: list[Part]) -> None:
    """A sheet per form: title rows, a row of codes, a row of labels, a column marked X per option."""
    sheets = []
    for part in parts:
        columns = key_columns(part.responses, questionnaires.key_columns, part.rows)
        columns += answer_columns(CROSSED, part.responses, part.rows)
        title = f"SENACS - Enquête {campaign.campaign} (données {campaign.data_year})"
        subtitle = f"Retours - {questionnaires.structure_types[part.structure_type]}"
        headers: list[list[Cell]] = [[column.code for column in columns], [column.label for column in columns]]
        sheets.append(Sheet(part.structure_type, [[title], [subtitle], [], *headers, *_lines(columns)]))
    write_xlsx(path, sheets)


def write_kobo(path: Path, questionnaires: Questionnaires, campaign: Campaign, parts: list[Part]) -> None:
    """A Kobo export: a sheet per form, ``section/question`` headers, codes, metadata around."""
    sheets = []
    for part in parts:
        many = len(part.rows)
        day = campaign.opens_on.isoformat()
        identifier = next(iter(part.responses.keys))
        ids = part.responses.keys[identifier][part.rows].tolist()
        columns = [
            Column("start", "", [f"{day}T10:00:00.000+02:00"] * many),
            Column("end", "", [f"{day}T10:52:00.000+02:00"] * many),
            Column(f"structure/{identifier.lower()}", "", ids),
            *answer_columns(KOBO, part.responses, part.rows),
            Column("_id", "", list(range(1, many + 1))),
            Column("_submission_time", "", [f"{day}T10:53:00"] * many),
            Column("_status", "", ["submitted_via_web"] * many),
            Column("_index", "", list(range(1, many + 1))),
        ]
        name = f"senacs_{part.structure_type.lower()}"
        sheets.append(Sheet(name, [[column.code for column in columns], *_lines(columns)]))
    write_xlsx(path, sheets)


def write_ods(path: Path, questionnaires: Questionnaires, campaign: Campaign, parts: list[Part]) -> None:
    """Labels only, a sheet per form, in OpenDocument."""
    sheets = []
    for part in parts:
        columns = key_columns(part.responses, questionnaires.key_columns, part.rows)
        columns += answer_columns(OPEN_DOCUMENT, part.responses, part.rows)
        headers: list[Cell] = [
            column.label if column.code in questionnaires.key_columns else column.code for column in columns
        ]
        sheets.append(Sheet(questionnaires.structure_types[part.structure_type], [headers, *_lines(columns)]))
    _write_ods(path, sheets)


def write_form(folder: Path, questionnaires: Questionnaires, campaign: Campaign, part: Part) -> Path:
    """The workbook of one structure: a sheet per section; code, question, answer and unit in columns."""
    titles = {line["section"]: line["label_fr"] for line in rows_of(MODEL / "sections.csv")}
    keys = key_columns(part.responses, questionnaires.key_columns, part.rows)
    answers = {column.code: column.cells[0] for column in answer_columns(CROSSED, part.responses, part.rows)}
    title = f"Enquête SENACS {campaign.campaign} - données {campaign.data_year}"
    identification: list[list[Cell]] = [["", title], [], *[[key.code, key.label, key.cells[0]] for key in keys]]
    sections: dict[str, list[list[Cell]]] = {}
    for question in part.responses.form.questions:
        lines = sections.setdefault(question.section, [["Code", "Question", "Réponse", "Unité"]])
        if question.type == "multi_choice":
            lines.append([question.code, question.label, "", "cocher"])
            for option, label in enumerate(question.option_labels):
                lines.append([coded(question, option), f"    - {label}", answers[coded(question, option)], ""])
        else:
            unit = questionnaires.units.get(question.unit, "")
            lines.append([question.code, question.label, answers[question.code], unit])
    sheets = [Sheet(titles.get(section, section), lines) for section, lines in sections.items()]
    path = folder / f"fiche_{keys[0].cells[0]}.xlsx"
    if path.exists():
        path = path.with_stem(f"{path.stem}_bis")
    write_xlsx(path, [Sheet("Identification", identification), *sheets])
    return path


def _lines(columns: list[Column]) -> list[list[Cell]]:
    return [list(line) for line in zip(*(column.cells for column in columns), strict=True)]


def write_xlsx(path: Path, sheets: list[Sheet]) -> None:
    """A workbook of plain cells: numbers, texts (never formulas) and dates."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": datetime.combine(date.min.replace(year=2000), time.min)})
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for sheet in sheets:
            worksheet = workbook.add_worksheet(sheet.name)
            for row, cells in enumerate(sheet.rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        if cell:
                            worksheet.write_string(row, column, cell)
                    elif isinstance(cell, date):
                        worksheet.write_datetime(row, column, datetime.combine(cell, time.min), day)
                    elif cell is not None:
                        worksheet.write_number(row, column, cell)


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'


def _write_ods(path: Path, sheets: list[Sheet]) -> None:
    tables = []
    for sheet in sheets:
        rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>" for cells in sheet.rows)
        tables.append(f'<table:table table:name="{escape(sheet.name)}">{rows}</table:table>')
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMESPACES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with ZipFile(path, "w") as archive:
        for name, text, how in (
            ("mimetype", ODS_TYPE, ZIP_STORED),
            ("content.xml", content, ZIP_DEFLATED),
            ("META-INF/manifest.xml", manifest, ZIP_DEFLATED),
        ):
            archive.writestr(ZipInfo(name), text, compress_type=how)
