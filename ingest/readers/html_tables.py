"""HTML tables saved under the name of an Excel workbook (.xls), as many web applications export: bytes to sheets.

Nothing that the page refers to is ever fetched.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from core.encodings import decoded_text
from core.refusals import damaged, unreadable
from ingest.readers.cell_text import is_note_call
from ingest.readers.html_styles import HIDDEN, RAISES, STRIKES, Attributes, PageStyles
from ingest.readers.sheets import (
    COVERED,
    NO_SAVED_VALUE,
    STRUCK,
    Area,
    Limits,
    Sheet,
    cell_address,
    marked,
    too_many_elements,
    too_spread_out,
    trimmed_sheet,
)

MAX_SPAN = 1000
"""What browsers allow to `colspan`; enough for `rowspan` here."""

MAX_TABLES = 1000
MAX_TAGS = 2_000_000
MAX_TAG_CHARACTERS = 1 << 18
"""Of a tag and the text before it. html.parser takes two hundred times the memory of a tag that it can't end."""

MAX_DEPTH = 50
"""Of the tags inside a cell; what is deeper looks as what is around it."""

_HEAD_BYTES = 4096
_DECLARED_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_OTHER_CHARSETS = {b"iso-8859-15": "iso-8859-15", b"latin-9": "iso-8859-15", b"macintosh": "mac-roman"}
"""Declared charsets that are neither UTF-8 nor Windows-1252, which is also what pages in iso-8859-1 hold."""

_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_BREAKS = re.compile(r" *\n[ \n]*")
_BREAKING_TAGS = {"br", "p", "div", "li"}
_GROUPS = {"tbody", "thead", "tfoot"}
_UNSEEN_TAGS = {"script", "style"}
_EMPTY_TAGS = {"br", "img", "hr", "input", "wbr", "col"}
_FORMULA = "x:fmla"
"""Where Excel keeps the formula of a cell that it saves in a page."""


def read_html_tables(content: bytes, limits: Limits) -> list[Sheet]:
    """The tables that hold something, named by their rank in the page: `Tableau 1`, `Tableau 2`... Raises `Refusal`.

    A cell that spans several is the first of them and leaves the others blank. A table inside a cell is a table apart.
    What the page hides or strikes is not read as what it shows.
    """
    charset = _DECLARED_CHARSET.search(content[:_HEAD_BYTES])
    text = decoded_text(content, _OTHER_CHARSETS.get(charset[1].lower(), "cp1252") if charset else "")
    if text.count("<") > MAX_TAGS or text.count(">") > MAX_TAGS:
        raise too_many_elements()
    if max(map(len, text.split(">"))) > MAX_TAG_CHARACTERS:
        raise damaged()
    page = _Page(limits)
    try:
        # `close` is not called: it would search what follows an unfinished tag again and again
        page.feed(text)
    except AssertionError:
        raise damaged() from None
    sheets = [table.sheet(f"Tableau {rank}", limits) for rank, table in enumerate(page.tables, start=1)]
    filled = [sheet for sheet in sheets if not sheet.is_blank]
    if not filled:
        raise unreadable("la page HTML n'a aucun tableau rempli", "Envoyez le questionnaire au format .xlsx")
    return filled


class _Table:
    """A table being read: its rows so far, the open row and the text of the open cell."""

    def __init__(self, hidden: bool) -> None:
        self.hidden = hidden
        self.hidden_group = False
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.columns = 0
        self.hidden_cells: list[tuple[int, int]] = []
        self.shown_columns: set[int] = set()
        self.merged: list[Area] = []
        self.row_strikes = False
        self.cell_looks: set[str] = set()
        self.formula = False
        self.runs: list[tuple[str, set[str], int]] = []
        self.apart: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.text: list[str] | None = None
        self.colspan = 1
        self.spanned_until: dict[int, int] = {}
        """Per column, the last row that a cell above reaches into."""

    def start_columns(self, attributes: Attributes, looks: set[str]) -> None:
        """A `col`: what it hides is hidden."""
        span = _span(attributes, "span")
        if HIDDEN in looks:
            self.hidden_columns.update(range(self.columns, self.columns + span))
        self.columns += span

    def start_row(self, looks: set[str]) -> None:
        self.end_row()
        self.row_strikes = STRIKES in looks
        if HIDDEN in looks or self.hidden_group:
            self.hidden_rows.add(len(self.rows))
        self.rows.append(self.row)

    def end_row(self) -> None:
        self.end_cell()
        self.row = []

    def start_cell(self, attributes: Attributes, looks: set[str], max_columns: int) -> int:
        """Open a cell, after those that reach down from the rows above, and return the columns that it all takes."""
        self.end_cell()
        width = len(self.row)
        while self.spanned_until.get(len(self.row), -1) >= len(self.rows) - 1 >= 0:
            self.row.append("")
        self.colspan = _span(attributes, "colspan")
        rowspan = _span(attributes, "rowspan")
        if rowspan > 1:
            for column in range(len(self.row), min(len(self.row) + self.colspan, max_columns)):
                self.spanned_until[column] = len(self.rows) + rowspan - 2
        self.text, self.cell_looks = [], looks
        self.formula = any(name == _FORMULA for name, _ in attributes)
        place = max(0, len(self.rows) - 1), len(self.row)
        if rowspan > 1 or self.colspan > 1:
            self.merged.append((*place, place[0] + rowspan - 1, place[1] + self.colspan - 1))
        if HIDDEN in looks:
            self.hidden_cells.append(place)
        else:
            self.shown_columns.add(place[1])
        return len(self.row) - width + self.colspan

    def start_run(self, tag: str, looks: set[str]) -> None:
        """A tag inside a cell, which may strike, raise or hide a part of its text."""
        if self.text is not None and tag not in _EMPTY_TAGS and len(self.runs) < MAX_DEPTH:
            self.runs.append((tag, looks, len(self.text)))

    def end_run(self, tag: str) -> None:
        while self.text is not None and any(opened == tag for opened, _, _ in self.runs):
            opened, looks, start = self.runs.pop()
            run = "".join(self.text[start:])
            if HIDDEN in looks or STRIKES in looks or (RAISES in looks and is_note_call(run)):
                about = next(one for one in (HIDDEN, STRIKES, RAISES) if one in looks)
                self.apart[about] = self.apart.get(about, "") + run
                del self.text[start:]
            if opened == tag:
                return

    def end_cell(self) -> None:
        while self.runs:
            self.end_run(self.runs[-1][0])
        if self.text is not None:
            text = _LINE_BREAKS.sub("\n", _SPACES.sub(" ", "".join(self.text)).replace("\v", "\n")).strip(" \n")
            self.row += [self.seen(text if text.strip() else "")] + [""] * (self.colspan - 1)
        self.text, self.apart = None, {}

    def seen(self, text: str) -> str:
        """The text of the cell that ends, marked where it is no answer as it stands."""
        struck = self.apart.get(STRIKES, "").strip()
        if text and (self.row_strikes or STRIKES in self.cell_looks):
            return marked(STRUCK, text)
        if text:
            return text
        if struck:
            return marked(STRUCK, struck)
        return self.apart.get(RAISES, "").strip() or (marked(NO_SAVED_VALUE, "=") if self.formula else "")

    def sheet(self, name: str, limits: Limits) -> Sheet:
        """The table as a sheet. A hidden cell in a column that is shown is no cell's text. Raises `Refusal`."""
        self.end_row()
        for row, column in self.hidden_cells:
            if column in self.shown_columns and row < len(self.rows) and self.rows[row][column]:
                self.rows[row][column] = marked(COVERED, self.rows[row][column])
        sheet = trimmed_sheet(name, self.hidden, self.rows, limits)
        unseen = {column for _, column in self.hidden_cells} - self.shown_columns
        sheet.hidden_rows = frozenset(self.hidden_rows)
        sheet.hidden_columns = frozenset(self.hidden_columns | unseen)
        sheet.cover(self.merged, limits)
        return sheet


class _Page(HTMLParser):
    """All tables of a page, in the order in which they open."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open_tables: list[_Table] = []
        self.unseen = ""
        self.styles = PageStyles()
        self.remaining_cells = limits.max_cells
        self.max_columns = limits.max_columns

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "table":
            outside = bool(self.open_tables) and self.open_tables[-1].hidden
            self.open_tables.append(_Table(outside or HIDDEN in self.styles.of_tag(tag, attrs)))
            self.tables.append(self.open_tables[-1])
            if len(self.tables) > MAX_TABLES:
                raise unreadable(
                    f"la page HTML contient plus de {MAX_TABLES} tableaux", "Envoyez le questionnaire au format .xlsx"
                )
        elif tag in _UNSEEN_TAGS:
            self.unseen = tag
        elif self.open_tables:
            self._handle_table_tag(self.open_tables[-1], tag, attrs)

    def _handle_table_tag(self, table: _Table, tag: str, attrs: Attributes) -> None:
        looks = self.styles.of_tag(tag, attrs)
        if tag in _GROUPS:
            table.hidden_group = HIDDEN in looks
        elif tag == "col":
            table.start_columns(attrs, looks)
        elif tag == "tr":
            table.start_row(looks)
            self.remaining_cells -= 1
        elif tag in ("td", "th"):
            self.remaining_cells -= table.start_cell(attrs, looks, self.max_columns)
        elif tag in _BREAKING_TAGS and table.text is not None:
            table.text.append("\v")
            table.start_run(tag, looks)
        else:
            table.start_run(tag, looks)
        if self.remaining_cells < 0:
            raise too_spread_out("", cell_address(max(0, len(table.rows) - 1), len(table.row)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN_TAGS:
            self.unseen = ""
        elif not self.open_tables:
            return
        elif tag == "table":
            self.open_tables.pop().end_row()
        elif tag == "tr":
            self.open_tables[-1].end_row()
        elif tag in ("td", "th"):
            self.open_tables[-1].end_cell()
        elif tag in _GROUPS:
            self.open_tables[-1].hidden_group = False
        else:
            self.open_tables[-1].end_run(tag)

    def handle_data(self, data: str) -> None:
        if self.unseen == "style":
            self.styles.read(data)
        elif self.open_tables and not self.unseen and self.open_tables[-1].text is not None:
            self.open_tables[-1].text.append(data)


def _span(attributes: Attributes, name: str) -> int:
    for key, value in attributes:
        if key == name and value and value.strip().isdecimal():
            return max(1, min(int(value.strip()[:9]), MAX_SPAN))
    return 1
