"""Sheets of an export that hang from another one (repeat groups): kept aside with their values, no structures."""

from __future__ import annotations

from core.refusals import Refusal
from ingest.readers import Sheet
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import METADATA, HeaderIndex
from ingest.returns.layout import Header

PARENT = "parent"
HEADER_ROWS = 5
LINKED_ONLY = "linked"
"""The form of a file of repeat groups alone: a part of an export, that its main table stands beside in a zip."""


def without_main_table() -> Refusal:
    """The refusal of repeat groups that come alone."""
    return Refusal(
        "I11",
        "Fichier refusé : il ne contient que des groupes répétés, sans leur tableau principal. Exportez à nouveau le "
        "formulaire en entier (.xlsx, ou .zip de ses .csv) et renvoyez-le.",
    )


def linked_header(sheet: Sheet, index: HeaderIndex) -> int | None:
    """The row of the headers of a sheet whose rows belong to rows of another sheet; None for any other sheet."""
    headers = enumerate(sheet.rows[:HEADER_ROWS])
    return next((number for number, cells in headers if index.names_metadata(cells, PARENT)), None)


def read_linked(result: ReadFile, sheet: Sheet, header: int, index: HeaderIndex) -> None:
    """List the columns of a linked sheet as unknown, with their values; `header`: the row of the headers."""
    body = list(enumerate(sheet.rows))[header + 1 :]
    for column, text in enumerate(sheet.rows[header]):
        targets = index.targets(text)
        if not text.strip() or any(target.kind == METADATA for target in targets.values()):
            continue
        values = ((-1, line, column, cells[column]) for line, cells in body if column < len(cells))
        result.add_unknown(sheet.name, Header(header, column, text, {}), values)
