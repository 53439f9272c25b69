"""The edit report as a workbook that a sender fills in and sends back."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import Any

import xlsxwriter

from ingest.corrections import report_layout as layout
from ingest.corrections.report_lines import Report, ReportLine
from ingest.forms.sheets import CELL_LENGTH, RUNS_IN_A_SPREADSHEET, WORKBOOK_OPTIONS
from registry.model import Registry

WIDTHS = (14, 28, 10, 38, 16, 16, 13, 44, 40, 13, 16, 34, 30, 7, 26, 14, 9, 4)
OWN_WIDTH, OWN_COLUMNS = 24, 30
"""Of the sender's own columns; a file of hundreds of them would hide the answers."""
SHOWN_BEFORE_SCROLLING = 3
STYLES = {"Valeur de la campagne précédente": "grey", layout.REFERENCE: "reference"} | dict.fromkeys(
    layout.ANSWERED, "answer"
)
HEADER_ROW = 5
LISTS = "Listes"
HELP = (
    "Pour chaque ligne, choisissez une décision : « Corriger » avec la valeur corrigée, ou « Confirmer » avec un "
    "motif. "
    "Les lignes sans décision restent ouvertes. Renvoyez ce classeur tel quel : il sera reçu comme un retour."
)


def workbook_bytes(report: Report, registry: Registry) -> bytes:
    """The XLSX. Every text is a plain string: nothing in it can run as a formula or a link."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, WORKBOOK_OPTIONS | {"in_memory": True}) as book:
        book.set_properties({"title": f"{layout.TITLE} {report.campaign} - {report.sender}"})
        formats = _formats(book)
        sheet = book.add_worksheet("À décider")
        _write_head(sheet, formats, report)
        _write_lines(sheet, formats, report.lines, HEADER_ROW)
        _write_own_columns(sheet, formats, report)
        last = HEADER_ROW + max(len(report.lines), 1)
        _add_lists(book, sheet, registry, last)
        sheet.freeze_panes(HEADER_ROW + 1, SHOWN_BEFORE_SCROLLING)
        sheet.autofilter(HEADER_ROW, 0, last, len(layout.COLUMNS) - 1)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        if report.notes:
            notes = book.add_worksheet("Pour information")
            notes.write_string(0, 0, "Remarques sur vos fichiers : aucune action n'est attendue.", formats["help"])
            _write_lines(notes, formats, report.notes, 2, answerable=False)
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#d5dfe1"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "font_color": "#00525c"}),
        "help": book.add_format({"italic": True, "font_color": "#3c4a4d"}),
        "mark": book.add_format({"font_size": 8, "font_color": "#7f8c8d"}),
        "header": book.add_format({**cell, "bold": True, "bg_color": "#00525c", "font_color": "white"}),
        "cell": book.add_format(cell),
        "grey": book.add_format({**cell, "font_color": "#7f8c8d"}),
        "answer": book.add_format({**cell, "bg_color": "#fff6e5", "locked": False, "num_format": "@"}),
        "quoted": book.add_format({**cell, "quote_prefix": True}),
        "reference": book.add_format({**cell, "font_size": 6, "font_color": "#7f8c8d"}),
    }


def _write_head(sheet: Any, formats: dict[str, Any], report: Report) -> None:
    sheet.write_string(0, 0, f"{layout.TITLE} {report.campaign} - {report.sender}", formats["title"])
    sheet.write_string(1, 0, HELP, formats["help"])
    sheet.write_string(2, 0, layout.mark(report.campaign, report.sender), formats["mark"])
    sheet.write_string(3, 2, layout.AUTHOR_LABEL)
    sheet.write_string(3, 3, "", formats["answer"])


def _write_lines(
    sheet: Any, formats: dict[str, Any], lines: list[ReportLine], header_row: int, *, answerable: bool = True
) -> None:
    left_out = () if answerable else (layout.REFERENCE, *layout.ANSWERED)
    columns = [name for name in layout.COLUMNS if name not in left_out]
    for column, name in enumerate(columns):
        sheet.write_string(header_row, column, name, formats["header"])
        sheet.set_column(column, column, WIDTHS[layout.COLUMNS.index(name)])
    for number, line in enumerate(lines, start=header_row + 1):
        for column, (name, value) in enumerate((name, cells_of(line)[name]) for name in columns):
            _write_cell(sheet, (number, column), value, formats, STYLES.get(name, "cell"))


def _write_cell(sheet: Any, place: tuple[int, int], value: str, formats: dict[str, Any], style: str) -> None:
    """A text, marked as one where a spreadsheet would make a formula of it."""
    quoted = style != "answer" and value.startswith(RUNS_IN_A_SPREADSHEET)
    sheet.write_string(*place, value[:CELL_LENGTH], formats["quoted" if quoted else style])


def _write_own_columns(sheet: Any, formats: dict[str, Any], report: Report) -> None:
    """Beside the lines, what stands in the columns that the sender added: it finds its own marks back."""
    headers = dict.fromkeys(header for texts in report.own_columns.values() for header in texts)
    for column, header in enumerate(islice(headers, OWN_COLUMNS), start=len(layout.COLUMNS)):
        sheet.write_string(HEADER_ROW, column, f"{layout.OWN}{header}", formats["header"])
        sheet.set_column(column, column, OWN_WIDTH)
        for number, line in enumerate(report.lines, start=HEADER_ROW + 1):
            text = report.own_columns.get(line.structure_id, {}).get(header, "")
            _write_cell(sheet, (number, column), text, formats, "grey")


def cells_of(line: ReportLine) -> dict[str, str]:
    """The texts of a line by column; those that the sender fills in are empty."""
    return dict.fromkeys(layout.COLUMNS, "") | {
        "Gravité": line.severity,
        "Structure": line.structure_id,
        "Nom": line.name,
        "Question": line.question_code,
        "Libellé de la question": line.question_label,
        "Valeur lue": line.raw,
        "Valeur de la campagne précédente": line.previous,
        "Pourquoi": line.why,
        "Que faire": line.next_step,
        "Règle": line.rule,
        "Fichier": line.file,
        "Feuille": line.sheet,
        "Cellule": line.cell,
        layout.REFERENCE: line.reference,
    }


def _add_lists(book: Any, sheet: Any, registry: Registry, last: int) -> None:
    """Drop-downs for the decision and the reason; the reasons stand in a sheet of their own (a list may be long)."""
    decision, reason = (layout.COLUMNS.index(name) for name in (layout.DECISION, layout.REASON))
    lists = book.add_worksheet(LISTS)
    labels = list(registry.reasons.values())
    for row, label in enumerate(labels):
        lists.write_string(row, 0, label)
    lists.hide()
    sheet.data_validation(
        HEADER_ROW + 1, decision, last, decision,
        {"validate": "list", "source": list(layout.ACTIONS.values()), "input_title": "Décision",
         "input_message": "Corriger la valeur, ou la confirmer avec un motif.",
         "error_message": "Choisissez Corriger ou Confirmer."},
    )  # fmt: skip
    sheet.data_validation(
        HEADER_ROW + 1, reason, last, reason,
        {"validate": "list", "source": f"={LISTS}!$A$1:$A${len(labels)}",
         "error_message": "Choisissez un motif dans la liste."},
    )  # fmt: skip
