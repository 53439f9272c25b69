"""Too many rows, columns, cells or characters: refused before they fill the memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.readers import Limits, read_sheets
from tests.ingest.reading_builders import (
    SHEET,
    ods,
    ods_cell,
    ods_table,
    parts_of,
    patched,
    refusal_of,
    with_cells,
    xlsx_of,
    zip_of,
)

SOUND = xlsx_of([["Identifiant", "Réponse"], ["CS-62-0001", 12]])
DAMAGED = "endommagé ou incomplet"
MANY_SPACES = '<text:s text:c="4000000000"/>'


def repeated_ods(rows: int | str, columns: int | str) -> bytes:
    """A filled cell, repeated so many times both ways."""
    cell = ods_cell("x", f'table:number-columns-repeated="{columns}"')
    return ods(ods_table(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'))


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r=\"1\"><c r='A1'><v>1</v></c><c t='n' r = 'XFD1048576'><v>1</v></c></row>",
        b'<row r="1"><c r="A1"><v>1</v></c><c s=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="AAAAAAAAAAAAAAAAAAAA1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c><c r="A99999999999999999999"><v>1</v></c></row>',
        b'<x:row xmlns:x="urn:x"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        b'<row r="1048576"><c><v>1</v></c><c r="XFD1"><v>1</v></c></row>',
        b'<row r="1">' + b"<c><v>1</v></c>" * 3000 + b"</row>" + b"<row/>" * 3000 + b"<row><c><v>1</v></c></row>",
    ],
)
def test_cells_so_far_apart_that_the_grid_would_fill_the_memory(cells: bytes) -> None:
    assert "couvre trop de cellules" in refusal_of(with_cells(cells), "a.xlsx")


def test_many_sheets_that_are_each_within_the_limits() -> None:
    corners = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2000"><c r="BXX2000"><v>1</v></c></row>'
    sheet = parts_of(with_cells(corners))[SHEET]
    parts = parts_of(SOUND) | {f"xl/worksheets/sheet{number}.xml": sheet for number in range(1, 4)}
    assert "couvre trop de cellules" in refusal_of(zip_of(parts), "a.xlsx")


def test_an_announced_count_of_strings_reserves_nothing() -> None:
    content = patched(SOUND, strings=lambda part: part.replace(b'uniqueCount="', b'uniqueCount="99999999999'))
    assert DAMAGED in refusal_of(content, "a.xlsx")


def test_a_long_text_cited_by_many_cells() -> None:
    content = patched(
        with_cells(b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 5000))),
        strings=lambda part: part.replace(b"<t>x</t>", b"<t>" + b"x" * 32_767 + b"</t>"),
    )
    assert "les textes du classeur dépassent" in refusal_of(content, "a.xlsx")


def test_one_sheet_cited_by_many() -> None:
    def repeat(part: bytes) -> bytes:
        sheet = part[part.index(b"<sheet ") : part.index(b"</sheets>")]
        return part.replace(
            sheet, sheet + b"".join(sheet.replace(b'"CS"', b'"CS%d"' % number) for number in range(900))
        )

    assert DAMAGED in refusal_of(patched(SOUND, workbook=repeat), "a.xlsx")


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("a.csv", lambda rows, columns: b"\n".join([b";".join([b"1"] * columns)] * rows)),
        ("a.xlsx", lambda rows, columns: xlsx_of([range(columns)] * rows)),
        ("a.ods", lambda rows, columns: repeated_ods(rows, columns)),
        ("a.xls", lambda rows, columns: b"<table>" + (b"<tr>" + b"<td>1" * columns) * rows + b"</table>"),
    ],
    ids=["csv", "xlsx", "ods", "html"],
)
def test_too_many_rows_or_columns(name: str, build: Callable[[int, int], bytes]) -> None:
    limits = Limits(max_file_mb=20, max_uncompressed_mb=100, max_rows=200, max_columns=20)
    assert len(read_sheets(build(200, 20), name, limits)[0].rows) == 200
    assert "au-delà de la ligne 200" in refusal_of(build(201, 2), name, limits)
    assert "21 colonnes, la limite est de 20" in refusal_of(build(2, 21), name, limits)


def test_200_000_rows_and_10_000_columns() -> None:
    assert "au-delà de la ligne 20000" in refusal_of(b"1;2;3\n" * 200_000, "a.csv")
    assert "10000 colonnes" in refusal_of(b";".join([b"1"] * 10_000), "a.csv")
    long = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(1, 200_001))
    assert "au-delà de la ligne 20000" in refusal_of(with_cells(long), "a.xlsx")
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 10_000 + b"</row>"
    assert "10000 colonnes" in refusal_of(with_cells(wide), "a.xlsx")


def test_a_file_larger_than_the_limit() -> None:
    assert "pèse plus de 20 Mo" in refusal_of(b"a;b;c;d\n" * 3_000_000, "a.csv")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (repeated_ods(20_000, 2_000), "couvre trop de cellules"),
        (repeated_ods(2_000_000_000, 1), "au-delà de la ligne 20000"),
        (repeated_ods(1, 2_000_000_000), "2000000000 colonnes"),
        (repeated_ods(1, "x"), DAMAGED),
        (repeated_ods(1, "9" * 5000), DAMAGED),
        (ods(ods_table(f"<table:table-row>{ods_cell(MANY_SPACES)}</table:table-row>")), "les textes du classeur"),
    ],
)
def test_ods_repeats_as_a_bomb(content: bytes, cause: str) -> None:
    assert cause in refusal_of(content, "a.ods")
