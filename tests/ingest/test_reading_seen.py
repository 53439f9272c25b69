"""What a reader gives of a cell is what a person sees of it, in every format of workbook."""

from __future__ import annotations

from ingest.reading.sheets import NO_SAVED_VALUE, STRUCK
from tests.ingest.reading_builders import ods, ods_cell, ods_table, parts_of, read, rows_of, xlsx_of, zip_of

ODS_STYLES = (
    '<style:style style:name="struck" style:family="text"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="raised" style:family="text"><style:text-properties '
    'style:text-position="super 58%"/></style:style>'
    '<style:style style:name="off" style:family="table-cell"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="thin" style:family="table-column"><style:table-column-properties '
    'style:column-width="0cm"/></style:style>'
)


def ods_rows(*rows: str, columns: str = "") -> bytes:
    return ods(ods_table(columns + "".join(f"<table:table-row{row}</table:table-row>" for row in rows)), ODS_STYLES)


def test_hidden_rows_and_columns_of_ods() -> None:
    cells = ods_cell("a") + ods_cell("b") + ods_cell("c") + ods_cell("d")
    columns = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:style-name="thin"/>'
        '<table:table-column-group table:display="false"><table:table-column/></table:table-column-group>'
    )
    hidden = (' table:visibility="filter">', ' table:visibility="collapse" table:number-rows-repeated="2">', ">")
    (sheet,) = read(ods_rows(*(start + cells for start in hidden), columns=columns), "a.ods")
    assert sheet.hidden_rows == {0, 1, 2}
    assert sheet.hidden_columns == {1, 2, 3}


def test_struck_and_raised_runs_of_ods() -> None:
    def runs(style: str, run: str, rest: str) -> str:
        return ods_cell(f'<text:span text:style-name="{style}">{run}</text:span>{rest}')

    row = runs("struck", "25", " 34") + ods_cell('47<text:span text:style-name="raised">1</text:span>')
    row += ods_cell('1<text:span text:style-name="raised">er</text:span>') + runs("raised", "12", "")
    row += runs("struck", "25", "") + ods_cell("8", 'table:style-name="off"')
    (sheet,) = read(ods_rows(">" + row), "a.ods")
    assert [text.strip() for text in sheet.rows[0]] == ["34", "47", "1er", "12", "25", "8"]
    assert sheet.marks == {(0, 4): STRUCK, (0, 5): STRUCK}


def test_merged_cells_and_formulas_of_ods() -> None:
    merged = ods_cell("12", 'table:number-rows-spanned="2" table:number-columns-spanned="1"') + ods_cell("x")
    under = '<table:covered-table-cell office:value-type="float" office:value="7"><text:p>7</text:p>'
    formula = '<table:table-cell table:formula="of:=12+26"/>'
    (sheet,) = read(ods_rows(">" + merged, ">" + under + "</table:covered-table-cell>" + formula), "a.ods")
    assert sheet.rows == [["12", "x"], ["", "=12+26"]]
    assert sheet.merged == [(0, 0, 1, 0)]
    assert sheet.covered == {(1, 0): "7"}
    assert sheet.marks == {(1, 1): NO_SAVED_VALUE}


def test_leading_zeros_of_ods() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="4100"><text:p>04100</text:p></table:table-cell>'
    assert rows_of(ods_rows(">" + cell), "a.ods") == [["04100"]]


def test_parts_that_no_reader_needs() -> None:
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup/>'.encode("utf-16")
    left = {"customXml/item1.xml": query, "__MACOSX/xl/worksheets/._sheet1.xml": b"\0\5\26\7", "xl/.DS_Store": b"\0"}
    assert rows_of(zip_of({**parts_of(xlsx_of([["x"]])), **left}), "a.xlsx") == [["x"]]
    assert rows_of(zip_of({**parts_of(ods_rows(">" + ods_cell("x"))), **left}), "a.ods") == [["x"]]
