"""Delimited text: a row is taken whole or refused by its line, its neighbours stay right."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from ingest.store.intake import Intake

HEADER = "IDENT;Q1.20;Q4.01;Q6.01;Q7.01"
ONE, BROKEN, OTHER = "CS-59-0005;oui;12;30;5", "CS-59-0006", "CS-59-0007;non;14;31;6"
RIGHT = {
    (name, code): value
    for name, values in (("CS-59-0005", (12, 30, 5)), ("CS-59-0007", (14, 31, 6)))
    for code, value in zip(("Q4.01", "Q6.01", "Q7.01"), values, strict=True)
}
TakeInFile = Callable[..., Intake]


def taken(intake: Intake) -> dict[tuple[str, str], float]:
    numbers = intake.tables["answers"].filter(pl.col("value_num").is_not_null())
    return dict(zip(numbers.select("structure_id", "question_code").rows(), numbers["value_num"], strict=True))


def refused(intake: Intake) -> list[tuple[str, str, str]]:
    rows = intake.tables["rejects"].filter(pl.col("level") == "row")
    return sorted(rows.select("rule", "cell", "structure_id").rows())


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        ("CS-59-0006;travaux; locaux;13;29;4", ["A3"]),
        ("CS-59-0006;travaux;13;29", ["A3"]),
        ('CS-59-0006;"travaux;13;29;4', ["A3"]),
        ("CS-59-0006;travaux\nen cours;13;29;4", ["A3", "A4"]),
        ('CS-59-0006;"dit "oui" ; puis non";13;29;4', ["A3"]),
    ],
    ids=["longer", "shorter", "quote left open", "line break", "quotes in quotes"],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_row_that_is_not_its_headers(take_in_file: TakeInFile, row: str, lines: list[str], ending: str) -> None:
    text = "\n".join([HEADER, ONE, row, OTHER, ""]).replace("\n", ending)
    intake = take_in_file(text.encode(), "retour.csv")
    assert taken(intake) == RIGHT
    assert [(rule, cell) for rule, cell, _ in refused(intake)][: len(lines)] == [("I50", cell) for cell in lines]
    assert ("I50", "A3", BROKEN) in refused(intake)


def test_a_decimal_comma_in_a_file_of_commas(take_in_file: TakeInFile) -> None:
    rows = [HEADER, ONE, "CS-59-0006;oui;13,5;29;4", OTHER, ""]
    intake = take_in_file("\n".join(rows).replace(";", ",").encode(), "retour.csv")
    assert taken(intake) == RIGHT
    assert refused(intake) == [("I50", "A3", BROKEN)]


def test_two_open_quotes_swallow_no_row(take_in_file: TakeInFile) -> None:
    rows = [HEADER, 'CS-59-0006;"travaux;13;29;4', ONE, 'CS-59-0008;"locaux;15;28;3', OTHER, ""]
    intake = take_in_file("\n".join(rows).encode(), "retour.csv")
    assert taken(intake) == RIGHT
    assert refused(intake) == [("I50", "A2", BROKEN), ("I50", "A4", "CS-59-0008")]


@pytest.mark.parametrize(
    "row",
    ['CS-59-0006;"dit \\"oui\\"; puis non";13;29;4', 'CS-59-0006;"une ligne\nune autre; fin";13;29;4',
     "CS-59-0006;travaux;13;29;4;;;"],
    ids=["backslash", "text of two lines", "blank cells more"],
)  # fmt: skip
def test_a_row_that_is_whole_is_read(take_in_file: TakeInFile, row: str) -> None:
    intake = take_in_file("\n".join([HEADER, ONE, row, OTHER, ""]).encode(), "retour.csv")
    assert taken(intake) == RIGHT | {(BROKEN, "Q4.01"): 13, (BROKEN, "Q6.01"): 29, (BROKEN, "Q7.01"): 4}
    assert refused(intake) == []


def test_rows_that_end_where_their_blanks_begin_are_whole(take_in_file: TakeInFile) -> None:
    rows = [HEADER, "CS-59-0005;;12", "CS-59-0006;oui", "CS-59-0007;;14;31", "CS-59-0008;;;28;3", ""]
    intake = take_in_file("\n".join(rows).encode(), "retour.csv")
    assert refused(intake) == []
    assert taken(intake)["CS-59-0007", "Q6.01"] == 31
