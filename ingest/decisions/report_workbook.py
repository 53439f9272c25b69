"""The edit report as a workbook that a sender fills in and sends back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from ingest.decisions import report_layout as layout
from ingest.decisions.report_lines import Report, ReportLine
from ingest.registry.model import Registry

WIDTHS = (4, 13, 14, 28, 10, 38, 16, 16, 26, 14, 9, 7, 44, 40, 13, 16, 34, 30)
HEADER_ROW = 5
LISTS = "Listes"
HELP = (
    "Pour chaque ligne, choisissez une décision : « Corriger » avec la valeur corrigée, ou « Confirmer » avec un "
    "motif. "
    "Les lignes sans décision restent ouvertes. Renvoyez ce classeur tel quel : il sera reçu comme un retour."
)


def workbook_bytes(report: Report, registry: Registry) -> bytes:
    """The XLSX. Every text is a plain string: nothing in it can run as a formula or a link."""
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": f"{layout.TITLE} {report.campaign} - {report.sender}"})
        formats = _formats(book)
        sheet = book.add_worksheet("À décider")
        _write_head(sheet, formats, report)
        _write_lines(sheet, formats, report.lines, HEADER_ROW)
        last = HEADER_ROW + max(len(report.lines), 1)
        _add_lists(book, sheet, registry, last)
        sheet.freeze_panes(HEADER_ROW + 1, 4)
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
        "reference": book.add_format({**cell, "font_size": 6, "font_color": "#7f8c8d"}),
    }


def _write_head(sheet: Any, formats: dict[str, Any], report: Report) -> None:
    sheet.write_string(0, 0, f"{layout.TITLE} {report.campaign} - {report.sender}", formats["title"])
    sheet.write_string(1, 0, HELP, formats["help"])
    sheet.write_string(2, 0, layout.mark(report.campaign, report.sender), formats["mark"])
    sheet.write_string(3, 2, layout.AUTHOR_LABEL)
    sheet.write_string(3, 3, "", formats["answer"])
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)


def _write_lines(
    sheet: Any, formats: dict[str, Any], lines: list[ReportLine], header_row: int, *, answerable: bool = True
) -> None:
    columns = layout.COLUMNS if answerable else layout.COLUMNS[1 : -len(layout.ANSWERED)]
    for column, name in enumerate(columns):
        sheet.write_string(header_row, column, name, formats["header"])
        if not answerable:
            sheet.set_column(column, column, WIDTHS[column + 1])
    for number, line in enumerate(lines, start=header_row + 1):
        values = cells_of(line)
        shown = values if answerable else values[1:]
        for column, value in enumerate(shown):
            kind = columns[column]
            style = "reference" if kind == layout.REFERENCE else "grey" if kind.startswith("Valeur de la") else "cell"
            sheet.write_string(number, column, value, formats[style])
        if answerable:
            for column in range(len(shown), len(columns)):
                sheet.write_string(number, column, "", formats["answer"])


def cells_of(line: ReportLine) -> list[str]:
    """The texts of a line, in the order of the report's columns, without the answers."""
    return [
        line.reference, line.severity, line.structure_id, line.name, line.question_code, line.question_label, line.raw,
        line.previous, line.file, line.sheet, line.cell, line.rule, line.why, line.next_step,
    ]  # fmt: skip


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
