"""Which rows of a table are a structure's (no totals, no notes), and what an export says of each response."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.spelling import folded
from ingest.returns.as_read import target_for
from ingest.returns.headers import ANY_TYPE, METADATA, QUESTION, HeaderIndex
from ingest.returns.identifiers import is_identifier, starts_with_identifier
from ingest.returns.layout import Header, Table
from registry.model import Registry

SUMMARY, NOTE = "I12", "I18"
SUBMITTED, VALIDATION, INSTANCE, REPLACES = "submitted", "validation", "instance", "replaces"
_INSTANCE_PREFIX = "uuid:"
_FOOTNOTE = re.compile(r"\(|\*|\d{1,2}\)|[^\w]+$")


class RowsApart:
    """Recognises the rows of a table that are nobody's answers.

    `places`: the columns of the identifier and of the name; `communes`: those that tell the commune, without which a
    name is no structure's.
    """

    def __init__(self, index: HeaderIndex, headers: list[Header], places: list[int], communes: list[int]) -> None:
        registry = index.registry
        self._index = index
        self._communes = communes
        self._headers = {header.column: header for header in headers}
        self._summary = {folded(word) for word in registry.spellings.get("summary_row", {})}
        self._starts = tuple(folded(word) for word in registry.spellings.get("summary_row_start", {}))
        self._first_words = {folded(word) for word in registry.spellings.get("summary_row_first_word", {})}
        self._places = sorted({0, *places})
        kinds = {header.column: {target.kind for target in header.targets.values()} for header in headers}
        self._questions = {column for column, known in kinds.items() if QUESTION in known}

    def reason(self, cells: list[str], identifier: str) -> tuple[str, str] | None:
        """The rule that sets a row apart and the text that says so; None for a structure's row, or a blank one."""
        if is_identifier(identifier):
            return None
        total = self._total(cells, identifier)
        if total is not None:
            return SUMMARY, total
        filled = [(column, text) for column, text in enumerate(cells) if text.strip()]
        if (
            (len(filled) == 1 and self._is_note(*filled[0]))
            or self._is_footnote(filled)
            or self._repeats_headers(filled)
        ):
            return NOTE, filled[0][1]
        return None

    def _total(self, cells: list[str], identifier: str) -> str | None:
        if not identifier or folded(identifier) in self._summary:
            found = next((cell for cell in cells if folded(cell) in self._summary), None)
            if found is not None:
                return found
        labels = (cells[column] for column in self._places if column < len(cells))
        return next((label for label in labels if self._labels_a_total(label, cells)), None)

    def _labels_a_total(self, label: str, cells: list[str]) -> bool:
        """A subtotal, or the total of something ("Total Nord") in a row that no commune makes a structure's."""
        text = folded(label)
        if self._starts and text.startswith(self._starts):
            return True
        placed = any(column < len(cells) and cells[column].strip() for column in self._communes)
        return not placed and text.split(" ")[0] in self._first_words

    def _is_footnote(self, filled: list[tuple[int, str]]) -> bool:
        """A mark of note, ``(1)`` or ``(…)``, alone or before its text, where no answer stands."""
        if not filled or any(column in self._questions and column not in self._places for column, _ in filled):
            return False
        return _FOOTNOTE.match(filled[0][1].strip()) is not None

    def _repeats_headers(self, filled: list[tuple[int, str]]) -> bool:
        """The headers again, as on each printed page: most cells name their own column, that of a structure too."""
        if not any(self._names_its_column(column, text) for column, text in filled if column in self._places):
            return False
        own = [column for column, text in filled if self._names_its_column(column, text)]
        return len(own) > 1 and 2 * len(own) > len(filled)

    def _names_its_column(self, column: int, text: str) -> bool:
        header = self._headers.get(column)
        if header is None:
            return False
        targets = self._index.targets(text)
        return folded(text) == folded(header.text) or bool(targets and targets == header.targets)

    def _is_note(self, column: int, text: str) -> bool:
        """A lone text beside the answers, or at the very left: a title between rows, a source, a remark.

        A text that starts with an identifier is a structure's row, cut wrong: it is refused by name, not passed over.
        """
        if starts_with_identifier(text):
            return False
        says_something = sum(map(str.isalpha, text)) > 1
        return says_something and (column not in self._questions or column == self._places[0])


class RowsAsWritten:
    """Which rows of delimited text were not written cell for cell under their headers: a delimiter or a line break in
    a text without quotation marks, a delimiter forgotten. What stands in them belongs to other questions.

    A row may end where its blank cells begin, in a file where most do.
    """

    def __init__(self, table: Table, last_is_text: bool) -> None:
        sheet, first_row = table.sheet, table.first_row
        self._sheet, self._last_is_text = sheet, last_is_text
        self._width = max((sheet.written[header.row] for header in table.headers), default=0) if sheet.written else 0
        lengths = [
            (length, bool(cells) and len(cells) == length)
            for length, cells in zip(sheet.written[first_row:], sheet.rows[first_row:], strict=False)
            if cells
        ]
        whole = sum(length >= self._width for length, _ in lengths)
        self._cut_at_blanks = 2 * whole < len(lengths) and all(filled for length, filled in lengths if length > 1)

    def is_broken(self, row: int) -> bool:
        """Whether the cells of a row (from 0) are not those of the headers."""
        if not self._sheet.written:
            return False
        written, cells = self._sheet.written[row], self._sheet.rows[row]
        return (
            row in self._sheet.broken_rows
            or len(cells) > self._width
            or (written < self._width and not self._cut_at_blanks)
            or self._goes_on_below(row)
        )

    def _goes_on_below(self, row: int) -> bool:
        """Whether the text that ends a row was cut by a line break: the line below is a lone text."""
        below = row + 1
        return (
            self._last_is_text
            and not self._cut_at_blanks
            and below < len(self._sheet.rows)
            and len(self._sheet.rows[row]) == self._width
            and self._sheet.written[below] == 1
            and len(self._sheet.rows[below]) == 1
        )


class Submissions:
    """What the metadata of an export say of its rows: submitted or not, refused by the one who validates, edited."""

    def __init__(self, registry: Registry, headers: list[Header]) -> None:
        self._submitted = _columns(headers, SUBMITTED)[:1]
        self._validation = _columns(headers, VALIDATION)
        self._instance, self._replaces = _columns(headers, INSTANCE), _columns(headers, REPLACES)
        self._not_validated = {folded(word) for word in registry.spellings.get("not_validated", {})}

    @property
    def are_marked(self) -> bool:
        """Whether a column says which responses were submitted."""
        return bool(self._submitted)

    def is_submitted(self, cells: list[str]) -> bool:
        """Sent by the one who answers, and not refused by the one who validates."""
        sent = all(cells[column].strip() for column in self._submitted)
        return sent and not any(folded(cells[column]) in self._not_validated for column in self._validation)

    def superseded(self, body: Sequence[list[str]]) -> set[int]:
        """The rows of `body` that a later edition of the same submission replaces, by their offset."""
        if not self._replaces or not self._instance:
            return set()
        own = [_instances(cells, self._instance) for cells in body]
        replaced = [_instances(cells, self._replaces) - own[offset] for offset, cells in enumerate(body)]
        editions: dict[str, list[int]] = {}
        for offset, names in enumerate(replaced):
            for name in names:
                editions.setdefault(name, []).append(offset)
        return {
            offset
            for offset, names in enumerate(own)
            for name in names
            # two submissions that claim to replace each other prove nothing
            if any(not own[edition] & replaced[offset] for edition in editions.get(name, ()) if edition != offset)
        }


def _columns(headers: list[Header], role: str) -> list[int]:
    found = ((header.column, target_for(header.targets, ANY_TYPE)) for header in headers)
    return [column for column, target in found if target and target.kind == METADATA and target.code == role]


def _instances(cells: list[str], columns: list[int]) -> set[str]:
    names = (cells[column].strip().lower().removeprefix(_INSTANCE_PREFIX) for column in columns)
    return {name for name in names if name}
