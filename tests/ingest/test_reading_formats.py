"""Every accepted format gives the text that a person sees, at its address."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from ingest.readers import Sheet, cell_address
from tests.ingest.reading_builders import (
    ods,
    ods_cell,
    ods_table,
    patched,
    read,
    rows_of,
    with_cells,
    xls,
    xls_formula,
    xls_label,
    xls_missing,
    xls_number,
    xls_true,
    xlsx,
    xlsx_of,
)

RETURNS = Path(__file__).resolve().parents[2] / "samples" / "returns"
SAMPLES = sorted(path for path in RETURNS.rglob("*") if path.parent.parent.parent == RETURNS)


def shape(sheet: Sheet) -> tuple[str, int, int]:
    return sheet.name, len(sheet.rows), max(map(len, sheet.rows))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_return_is_read_whole(path: Path) -> None:
    for sheet in read(path.read_bytes(), path.name):
        assert len(sheet.rows) > 1
        assert not sheet.hidden
        assert sheet.rows[-1]
        assert all(isinstance(cell, str) and "\0" not in cell for row in sheet.rows for cell in row)
        assert all(row[-1] for row in sheet.rows if row)


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.suffix == ".xlsx"], ids=lambda path: path.stem)
def test_xlsx_samples_agree_with_another_reader(path: Path) -> None:
    workbook = openpyxl.load_workbook(path, data_only=True)
    for sheet in read(path.read_bytes(), path.name):
        for row, cells in enumerate(workbook[sheet.name].iter_rows(values_only=True)):
            for column, expected in enumerate(cells):
                line = sheet.rows[row]
                found = line[column] if column < len(line) else ""
                if isinstance(expected, dt.datetime):
                    assert found == expected.date().isoformat()
                elif isinstance(expected, int | float):
                    assert float(found) == expected
                else:
                    assert found == (expected or "")


def test_samples_of_each_format_keep_their_text_and_addresses() -> None:
    folder = {path.name: path for path in SAMPLES}

    def cell(name: str, sheet: int, row: int, column: int) -> str:
        return read(folder[name].read_bytes(), name)[sheet].rows[row][column]

    assert cell("SENACS_donnees2010_Pas-de-Calais.csv", 0, 0, 1) == "Nom de la structure (référentiel)"
    assert cell("SENACS_donnees2010_Pas-de-Calais.csv", 0, 4, 10) == "5 348"
    assert cell("results-survey518842.csv", 0, 4, 1) == "2019-04-04 13:05:00"
    assert cell("SENACS_2019_NPDC.xlsx", 1, 4, 0) == "Identifiant de la structure"
    assert cell("Retour_SENACS_2019_04.ods", 0, 4, 11) == "21040094100014"
    assert cell("fiche_marelle_CS-04-0001.xlsx", 0, 4, 2) == "04049"


def test_addresses_are_those_of_a_spreadsheet() -> None:
    assert [cell_address(row, column) for row, column in ((0, 0), (11, 2), (0, 25), (0, 26), (9, 701), (0, 702))] == [
        "A1",
        "C12",
        "Z1",
        "AA1",
        "ZZ10",
        "AAA1",
    ]
    assert cell_address(1_048_575, 16_383) == "XFD1048576"


CSV_ROWS = [["Identifiant", "Réponse"], ["CS-62-0001", "œuvre, 12 €; « oui »"], ["CS-62-0002", "deux\nlignes"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("extension", ["csv", "TXT"])
def test_csv_in_every_encoding_and_delimiter(encoding: str, delimiter: str, end: str, extension: str) -> None:
    lines = (delimiter.join(f'"{cell}"' for cell in row) for row in CSV_ROWS)
    assert rows_of(end.join(lines).encode(encoding), f"retour.{extension}") == CSV_ROWS


def test_a_first_byte_out_of_utf8_may_come_late() -> None:
    lines = ["identifiant;commune;remarque", *["CS-62-0001;Arras;rien"] * 14_000, "CS-62-0002;Étaples;café"]
    content = "\n".join(lines[:-1]).encode() + b"\n" + lines[-1].encode("cp1252")
    assert rows_of(content, "a.csv")[-1] == ["CS-62-0002", "Étaples", "café"]


def test_a_utf8_mark_before_windows_1252_is_not_text() -> None:
    assert rows_of(b"\xef\xbb\xbfa;b\nc;caf\xe9\n", "a.csv") == [["a", "b"], ["c", "café"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sep=,\n"a;b",c\n', [["a;b", "c"]]),
        ("sep=;\r\na;b\r\n", [["a", "b"]]),
        ('"Accès aux soins, santé";Nom\n12,5;x\n', [["Accès aux soins, santé", "Nom"], ["12,5", "x"]]),
        ("Accès aux soins, santé, logement;Nom\n1,5;x\n", [["Accès aux soins, santé, logement", "Nom"], ["1,5", "x"]]),
        ('a;"dit ""oui""\nou non";c\n', [["a", 'dit "oui"\nou non', "c"]]),
        ("a;b;;\n;;;\nc;;;\n;;\n", [["a", "b"], [], ["c"]]),
        ('a;5" de large\nb;c\n', [["a", '5" de large'], ["b", "c"]]),
        ("a;b\rc;d\r", [["a", "b"], ["c", "d"]]),
        ("  a ;=1+1\n", [["  a ", "=1+1"]]),
        ("seule\ncolonne", [["seule"], ["colonne"]]),
    ],
)
def test_csv_cells_are_kept_as_typed(text: str, expected: list[list[str]]) -> None:
    assert rows_of(text.encode(), "a.csv") == expected


def fill_every_type(workbook: xlsxwriter.Workbook) -> None:
    sheet = workbook.add_worksheet("Réponses")
    formats = {
        key: workbook.add_format({"num_format": key}) for key in ("dd/mm/yyyy", "dd/mm/yy hh:mm", "hh:mm", "[h]:mm")
    }
    sheet.write_row("A1", ["  é ", 4115, 24.47, 99014134300014, 0.1 + 0.2, 1e-9, -0.5, 1e20])
    sheet.write_datetime("A2", dt.datetime(2016, 1, 1), formats["dd/mm/yyyy"])
    sheet.write_datetime("B2", dt.datetime(2016, 1, 1, 9, 30), formats["dd/mm/yy hh:mm"])
    sheet.write("C2", 0.5, formats["hh:mm"])
    sheet.write("D2", 1.5, formats["[h]:mm"])
    sheet.write_boolean("A3", True)
    sheet.write_boolean("B3", False)
    sheet.write_formula("C3", "=NA()", value="#N/A")
    sheet.write_formula("D3", "=1+1", value=3)
    sheet.write_string("E3", "=1+1")
    sheet.write_formula("F3", '="oui"', value="oui")
    sheet.write_formula("G3", "=#REF!", value="#REF!")
    sheet.write_string("C5", "fin")
    sheet.write_blank("H9", None, formats["dd/mm/yyyy"])


def test_xlsx_cells_become_the_text_one_sees() -> None:
    assert rows_of(xlsx(fill_every_type), "a.xlsx") == [
        ["  é ", "4115", "24.47", "99014134300014", "0.3", "0.000000001", "-0.5", "100000000000000000000"],
        ["2016-01-01", "2016-01-01 09:30:00", "12:00:00", "36:00:00"],
        ["VRAI", "FAUX", "#N/A", "3", "=1+1", "oui", "#REF!"],
        [],
        ["", "", "fin"],
    ]


def test_hidden_sheets_are_marked_and_charts_left_out() -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name in ("Vue", "Cachée", "Très cachée"):
            workbook.add_worksheet(name).write("B2", name)
        workbook.get_worksheet_by_name("Cachée").hide()
        workbook.get_worksheet_by_name("Très cachée").very_hidden()
        chart = workbook.add_chart({"type": "column"})
        chart.add_series({"values": "=Vue!$B$2:$B$3"})
        workbook.add_chartsheet("Graphique").set_chart(chart)

    sheets = read(xlsx(fill), "a.xlsx")
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [("Vue", False), ("Cachée", True), ("Très cachée", True)]
    assert sheets[1].rows == [[], ["", "Cachée"]]


def test_cells_without_references_and_prefixed_elements_are_read() -> None:
    assert rows_of(
        with_cells(b"<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"), "a.xlsx"
    ) == [
        ["1", "2"],
        [],
        ["3"],
    ]


def test_formats_far_below_and_aside_do_not_count() -> None:
    rows = b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (number, number) for number in range(2, 3000))
    content = with_cells(b'<row r="1"><c r="A1"><v>1</v></c></row>' + rows + b'<row r="1048576" ht="15"/>')
    assert rows_of(content, "a.xlsx") == [["1"]]


def test_a_wide_and_long_xlsx_within_the_limits_is_accepted() -> None:
    (wide,) = read(xlsx_of([range(2000), range(2000)]), "a.xlsx")
    assert shape(wide) == ("CS", 2, 2000)
    (long,) = read(xlsx_of([[number] for number in range(20_000)]), "a.xlsx")
    assert shape(long) == ("CS", 20_000, 1)


def test_external_links_are_left_alone() -> None:
    content = xlsx(lambda workbook: workbook.add_worksheet("CS").write_formula("A1", "='[autre.xlsx]F'!A1", value=7))
    assert rows_of(content, "a.xlsx") == [["7"]]


def test_ods_cells_become_the_text_one_sees() -> None:
    typed = "".join(
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p></table:table-cell>'
        for kind, value, shown in (
            ("float", 'office:value="99014134300014"', "9,9E+13"),
            ("percentage", 'office:value="0.35"', "35 %"),
            ("date", 'office:date-value="2016-01-01"', "01/01/16"),
            ("date", 'office:date-value="2016-01-01T09:30:00"', "9 h 30"),
            ("time", 'office:time-value="PT09H30M00S"', "9 h 30"),
            ("boolean", 'office:boolean-value="true"', "VRAI"),
            ("string", 'office:string-value="" calcext:value-type="error"', "#N/A"),
        )
    )
    annotated = (
        '<table:table-cell office:value-type="string">'
        "<office:annotation><text:p>commentaire</text:p></office:annotation>"
        "<draw:frame><text:p>dessin</text:p></draw:frame>"
        '<text:p>un<text:s text:c="2"/><text:span>deux</text:span></text:p><text:p>trois</text:p></table:table-cell>'
    )
    rows = (
        f"<table:table-row>{typed}</table:table-row>"
        f"<table:table-row><table:table-cell/>{annotated}<table:covered-table-cell/></table:table-row>"
    )
    assert rows_of(ods(ods_table(rows)), "a.ods") == [
        ["99014134300014", "35%", "2016-01-01", "2016-01-01 09:30:00", "09:30:00", "VRAI", "#N/A"],
        ["", "un  deux\ntrois"],
    ]


def test_ods_repeats_are_laid_out_and_trailing_ones_are_not() -> None:
    def cells(repeats: int, text: str = "") -> str:
        return ods_cell(text, f'table:number-columns-repeated="{repeats}"')

    def rows(repeats: int, inside: str) -> str:
        return f'<table:table-row table:number-rows-repeated="{repeats}">{inside}</table:table-row>'

    table = rows(2, cells(2) + cells(2, "x") + cells(16_380)) + rows(3, cells(1)) + rows(1, cells(1, "y"))
    table += rows(1_048_570, cells(16_384))
    assert rows_of(ods(ods_table(table)), "a.ods") == [["", "", "x", "x"], ["", "", "x", "x"], [], [], [], ["y"]]


def test_ods_hidden_sheets_are_marked() -> None:
    def style(name: str, display: str) -> str:
        properties = f'<style:table-properties table:display="{display}"/>'
        return f'<style:style style:name="{name}" style:family="table">{properties}</style:style>'

    def table(name: str, style_name: str) -> str:
        row = f"<table:table-row>{ods_cell('x')}</table:table-row>"
        return ods_table(row, f'table:name="{name}" table:style-name="{style_name}"')

    content = ods(table("Vue", "ta1") + table("Cachée", "ta2"), style("ta1", "true") + style("ta2", "false"))
    assert [(sheet.name, sheet.hidden) for sheet in read(content, "a.ods")] == [("Vue", False), ("Cachée", True)]


def test_indented_ods_is_read() -> None:
    rows = f"\n  <table:table-row>\n    {ods_cell('x')}\n    {ods_cell('y')}\n  </table:table-row>\n"
    assert rows_of(ods(ods_table(rows)), "a.ods") == [["x", "y"]]


def test_xls_cells_become_the_text_one_sees() -> None:
    cells = (
        xls_label(0, 0, "  é € ")
        + xls_number(0, 1, 99014134300014)
        + xls_number(0, 2, 24.47)
        + xls_number(1, 0, 42370, date=True)
        + xls_number(1, 1, 42370.5, date=True)
        + xls_number(1, 2, 0.5, date=True)
        + xls_true(3, 1)
        + xls_missing(3, 2)
        + xls_formula(3, 3, 12.5)
    )
    sheets = read(xls({"Réponses": cells, "Cachée": xls_label(0, 0, "x")}, hidden=["Cachée"]), "RETOUR.XLS")
    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [("Réponses", False), ("Cachée", True)]
    assert sheets[0].rows == [
        ["  é € ", "99014134300014", "24.47"],
        ["2016-01-01", "2016-01-01 12:00:00", "12:00:00"],
        [],
        ["", "VRAI", "#N/A", "12.5"],
    ]


HTML_PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<style>td {{ color: red }}</style></head><body><p>Export</p>
<table><thead><tr><th colspan="2">Identité</th><th rowspan="2">Effectif</th></tr></thead>
<tr><td>CS-62-0001<td>L&#39;Étoile &amp; <b>Cie</b><br>Arras</tr>
<tr><td>CS-62-0002</td><td>&nbsp;</td><td>12&nbsp;470</td></tr>
<tr><td></td></tr></table>
<table><tr><td> </td></tr></table>
<table><tr><td>bas<table><tr><td>dedans</td></tr></table></td><td><script>x()</script>fin</td></tr></table>
<img src="http://example.org/pixel.gif"></body></html>"""


@pytest.mark.parametrize(
    ("charset", "encoding"), [("windows-1252", "cp1252"), ("utf-8", "utf-8"), ("utf-16", "utf-16")]
)
def test_html_tables_saved_as_xls_are_read(charset: str, encoding: str) -> None:
    sheets = read(HTML_PAGE.format(charset=charset).encode(encoding), "export.xls")
    assert [(sheet.name, sheet.rows) for sheet in sheets] == [
        (
            "Tableau 1",
            [
                ["Identité", "", "Effectif"],
                ["CS-62-0001", "L'Étoile & Cie\nArras"],
                ["CS-62-0002", "", "12\N{NO-BREAK SPACE}470"],
            ],
        ),
        ("Tableau 3", [["bas", "fin"]]),
        ("Tableau 4", [["dedans"]]),
    ]


def test_a_spanned_row_shifts_the_cells_below() -> None:
    page = b'<table><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>'
    assert rows_of(page, "a.xls") == [["a", "b"], ["", "c"], ["d"]]


@pytest.mark.parametrize(
    "name", ["../../etc/x.CSV", "-rf.csv", "é" * 5000 + ".csv", "a\x00\x1b\n.csv", "x.xlsx.csv", "C:\\a\\b.csv", ".csv"]
)
def test_only_the_extension_of_a_name_counts(name: str) -> None:
    assert rows_of(b"a;b\n", name) == [["a", "b"]]


def test_nul_characters_never_reach_a_cell() -> None:
    content = patched(xlsx_of([["début"]]), strings=lambda data: data.replace("début".encode(), b"a_x0000_b"))
    assert rows_of(content, "a.xlsx") == [["ab"]]
