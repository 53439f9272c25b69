"""What a file holds once read: rows, filled cells with their question, unknown columns, what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.corrections.read_report import ReadDecision
from ingest.readers import cell_address
from ingest.returns.headers import ANY_TYPE, Target
from ingest.returns.layout import Header

NO_ANSWER = "I16"
"""The rule of structures that are listed without any answer: they have not responded."""


class RepeatedAnswerError(Exception):
    """A reader broke its promise of one text per row, question and option: an engine error, not bad data."""


@dataclass
class ReadRow:
    """A row of a table, or a whole form: what identifies its structure, whether it was submitted, whether the same
    file holds a later edition of it, whether its row is hidden, whether its cells are not those of its headers.

    `form_known`: the form has questions for that structure's type. `row` and `column` place the identifier.
    """

    sheet: str
    row: int
    column: int
    structure_type: str
    form_type: str
    form_known: bool
    identifier: str
    name: str
    commune_code: str
    commune_name: str
    submitted: bool
    superseded: bool = False
    hidden: bool = False
    broken: bool = False


@dataclass(frozen=True)
class UnknownColumn:
    """A column (or a form's line) that is not in the questionnaire, and the question that reads most like it."""

    sheet: str
    cell: str
    header: str
    filled: int
    nearest_question: str


@dataclass
class ReadFile:
    """A file as read, its cells column-wise: row (position in `rows`), question, option, sheet, place, text.

    A returned report has `decisions` and no row. `columns`: sheet, structure type, question, line (from 1, where a
    line is a question's) and column, where one is. `unknown_values`: what stands in unknown columns: row (-1 for
    none), sheet, cell, header, text. `ignored`: rule, sheet, line (or cell), text. `marks`: what a cell tells of the
    answer of a row to a question: row, question, rule. Of a zip of returns, `refused`: member, rule,
    message of the members refused; `member_of`: the member of each sheet.
    """

    form: str = "table"
    rows: list[ReadRow] = field(default_factory=list)
    cell_row: list[int] = field(default_factory=list)
    cell_question: list[str] = field(default_factory=list)
    cell_option: list[str] = field(default_factory=list)
    cell_sheet: list[str] = field(default_factory=list)
    cell_line: list[int] = field(default_factory=list)
    cell_column: list[int] = field(default_factory=list)
    cell_text: list[str] = field(default_factory=list)
    columns: list[tuple[str, str, str, int | None, int | None]] = field(default_factory=list)
    unknown: list[UnknownColumn] = field(default_factory=list)
    unknown_values: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    ignored: list[tuple[str, str, str, str]] = field(default_factory=list)
    marks: list[tuple[int, str, str]] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    member_of: dict[str, str] = field(default_factory=dict)
    decisions: list[ReadDecision] = field(default_factory=list)

    def refuse_two_answers_in_one_place(self) -> None:
        """Raises `RepeatedAnswerError` where a reader gave two texts to one question (or option) of one row."""
        places = set(zip(self.cell_row, self.cell_question, self.cell_option, strict=True))
        if len(places) < len(self.cell_row):
            raise RepeatedAnswerError("a reader gave two texts to one question of one row")

    def add_unknown(
        self, sheet: str, header: Header, values: Iterable[tuple[int, int, int, str]], nearest: str = ""
    ) -> None:
        """Keep a column that no question explains, with what is filled in it (row, line and column from 0, text)."""
        filled = [
            (row, sheet, cell_address(line, column), header.text, text)
            for row, line, column, text in values
            if text.strip()
        ]
        place = cell_address(header.row, header.column)
        self.unknown.append(UnknownColumn(sheet, place, header.text, len(filled), nearest))
        self.unknown_values += filled


def target_for(targets: dict[str, Target], structure_type: str) -> Target | None:
    """What a header means for a structure type."""
    return targets.get(structure_type) or targets.get(ANY_TYPE)
