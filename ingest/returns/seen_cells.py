"""What a sheet tells of its cells, put on the answers that were read from them.

A cell that is no answer as it stands (a formula whose value the file doesn't hold, a struck text) marks its answer; so
does one cell shown over several structures or questions. What merged areas hide is said, where an answer would stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import polars as pl

from ingest.readers import Sheet, cell_address
from ingest.readers.sheets import NO_SAVED_VALUE, STRUCK, Area
from ingest.returns.as_read import ReadFile
from registry.model import Registry

UNSAVED_FORMULA, STRUCK_TEXT, CONTRADICTED = "T10", "T11", "T12"
UNDER_MERGED, SEVERAL_MERGED = "I40", "I41"
RULES = {NO_SAVED_VALUE: UNSAVED_FORMULA, STRUCK: STRUCK_TEXT}
REFUSED = [*RULES.values(), CONTRADICTED]
"""Rules of cells whose answer is not taken; the last: two cells that answer one question otherwise."""
FIRST_DAY = dt.date(1899, 12, 30)


def note_cells(result: ReadFile, sheets: list[Sheet], registry: Registry, campaign: int) -> None:
    """Add to `result` what its sheets tell of their cells; dates counted from another day become dates."""
    told = [sheet for sheet in sheets if sheet.marks or sheet.merged or sheet.covered or sheet.first_day]
    for sheet in told:
        places = _places(result, sheet.name)
        _note_marks(result, sheet, places)
        _note_merged(result, sheet, places)
        _say_covered(result, sheet)
        if sheet.first_day:
            _recount_dates(result, sheet, places.values(), registry, campaign)


def with_marks(answers: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """The parsed answers, with the rule of those whose cell is no answer as their fault.

    `marks`: row_id, question_code, rule.
    """
    refused = marks.filter(pl.col("rule").is_in(REFUSED)).unique(["row_id", "question_code"])
    joined = answers.join(refused, on=["row_id", "question_code"], how="left", maintain_order="left")
    return joined.with_columns(
        fault=pl.coalesce("rule", "fault"), status=pl.when(pl.col("rule").is_null()).then("status")
    ).drop("rule")


def noted_marks(answers: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """row_id, variable, rule of the marks to confirm on answers as they were received."""
    noted = marks.filter(pl.col("rule") == SEVERAL_MERGED).unique(maintain_order=True)
    received = answers.filter(pl.col("rule").is_null(), pl.col("decision").is_null())
    return noted.join(received.select("row_id", "question_code", "variable"), on=["row_id", "question_code"]).select(
        "row_id", "variable", "rule"
    )


def _places(result: ReadFile, sheet: str) -> dict[tuple[int, int], int]:
    """The cells of `result` that come from a sheet, by line and column."""
    cells = zip(result.cell_sheet, result.cell_line, result.cell_column, strict=True)
    return {(line, column): number for number, (name, line, column) in enumerate(cells) if name == sheet}


def _note_marks(result: ReadFile, sheet: Sheet, places: dict[tuple[int, int], int]) -> None:
    for place, kind in sheet.marks.items():
        if place in places:
            _mark(result, places[place], RULES[kind])


def _note_merged(result: ReadFile, sheet: Sheet, places: dict[tuple[int, int], int]) -> None:
    """A value that a person reads as that of several structures, or of several questions, counts for the first only."""
    for area in sheet.merged:
        number = places.get((area[0], area[1]))
        if number is not None and max(_structures(result, sheet.name, area), _questions(result, sheet.name, area)) > 1:
            _mark(result, number, SEVERAL_MERGED)


def _mark(result: ReadFile, number: int, rule: str) -> None:
    result.marks.append((result.cell_row[number], result.cell_question[number], rule))


def _structures(result: ReadFile, sheet: str, area: Area) -> int:
    """How many structures have their row (their column, in a table turned) in an area."""
    top, left, bottom, right = area
    turned = any(name == sheet and column is None for name, _, _, _, column in result.columns)
    rows = (row for row in result.rows if row.sheet == sheet)
    return sum(left <= row.column <= right if turned else top < row.row <= bottom + 1 for row in rows)


def _questions(result: ReadFile, sheet: str, area: Area) -> int:
    """How many questions of one structure type have their answer in an area."""
    found: dict[str, set[str]] = {}
    for name, kind, code, line, column in result.columns:
        if name == sheet and _is_within(area, line, column):
            found.setdefault(kind, set()).add(code)
    return max(map(len, found.values()), default=0)


def _is_within(area: Area, line: int | None, column: int | None) -> bool:
    """Whether a question's column, its line (from 1), or both where it has both, meet an area."""
    top, left, bottom, right = area
    return (line is None or top < line <= bottom + 1) and (column is None or left <= column <= right)


def _say_covered(result: ReadFile, sheet: Sheet) -> None:
    """Name what is left under merged areas where an answer would be read."""
    turned = any(name == sheet.name and column is None for name, _, _, _, column in result.columns)
    starts = {row.column if turned else row.row - 1 for row in result.rows if row.sheet == sheet.name}
    for (line, column), text in sheet.covered.items():
        one = (line, column, line, column)
        asked = [(at, of) for name, _, _, at, of in result.columns if name == sheet.name and _is_within(one, at, of)]
        in_form = any(at is not None and of is not None for at, of in asked)
        if in_form or (asked and (column if turned else line) in starts):
            result.ignored.append((UNDER_MERGED, sheet.name, cell_address(line, column), text))


def _recount_dates(result: ReadFile, sheet: Sheet, cells: Iterable[int], registry: Registry, campaign: int) -> None:
    """Write the dates that lost their format, in a workbook whose day 0 isn't the usual one, as the days that they are
    there."""
    dates = {
        question.question_code
        for question in registry.questions_of(campaign)
        if registry.variables[question.variable].type == "date"
    }
    for number in cells:
        text = result.cell_text[number].strip().removesuffix(".0")
        if result.cell_question[number] in dates and text.isdecimal() and len(text) == len("24837"):
            result.cell_text[number] = (FIRST_DAY + dt.timedelta(int(text) + sheet.first_day)).isoformat()
