"""Whatever a sender sends, from the archive to the tables of the intake: an acceptance or a named refusal.

Never a traceback, never a hang, never a row lost: each row read has a state, each refused file its reason.
"""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import polars as pl
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.home import Home
from ingest.receive.reception import Delivery, receive
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import register_frame
from registry import Registry
from tests.ingest.conftest import SAMPLES
from tests.ingest.reading_builders import xlsx, zip_of

CAMPAIGN = 2019
RULES_OF_FILES = ("I09", "I11")
STATES = {"accepted", "replaced", "dropped", "rejected", "incomplete"}

whole_intake = settings(
    deadline=None, max_examples=12, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

IDENTIFIERS = [
    "CS-59-0005",
    "cs 59 0007",
    "EVS-59-0003",
    "CS-99-9999",
    "",
    "TOTAL",
    "Sous-total",
    "\u00a0",
    "=A1",
    "x" * 500,
]
NASTY = [
    "", " ", "0", "-0", "1e308", "1e-400", "NaN", "inf", "-inf", "9" * 400, "1,5", "1.234,56", "1 234 €", "12,5 ETP",
    "env. 15", "~", "NC", "-", "?", "X", "Oui", "n", "31/02/2019", "00/00/0000", "43586", "2019-05-01T00:00:00",
    "=HYPERLINK(\"x\")", "@SUM(1)", "+33 6", "a@b.fr", "\t", "a\nb", "\r", "\u202e", "\ufeff", "\u200b", "'",
    "é" * 3000, '"', ";", "|", " ; ", "isolation|youth", "isolation youth;", "SQ001", "A99", "<b>3</b>", "&nbsp;",
    "%s", "{0}", "\\", "VRAI", "1/3", "١٢", "Ⅳ", "🙂", "NULL", "None", "[object Object]", "\u0000", "\ud7ff",
]  # fmt: skip
JUNK = [
    "", " ", "Commentaire", "Q", "Q7.01 N-1", "Q7.01 (k€)", "Q202[other]", "Q5[SQ001_SQ002]", "[", "]", "()", "*",
    "...", "12.", "12) ", "<b>", "&#0;", "/", "//", "a/b/c/d", ".", "[SQ001]", "_parent_index", "meta/deprecatedID",
    "_uuid", "submitdate", "_validation_status", "x" * 2000, "é", "TOTAL", "\n", "1", "id",
]  # fmt: skip
DRESSINGS = ["{}", "<p>{}</p>", "12. {}", "{} *", "{} (€)", "{} :", "groupe/{}", "{} [x]", "{}. {}", " {} ", "{} - x"]


def spellings(registry: Registry) -> list[str]:
    """Some of the ways in which the registry lets a column be called."""
    found = ["IDENT", "Identifiant de la structure", "NOM_REF", "INSEE"]
    for question in registry.questions_of(CAMPAIGN)[::3]:
        found += [question.question_code, question.question_label_fr]
        found += [f"{question.question_code}/{option}" for option in question.options[:2]]
    return found


@st.composite
def grids(draw: st.DrawFn, known: list[str]) -> list[list[str]]:
    """Titles or not, headers of the registry mixed with junk on one or several rows, rows of nasty cells."""
    header = st.one_of(
        st.sampled_from(known),
        st.tuples(st.sampled_from(DRESSINGS), st.sampled_from(known)).map(
            lambda pair: pair[0].format(pair[1], pair[1])
        ),
        st.sampled_from(JUNK),
    )
    headers = draw(st.lists(header, min_size=1, max_size=9))
    if draw(st.integers(0, 5)):
        headers.insert(draw(st.integers(0, len(headers))), "IDENT")
    cell = st.one_of(st.sampled_from(NASTY), st.text(max_size=6), st.integers().map(str), st.floats().map(str))
    rows = draw(st.lists(st.lists(cell, max_size=len(headers) + 2), max_size=6))
    for row in rows:
        if row and "IDENT" in headers and headers.index("IDENT") < len(row):
            row[headers.index("IDENT")] = draw(st.sampled_from(IDENTIFIERS))
    titles = draw(st.lists(st.lists(st.sampled_from([*JUNK, *NASTY]), max_size=3), max_size=3))
    repeated = draw(st.sampled_from([[], [headers], [["", *headers[1:]]], [[], headers]]))
    grid = [*titles, headers, *repeated, *rows]
    return [list(row) for row in zip(*grid, strict=False)] if draw(st.integers(0, 9)) == 0 else grid


def as_csv(grid: list[list[str]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(grid)
    return text.getvalue().encode(encoding, "replace")


def as_workbook(grids_of: list[list[list[str]]], hidden: int, typed: bool) -> bytes:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        for number, grid in enumerate(grids_of):
            sheet = workbook.add_worksheet(f"F{number}")
            for row, cells in enumerate(grid):
                for column, text in enumerate(cells):
                    if typed and text.isascii() and text.isdigit() and len(text) < 300:
                        sheet.write_number(row, column, int(text))
                    else:
                        sheet.write_string(row, column, printable(text))
            if hidden % 3 == 1 and grid:
                sheet.set_row(hidden % len(grid), None, None, {"hidden": True})
            if hidden % 3 == 2 and number:
                sheet.hide()
            if len(grid) > 1:
                sheet.merge_range(0, 20, 0, 22, "titre")

    return xlsx(fill)


def printable(text: str) -> str:
    """The characters that XML can hold."""
    return "".join(
        letter for letter in text if letter in "\t\n" or (letter >= " " and not "\ufffe" <= letter <= "\uffff")
    )


@st.composite
def deliveries(draw: st.DrawFn, known: list[str]) -> tuple[str, bytes]:
    """A file of a sender: its name, its bytes."""
    kind = draw(st.sampled_from(["csv", "xlsx", "xlsx", "zip", "txt"]))
    several = draw(st.lists(grids(known), min_size=1, max_size=1 if kind in ("csv", "txt") else 3))
    if kind in ("csv", "txt"):
        return f"r.{kind}", as_csv(
            several[0], draw(st.sampled_from(";,\t")), draw(st.sampled_from(["utf-8", "cp1252"]))
        )
    workbook = as_workbook(several, draw(st.integers(0, 8)), draw(st.booleans()))
    if kind == "xlsx":
        return "r.xlsx", workbook
    # In thousandths: a workbook's size depends on the minute in which it was written.
    cut = len(workbook) * draw(st.integers(0, 1000)) // 1000
    parts = {"a.xlsx": workbook, "b/é.csv": as_csv(several[-1]), "c.xlsx": workbook[:cut], "d.zip": b"PK"}
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), min_size=1, max_size=4, unique=True))
    return "r.zip", zip_of({name: parts[name] for name in chosen})


def test_every_file_is_accepted_or_refused_by_name(registry: Registry, tmp_path: Path) -> None:
    """Deliveries pile up in one home, as they do; then the campaign is taken in."""
    home = Home(tmp_path / "home")
    register_frame(home, registry, SAMPLES / "frames" / f"frame_{CAMPAIGN}.csv", CAMPAIGN)
    numbers = itertools.count()

    @given(files=st.lists(deliveries(spellings(registry)), min_size=4, max_size=12))
    @whole_intake
    def received(files: list[tuple[str, bytes]]) -> None:
        sent: list[Delivery] = []
        for name, content in files:
            path = tmp_path / f"{next(numbers)}-{name}"
            path.write_bytes(content)
            sent.append(Delivery(path, path.name, CAMPAIGN, ("fede-npdc", "ucs-13")[len(sent) % 2]))
        for answer in receive(home, registry, sent):
            assert answer.verdict == "accepted" or answer.rule in RULES_OF_FILES
            assert answer.message

    received()
    every_row_and_file_has_its_outcome(build_intake(home, registry, CAMPAIGN), home.intake / str(CAMPAIGN))


def every_row_and_file_has_its_outcome(summary: dict[str, object], folder: Path) -> None:
    receipts, responses, answers = (
        pl.read_parquet(folder / f"{name}.parquet") for name in ("receipts", "responses", "answers")
    )
    assert summary["files"] == receipts.height > 20
    assert set(receipts["verdict"]) == {"accepted", "rejected"}
    assert receipts.filter(pl.col("verdict") == "rejected", pl.col("message_fr") == "").is_empty()
    assert "accepted" in set(responses["state"]) <= STATES
    values = pl.coalesce(pl.col("value_num").cast(pl.String), "value_text", pl.col("value_date").cast(pl.String))
    assert answers.filter(pl.col("status").is_in(["declared", "zero"]), values.is_null()).is_empty()
