"""All the tables as one workbook, which opens on how to read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from core.french import typographic
from publication.open_data.data_files import neutralised
from publication.open_data.resources import DATE, INTEGER, NUMBER, Resource

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

WIDTHS = (18, 26, 90)
COLUMN_WIDTH = 16
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(
    target: Path,
    resources: Sequence[Resource],
    readme: Mapping[str, Any],
    head: Sequence[str],
    published_at: dt.datetime,
) -> None:
    """A readme sheet, then a sheet per resource. `head`: the first lines of the readme. The same rows give the same
    bytes: the workbook says that it was created when the release was published."""
    with xlsxwriter.Workbook(str(target), _OPTIONS) as book:
        book.set_properties({"title": head[0], "created": published_at.astimezone(dt.UTC).replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        _write_readme(book, bold, resources, readme, head)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for resource in resources:
            _write_rows(book, bold, day, resource)


def _write_readme(
    book: Workbook, bold: Format, resources: Iterable[Resource], readme: Mapping[str, Any], head: Sequence[str]
) -> None:
    sheet = book.add_worksheet(readme["sheet"])
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    known = list(resources)
    blocks: list[tuple[Sequence[str], Sequence[Sequence[str]]]] = [
        ([head[0]], [[line] for line in head[1:]]),
        (readme["header"], [(resource.spec["sheet"], resource.description) for resource in known]),
        (
            readme["column_header"],
            [
                (resource.spec["sheet"], field["name"], field["description"])
                for resource in known
                for field in resource.fields
            ],
        ),
    ]
    row = 0
    for header, rows in blocks:
        for number, cells in enumerate((header, *rows)):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, neutralised(typographic(cell)), None if number else bold)
            row += 1
        row += 1


def _write_rows(book: Workbook, bold: Format, day: Format, resource: Resource) -> None:
    sheet = book.add_worksheet(resource.spec["sheet"])
    kinds = list(resource.types().values())
    sheet.set_column(0, len(kinds) - 1, COLUMN_WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, resource.text.height, len(kinds) - 1)
    for column, name in enumerate(resource.types()):
        sheet.write_string(0, column, name, bold)
    texts, typed = resource.safe.iter_rows(), resource.typed.iter_rows()
    for row, (text, values) in enumerate(zip(texts, typed, strict=True), start=1):
        for column, kind in enumerate(kinds):
            value = values[column]
            if value is None:
                continue
            if kind in (NUMBER, INTEGER):
                sheet.write_number(row, column, value)
            elif kind == DATE:
                sheet.write_datetime(row, column, value, day)
            else:
                sheet.write_string(row, column, text[column])
