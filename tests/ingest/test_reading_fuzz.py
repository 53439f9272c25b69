"""Whatever the bytes, reading ends in sheets of text or in a refusal; and what was written is what is read."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.refusals import Refusal
from ingest.readers import Sheet
from ingest.readers.cell_text import number_text
from tests.ingest.reading_builders import parts_of, read, rows_of, xls, xls_label, xls_number, xlsx, zip_of

RETURNS = Path(__file__).resolve().parents[2] / "samples" / "returns"
PAGE = b"<html><table><tr><td colspan=2>a</td><th rowspan=2>b<br>c</th></tr><tr><td>&amp;</table>"
SOUND = {
    "form.xlsx": (RETURNS / "2017" / "caf-04" / "fiche_marelle_CS-04-0001.xlsx").read_bytes(),
    "table.ods": (RETURNS / "2019" / "caf-04" / "Retour_SENACS_2019_04.ods").read_bytes(),
    "table.csv": (RETURNS / "2019" / "caf-59" / "reponse_directe_caf59.csv").read_bytes(),
    "page.xls": PAGE,
}
SOUND_XLS = xls({"CS": xls_label(0, 0, "é") + xls_number(1, 1, 12.5), "EVS": xls_label(2, 2, "x")}, hidden=["EVS"])

SIGNATURES = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x09\x08\x10\x00",
    b"<table>",
    b"\xff\xfe",
    b'"',
]
ODD_TEXT = [b"", b'r="XFD1048576"', b't="s"', b"-1", b"99999999999", b"nan", b"<!--", b"\x00", b"\xff", b'"', b">"]

quick = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def is_read_or_refused(content: bytes, name: str) -> bool:
    try:
        sheets = read(content, name)
    except Refusal as refusal:
        return refusal.rule == "I11"
    return all(type(cell) is str for sheet in sheets for row in sheet.rows for cell in row)


@st.composite
def altered(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with a few bytes changed, cut out, repeated or replaced by odd text, perhaps cut short."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(changed)))
        length = draw(st.sampled_from([0, 1, 1, 4, 60]))
        repeated = st.just(bytes(changed[start : start + 40]) * 2)
        changed[start : start + length] = draw(st.one_of(st.binary(max_size=4), st.sampled_from(ODD_TEXT), repeated))
    return bytes(changed[: draw(st.integers(1, len(changed)))]) if changed and draw(st.booleans()) else bytes(changed)


@given(
    start=st.sampled_from(SIGNATURES),
    rest=st.binary(max_size=3000),
    name=st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.ods"]),
)
@quick
def test_random_bytes(start: bytes, rest: bytes, name: str) -> None:
    assert is_read_or_refused(start + rest, name)


@given(name=st.sampled_from(sorted(SOUND)), data=st.data())
@quick
def test_altered_files(name: str, data: st.DataObject) -> None:
    assert is_read_or_refused(data.draw(altered(SOUND[name])), name)


@given(name=st.sampled_from(["form.xlsx", "table.ods"]), data=st.data())
@quick
def test_altered_parts_of_sound_archives(name: str, data: st.DataObject) -> None:
    parts = parts_of(SOUND[name])
    part = data.draw(st.sampled_from(sorted(parts)))
    assert is_read_or_refused(zip_of(parts | {part: data.draw(altered(parts[part]))}), name)


@given(content=st.one_of(altered(SOUND_XLS), st.binary(max_size=600).map(lambda rest: SIGNATURES[2] + rest)))
@settings(quick, max_examples=20)
def test_altered_xls(content: bytes) -> None:
    assert is_read_or_refused(content, "a.xls")


def trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without what is blank at their end and at the end of the sheet."""
    kept = [row[: max((column for column, cell in enumerate(row, 1) if cell), default=0)] for row in rows]
    while kept and not kept[-1]:
        kept.pop()
    return kept


cells = st.text(st.characters(codec="utf-8", exclude_categories=["C"], include_characters="\n"), max_size=8)
grids = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6).filter(
    lambda rows: any(cell.strip() for row in rows for cell in row)
)


LIKE_A_NUMBER = re.compile(r"""="([^"]|"")*"|'\d+""")


@given(rows=grids, delimiter=st.sampled_from(";,\t"), encoding=st.sampled_from(["utf-8-sig", "utf-16"]))
@quick
def test_csv_gives_back_what_was_written(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    """But a text that looks like a number kept as text, and one that looks like the rows it would have swallowed."""
    assume(not any(LIKE_A_NUMBER.fullmatch(cell) for row in rows for cell in row))
    assume(all("\n" not in cell or cell.count(delimiter) < 2 for row in rows for cell in row))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert rows_of(text.getvalue().encode(encoding), "a.csv") == trimmed(rows)


@given(rows=grids)
@settings(quick, max_examples=50)
def test_xlsx_gives_back_what_was_written(rows: list[list[str]]) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)

    assert read(xlsx(fill), "a.xlsx") == [Sheet("CS", False, trimmed(rows))]


@given(st.floats(-1e300, 1e300))
def test_numbers_keep_fifteen_digits_without_exponent(value: float) -> None:
    text = number_text(value)
    assert not set(text) - set("-.0123456789")
    assert float(text) == pytest.approx(value, rel=1e-14, abs=0)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_whole_numbers_stay_whole(value: int) -> None:
    assert number_text(float(value)) == str(value)
