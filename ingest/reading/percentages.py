"""Percentages of an Excel workbook: 0.35 shown as 35 % is what a person typed as "35 %", and is read so."""

from __future__ import annotations

import re

from ingest.reading.archive import parse_xml, xml_parser
from ingest.reading.cell_text import percentage_text

_BUILT_IN = {"9", "10"}
"""The formats 0% and 0.00%, which no workbook declares."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
"""What a number format shows as it is."""
_CELL = re.compile(
    rb"""(<(?:[^\s<>/:!?]+:)?c(?=\s)(?![^<>]*\st\s*=\s*["'](?!n["']))[^<>]*?\ss\s*=\s*["'](\d+)["'][^<>]*?)"""
    rb"""(>(?:<(?:[^\s<>/:!?]+:)?f\b(?:[^<>]*/>|[^<>]*>[^<>]*</[^<>]*>))?<(?:[^\s<>/:!?]+:)?v>)([^<>]+)"""
)
"""A cell of numbers with its style: what is before its content, the style, the tags up to the value, the value."""
_TYPE = re.compile(rb"""\st\s*=\s*["']n["']""")


def show_percentages(parts: dict[str, bytes], styles: bytes, sheets: list[str]) -> None:
    """Turn the numbers that `sheets` show as percentages into texts (``35%``), in `parts`."""
    shown = _percentage_styles(styles)
    if not shown:
        return

    def as_text(cell: re.Match[bytes]) -> bytes:
        opening, style, tags, value = cell.groups()
        try:
            number = float(value)
        except ValueError:
            return cell[0]
        if int(style[:9]) not in shown:
            return cell[0]
        return _TYPE.sub(b"", opening) + b' t="str"' + tags + percentage_text(number).encode()

    for part in sheets:
        parts[part] = _CELL.sub(as_text, parts[part])


def _percentage_styles(styles: bytes) -> set[int]:
    """The ranks of the cell styles whose numbers are shown as percentages."""
    formats = set(_BUILT_IN)
    ranks: list[str] = []
    path: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "numFmt" and "%" in _LITERAL.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        if local == "xf" and path[-1:] == ["cellXfs"]:
            ranks.append(attributes.get("numFmtId", ""))
        path.append(local)

    parser = xml_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: path.pop()
    parse_xml(styles, parser)
    return {rank for rank, number_format in enumerate(ranks) if number_format in formats}
