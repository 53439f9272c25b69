"""OpenDocument spreadsheets (.ods): bytes to sheets.

A short run of XML may stand for a million cells (`number-columns-repeated`), which LibreOffice does for the blank ones
at the end of each row and sheet: cells are counted before they are repeated. The text of comments, drawings and
tables inside a cell is not the text of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.refusals import damaged, unreadable
from ingest.readers.archive import parse_xml, refuse_other_encodings, unpacked_parts, xml_parser
from ingest.readers.cell_text import boolean_text, datetime_text, is_note_call, number_text, percentage_text
from ingest.readers.ods_styles import DRAWING, OFFICE, TABLE, TEXT, Attributes, Styles
from ingest.readers.sheets import (
    COVERED,
    NO_SAVED_VALUE,
    SPREADSHEET_COLUMNS,
    STRUCK,
    Area,
    Limits,
    Sheet,
    cell_address,
    marked,
    password_protected,
    too_many_columns,
    too_many_elements,
    too_many_rows,
    too_much_text,
    too_spread_out,
    trimmed_sheet,
)

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_SKIPPED = {f"{OFFICE}annotation", f"{TABLE}dde-links", f"{TABLE}tracked-changes", f"{TABLE}shapes"}
_VALUES = tuple(f"{OFFICE}{name}" for name in ("value", "string-value", "date-value", "time-value", "boolean-value"))
_DAY_ZERO = date(1899, 12, 30)
_RAISED, _PLAIN = "raised", "plain"
_UNSEEN = {"collapse", "filter"}
_PADDED = re.compile(r"0\d+")
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


def read_ods(content: bytes, limits: Limits) -> list[Sheet]:
    """The sheets of a spreadsheet, hidden ones included. Formulas give the value that was saved with them.

    Raises `Refusal`.
    """
    parts = unpacked_parts(content, limits)
    if b":encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise password_protected()
    document = parts.get("content.xml")
    if document is None or not parts.get("mimetype", _SPREADSHEET).startswith(_SPREADSHEET):
        raise unreadable(
            "le fichier porte l'extension .ods mais n'est pas un classeur OpenDocument",
            "Enregistrez le questionnaire au format .ods ou .xlsx et renvoyez-le",
        )
    refuse_other_encodings(document)
    styles = Styles()
    styles.parse(parts.get("styles.xml", b""))
    del parts
    if document.count(b"<") > 4 * limits.max_cells:
        raise too_many_elements()
    spreadsheet = _Spreadsheet(limits, styles)
    try:
        spreadsheet.parse(document)
    except ValueError:
        raise damaged() from None
    return spreadsheet.sheets


class _Spreadsheet:
    """One pass over `content.xml`: what is being read (sheet, row, cell, paragraph) and the sheets read so far."""

    def __init__(self, limits: Limits, styles: Styles) -> None:
        self.sheets: list[Sheet] = []
        self.limits = limits
        self.styles = styles
        self.first_day = 0
        self.remaining_cells = limits.max_cells
        self.remaining_spaces = limits.max_uncompressed_bytes
        self.table: Attributes | None = None
        self.rows: list[list[str]] = []
        self.blank_rows = 0
        self.row: list[str] | None = None
        self.row_attributes: Attributes = {}
        self.row_repeats = 1
        self.blank_cells = 0
        self.hidden_rows: set[int] = set()
        self.hidden_groups: list[bool] = []
        self.columns: list[_Columns] = []
        self.merged: list[Area] = []
        self.cell: Attributes | None = None
        self.is_covered = False
        self.text: list[str] = []
        self.spans: list[tuple[int, str]] = []
        self.apart: dict[str, list[str]] = {STRUCK: [], _RAISED: [], _PLAIN: []}
        self.skipped_depth = 0
        self.handler_to_resume: Callable[[str], object] | None = None
        self.starts: dict[str, Callable[[Attributes], None]] = {
            **styles.starts,
            f"{TABLE}null-date": self.start_null_date,
            f"{TABLE}table": self.start_table,
            f"{TABLE}table-column": self.start_columns,
            f"{TABLE}table-column-group": self.start_group,
            f"{TABLE}table-row-group": self.start_group,
            f"{TABLE}table-row": self.start_row,
            f"{TABLE}table-cell": self.start_cell,
            f"{TABLE}covered-table-cell": self.start_covered_cell,
            f"{TEXT}p": self.start_paragraph,
            f"{TEXT}span": self.start_span,
            f"{TEXT}s": self.start_spaces,
            f"{TEXT}tab": lambda _: self.text.append("\t"),
            f"{TEXT}line-break": lambda _: self.text.append("\n"),
        }
        self.ends: dict[str, Callable[[], None]] = {
            f"{TABLE}table": self.end_table,
            f"{TABLE}table-row": self.end_row,
            f"{TABLE}table-cell": self.end_cell,
            f"{TABLE}covered-table-cell": self.end_cell,
            f"{TEXT}p": self.end_paragraph,
            f"{TEXT}span": self.end_span,
            f"{TABLE}table-column-group": self.end_group,
            f"{TABLE}table-row-group": self.end_group,
        }
        self.parser = xml_parser(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def parse(self, document: bytes) -> None:
        """Fill `sheets`. Raises `Refusal`, or ValueError for a number that is not one."""
        parse_xml(document, self.parser)

    def start(self, name: str, attributes: Attributes) -> None:
        handler = self.starts.get(name)
        if handler is not None:
            handler(attributes)
        elif name in _SKIPPED or name.startswith(DRAWING):
            self.skip()

    def skip(self) -> None:
        """Ignore what is inside the element that has just started."""
        self.skipped_depth = 1
        self.handler_to_resume = self.parser.CharacterDataHandler
        self.parser.CharacterDataHandler = None
        self.parser.StartElementHandler = self.start_skipped
        self.parser.EndElementHandler = self.end_skipped

    def end(self, name: str) -> None:
        handler = self.ends.get(name)
        if handler is not None:
            handler()

    def start_skipped(self, _name: str, _attributes: Attributes) -> None:
        self.skipped_depth += 1

    def end_skipped(self, _name: str) -> None:
        self.skipped_depth -= 1
        if not self.skipped_depth:
            self.parser.CharacterDataHandler = self.handler_to_resume
            self.parser.StartElementHandler = self.start
            self.parser.EndElementHandler = self.end

    def start_null_date(self, attributes: Attributes) -> None:
        day = attributes.get(f"{TABLE}date-value", "")
        self.first_day = (date.fromisoformat(day[:10]) - _DAY_ZERO).days if day else 0

    def start_table(self, attributes: Attributes) -> None:
        if self.cell is not None:
            self.skip()
            return
        self.table = attributes
        self.rows, self.blank_rows = [], 0
        self.hidden_rows, self.columns, self.merged, self.hidden_groups = set(), [], [], []

    def end_table(self) -> None:
        if self.table is not None:
            hidden = self.styles.says("table", self.table.get(f"{TABLE}style-name", ""), "hidden") is True
            sheet = trimmed_sheet(self.sheet_name, hidden, self.rows, self.limits)
            sheet.hidden_rows = frozenset(self.hidden_rows)
            sheet.hidden_columns = frozenset(place for part in self.columns if part.hidden for place in part.places)
            sheet.cover(self.merged, self.limits)
            sheet.first_day = self.first_day
            self.sheets.append(sheet)
        self.table = None

    @property
    def sheet_name(self) -> str:
        return (self.table or {}).get(f"{TABLE}name", "")

    def start_columns(self, attributes: Attributes) -> None:
        first = self.columns[-1].places.stop if self.columns else 0
        places = range(first, min(first + _repeats(attributes, "number-columns-repeated"), SPREADSHEET_COLUMNS))
        style = attributes.get(f"{TABLE}default-cell-style-name", "")
        if places:
            self.columns.append(_Columns(places, self.is_hidden(attributes, "table-column"), style))

    def is_hidden(self, attributes: Attributes, family: str) -> bool:
        """Whether rows or columns aren't shown: hidden, filtered, folded with their group, of no size."""
        return (
            attributes.get(f"{TABLE}visibility") in _UNSEEN
            or any(self.hidden_groups)
            or self.styles.says(family, attributes.get(f"{TABLE}style-name", ""), "hidden") is True
        )

    def start_group(self, attributes: Attributes) -> None:
        self.hidden_groups.append(attributes.get(f"{TABLE}display") == "false")

    def end_group(self) -> None:
        if self.hidden_groups:
            self.hidden_groups.pop()

    def start_row(self, attributes: Attributes) -> None:
        self.row, self.blank_cells = [], 0
        self.row_attributes = attributes
        self.row_repeats = _repeats(attributes, "number-rows-repeated")

    def end_row(self) -> None:
        """Add the row as often as it is repeated, after the blank ones that were waiting for a filled one."""
        row, self.row = self.row, None
        if not row or self.table is None:
            self.blank_rows += self.row_repeats
            return
        if len(self.rows) + self.blank_rows + self.row_repeats > self.limits.max_rows:
            raise too_many_rows(self.sheet_name, self.limits)
        self.rows.extend([] for _ in range(self.blank_rows))
        self.blank_rows = 0
        self.remaining_cells -= len(row) * self.row_repeats
        if self.remaining_cells < 0:
            raise too_spread_out(self.sheet_name, cell_address(len(self.rows) + self.row_repeats - 1, len(row) - 1))
        if self.is_hidden(self.row_attributes, "table-row"):
            self.hidden_rows.update(range(len(self.rows), len(self.rows) + self.row_repeats))
        self.rows.append(row)
        self.rows.extend(row.copy() for _ in range(self.row_repeats - 1))

    def start_cell(self, attributes: Attributes) -> None:
        self.cell, self.is_covered = attributes, False
        self.text = []

    def start_covered_cell(self, attributes: Attributes) -> None:
        self.start_cell(attributes)
        self.is_covered = True

    def end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None or self.row is None:
            return
        repeats = _repeats(cell, "number-columns-repeated")
        text = self.seen_text(cell)
        if not text:
            self.blank_cells += repeats
            return
        columns = len(self.row) + self.blank_cells + repeats
        if columns > self.limits.max_columns:
            raise too_many_columns(self.sheet_name, columns, self.limits)
        self.row += [""] * self.blank_cells + [text] * repeats
        self.blank_cells = 0
        if len(cell) > 1 and repeats == 1:
            self.note_merged(cell)

    def note_merged(self, cell: Attributes) -> None:
        """Keep the area of a cell that spans others, once its text is in the row."""
        assert self.row is not None
        rows, columns = (_repeats(cell, f"number-{name}-spanned") for name in ("rows", "columns"))
        top, left = len(self.rows) + self.blank_rows, len(self.row) - 1
        if rows > 1 or columns > 1:
            self.merged.append((top, left, top + rows - 1, left + columns - 1))

    def seen_text(self, cell: Attributes) -> str:
        """The text of the cell that ends, marked where it is no answer as it stands."""
        shown = "".join(self.text)
        if self.is_struck(cell):
            kept = "".join(self.apart[_PLAIN])
            shown, struck = kept, "" if kept.strip() else _cell_text(cell, shown)
        else:
            struck = "".join(self.apart[STRUCK])
        raised = "".join(self.apart[_RAISED])
        apart = any(self.apart.values())
        if apart:
            self.apart = {kind: [] for kind in self.apart}
        if struck and not shown.strip():
            return marked(STRUCK, struck)
        text = (shown if shown.strip() else raised) if apart else _cell_text(cell, shown)
        formula = cell.get(f"{TABLE}formula", "")
        if formula and not text and cell.get(f"{OFFICE}value-type") != "string" and not any(map(cell.get, _VALUES)):
            text = marked(NO_SAVED_VALUE, formula.partition("=")[1] + formula.partition("=")[2])
        return marked(COVERED, text) if text and self.is_covered else text

    def is_struck(self, cell: Attributes) -> bool:
        """Whether a cell strikes its text: by its style, that of its row or that of its column."""
        column = len(self.row or ()) + self.blank_cells
        default = self.row_attributes.get(f"{TABLE}default-cell-style-name")
        style = cell.get(f"{TABLE}style-name") or default
        if style is None:
            style = next((part.style for part in self.columns if column in part.places), "")
        return self.styles.says("table-cell", style, "struck") is True

    def start_paragraph(self, _attributes: Attributes) -> None:
        if self.cell is not None:
            if self.text:
                self.text.append("\n")
            self.parser.CharacterDataHandler = self.text.append

    def end_paragraph(self) -> None:
        self.parser.CharacterDataHandler = None

    def start_span(self, attributes: Attributes) -> None:
        style = attributes.get(f"{TEXT}style-name", "")
        struck, raised = (self.styles.says("text", style, about) for about in ("struck", "raised"))
        kind = STRUCK if struck else _RAISED if raised else _PLAIN if struck is False else ""
        self.spans.append((len(self.text), kind))

    def end_span(self) -> None:
        """Put apart what is struck, and the raised call of a note; a raised word stays."""
        if not self.spans:
            return
        start, kind = self.spans.pop()
        text = "".join(self.text[start:])
        if kind == _PLAIN:
            self.apart[kind].append(text)
        elif kind == STRUCK or (kind == _RAISED and is_note_call(text)):
            self.apart[kind].append(text)
            del self.text[start:]

    def start_spaces(self, attributes: Attributes) -> None:
        spaces = int(attributes.get(f"{TEXT}c", 1))
        self.remaining_spaces -= spaces
        if self.remaining_spaces < 0:
            raise too_much_text(self.limits)
        self.text.append(" " * spaces)


@dataclass(frozen=True)
class _Columns:
    """Columns that follow each other: whether they are hidden, the style of their cells."""

    places: range
    hidden: bool
    style: str


def _repeats(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(f"{TABLE}{name}", 1)))


def _cell_text(cell: Attributes, shown: str) -> str:
    """A cell's value as text, from its typed value where it has one, else from what it shows.

    LibreOffice saves an error as an empty string that shows `#N/A`: what is shown counts.
    """
    kind = cell.get(f"{OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        value = cell.get(f"{OFFICE}value")
        if value is None or cell.get(_CALC_TYPE) == "error":
            return shown
        if _PADDED.fullmatch(shown) and float(shown) == float(value):
            return shown
        return (percentage_text if kind == "percentage" else number_text)(float(value))
    if kind == "date":
        return _date_text(cell.get(f"{OFFICE}date-value", shown))
    if kind == "time":
        time = _TIME.fullmatch(cell.get(f"{OFFICE}time-value", ""))
        return ":".join(time.groups()) if time else shown
    if kind == "boolean":
        return boolean_text(cell.get(f"{OFFICE}boolean-value", "").lower() == "true")
    return cell.get(f"{OFFICE}string-value") or shown


def _date_text(value: str) -> str:
    try:
        return datetime_text(datetime.fromisoformat(value))
    except ValueError:
        return value
