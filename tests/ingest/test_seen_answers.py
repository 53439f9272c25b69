"""What a workbook hides, strikes, merges or leaves uncomputed is no answer that nobody saw, whatever its format."""

from __future__ import annotations

import struct
from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter

from ingest.store.intake import Intake
from tests.ingest.reading_builders import (
    ods,
    ods_cell,
    ods_table,
    patched,
    record,
    xls,
    xls_label,
    xls_number,
    xlsx,
)
from tests.ingest.test_reading_seen import ODS_STYLES, xls_looks

TakeIn = Callable[..., Intake]
ONE, TWO, THREE = "CS-59-0005", "CS-59-0007", "CS-59-0011"
HEADERS = ("IDENT", "Q7.01", "Q9.01")


def page(*rows: str, before: str = "") -> bytes:
    head = "".join(f"<td>{text}" for text in HEADERS)
    return f"<table>{before}<tr>{head}</tr>{''.join(rows)}</table>".encode()


def ods_of(*rows: str, before: str = "") -> bytes:
    head = "".join(map(ods_cell, HEADERS))
    told = "".join(f"<table:table-row>{row}</table:table-row>" for row in (head, *rows))
    return ods(ods_table(before + told), ODS_STYLES)


def xlsx_with(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    def filled(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        sheet.write_row(0, 0, HEADERS)
        fill(workbook, sheet)

    return xlsx(filled)


def answers(intake: Intake) -> dict[tuple[str, str], object]:
    found = intake.tables["answers"].filter(pl.col("status").is_in(["declared", "zero"]))
    return {
        (structure, code): value
        for structure, code, value in found.select(
            "structure_id", "question_code", pl.col("value_num").cast(pl.Float64)
        ).iter_rows()
    }


def told(intake: Intake, *rules: str) -> list[tuple[str, str, str]]:
    edits = intake.tables["edits"].filter(pl.col("rule").is_in(rules))
    return edits.select("rule", "structure_id", "cell").rows()


def refused(intake: Intake) -> list[tuple[str, str, str]]:
    rejects = intake.tables["rejects"].filter(level="answer")
    return rejects.select("rule", "cell", "message_fr").rows()


def struck_xlsx(workbook: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write_row(1, 0, [ONE, 12])
    sheet.write(1, 2, 30, workbook.add_format({"font_strikeout": True}))


def xls_of(*cells: tuple[int, int, object], more: bytes = b"", looks: bytes = b"") -> bytes:
    head = b"".join(xls_label(0, column, text) for column, text in enumerate(HEADERS))
    body = b"".join(
        xls_label(row, column, value) if isinstance(value, str) else xls_number(row, column, float(str(value)))
        for row, column, value in cells
    )
    return xls({"CS": head + body + more}, globals_=looks)


def xls_struck() -> bytes:
    struck = record(0x0203, struct.pack("<HHHd", 1, 2, 2, 30))
    return xls_of((1, 0, ONE), (1, 1, 12), more=struck, looks=xls_looks((True, "General")))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", xlsx_with(struck_xlsx)),
        ("a.ods", ods_of(ods_cell(ONE) + ods_cell("12") + ods_cell("30", 'table:style-name="off"'))),
        ("a.xls", xls_struck()),
        ("b.xls", page(f'<tr><td>{ONE}<td>12<td style="text-decoration: line-through">30')),
        ("c.xls", page(f"<tr><td>{ONE}<td>12<td><del>30</del>")),
    ],
)
def test_a_struck_answer_is_refused_by_its_cell(take_in_file: TakeIn, name: str, content: bytes) -> None:
    intake = take_in_file(content, name)
    assert answers(intake) == {(ONE, "Q7.01"): 12}
    assert refused(intake) == [("T11", "C2", "Réponse barrée : elle n'est pas prise en compte.")]


def xls_formula() -> bytes:
    tokens = b"\x1e\x0c\x00"
    formula = struct.pack("<HHHQHIH", 1, 2, 0, 0xFFFF000000000003, 0, 0, len(tokens)) + tokens
    return xls_of((1, 0, ONE), (1, 1, 12), more=record(0x0006, formula))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", xlsx_with(lambda _, sheet: (sheet.write_row(1, 0, [ONE, 12]), sheet.write_formula(1, 2, "=12+26")))),
        ("a.ods", ods_of(ods_cell(ONE) + ods_cell("12") + '<table:table-cell table:formula="of:=12+26"/>')),
        ("a.xls", xls_formula()),
        ("b.xls", page(f'<tr><td>{ONE}<td>12<td x:fmla="=12+26"></td>')),
    ],
)
def test_a_formula_without_its_value_is_refused_by_its_cell(take_in_file: TakeIn, name: str, content: bytes) -> None:
    intake = take_in_file(content, name)
    assert answers(intake) == {(ONE, "Q7.01"): 12}
    message = "Formule sans valeur enregistrée : son résultat n'est pas dans le fichier."
    assert refused(intake) == [("T10", "C2", message)]


def merged_xlsx(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    for row, structure in enumerate((ONE, TWO, THREE), 1):
        sheet.write_row(row, 0, [structure, 10 + row])
    sheet.merge_range(1, 2, 3, 2, 3000)
    sheet.write(3, 2, 77)


def merged_ods() -> bytes:
    covered = '<table:covered-table-cell office:value-type="float" office:value="77"/>'
    first = ods_cell(ONE) + ods_cell("11") + ods_cell("3000", 'table:number-rows-spanned="3"')
    return ods_of(
        first,
        ods_cell(TWO) + ods_cell("12") + "<table:covered-table-cell/>",
        ods_cell(THREE) + ods_cell("13") + covered,
    )


def merged_xls() -> bytes:
    rows = [(1, 0, ONE), (1, 1, 11), (1, 2, 3000), (2, 0, TWO), (2, 1, 12), (3, 0, THREE), (3, 1, 13), (3, 2, 77)]
    return xls_of(*rows, more=record(0x00E5, struct.pack("<HHHHH", 1, 1, 3, 2, 2)))


MERGED_PAGE = page(f"<tr><td>{ONE}<td>11<td rowspan=3>3000", f"<tr><td>{TWO}<td>12", f"<tr><td>{THREE}<td>13")


@pytest.mark.parametrize(
    ("name", "content", "leftover"),
    [
        ("a.xlsx", xlsx_with(merged_xlsx), True),
        ("a.ods", merged_ods(), True),
        ("a.xls", merged_xls(), True),
        ("b.xls", MERGED_PAGE, False),
    ],
)
def test_one_cell_over_several_structures_is_to_be_confirmed(
    take_in_file: TakeIn, name: str, content: bytes, leftover: bool
) -> None:
    intake = take_in_file(content, name)
    assert answers(intake) == {(ONE, "Q7.01"): 11, (TWO, "Q7.01"): 12, (THREE, "Q7.01"): 13, (ONE, "Q9.01"): 3000}
    assert told(intake, "I41") == [("I41", ONE, "C2")]
    assert told(intake, "I40") == ([("I40", "", "C4")] if leftover else [])
    edit = intake.tables["edits"].filter(rule="I41")
    assert edit.select("severity", "open").row(0) == ("confirm", True)
    assert "Cellule fusionnée sur plusieurs structures" in edit["message_fr"].item()


def hidden_xlsx(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write_row(0, 3, ["Q9.01", "Q6.01"])
    sheet.write_row(1, 0, [ONE, 12, 500, 600, 30])
    sheet.set_column(2, 2, None, None, {"hidden": True})
    sheet.set_column(4, 4, None, None, {"hidden": True})


def hidden_ods() -> bytes:
    hide = '<table:table-column table:visibility="collapse"/>'
    show = '<table:table-column table:number-columns-repeated="{}"/>'
    cells = "".join(map(ods_cell, (ONE, "12", "500", "600", "30")))
    head = "".join(map(ods_cell, ("Q9.01", "Q6.01")))
    content = ods_of(cells, before=show.format(2) + hide + show.format(1) + hide)
    end = ods_cell("Q9.01").encode()
    return patched(content, content=lambda part: part.replace(end, end + head.encode(), 1))


def hidden_page() -> bytes:
    cells = f"<tr><td>{ONE}<td>12<td>500<td>600<td>30"
    hide = '<col><col><col style="visibility:collapse"><col><col style="display:none">'
    return page(cells, before=hide).replace(b"Q9.01</tr>", b"Q9.01<td>Q9.01<td>Q6.01</tr>")


def hidden_xls() -> bytes:
    head = [(0, 3, "Q9.01"), (0, 4, "Q6.01")]
    cells = [(1, column, value) for column, value in enumerate((ONE, 12, 500, 600, 30))]
    hide = b"".join(record(0x007D, struct.pack("<HHHHHH", at, at, 2048, 0, 1, 0)) for at in (2, 4))
    return xls_of(*head, *cells, more=hide)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", xlsx_with(hidden_xlsx)),
        ("a.ods", hidden_ods()),
        ("a.xls", hidden_xls()),
        ("b.xls", hidden_page()),
    ],
)
def test_a_visible_column_is_the_answer_and_a_hidden_one_alone_is_read_and_told(
    take_in_file: TakeIn, name: str, content: bytes
) -> None:
    intake = take_in_file(content, name)
    assert answers(intake) == {(ONE, "Q7.01"): 12, (ONE, "Q9.01"): 600, (ONE, "Q6.01"): 30}
    assert told(intake, "I42", "I43", "I10") == [("I42", "", "C1"), ("I43", "", "E1")]


def test_a_hidden_column_of_a_table_turned_is_a_hidden_structure(take_in_file: TakeIn) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        for row, cells in enumerate([["IDENT", ONE, TWO, THREE], ["Q7.01", 11, 12, 13], ["Q9.01", 1000, 2000, 3000]]):
            sheet.write_row(row, 0, cells)
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.merge_range(2, 1, 2, 3, 1000)

    intake = take_in_file(xlsx(fill), "a.xlsx")
    assert answers(intake) == {(ONE, "Q7.01"): 11, (THREE, "Q7.01"): 13, (ONE, "Q9.01"): 1000}
    assert intake.tables["rejects"].select("rule", "raw").rows() == [("I17", TWO)]
    assert told(intake, "I41") == [("I41", ONE, "B3")]


def test_a_hidden_line_of_a_form_is_named_and_not_read(take_in_file: TakeIn) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("Fiche")
        lines = [["Code", "Question", "Réponse"], ["IDENT", "Identifiant", ONE], ["Q7.01", "Salariés", 12]]
        for row, cells in enumerate([*lines, ["Q9.01", "Produits", 1000], ["Q6.01", "Bénévoles", 30]]):
            sheet.write_row(row, 0, cells)
        sheet.set_row(3, None, None, {"hidden": True})

    intake = take_in_file(xlsx(fill), "a.xlsx")
    assert answers(intake) == {(ONE, "Q7.01"): 12, (ONE, "Q6.01"): 30}
    assert told(intake, "I44") == [("I44", "", "C4")]


def test_dates_that_lost_their_format_are_counted_from_1904_where_the_workbook_is(take_in_file: TakeIn) -> None:
    def fill(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write(0, 1, "Q1.09")
        sheet.write_row(1, 0, [ONE, 23376, 1000])

    mac = patched(xlsx_with(fill), workbook=lambda part: part.replace(b"<workbookPr ", b'<workbookPr date1904="1" '))
    for content, day in ((xlsx_with(fill), "1963-12-31"), (mac, "1968-01-01")):
        found = take_in_file(content, "a.xlsx").tables["answers"].filter(question_code="Q1.09")
        assert str(found["value_date"][-1]) == day
