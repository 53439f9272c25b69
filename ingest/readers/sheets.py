"""What every reader gives back (sheets of text cells), within which limits, and how it says no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from core.refusals import Refusal, unreadable

MEBIBYTE = 1024 * 1024

CELL_BYTES = 25
"""What a cell takes in an unpacked workbook, about: `<c r="AB12"><v>1</v></c>`."""


def password_protected() -> Refusal:
    """The refusal of an encrypted file."""
    return unreadable("le classeur est protégé par un mot de passe", "Retirez la protection et renvoyez-le")


INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Characters without width that pages and mails leave in what is pasted: they count for nothing."""

SPREADSHEET_ROWS = 1_048_576
"""No spreadsheet has more rows, blank ones included."""
SPREADSHEET_COLUMNS = 16_384
DAYS_TO_1904 = 1462
"""From the day 0 of most spreadsheets to that of those made on old Macintoshes."""


@dataclass(frozen=True)
class Limits:
    """What is accepted: size of a file and of its unpacked content (MB), used rows and columns of a sheet, files of a
    zip of returns."""

    max_file_mb: float
    max_uncompressed_mb: float
    max_rows: int
    max_columns: int
    max_members: int = 2000

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return int(self.max_file_mb * MEBIBYTE)

    @property
    def max_uncompressed_bytes(self) -> int:
        """`max_uncompressed_mb` in bytes."""
        return int(self.max_uncompressed_mb * MEBIBYTE)

    @property
    def max_cells(self) -> int:
        """The cells that a file may spread over all its sheets, blank ones inside the used areas included.

        As many as fit in the unpacked size. Two cells in opposite corners of a sheet cost a reader as much memory as
        all those between them, so rows and columns alone don't bound it.
        """
        return self.max_uncompressed_bytes // CELL_BYTES


MARK = "\ufdd0"
"""What a reader puts around the kind of a cell (a constant below), before its text; no text of ours has this character.
`trimmed_sheet` takes it away."""

NO_SAVED_VALUE, STRUCK, COVERED = "formula", "struck", "covered"
"""A formula whose result is not in the file; a text struck as a whole; what a merged cell hides."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""
Place = tuple[int, int]


@dataclass
class Sheet:
    """A sheet as text, as a person sees it. ``rows[0][0]`` is A1; rows are ragged: nothing blank at the end of a row or
    of the sheet.

    `hidden_rows`, `hidden_columns`: those that the spreadsheet doesn't show, from 0. `merged`: the areas shown as one
    cell. `covered`: what merged areas hide, which is no cell's text. `marks`: the cells that are no answer as they
    stand (`NO_SAVED_VALUE`, `STRUCK`). `first_day`: the days between 30 December 1899 and the day 0 of its numbers.
    Of delimited text, `written`: how many cells each row has as written, `broken_rows`: those whose quotation marks are
    faulty.
    """

    name: str
    hidden: bool
    rows: list[list[str]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: list[Area] = field(default_factory=list)
    covered: dict[Place, str] = field(default_factory=dict)
    marks: dict[Place, str] = field(default_factory=dict)
    first_day: int = 0
    written: list[int] = field(default_factory=list)
    broken_rows: frozenset[int] = frozenset()

    @property
    def is_blank(self) -> bool:
        """No cell holds anything but white space."""
        return not any(cell.strip() for row in self.rows for cell in row)

    def turned(self) -> Sheet:
        """The same sheet, rows for columns."""
        return replace(
            self,
            rows=[list(cells) for cells in zip_longest(*self.rows, fillvalue="")],
            hidden_rows=self.hidden_columns,
            hidden_columns=self.hidden_rows,
            merged=[(left, top, right, bottom) for top, left, bottom, right in self.merged],
            covered={(column, row): text for (row, column), text in self.covered.items()},
            marks={(column, row): kind for (row, column), kind in self.marks.items()},
        )

    def cover(self, areas: Iterable[Area], limits: Limits) -> None:
        """Merge these areas: what stands in them beyond their first cell is moved to `covered`.

        Raises `Refusal` when they overlap so much that there would be no end to it.
        """
        remaining = limits.max_cells
        for top, left, bottom, right in areas:
            if (top, left) == (bottom, right):
                continue
            self.merged.append((top, left, bottom, right))
            for row in range(top, min(bottom + 1, len(self.rows))):
                cells = self.rows[row]
                remaining -= 1 + max(0, min(right + 1, len(cells)) - left)
                if remaining < 0:
                    raise too_many_elements()
                for column in range(left, min(right + 1, len(cells))):
                    if cells[column] and (row, column) != (top, left):
                        self.covered[row, column] = cells[column]
                        self.marks.pop((row, column), None)
                        cells[column] = ""
                while cells and not cells[-1]:
                    cells.pop()
        while self.rows and not self.rows[-1]:
            self.rows.pop()


def marked(kind: str, text: str) -> str:
    """A cell's text that says of which kind it is."""
    return f"{MARK}{kind}{MARK}{text}"


def cell_address(row: int, column: int) -> str:
    """The spreadsheet address of a cell, from its 0-based row and column: (11, 2) is C12."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def trimmed_sheet(name: str, hidden: bool, rows: Iterable[list[str]], limits: Limits) -> Sheet:
    """The sheet of these rows (which it takes over), cut to its used area.

    Raises `Refusal` when the used area has too many rows or columns.
    """
    used: list[list[str]] = []
    sheet = Sheet(name, hidden, used)
    blank_rows = 0
    for row in rows:
        text = "".join(row)
        if not text:
            blank_rows += 1
            if blank_rows > SPREADSHEET_ROWS:
                raise too_many_rows(name, limits)
            continue
        if "\0" in text:
            row = [cell.replace("\0", "") for cell in row]
        if not text.isascii() and INVISIBLE.search(text):
            row = [INVISIBLE.sub("", cell) for cell in row]
        if MARK in text:
            row = _without_marks(row, len(used) + blank_rows, sheet)
            if not any(row):
                blank_rows += 1
                continue
        while row and not row[-1]:
            row.pop()
        if len(row) > limits.max_columns:
            raise too_many_columns(name, len(row), limits)
        if blank_rows:
            if len(used) + blank_rows >= limits.max_rows:
                raise too_many_rows(name, limits)
            used.extend([] for _ in range(blank_rows))
            blank_rows = 0
        if len(used) == limits.max_rows:
            raise too_many_rows(name, limits)
        used.append(row)
    return sheet


def _without_marks(row: list[str], number: int, sheet: Sheet) -> list[str]:
    """The texts of a row; the kinds of its cells are told to `sheet`, what is covered moved there."""
    cells = []
    for column, text in enumerate(row):
        *kinds, text = text.split(MARK)
        if COVERED in kinds:
            sheet.covered[number, column] = text
            text = ""
        for kind in kinds:
            if text and kind in (NO_SAVED_VALUE, STRUCK):
                sheet.marks[number, column] = kind
        cells.append(text)
    return cells


def too_many_rows(name: str, limits: Limits) -> Refusal:
    """The refusal of a sheet that is too long."""
    return unreadable(
        f"{_sheet_label(name)} va au-delà de la ligne {limits.max_rows}, la limite",
        "Retirez les lignes inutiles ou répartissez les réponses en plusieurs fichiers",
    )


def too_many_columns(name: str, columns: int, limits: Limits) -> Refusal:
    """The refusal of a sheet that is too wide."""
    return unreadable(
        f"{_sheet_label(name)} a {columns} colonnes, la limite est de {limits.max_columns}",
        "Retirez les colonnes qui ne sont pas du questionnaire et renvoyez-le",
    )


def too_spread_out(name: str, address: str) -> Refusal:
    """The refusal of a workbook whose cells are so far apart that reading it would fill the memory."""
    return unreadable(
        f"{_sheet_label(name)} s'étend jusqu'à la cellule {address} et couvre trop de cellules",
        "Supprimez les lignes et colonnes inutiles, enregistrez et renvoyez-le",
    )


def too_many_elements() -> Refusal:
    """The refusal of a document whose elements, blank cells included, are too many to be looked at one by one."""
    return unreadable(
        "le classeur contient trop de cellules, même vides",
        "Supprimez les lignes et colonnes inutiles, enregistrez et renvoyez-le",
    )


def too_much_text(limits: Limits) -> Refusal:
    """The refusal of a workbook whose text, once repeated in each cell, exceeds the unpacked size."""
    return unreadable(
        f"les textes du classeur dépassent {limits.max_uncompressed_mb:g} Mo une fois dépliés",
        "Retirez ce qui n'est pas une réponse au questionnaire et renvoyez-le",
    )


def _sheet_label(name: str) -> str:
    """How a message names a sheet: its name comes from the sender, so it is cut and made printable."""
    shown = "".join(character for character in name[:40] if character.isprintable())
    return f"la feuille « {shown} »" if shown else "le tableau"
