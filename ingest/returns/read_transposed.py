"""A table with questions in rows and structures in columns, read as the table that it is once turned.

The headers are those recognised down a column; what is told of a cell is its place in the sheet as it was sent.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core.refusals import Refusal
from ingest.readers import Sheet, cell_address
from ingest.returns.as_read import ReadFile, UnknownColumn
from ingest.returns.headers import HeaderIndex
from ingest.returns.identifiers import structure_id, type_of_identifier
from ingest.returns.layout import Table, table_of
from ingest.returns.read_table import read_table
from registry.model import Registry

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def transposed_table(sheet: Sheet, index: HeaderIndex, types: list[str]) -> Table | None:
    """The table of a sheet with several structures side by side, turned; None for any other sheet.

    Raises `Refusal` when its questions are not recognised down a column.
    """
    row = next((number for number, cells in enumerate(sheet.rows) if _are_side_by_side(cells, types)), None)
    if row is None:
        return None
    table = table_of(sheet.turned(), index)
    if table is None or not table.identified:
        raise Refusal(
            "I11",
            f"Fichier refusé : la feuille « {sheet.name} » présente plusieurs structures côte à côte "
            f"(ligne {row + 1}) et ses questions ne sont pas reconnues dans une colonne. Mettez les codes ou les "
            "libellés du questionnaire dans la première colonne, ou une structure par ligne, et renvoyez le fichier.",
        )
    return table


def read_transposed(
    result: ReadFile, table: Table, registry: Registry, index: HeaderIndex, mapped: dict[str, str]
) -> None:
    """Add what a turned table holds to `result`, each cell at its place in the sheet as sent. A line that says nothing
    of a structure (a title) is no unknown question. Raises `Refusal`."""
    read = ReadFile()
    read_table(read, table, registry, index, mapped)
    first = len(result.rows)
    result.rows += [replace(row, row=row.column + 1, column=row.row - 1) for row in read.rows]
    result.cell_row += [first + row for row in read.cell_row]
    result.cell_question += read.cell_question
    result.cell_option += read.cell_option
    result.cell_sheet += read.cell_sheet
    result.cell_line += read.cell_column
    result.cell_column += read.cell_line
    result.cell_text += read.cell_text
    lines = [(sheet, kind, code, place + 1) for sheet, kind, code, _, place in read.columns if place is not None]
    result.columns += [(*line, None) for line in lines]
    of_structures = {header for row, _, _, header, _ in read.unknown_values if row >= 0}
    result.unknown += [
        UnknownColumn(column.sheet, _turned(column.cell), column.header, column.filled, column.nearest_question)
        for column in read.unknown
        if column.header in of_structures
    ]
    result.unknown_values += [
        (first + row if row >= 0 else row, sheet, _turned(cell), header, text)
        for row, sheet, cell, header, text in read.unknown_values
        if header in of_structures
    ]
    result.ignored += [(rule, sheet, "", text) for rule, sheet, _, text in read.ignored]


def _are_side_by_side(cells: list[str], types: list[str]) -> bool:
    return len({structure_id(cell) for cell in cells if type_of_identifier(cell, types)}) > 1


def _turned(address: str) -> str:
    """``D2`` for ``B4``."""
    match = _ADDRESS.fullmatch(address)
    assert match is not None
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return cell_address(column - 1, int(match[2]) - 1)
