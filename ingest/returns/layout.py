"""Where the headers of a table are: one row per structure, headers in one or several rows, under titles or not.

Which shape a sheet has, and of which campaign, is read from its headers, never from a file's or a sheet's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.readers import Sheet
from ingest.returns.headers import ANY_TYPE, KEY, HeaderIndex, Target

HEADER_ROWS = 30
WHOLE_HEADER = 5
"""So many known headers in one row make a header row, even without an identifier among them."""
LONGEST_OPTION = 300
SECOND_HEADER_SHARE = 0.5


@dataclass(frozen=True)
class Header:
    """A header cell: its place (0-based), its text, what it means by structure type."""

    row: int
    column: int
    text: str
    targets: dict[str, Target]


@dataclass(frozen=True)
class Table:
    """A sheet with one row per structure: its headers (the best known one of each column), its first data row.

    `identified`: a header row has both an identification column and a question, as no line of a form has.
    """

    sheet: Sheet
    headers: list[Header]
    first_row: int
    identified: bool


def tables_of(sheet: Sheet, index: HeaderIndex) -> list[Table]:
    """The tables of a sheet, one under another; each has the rows above the next one's headers."""
    found: list[Table] = []
    table = table_of(sheet, index)
    while table is not None:
        below = _next_headers(table, index) if table.identified else None
        if below is None:
            return [*found, table]
        found.append(replace(table, sheet=replace(table.sheet, rows=table.sheet.rows[:below])))
        table = table_of(table.sheet, index, below)
    return found


def _next_headers(table: Table, index: HeaderIndex) -> int | None:
    """The first row under the headers that names other columns: an identification column, questions, no structure.

    The same headers again (as on each printed page) start no table.
    """
    places = {0, *(header.column for header in table.headers if _is_key(header))}
    named = {(header.column, code) for header in table.headers for code in _codes(header.targets)}
    for number in range(table.first_row, len(table.sheet.rows)):
        cells = table.sheet.rows[number]
        if not any(column < len(cells) and index.is_key_spelling(cells[column]) for column in places):
            continue
        again = [(column, index.targets(text)) for column, text in enumerate(cells) if text.strip()]
        known = [(column, targets) for column, targets in again if targets]
        if 2 * len(known) < len(again) or not index.questions_named(cells):
            continue
        if any((column, code) not in named for column, targets in known for code in _codes(targets)):
            return number
    return None


def _codes(targets: dict[str, Target]) -> set[tuple[str, str | None]]:
    return {(target.code, target.option) for target in targets.values()}


def table_of(sheet: Sheet, index: HeaderIndex, start: int = 0) -> Table | None:
    """The table of a sheet: under the row with most known headers from `start` on, and the rows after it that repeat
    them.

    None when no row names an identification column and a question, or many questions: a form, a notice.
    """
    known, top = _densest_row(sheet, index, start)
    if not known:
        return None
    last = top
    while (following := _next_filled_row(sheet, last)) is not None:
        repeated = index.answers_named(sheet.rows[following])
        if repeated < SECOND_HEADER_SHARE * known:
            break
        last = following
    named = sheet.rows[top : last + 1]
    identified = any(index.identifies(cells) and index.questions_named(cells) for cells in named)
    if not identified and known < WHOLE_HEADER:
        return None
    headers = {header.column: header for header in _headers(sheet, index, top, last)}
    under = _under_years(sheet, index, last + 1, headers) or _under_groups(sheet, index, top, last + 1, headers)
    if under:
        headers |= under
        last += 1
    while last + 1 < len(sheet.rows) and _holds_units(sheet.rows[last + 1], index):
        last += 1
    return Table(sheet, [headers[column] for column in sorted(headers)], last + 1, identified)


def _next_filled_row(sheet: Sheet, row: int) -> int | None:
    """The first row after `row` with something in it."""
    rows = range(row + 1, len(sheet.rows))
    return next((number for number in rows if "".join(sheet.rows[number]).strip()), None)


def _under_groups(
    sheet: Sheet, index: HeaderIndex, top: int, row: int, headers: dict[int, Header]
) -> dict[int, Header]:
    """The headers of a row of options (or of parts) under merged questions, whose text stands in their first cell only.

    Such a row names options under blank cells, and no structure. Empty for any other row.
    """
    cells = sheet.rows[row] if row < len(sheet.rows) else []
    found: dict[int, Header] = {}
    group, spread = "", False
    for column, text in enumerate(cells):
        above = _cell(sheet.rows[top], column)
        group = above or group
        if not text.strip() or len(text) > LONGEST_OPTION:
            continue
        targets = index.targets(f"{group} - {text.strip()}") or index.targets(f"{group}/{text.strip()}")
        if targets:
            found[column] = Header(row, column, f"{group} - {text.strip()}", targets)
            spread = spread or column not in headers
        elif _is_key(headers.get(column)) and not index.targets(text):
            return {}
    return found if spread else {}


def _under_years(sheet: Sheet, index: HeaderIndex, row: int, headers: dict[int, Header]) -> dict[int, Header]:
    """The headers of a row of years (``N-1``, ``N``) under questions that stand over two columns or more.

    Such a row tells several years, and no structure. Empty for any other row.
    """
    cells = sheet.rows[row] if row < len(sheet.rows) else []
    told = {column: text for column, text in enumerate(cells) if index.years.is_only_a_year(text)}
    if len({index.years.said(text) for text in told.values()}) < 2:
        return {}
    if any(_is_key(header) and _cell(cells, column) for column, header in headers.items()):
        return {}
    found = {}
    for column, text in told.items():
        over = next((headers[place] for place in range(column, -1, -1) if place in headers), None)
        if over is not None and over.targets and not _is_key(over):
            found[column] = Header(row, column, f"{over.text} ({text.strip()})", over.targets)
    return found


def _cell(cells: list[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _is_key(header: Header | None) -> bool:
    return header is not None and any(target.kind == KEY for target in header.targets.values())


def _holds_units(cells: list[str], index: HeaderIndex) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(index.names_a_unit(cell) for cell in filled)


def _densest_row(sheet: Sheet, index: HeaderIndex, start: int) -> tuple[int, int]:
    """How many known headers the best row has, and which row. Answers under a whole header row are not looked at."""
    best = (0, -1)
    for number, cells in enumerate(sheet.rows[start : start + HEADER_ROWS], start):
        known = index.answers_named(cells)
        if known > best[0]:
            best = (known, number)
        elif best[0] >= WHOLE_HEADER and known < SECOND_HEADER_SHARE * best[0]:
            break
    return best


def _headers(sheet: Sheet, index: HeaderIndex, top: int, last: int) -> list[Header]:
    width = max(len(sheet.rows[number]) for number in range(top, last + 1))
    headers = []
    for column in range(width):
        cells = [(row, sheet.rows[row][column]) for row in range(top, last + 1) if column < len(sheet.rows[row])]
        filled = [(row, text, index.targets(text)) for row, text in cells if text.strip()]
        if filled:
            row, text, targets = next((cell for cell in filled if cell[2]), filled[0])
            headers.append(Header(row, column, text, targets))
    return headers


def best_type(headers: Iterable[str], types: list[str], index: HeaderIndex) -> str:
    """The structure type whose questions the headers name most; the first one on a tie."""
    counts = dict.fromkeys(types, 0)
    for structure_type, _ in index.questions_named(headers):
        if structure_type in counts:
            counts[structure_type] += 1
    return max(types, key=lambda name: counts[name]) if types else ANY_TYPE
