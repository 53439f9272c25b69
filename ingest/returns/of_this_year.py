"""Of sheets and columns that ask the same, those of this year: the others are named, and not read."""

from __future__ import annotations

from collections import defaultdict

from ingest.readers import Sheet, cell_address
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import QUESTION, HeaderIndex
from ingest.returns.layout import Header, Table
from ingest.returns.years import OTHER

OTHER_YEARS_COLUMN, OTHER_YEARS_SHEET = "I45", "I46"
TITLE_ROWS = 5
SAME_QUESTIONS = 0.5
"""Sheets that share so many of the questions of the smaller one ask the same."""


def of_this_year(
    result: ReadFile, table: Table, headers: list[Header], index: HeaderIndex
) -> tuple[list[Header], list[list[Header]]]:
    """The headers without those of other years, which are named in `result` where they hold something; and the headers
    of each question asked several times without its year being told."""
    said = {header.column: _year_told(table, header, index) for header in headers}
    groups: dict[object, list[Header]] = defaultdict(list)
    for header in headers:
        if asked := _asked(header, index):
            groups[asked].append(header)
    apart, untold = set(), []
    for group in groups.values():
        years = [said[header.column] for header in group]
        if len(group) < 2 or not any(year is not None for year in years):
            continue
        if kept := index.years.this_ones(years):
            apart |= {header.column for place, header in enumerate(group) if place not in kept}
        else:
            untold.append(group)
    if apart or any(year not in (None, OTHER) for year in said.values()):
        alone = [group[0].column for group in groups.values() if len(group) == 1]
        apart |= {column for column in alone if said[column] == OTHER}
    result.ignored += [
        (OTHER_YEARS_COLUMN, table.sheet.name, cell_address(header.row, header.column), header.text)
        for header in headers
        if header.column in apart and holds_something(table, header.column)
    ]
    return [header for header in headers if header.column not in apart], untold


def _asked(header: Header, index: HeaderIndex) -> frozenset[tuple[str, str, str | None]]:
    """What a header asks by structure type, whatever the year that it tells."""
    targets = header.targets or index.targets_of_any_year(header.text)
    return frozenset((kind, one.code, one.option) for kind, one in targets.items() if one.kind == QUESTION)


def _year_told(table: Table, header: Header, index: HeaderIndex) -> str | int | None:
    """The year that a header tells beside its question: not one that the question itself names."""
    questions = {target.question.question_label_fr for target in header.targets.values() if target.question}
    own = index.years.said(header.text)
    if own is not None and any(index.years.said(label) == own for label in questions):
        return None
    return index.years.said_at(table.sheet, header.row, header.column) if own is None else own


def holds_something(table: Table, column: int) -> bool:
    """Whether a column has anything under its header."""
    return any(column < len(cells) and cells[column].strip() for cells in table.sheet.rows[table.first_row :])


def sheets_of_other_years(
    sheets: list[Sheet], asked: dict[str, set[tuple[str, str]]], index: HeaderIndex
) -> list[Sheet]:
    """The sheets that ask what another one asks, of another year than this. `asked`: by sheet, its questions.

    A sheet tells its year by its name, else by its titles.
    """
    said = {sheet.name: _year_of(sheet, index) for sheet in sheets}
    found = []
    for sheet in sheets:
        mine = asked.get(sheet.name, set())
        alike = [
            other
            for other in sheets
            if other is sheet
            or len(mine & asked.get(other.name, set()))
            > SAME_QUESTIONS * min(len(mine), len(asked.get(other.name, set())))
        ]
        kept = index.years.this_ones([said[other.name] for other in alike]) if mine and len(alike) > 1 else None
        if kept and all(alike[place] is not sheet for place in kept):
            found.append(sheet)
    return found


def _year_of(sheet: Sheet, index: HeaderIndex) -> str | int | None:
    named = index.years.said(sheet.name)
    if named is not None:
        return named
    for cells in sheet.rows[:TITLE_ROWS]:
        if index.answers_named(cells) > 1:
            return None
        for text in cells:
            if text.strip() and (told := index.years.said(text)) is not None:
                return told
    return None
