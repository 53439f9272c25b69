"""What a reader gives of a cell is what a person sees of it, in every format of workbook."""

from __future__ import annotations

import struct

import xlsxwriter

from ingest.readers.sheets import NO_SAVED_VALUE, STRUCK
from tests.ingest.reading_builders import (
    ods,
    ods_cell,
    ods_table,
    parts_of,
    patched,
    read,
    record,
    rows_of,
    with_cells,
    xls,
    xls_number,
    xlsx,
    xlsx_of,
    zip_of,
)

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


def with_runs(*cells: str) -> bytes:
    """An .xlsx whose row 1 holds these inline strings, the sheet's own way."""
    row = "".join(f'<c r="{chr(65 + place)}1" t="inlineStr"><is>{cell}</is></c>' for place, cell in enumerate(cells))
    return with_cells(f'<row r="1">{row}</row>'.encode())


STRUCK_RUN = "<r><rPr><strike/></rPr><t>25</t></r>"


def test_struck_and_raised_runs_of_xlsx() -> None:
    raised = '<r><t>{}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>{}</t></r>'
    runs = (
        STRUCK_RUN + '<r><t xml:space="preserve"> 34</t></r>',
        raised.format("47", "1"),
        raised.format("1", "er"),
        '<r><rPr><vertAlign val="subscript"/></rPr><t>12</t></r>',
        STRUCK_RUN,
        '<r><rPr><strike val="0"/></rPr><t>8</t></r>',
    )
    (sheet,) = read(with_runs(*runs), "a.xlsx")
    assert sheet.rows == [["34", "47", "1er", "12", "25", "8"]]
    assert sheet.marks == {(0, 4): STRUCK}


def test_struck_cells_and_shared_strings_of_xlsx() -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        struck, raised = workbook.add_format({"font_strikeout": True}), workbook.add_format({"font_script": 1})
        sheet.write(0, 0, 12, struck)
        sheet.write(0, 1, "Marseille", struck)
        sheet.write_rich_string(0, 2, struck, "25", " 34")
        sheet.write_rich_string(0, 3, "47", raised, "(1)")
        sheet.write(0, 4, "Marseille")
        sheet.write_rich_string(0, 5, struck, "25", workbook.add_format({"bold": True}), "34", struck)

    (sheet,) = read(xlsx(fill), "a.xlsx")
    assert sheet.rows == [["12", "Marseille", "34", "47", "Marseille", "34"]]
    assert sheet.marks == {(0, 0): STRUCK, (0, 1): STRUCK}


def test_formulas_without_a_value_of_xlsx() -> None:
    cells = (
        b'<row r="1"><c r="A1"><f>12+26</f><v /></c><c r="B1" t="str"><f>""</f><v></v></c>'
        b'<c r="C1"><f t="shared" si="0"/></c><c r="D1"><f>0*1</f><v>0</v></c><c r="E1"><v>5</v></c></row>'
    )
    (sheet,) = read(patched(with_cells(cells), workbook=lambda part: part.replace(b"fullCalc", b"calc")), "a.xlsx")
    assert sheet.rows == [["=12+26", "", "=", "0", "5"]]
    assert sheet.marks == {(0, 0): NO_SAVED_VALUE, (0, 2): NO_SAVED_VALUE}
    (computed_again,) = read(with_cells(cells), "a.xlsx")
    assert computed_again.marks[0, 3] == NO_SAVED_VALUE


def test_hidden_and_merged_areas_of_xlsx() -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        sheet.merge_range(0, 0, 2, 0, "12")
        sheet.write_number(2, 0, 7)
        sheet.write_row(0, 1, [1, 2, 3])
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.set_column(2, 2, 0)
        sheet.set_row(3, 0)
        sheet.write(3, 1, "x")

    (sheet,) = read(xlsx(fill), "a.xlsx")
    assert sheet.rows == [["12", "1", "2", "3"], [], [], ["", "x"]]
    assert (sheet.merged, sheet.covered) == ([(0, 0, 2, 0)], {(2, 0): "7"})
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({3}, {1, 2})


def test_leading_zeros_and_the_calendar_of_xlsx() -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        for column, number_format in enumerate(("00000", "00 00 00 00 00", "0.00", "#,##0", "yyyy-mm-dd")):
            sheet.write_number(0, column, 4100, workbook.add_format({"num_format": number_format}))

    (sheet,) = read(xlsx(fill), "a.xlsx")
    assert sheet.rows == [["04100", "0000004100", "4100", "4100", "1911-03-23"]]
    mac = patched(xlsx(fill), workbook=lambda part: part.replace(b"<workbookPr ", b'<workbookPr date1904="1" '))
    (sheet,) = read(mac, "a.xlsx")
    assert (sheet.first_day, sheet.rows[0][4]) == (1462, "1915-03-24")


def test_what_a_page_hides_strikes_and_raises() -> None:
    page = b"""<html><head><style><!-- td.off {text-decoration: line-through} .gone{display:none;} --></style></head>
    <table><col><col style="display:none"><col span=2 width=0><col>
    <tr><td>a<td>b<td>c<td>d<td>e</tr>
    <tr style="display: none"><td>1</tr>
    <tbody hidden><tr><td>2</tr></tbody>
    <tr><td><s>25</s> 34<td>47<sup>1</sup><td>1<sup>er</sup><td class=off>8<td><span class="gone">9</span>5</tr>
    <tr><td x:fmla="=12+26"></td><td rowspan=2>7<td><del>3</del><td><sup>12</sup><td style="visibility:hidden">6</tr>
    </table><table hidden><tr><td>x</table>"""
    sheet, other = read(page, "a.xls")
    assert sheet.rows[3:] == [["34", "47", "1er", "8", "5"], ["=", "7", "3", "12"]]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({1, 2}, {1, 2, 3})
    assert sheet.marks == {(3, 3): STRUCK, (4, 2): STRUCK, (4, 0): NO_SAVED_VALUE}
    assert (sheet.merged, sheet.covered) == ([(4, 1, 5, 1)], {(4, 4): "6"})
    assert other.hidden


def xls_looks(*looks: tuple[bool, str]) -> bytes:
    """The records of these cell formats (struck, number format), which take the ranks from 2 on."""
    fonts = b"".join(
        record(0x0031, struct.pack("<HHHHHBBBBBB", 200, flags, 0, 400, escapement, 0, 0, 0, 0, 1, 0) + b"A")
        for flags, escapement in ((0, 0), (8, 0), (0, 1))
    )
    numbers = b"".join(
        record(0x041E, struct.pack("<HHB", 164 + rank, len(text), 0) + text.encode())
        for rank, (_, text) in enumerate(looks)
    )
    cells = b"".join(
        record(0x00E0, struct.pack("<HH", int(struck), 164 + rank) + bytes(16))
        for rank, (struck, _) in enumerate(looks)
    )
    return fonts + numbers + cells


def xls_runs(column: int, text: str, *runs: tuple[int, int]) -> bytes:
    told = struct.pack("<H", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs)
    return record(0x00D6, struct.pack("<HHHHB", 0, column, 0, len(text), 0) + text.encode() + told)


def test_numbers_and_struck_cells_of_xls() -> None:
    looks = xls_looks((False, "0%"), (False, "00000"), (True, "General"))
    cells = b"".join(
        record(0x0203, struct.pack("<HHHd", 0, column, 2 + column, value))
        for column, value in enumerate((0.54, 4100, 12))
    )
    (sheet,) = read(xls({"CS": cells}, globals_=looks), "a.xls")
    assert (sheet.rows, sheet.marks) == ([["54%", "04100", "12"]], {(0, 2): STRUCK})


def test_struck_and_raised_runs_of_xls() -> None:
    cells = xls_runs(0, "25 34", (0, 1), (2, 0)) + xls_runs(1, "471", (2, 2)) + xls_runs(2, "25", (0, 1))
    (sheet,) = read(xls({"CS": cells}, globals_=xls_looks()), "a.xls")
    assert (sheet.rows, sheet.marks) == ([["34", "47", "25"]], {(0, 2): STRUCK})


def test_formulas_merged_and_hidden_areas_of_xls() -> None:
    def formula(column: int, tokens: bytes) -> bytes:
        result = struct.pack("<HHHQHIH", 0, column, 0, 0xFFFF000000000003, 0, 0, len(tokens))
        return record(0x0006, result + tokens)

    cells = formula(0, b"\x1e\x01\x00") + formula(1, b"\x17\x00") + xls_number(0, 2, 5)
    cells += xls_number(1, 0, 7) + xls_number(2, 0, 8) + xls_number(2, 1, 9)
    cells += record(0x0208, struct.pack("<HHHHHHI", 2, 0, 2, 255, 0, 0, 0x20))
    cells += record(0x007D, struct.pack("<HHHHHH", 2, 3, 2048, 0, 1, 0))
    cells += record(0x00E5, struct.pack("<HHHHH", 1, 1, 2, 0, 0))
    (sheet,) = read(xls({"CS": cells}), "a.xls")
    assert sheet.rows == [["=", "", "5"], ["7"], ["", "9"]]
    assert (sheet.marks, sheet.covered) == ({(0, 0): NO_SAVED_VALUE}, {(2, 0): "8"})
    assert (sheet.hidden_rows, sheet.hidden_columns, sheet.merged) == ({2}, {2, 3}, [(1, 0, 2, 0)])
