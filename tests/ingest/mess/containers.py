"""Grids of typed cells written as files: delimited text, .xlsx, .ods, .xls (BIFF or HTML)."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import struct
from collections.abc import Iterable
from decimal import Decimal
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tests.ingest.mess.layouts import Cell, Grid
from tests.ingest.reading_builders import ods, ods_table, record, xls, xls_label, xls_number

Sheets = dict[str, Grid]


def delimited(grid: Grid, encoding: str = "utf-8", delimiter: str = ";", newline: str = "\r\n") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=newline).writerows(
        [text_of(cell) for cell in row] for row in grid
    )
    return stream.getvalue().encode(encoding)


def excel(sheets: Sheets, hidden: Iterable[str] = (), formulas: bool = False) -> bytes:
    """`formulas`: numbers are formulas with the value that was saved with them."""
    container = io.BytesIO()
    with xlsxwriter.Workbook(container, {"in_memory": True}) as workbook:
        dated = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, grid in sheets.items():
            sheet = workbook.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, dated, formulas)
    return container.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, dated: Format, formulas: bool) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), dated)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None and formulas:
        sheet.write_formula(row, column, f"={cell}+0", None, float(cell))
    elif cell is not None:
        sheet.write_number(row, column, float(cell))


def open_document(sheets: Sheets, hidden: Iterable[str] = (), formulas: bool = False) -> bytes:
    def cell_xml(cell: Cell) -> str:
        if cell is None or cell == "":
            return "<table:table-cell/>"
        if isinstance(cell, bool):
            kind, shown = f'"boolean" office:boolean-value="{str(cell).lower()}"', "VRAI" if cell else "FAUX"
        elif isinstance(cell, dt.date):
            kind, shown = f'"date" office:date-value="{cell.isoformat()}"', f"{cell:%d/%m/%y}"
        elif isinstance(cell, str):
            kind, shown = '"string"', cell
        else:
            kind, shown = f'"float" office:value="{cell}"', f"{cell:,.0f}".replace(",", "\u202f")
            if formulas:
                kind += f' table:formula="of:={cell}+0"'
        paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
        return f"<table:table-cell office:value-type={kind}>{paragraphs}</table:table-cell>"

    tables = "".join(
        ods_table(
            "".join(f"<table:table-row>{''.join(map(cell_xml, row))}</table:table-row>" for row in grid),
            f'table:name="{escape(name)}"' + (' table:style-name="masked"' if name in hidden else ""),
        )
        for name, grid in sheets.items()
    )
    unseen = '<style:table-properties table:display="false"/>'
    return ods(tables, f'<style:style style:name="masked" style:family="table">{unseen}</style:style>')


def old_excel(sheets: Sheets, hidden: Iterable[str] = ()) -> bytes:
    def cell_record(row: int, column: int, cell: Cell) -> bytes:
        if cell is None or cell == "":
            return b""
        if isinstance(cell, bool):
            return record(0x0205, struct.pack("<HHHBB", row, column, 0, cell, 0))
        if isinstance(cell, dt.date):
            return xls_number(row, column, (cell - dt.date(1899, 12, 30)).days, date=True)
        if isinstance(cell, (int, float, Decimal)):
            return xls_number(row, column, float(cell))
        return xls_label(row, column, cell)

    def body(grid: Grid) -> bytes:
        return b"".join(
            cell_record(row, column, cell) for row, cells in enumerate(grid) for column, cell in enumerate(cells)
        )

    return xls({name: body(grid) for name, grid in sheets.items()}, hidden)


def web_page(sheets: Sheets) -> bytes:
    """HTML tables under the name of a workbook, as web applications export them."""

    def row_html(row: list[Cell]) -> str:
        cells = (html.escape(text_of(cell)).replace("\n", "<br>") for cell in row)
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    tables = "".join(f"<table>{''.join(map(row_html, grid))}</table>" for grid in sheets.values())
    return f'<html><head><meta charset="utf-8"></head><body>{tables}</body></html>'.encode()


def text_of(cell: Cell) -> str:
    """A cell as it is typed in a text file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)
