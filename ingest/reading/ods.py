"""OpenDocument spreadsheets (.ods): bytes to sheets.

A short run of XML may stand for a million cells (`number-columns-repeated`), which LibreOffice does for the blank ones
at the end of each row and sheet: cells are counted before they are repeated. The text of comments, drawings and
tables inside a cell is not the text of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from ingest.reading.archive import parse_xml, unpacked_parts, xml_parser
from ingest.reading.cell_text import boolean_text, datetime_text, number_text, percentage_text
from ingest.reading.sheets import (
    Limits,
    Sheet,
    cell_address,
    damaged,
    password_protected,
    too_many_columns,
    too_many_elements,
    too_many_rows,
    too_much_text,
    too_spread_out,
    trimmed_sheet,
    unreadable,
)

_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT, _STYLE, _DRAWING = (
    f"{_NAMESPACE}{name}:1.0 " for name in ("office", "table", "text", "style", "drawing")
)
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_SKIPPED = {f"{_OFFICE}annotation", f"{_TABLE}dde-links", f"{_TABLE}tracked-changes", f"{_TABLE}shapes"}
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")

Attributes = dict[str, str]


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
    del parts
    if document.count(b"<") > 4 * limits.max_cells:
        raise too_many_elements()
    spreadsheet = _Spreadsheet(limits)
    try:
        spreadsheet.parse(document)
    except ValueError:
        raise damaged() from None
    return spreadsheet.sheets


class _Spreadsheet:
    """One pass over `content.xml`: what is being read (sheet, row, cell, paragraph) and the sheets read so far."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[Sheet] = []
        self.limits = limits
        self.remaining_cells = limits.max_cells
        self.remaining_spaces = limits.max_uncompressed_bytes
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.table: Attributes | None = None
        self.rows: list[list[str]] = []
        self.blank_rows = 0
        self.row: list[str] | None = None
        self.row_repeats = 1
        self.blank_cells = 0
        self.cell: Attributes | None = None
        self.text: list[str] = []
        self.skipped_depth = 0
        self.handler_to_resume: Callable[[str], object] | None = None
        self.starts: dict[str, Callable[[Attributes], None]] = {
            f"{_STYLE}style": self.start_style,
            f"{_STYLE}table-properties": self.start_table_properties,
            f"{_TABLE}table": self.start_table,
            f"{_TABLE}table-row": self.start_row,
            f"{_TABLE}table-cell": self.start_cell,
            f"{_TABLE}covered-table-cell": self.start_cell,
            f"{_TEXT}p": self.start_paragraph,
            f"{_TEXT}s": self.start_spaces,
            f"{_TEXT}tab": lambda _: self.text.append("\t"),
            f"{_TEXT}line-break": lambda _: self.text.append("\n"),
        }
        self.ends: dict[str, Callable[[], None]] = {
            f"{_TABLE}table": self.end_table,
            f"{_TABLE}table-row": self.end_row,
            f"{_TABLE}table-cell": self.end_cell,
            f"{_TABLE}covered-table-cell": self.end_cell,
            f"{_TEXT}p": self.end_paragraph,
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
        elif name in _SKIPPED or name.startswith(_DRAWING):
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

    def start_style(self, attributes: Attributes) -> None:
        self.style = attributes.get(f"{_STYLE}name", "")

    def start_table_properties(self, attributes: Attributes) -> None:
        if attributes.get(f"{_TABLE}display") == "false":
            self.hidden_styles.add(self.style)

    def start_table(self, attributes: Attributes) -> None:
        if self.cell is not None:
            self.skip()
            return
        self.table = attributes
        self.rows, self.blank_rows = [], 0

    def end_table(self) -> None:
        if self.table is not None:
            hidden = self.table.get(f"{_TABLE}style-name") in self.hidden_styles
            self.sheets.append(trimmed_sheet(self.sheet_name, hidden, self.rows, self.limits))
        self.table = None

    @property
    def sheet_name(self) -> str:
        return (self.table or {}).get(f"{_TABLE}name", "")

    def start_row(self, attributes: Attributes) -> None:
        self.row, self.blank_cells = [], 0
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
        self.rows.append(row)
        self.rows.extend(row.copy() for _ in range(self.row_repeats - 1))

    def start_cell(self, attributes: Attributes) -> None:
        self.cell = attributes
        self.text = []

    def end_cell(self) -> None:
        cell, self.cell = self.cell, None
        if cell is None or self.row is None:
            return
        repeats = _repeats(cell, "number-columns-repeated")
        text = _cell_text(cell, "".join(self.text))
        if not text:
            self.blank_cells += repeats
            return
        columns = len(self.row) + self.blank_cells + repeats
        if columns > self.limits.max_columns:
            raise too_many_columns(self.sheet_name, columns, self.limits)
        self.row += [""] * self.blank_cells + [text] * repeats
        self.blank_cells = 0

    def start_paragraph(self, _attributes: Attributes) -> None:
        if self.cell is not None:
            if self.text:
                self.text.append("\n")
            self.parser.CharacterDataHandler = self.text.append

    def end_paragraph(self) -> None:
        self.parser.CharacterDataHandler = None

    def start_spaces(self, attributes: Attributes) -> None:
        spaces = int(attributes.get(f"{_TEXT}c", 1))
        self.remaining_spaces -= spaces
        if self.remaining_spaces < 0:
            raise too_much_text(self.limits)
        self.text.append(" " * spaces)


def _repeats(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(f"{_TABLE}{name}", 1)))


def _cell_text(cell: Attributes, shown: str) -> str:
    """A cell's value as text, from its typed value where it has one, else from what it shows.

    LibreOffice saves an error as an empty string that shows `#N/A`: what is shown counts.
    """
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        value = cell.get(f"{_OFFICE}value")
        text_of = percentage_text if kind == "percentage" else number_text
        return shown if value is None or cell.get(_CALC_TYPE) == "error" else text_of(float(value))
    if kind == "date":
        return _date_text(cell.get(f"{_OFFICE}date-value", shown))
    if kind == "time":
        time = _TIME.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
        return ":".join(time.groups()) if time else shown
    if kind == "boolean":
        return boolean_text(cell.get(f"{_OFFICE}boolean-value", "").lower() == "true")
    return cell.get(f"{_OFFICE}string-value") or shown


def _date_text(value: str) -> str:
    try:
        return datetime_text(datetime.fromisoformat(value))
    except ValueError:
        return value
