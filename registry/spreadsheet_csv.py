"""A CSV file of the registry as a spreadsheet may have saved it: its encoding, its delimiter, its lines.

The files of the repository are UTF-8 with commas. Excel in French saves semicolons in Windows-1252, UTF-8 with a mark
or UTF-16 with tabs, pads lines with empty cells, or cuts them after the last filled one; all of these are read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.encodings import FALLBACKS, decoded_text
from core.refusals import Refusal

SEPARATORS = ",;\t|"
MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAID_SEPARATOR = re.compile(r"sep=([,;\t|])[,;\t|]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_HEADER = re.compile(r"[^\r\n]*")


class CsvError(Exception):
    """A file that is no CSV; the text says why and what to do, in French. `line`: where, if it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Writing:
    """How a file is written. `mark`: its byte order mark and its first line ``sep=;``, where it has them."""

    encoding: str
    separator: str
    mark: str = ""


@dataclass(frozen=True)
class Records:
    """The header, without the empty cells after it, and each filled line with its number. A line has as many cells
    as the header; one that has more or less is in `uneven`, by its number, with how many it has."""

    header: list[str]
    lines: list[tuple[int, list[str]]]
    uneven: dict[int, int]


def text_of(content: bytes) -> tuple[str, str]:
    """The text of a file, without its mark, and the encoding that writes it back. Raises `CsvError`."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            try:
                return _without_nul(content.removeprefix(mark).decode(encoding)), encoding
            except UnicodeDecodeError:
                break
    try:
        return _without_nul(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return _guessed(content)


def records_of(text: str, known: Iterable[str]) -> Records:
    """The lines of a file whose header should name the `known` columns. Raises `CsvError`."""
    writing = writing_of(text, "", known)
    body = text.removeprefix(writing.mark)
    first = text[: len(text) - len(body)].count("\n")
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=writing.separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    uneven: dict[int, int] = {}
    header: list[str] = []
    start = 0
    try:
        header = [cell.strip() for cell in next(reader, [])]
        while header and not header[-1]:
            header.pop()
        start = reader.line_num
        for cells in reader:
            number, start = first + start + 1, reader.line_num
            if len(cells) != len(header):
                cells = _fitted(cells, header, writing.separator)
            if not any(cells) or not "".join(cells).strip():
                continue
            if len(cells) == len(header):
                lines.append((number, cells))
            else:
                uneven[number] = len(cells)
    except csv.Error:
        raise CsvError(
            "un guillemet (\") est mal placé ou n'est pas refermé, le reste du fichier ne peut pas être lu : doublez "
            "les guillemets d'un texte et entourez-le de guillemets, ou enregistrez à nouveau depuis le tableur",
            first + start + 1,
        ) from None
    return Records(header, lines, uneven)


def writing_of(text: str, encoding: str, known: Iterable[str]) -> Writing:
    """How `text` is written: the separator that it says itself, else the one that finds most columns in its header."""
    said = _SAID_SEPARATOR.match(text)
    if said:
        return Writing(encoding, said[1], said[0])
    start = len(text) - len(text.lstrip("\r\n"))
    header = _HEADER.match(text, start)
    names, columns = header[0] if header else "", set(known)

    def found(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"') for cell in names.split(separator)]
        return len(columns.intersection(cells)), len(cells)

    return Writing(encoding, max(SEPARATORS, key=found), text[:start])


def _fitted(cells: list[str], header: list[str], separator: str) -> list[str]:
    """A line as long as its header, where only empty cells make the difference. A line cut short is believed of a
    spreadsheet only: in a file of commas a comma may have been forgotten anywhere."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) < len(header) and separator != ",":
        cells = cells + [""] * (len(header) - len(cells))
    return cells


def _guessed(content: bytes) -> tuple[str, str]:
    try:
        text = decoded_text(content).removeprefix("\ufeff")
    except Refusal:
        raise _no_text() from None
    for encoding in ("utf-16-le", "utf-16-be", *FALLBACKS):
        try:
            if text.encode(encoding) == content:
                return text, encoding
        except UnicodeEncodeError:
            continue
    return text, "utf-8"


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise _no_text()
    return text


def _no_text() -> CsvError:
    return CsvError(
        "le fichier n'est pas du texte : enregistrez-le depuis le tableur au format « CSV UTF-8 (délimité par des "
        "points-virgules) »"
    )
