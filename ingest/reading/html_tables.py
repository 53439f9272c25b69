"""HTML tables saved under the name of an Excel workbook (.xls), as many web applications export: bytes to sheets.

Nothing that the page refers to is ever fetched.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ingest.reading.delimited import decoded_text
from ingest.reading.sheets import (
    Limits,
    Sheet,
    cell_address,
    damaged,
    too_many_elements,
    too_spread_out,
    trimmed_sheet,
    unreadable,
)

MAX_SPAN = 1000
"""What browsers allow to `colspan`; enough for `rowspan` here."""

MAX_TABLES = 1000
MAX_TAGS = 2_000_000
MAX_TAG_CHARACTERS = 1 << 18
"""Of a tag and the text before it. html.parser takes two hundred times the memory of a tag that it can't end."""

_HEAD_BYTES = 4096
_DECLARED_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_OTHER_CHARSETS = {b"iso-8859-15": "iso-8859-15", b"latin-9": "iso-8859-15", b"macintosh": "mac-roman"}
"""Declared charsets that are neither UTF-8 nor Windows-1252, which is also what pages in iso-8859-1 hold."""

_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_BREAKS = re.compile(r" *\n[ \n]*")
_BREAKING_TAGS = {"br", "p", "div", "li"}
_UNSEEN_TAGS = {"script", "style"}

Attributes = list[tuple[str, str | None]]


def read_html_tables(content: bytes, limits: Limits) -> list[Sheet]:
    """The tables that hold something, named by their rank in the page: `Tableau 1`, `Tableau 2`... Raises `Refusal`.

    A cell that spans several is the first of them and leaves the others blank. A table inside a cell is a table apart.
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
    sheets = [
        trimmed_sheet(f"Tableau {rank}", False, table.finished_rows(), limits)
        for rank, table in enumerate(page.tables, start=1)
    ]
    filled = [sheet for sheet in sheets if not sheet.is_blank]
    if not filled:
        raise unreadable("la page HTML n'a aucun tableau rempli", "Envoyez le questionnaire au format .xlsx")
    return filled


class _Table:
    """A table being read: its rows so far, the open row and the text of the open cell."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.text: list[str] | None = None
        self.colspan = 1
        self.spanned_until: dict[int, int] = {}
        """Per column, the last row that a cell above reaches into."""

    def start_row(self) -> None:
        self.end_row()
        self.rows.append(self.row)

    def end_row(self) -> None:
        self.end_cell()
        self.row = []

    def start_cell(self, attributes: Attributes, max_columns: int) -> int:
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
        self.text = []
        return len(self.row) - width + self.colspan

    def end_cell(self) -> None:
        if self.text is not None:
            text = _LINE_BREAKS.sub("\n", _SPACES.sub(" ", "".join(self.text)).replace("\v", "\n")).strip(" \n")
            self.row += [text if text.strip() else ""] + [""] * (self.colspan - 1)
        self.text = None

    def finished_rows(self) -> list[list[str]]:
        self.end_row()
        return self.rows


class _Page(HTMLParser):
    """All tables of a page, in the order in which they open."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open_tables: list[_Table] = []
        self.unseen = False
        self.remaining_cells = limits.max_cells
        self.max_columns = limits.max_columns

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "table":
            self.open_tables.append(_Table())
            self.tables.append(self.open_tables[-1])
            if len(self.tables) > MAX_TABLES:
                raise unreadable(
                    f"la page HTML contient plus de {MAX_TABLES} tableaux", "Envoyez le questionnaire au format .xlsx"
                )
        elif tag in _UNSEEN_TAGS:
            self.unseen = True
        elif self.open_tables:
            self._handle_table_tag(self.open_tables[-1], tag, attrs)

    def _handle_table_tag(self, table: _Table, tag: str, attrs: Attributes) -> None:
        if tag == "tr":
            table.start_row()
            self.remaining_cells -= 1
        elif tag in ("td", "th"):
            self.remaining_cells -= table.start_cell(attrs, self.max_columns)
        elif tag in _BREAKING_TAGS and table.text is not None:
            table.text.append("\v")
        if self.remaining_cells < 0:
            raise too_spread_out("", cell_address(max(0, len(table.rows) - 1), len(table.row)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN_TAGS:
            self.unseen = False
        elif not self.open_tables:
            return
        elif tag == "table":
            self.open_tables.pop().end_row()
        elif tag == "tr":
            self.open_tables[-1].end_row()
        elif tag in ("td", "th"):
            self.open_tables[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self.open_tables and not self.unseen and self.open_tables[-1].text is not None:
            self.open_tables[-1].text.append(data)


def _span(attributes: Attributes, name: str) -> int:
    for key, value in attributes:
        if key == name and value and value.strip().isdecimal():
            return max(1, min(int(value.strip()[:9]), MAX_SPAN))
    return 1
