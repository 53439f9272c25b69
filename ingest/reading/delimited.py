"""CSV and other delimited text: bytes to one sheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from ingest.reading.sheets import Limits, Refusal, Sheet, trimmed_sheet, unreadable

DELIMITERS = ";,\t|"
FALLBACKS = ("cp1252", "mac_roman", "cp850")
"""Encodings of text that is not Unicode: Windows, older Macs, the DOS of some business software."""
FRENCH_LETTERS = frozenset("àâçéèêëîïôùûüœæÀÂÇÉÈÊËÎÏÔÙÛÜŒÆ’€")
SAMPLE_CHARACTERS = 65_536
CONTROL_SHARE = 50
"""Text has less than one control character in so many."""

_QUOTED = re.compile(r'(^|[;,\t|\r\n])"[^"]*(?:""[^"]*)*"')
_EXCEL_SEPARATOR = re.compile(r"sep=([;,\t|])[ ;,\t]*(?:\r|\n|$)", re.IGNORECASE)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_END = "\0"


def read_delimited(content: bytes, limits: Limits) -> list[Sheet]:
    """The only sheet of a delimited text file; its name is empty. Raises `Refusal`.

    Excel's first line `sep=;` is obeyed and is not a row, as in Excel.
    """
    text = decoded_text(content)
    separator = _EXCEL_SEPARATOR.match(text)
    lines = chain(io.StringIO(text, newline=""), ["\n", _END])
    records = csv.reader(lines, delimiter=separator[1] if separator else likely_delimiter(text))
    try:
        if separator:
            next(records)
        return [trimmed_sheet("", False, _closed_records(records), limits)]
    except csv.Error:
        raise _open_quote(records.line_num) from None


def _closed_records(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """The records up to the end mark that was put after them: a quote left open would have swallowed it."""
    for number, record in enumerate(records, start=1):
        if record == [_END]:
            return
        if record and record[-1].endswith(_END):
            raise _open_quote(number)
        yield record


def _open_quote(line: int) -> Refusal:
    return unreadable(
        f"un guillemet ouvert vers la ligne {line} n'est pas refermé",
        "Corrigez cette ligne ou enregistrez le fichier au format .xlsx",
    )


def decoded_text(content: bytes, fallback: str = "") -> str:
    """UTF-16 with its mark, else UTF-8 with or without, else the fallback; without one, the encoding of `FALLBACKS`
    that makes most bytes French letters. Raises `Refusal` for binary content.

    UTF-8 is judged on the whole content: a first wrong byte may come after thousands of right lines.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    undefined = 0
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.removeprefix(codecs.BOM_UTF8).decode(
            fallback or _most_french_encoding(content), errors="replace"
        )
        undefined = text.count("\N{REPLACEMENT CHARACTER}")
    narrow = text.encode() if wide else content
    controls = len(narrow) - len(narrow.translate(None, _CONTROLS))
    if "\0" in text or (controls + undefined) * CONTROL_SHARE > len(text):
        raise unreadable(
            "le fichier contient des données binaires et non du texte",
            "Exportez-le à nouveau en CSV (UTF-8) ou en .xlsx et renvoyez-le",
        )
    return text


def _most_french_encoding(content: bytes) -> str:
    beyond_ascii = content.translate(None, bytes(range(128)))[:SAMPLE_CHARACTERS]

    def french_letters(encoding: str) -> int:
        counts = Counter(beyond_ascii.decode(encoding, errors="replace"))
        return sum(counts[letter] for letter in FRENCH_LETTERS)

    return max(FALLBACKS, key=french_letters)


def likely_delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells, quoted cells set aside."""
    lines = [line for line in _QUOTED.sub(r"\1x", text[:SAMPLE_CHARACTERS]).splitlines() if line.strip()]

    def cut_alike(delimiter: str) -> int:
        counts = Counter(line.count(delimiter) for line in lines)
        return max((cuts * alike for cuts, alike in counts.items()), default=0)

    return max(DELIMITERS, key=cut_alike)
