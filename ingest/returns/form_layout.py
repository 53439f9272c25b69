"""Where the questions and the answers of a form are: one workbook per structure, one row per question, over its sheets.

Of several columns of answers, this year's is read; a form that doesn't tell which one that is can't be.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from core.refusals import Refusal
from core.spelling import folded
from ingest.readers import Sheet, cell_address
from ingest.readers.sheets import Place
from ingest.returns.headers import QUESTION, HeaderIndex
from ingest.returns.layout import HEADER_ROWS, Header
from ingest.returns.of_this_year import OTHER_YEARS_COLUMN

FORM_WIDTH = 12
ANSWER_HEADER = re.compile(r"(?:votre |vos )?(?:reponse|valeur)s?\b.{0,20}")


@dataclass(frozen=True)
class FormLine:
    """A line of a form: the header, the cell of its answer and its text."""

    sheet: Sheet
    header: Header
    row: int
    column: int
    raw: str


@dataclass(frozen=True)
class Answers:
    """Where the answers of a sheet are: their column (None on a sheet without any), the cells that head those of other
    years, those among which this year's can't be told."""

    column: int | None
    other_years: tuple[Place, ...] = ()
    untold: tuple[Place, ...] = ()


def form_lines(sheets: list[Sheet], index: HeaderIndex) -> list[FormLine]:
    """The lines of a form, over all its sheets: code or question in the first columns, the answer beside."""
    lines: list[FormLine] = []
    for sheet, answers in zip(sheets, _answers(sheets, index), strict=True):
        if answers.column is None:
            continue
        apart = {column for _, column in answers.other_years}
        asking = [column for column in range(answers.column) if column not in apart]
        multi: Header | None = None
        for number, cells in enumerate(sheet.rows):
            raw = cells[answers.column] if answers.column < len(cells) else ""
            header = _form_header(
                number, [(place, cells[place]) for place in asking if place < len(cells)], raw, index, multi
            )
            if header is None:
                continue
            if any(target.kind == QUESTION and target.option is None for target in header.targets.values()):
                multi = header
            lines.append(FormLine(sheet, header, number, answers.column, raw))
    return lines


def columns_of_other_years(sheets: list[Sheet], index: HeaderIndex) -> list[tuple[str, str, str, str]]:
    """A line of `ReadFile.ignored` for each column of answers of another year. Raises `Refusal` where a form has
    several columns of answers and doesn't tell which one is this year's."""
    apart = []
    for sheet, answers in zip(sheets, _answers(sheets, index), strict=True):
        if answers.untold:
            places = " et ".join(cell_address(*place) for place in answers.untold)
            raise Refusal(
                "I11",
                f"Fichier refusé : la feuille « {sheet.name} » a plusieurs colonnes de réponses ({places}) et ne dit "
                "pas laquelle est celle de cette année. Ne gardez que celle-ci, ou nommez-les « Réponse N » et "
                "« Réponse N-1 », et renvoyez le fichier.",
            )
        apart += [
            (OTHER_YEARS_COLUMN, sheet.name, cell_address(row, column), sheet.rows[row][column])
            for row, column in answers.other_years
        ]
    return apart


def _answers(sheets: list[Sheet], index: HeaderIndex) -> list[Answers]:
    """Where the answers of each sheet are: under the header that says so, there or on another sheet; else in the column
    after the questions."""
    after = [_column_after_questions(sheet, index) for sheet in sheets]
    headed = [_headed(sheet, column, index) for sheet, column in zip(sheets, after, strict=True)]
    common = next((answers.column for answers in headed if answers), None)
    return [own or Answers(common if common is not None else column) for own, column in zip(headed, after, strict=True)]


def _headed(sheet: Sheet, after: int | None, index: HeaderIndex) -> Answers | None:
    """The answers under the first row that heads them. Years alone (``2017``, ``2018``) head answers where several
    stand beside the questions; a year above a header is that header's."""
    for row, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        shown = [
            (column, text)
            for column, text in enumerate(cells[:FORM_WIDTH])
            if column and text.strip() and column not in sheet.hidden_columns
        ]
        said_so = [column for column, text in shown if ANSWER_HEADER.fullmatch(folded(text))]
        beside = [column for column, text in shown if column >= (after or 1) and index.years.is_only_a_year(text)]
        columns = sorted({*said_so, *beside})
        if said_so or len(columns) > 1:
            return _of_this_year(sheet, row, columns, index)
    return None


def _of_this_year(sheet: Sheet, row: int, columns: list[int], index: HeaderIndex) -> Answers:
    years = [index.years.said_at(sheet, row, column) for column in columns]
    kept = index.years.this_ones(years) if len(columns) > 1 else [0]
    if not kept:
        return Answers(columns[0], untold=tuple((row, column) for column in columns))
    others = [column for place, column in enumerate(columns) if years[place] is not None and place not in kept]
    return Answers(columns[kept[0]], tuple((row, column) for column in others))


def _column_after_questions(sheet: Sheet, index: HeaderIndex) -> int | None:
    """An answer may read like a question ("Commune"): the place of most lines is the right one."""
    places: Counter[int] = Counter()
    for cells in sheet.rows:
        known = [column for column, text in enumerate(cells[:FORM_WIDTH]) if index.names_whole_answer(text)]
        if known:
            places[known[-1]] += 1
    if not places:
        return None
    answers = min(places, key=lambda column: (-places[column], column)) + 1
    while answers in sheet.hidden_columns:
        answers += 1
    return answers


def _form_header(
    row: int, asking: list[tuple[int, str]], answer: str, index: HeaderIndex, multi: Header | None
) -> Header | None:
    """The header of a form's line, among its cells before the answer (column, text): its code, its label, or an
    option's label under a multi-choice question.

    A line with an answer whose header is unknown keeps its text, with no target.
    """
    for column, text in asking:
        if targets := index.targets(text):
            return Header(row, column, text, targets)
    texts = [(column, text) for column, text in asking if text.strip()]
    if not texts:
        return None
    column, text = texts[-1]
    if multi is not None:
        option = text.strip().lstrip("-•– ").strip()
        for candidate in (f"{multi.text}/{option}", f"{multi.text} - {option}"):
            if targets := index.targets(candidate):
                return Header(row, column, text, targets)
    if answer.strip() and not ANSWER_HEADER.fullmatch(folded(answer)):
        return Header(row, column, text, {})
    return None
