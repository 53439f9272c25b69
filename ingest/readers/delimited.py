"""CSV and other delimited text: bytes to one sheet.

A row is read whole or not at all. A quotation mark that is not closed, or closed in another row, would swallow the
rows between: such a line is told as broken and those after it are read for themselves.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.encodings import decoded_text
from core.refusals import unreadable
from ingest.readers.sheets import Limits, Sheet, trimmed_sheet

DELIMITERS = ";,\t|"
SAMPLE_CHARACTERS = 65_536
MOST_REREAD = 20
"""How many times its own length a text may be read, for the quotation marks left open in it."""

_QUOTED = re.compile(r'(^|[;,\t|\r\n])"[^"]*(?:""[^"]*)*"')
_EXCEL_SEPARATOR = re.compile(r"sep=([;,\t|])[ ;,\t]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_SPACE_AFTER_QUOTE = r'(?<=")[ \t]+(?={}|[\r\n]|$)'
_AS_FORMULA = re.compile(r"""="((?:[^"]|"")*)"|'(\d+)""")
"""How business software and spreadsheets write a text that looks like a number: ``="04100"``, ``'04100``."""


@dataclass
class _Record:
    """The cells of a row, and whether they are what was written in it."""

    cells: list[str]
    broken: bool = False


def read_delimited(content: bytes, limits: Limits) -> list[Sheet]:
    """The only sheet of a delimited text file; its name is empty. `written` tells how many cells each row has as
    written, `broken_rows` those whose quotation marks are faulty. Raises `Refusal`.

    Excel's first line `sep=;` is obeyed and is not a row, as in Excel.
    """
    text = decoded_text(content)
    separator = _EXCEL_SEPARATOR.match(text)
    delimiter = separator[1] if separator else likely_delimiter(text)
    lines = list(io.StringIO(text[separator.end() if separator else 0 :], newline=""))
    records = _records(lines, delimiter)
    if '\\"' in text:
        plain, escaped = list(records), list(_records(lines, delimiter, escape="\\"))
        records = iter(escaped if _misfits(escaped) < _misfits(plain) else plain)
    written: list[int] = []
    broken: set[int] = set()

    def rows() -> Iterator[list[str]]:
        for number, record in enumerate(records):
            written.append(len(record.cells))
            if record.broken:
                broken.add(number)
            yield _as_shown(record.cells)

    sheet = trimmed_sheet("", False, rows(), limits)
    sheet.written, sheet.broken_rows = written[: len(sheet.rows)], frozenset(broken)
    return [sheet]


def _records(lines: list[str], delimiter: str, escape: str | None = None) -> Iterator[_Record]:
    """The rows of `lines`. After a faulty one, reading goes on at the line below its first."""
    start, allowance = 0, MOST_REREAD * len(lines)
    widths: Counter[int] = Counter()
    while start < len(lines):
        reader = csv.reader(iter(lines[start:]), delimiter=delimiter, escapechar=escape, strict=True)
        done = 0
        try:
            for cells in reader:
                if reader.line_num - done > 1 and _swallows(cells, delimiter, widths):
                    break
                done = reader.line_num
                widths[len(cells)] += 1
                yield _Record(cells)
            else:
                return
        except csv.Error:
            pass
        allowance -= reader.line_num - done
        if allowance < 0:
            raise unreadable(
                f"des guillemets ouverts ne sont pas refermés, le premier vers la ligne {start + done + 1}",
                "Corrigez ces lignes ou enregistrez le fichier au format .xlsx",
            )
        start += done
        yield _alone(lines[start], delimiter)
        start += 1


def _swallows(cells: list[str], delimiter: str, widths: Counter[int]) -> bool:
    """Whether a text holds the end of its row and the start of another: line breaks amid many delimiters, or amid some
    where the row is not as long as most before it (`widths`: how many rows have so many cells)."""
    usual = widths.most_common(1)[0][0] if widths else len(cells)
    least = max(2, min(usual - 1, max(3, usual // 4) if len(cells) == usual else 3))
    return any(
        ("\n" in cell or "\r" in cell) and max(line.count(delimiter) for line in cell.splitlines()) >= least
        for cell in cells
    )


def _alone(line: str, delimiter: str) -> _Record:
    """A line whose quotation marks are faulty: whole where only spaces stand after them, else broken, and cut at each
    delimiter so that its structure can be named."""
    spaced = re.sub(_SPACE_AFTER_QUOTE.format(re.escape(delimiter)), "", line)
    try:
        return _Record(next(csv.reader([spaced], delimiter=delimiter, strict=True), []))
    except csv.Error:
        return _Record(line.rstrip("\r\n").replace('"', "").split(delimiter), broken=True)


def _misfits(records: list[_Record]) -> int:
    """The rows that are broken or have another number of cells than most."""
    width, _ = Counter(len(record.cells) for record in records).most_common(1)[0]
    return sum(record.broken or len(record.cells) != width for record in records)


def _as_shown(cells: list[str]) -> list[str]:
    """The cells without the signs by which a text that looks like a number stays a text."""
    if not any(cell[:1] in ("=", "'") for cell in cells):
        return cells
    return [_inner(match) if (match := _AS_FORMULA.fullmatch(cell)) else cell for cell in cells]


def _inner(match: re.Match[str]) -> str:
    return match[2] or match[1].replace('""', '"')


def likely_delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells, quoted cells set aside."""
    lines = [line for line in _QUOTED.sub(r"\1x", text[:SAMPLE_CHARACTERS]).splitlines() if line.strip()]

    def cut_alike(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((cuts * alike for cuts, alike in counts.items()), default=0)

    return max(DELIMITERS, key=cut_alike)
