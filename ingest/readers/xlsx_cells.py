"""The cells of an .xlsx as a person sees them: numbers under their format (35 %, 04100), texts without what is struck
out or calls a note, formulas whose result is not in the file, merged and hidden areas.

All works on the XML of parts that were found well formed, before the cells are read: a cell that needs it becomes a
text cell, marked where it is no answer as it stands. Nothing is rewritten in a workbook without such marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.readers.archive import parse_xml, xml_parser
from ingest.readers.cell_text import (
    digits_padded,
    is_note_call,
    number_text,
    padded_text,
    percentage_text,
    shows_percentage,
)
from ingest.readers.sheets import NO_SAVED_VALUE, SPREADSHEET_COLUMNS, STRUCK, Area, marked

_BUILT_IN_PERCENTAGES = {"9", "10"}
"""The formats 0% and 0.00%, which no workbook declares."""
_FALSE = {"0", "false", "none"}

_P = rb"(?:[^\s<>/:!?]+:)?"
_NUMBER = re.compile(
    rb"(<" + _P + rb"""c(?=\s)(?![^<>]*\st\s*=\s*["'](?!n["']))[^<>]*?\ss\s*=\s*["'](\d+)["'][^<>]*?)"""
    rb"(>(?:<" + _P + rb"f\b(?:[^<>]*/>|[^<>]*>[^<>]*</[^<>]*>))?<" + _P + rb"v>)([^<>]+)"
)
"""A cell of numbers with its style: what is before its content, the style, the tags up to the value, the value."""
_TYPE = re.compile(rb"""\st\s*=\s*["']([^"']*)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_CELL = re.compile(rb"<(" + _P + rb")c(\s[^<>]*)(?<!/)>(.*?)</" + _P + rb"c\s*>", re.DOTALL)
_VALUE = re.compile(rb"<" + _P + rb"v(?:\s[^<>]*)?(?<!/)>([^<>]*)<")
_UNSAVED = re.compile(
    rb"<(" + _P + rb")c(\s[^<>]*)?>\s*<" + _P + rb"f(?:\s[^<>]*?)?(?:/>|>([^<>]*)</[^<>]*>)"
    rb"(?:\s*(<" + _P + rb"v\s*(?:/>|>\s*(0?)\s*</[^<>]*>)))?\s*</" + _P + rb"c\s*>"
)
"""A formula with no value, or with zero: prefix, attributes, formula, tags of the value, zero."""
_STRING = re.compile(rb"<(" + _P + rb")(si|is)(\s[^<>]*)?(?<!/)>(.*?)</" + _P + rb"\2\s*>", re.DOTALL)
_RUN = re.compile(rb"<" + _P + rb"r(?:\s[^<>]*)?(?<!/)>(.*?)</" + _P + rb"r\s*>", re.DOTALL)
_TEXT = re.compile(rb"<" + _P + rb"t(?:\s[^<>]*)?(?<!/)>([^<>]*)<")
_STRIKE = re.compile(rb"<" + _P + rb"""d?strike(?:\s+val\s*=\s*["'](\w+)["'])?[^<>]*>""")
_RAISED = re.compile(rb"<" + _P + rb"""vertAlign\s[^<>]*["'](?:super|sub)script["']""")

_ROW = re.compile(rb"<" + _P + rb"row(?:\s[^<>]*)?>")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_HIDDEN = re.compile(rb"""\s(?:hidden\s*=\s*["'](?:1|true)|(?:ht|width)\s*=\s*["']0(?:\.0*)?)["']""")
_COLUMN = re.compile(rb"<" + _P + rb"col\s[^<>]*>")
_COLUMNS_FROM_TO = re.compile(rb"""\s(min|max)\s*=\s*["'](\d+)["']""")
_MERGED = re.compile(rb"<" + _P + rb"""mergeCell\s[^<>]*?ref\s*=\s*["']\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)["']""")


@dataclass
class Styles:
    """By rank of the cell styles: those shown as percentages, those with leading zeros, those that strike."""

    percentages: set[int] = field(default_factory=set)
    padded: dict[int, int] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.percentages or self.padded or self.struck)


@dataclass(frozen=True)
class Layout:
    """What a worksheet hides and merges, from 0."""

    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: list[Area]


def show_cells(parts: dict[str, bytes], sheets: list[str], strings: str, styles: str, recalculated: bool) -> None:
    """Rewrite the cells of `sheets` (and the texts of the part `strings`) that are not seen as they are stored.

    `recalculated`: the workbook asks its formulas to be computed again when it is opened, so that a zero saved with
    one may be no result. `strings` and `styles` may be no part at all.
    """
    known = cell_styles(parts[styles]) if styles in parts else Styles()
    texts = _STRING.findall(parts[strings]) if known.struck and strings in parts else []
    if strings in parts and _has_runs(parts[strings]):
        parts[strings] = _STRING.sub(_as_seen, parts[strings])
    for part in sheets:
        data = parts[part]
        if b"f>" in data or b"f/>" in data or b"<f " in data:
            data = _UNSAVED.sub(lambda cell: _unsaved(cell, recalculated), data)
        if known.struck:
            data = _CELL.sub(lambda cell: _struck(cell, known, texts), data)
        if _has_runs(data):
            data = _STRING.sub(_as_seen, data)
        if known.percentages or known.padded:
            data = _NUMBER.sub(lambda cell: _formatted(cell, known), data)
        parts[part] = data


def layout_of(sheet: bytes) -> Layout:
    """The rows and columns that a worksheet doesn't show (hidden, of no size, folded), its merged areas."""
    rows: set[int] = set()
    if b"hidden=" in sheet or b"ht=" in sheet:
        number = -1
        for tag in _ROW.findall(sheet):
            told = _ROW_NUMBER.search(tag)
            number = int(told[1][:9]) - 1 if told else number + 1
            if _HIDDEN.search(tag):
                rows.add(number)
    columns: set[int] = set()
    for tag in _COLUMN.findall(sheet.partition(b"sheetData")[0]):
        ends = {name: int(place[:9]) for name, place in _COLUMNS_FROM_TO.findall(tag)}
        if _HIDDEN.search(tag) and len(ends) == 2:
            columns.update(range(ends[b"min"] - 1, min(ends[b"max"], SPREADSHEET_COLUMNS)))
    merged = [
        (int(top[:9]) - 1, _column(left), int(bottom[:9]) - 1, _column(right))
        for left, top, right, bottom in (_MERGED.findall(sheet) if b"mergeCell" in sheet else [])
    ]
    return Layout(frozenset(rows), frozenset(columns), merged)


def cell_styles(styles: bytes) -> Styles:
    """What the styles of a workbook (`styles.xml`) say of what is seen. Raises `Refusal`."""
    formats: dict[str, str] = {}
    fonts: list[bool] = []
    found = Styles()
    path: list[str] = []
    rank = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal rank
        local = tag.rpartition(":")[2]
        if local == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "font" and path[-1:] == ["fonts"]:
            fonts.append(False)
        elif local == "strike" and path[-2:] == ["fonts", "font"]:
            fonts[-1] = attributes.get("val", "1") not in _FALSE
        elif local == "xf" and path[-1:] == ["cellXfs"]:
            key, font = attributes.get("numFmtId", ""), attributes.get("fontId", "")
            if key in _BUILT_IN_PERCENTAGES or shows_percentage(formats.get(key, "")):
                found.percentages.add(rank)
            if digits := digits_padded(formats.get(key, "")):
                found.padded[rank] = digits
            if font.isdecimal() and int(font[:9]) < len(fonts) and fonts[int(font[:9])]:
                found.struck.add(rank)
            rank += 1
        path.append(local)

    parser = xml_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: path.pop()
    parse_xml(styles, parser)
    return found


def _has_runs(data: bytes) -> bool:
    return b"trike" in data or b"vertAlign" in data


def _as_text(prefix: bytes, attributes: bytes, kind: str, text: bytes) -> bytes:
    """A marked text cell; `text` is escaped already."""
    mark = marked(kind, "").encode()
    kept = _TYPE.sub(b"", attributes)
    return b'<%bc%b t="str"><%bv>%b%b</%bv></%bc>' % (prefix, kept, prefix, mark, text, prefix, prefix)


def _unsaved(cell: re.Match[bytes], recalculated: bool) -> bytes:
    prefix, attributes, formula, value, zero = cell.groups()
    attributes = attributes or b""
    kind = _TYPE.search(attributes)
    gives_no_text = value is not None and kind is not None and kind[1] == b"str"
    if gives_no_text or (zero and not recalculated):
        return cell[0]
    return _as_text(prefix, attributes, NO_SAVED_VALUE, b"=" + (formula or b"").strip())


def _formatted(cell: re.Match[bytes], styles: Styles) -> bytes:
    opening, style, tags, value = cell.groups()
    rank = int(style[:9])
    try:
        number = float(value)
    except ValueError:
        return cell[0]
    if rank in styles.percentages:
        text = percentage_text(number)
    elif rank in styles.padded:
        text = padded_text(number, styles.padded[rank])
    else:
        return cell[0]
    return _TYPE.sub(b"", opening) + b' t="str"' + tags + text.encode()


def _struck(cell: re.Match[bytes], styles: Styles, texts: list[tuple[bytes, ...]]) -> bytes:
    """A cell whose style strikes its text; the runs that don't are what is left of it."""
    prefix, attributes, inside = cell.groups()
    style, kind = _STYLE.search(attributes), _TYPE.search(attributes)
    if style is None or int(style[1][:9]) not in styles.struck:
        return cell[0]
    value = _VALUE.search(inside)
    text = value[1] if value else b""
    if kind and kind[1] == b"s":
        text = texts[int(text[:9])][3] if text.isdigit() and int(text[:9]) < len(texts) else b""
    if kind and kind[1] == b"inlineStr":
        text = inside
    if kind and kind[1] in (b"s", b"inlineStr"):
        kept, struck, raised = _runs(text, True)
        if kept.strip():
            return b'<%bc%b t="str"><%bv>%b</%bv></%bc>' % (prefix, _TYPE.sub(b"", attributes), prefix, kept.strip(),
                                                           prefix, prefix)  # fmt: skip
        text = struck or raised
    elif kind is None or kind[1] == b"n":
        text = _number(text)
    return _as_text(prefix, attributes, STRUCK, text) if text.strip() else cell[0]


def _number(value: bytes) -> bytes:
    try:
        return number_text(float(value)).encode()
    except ValueError:
        return value


def _as_seen(string: re.Match[bytes]) -> bytes:
    """A shared or inline string without its struck runs and its calls of notes; marked where nothing else is in it."""
    prefix, tag, attributes, inside = string.groups()
    if not _has_runs(inside):
        return string[0]
    kept, struck, raised = _runs(inside, False)
    if not (struck or raised):
        return string[0]
    text = kept.strip() or (marked(STRUCK, "").encode() + struck if struck else raised)
    opening = b"<%b%b%b>" % (prefix, tag, attributes or b"")
    return b'%b<%bt xml:space="preserve">%b</%bt></%b%b>' % (opening, prefix, text, prefix, prefix, tag)


def _runs(inside: bytes, is_struck: bool) -> tuple[bytes, bytes, bytes]:
    """What is read of a string, what is struck in it, the raised runs that call a note; `is_struck`: by its cell, as
    are the runs without properties of their own."""
    kept, struck, raised = [], [], []
    runs = _RUN.findall(inside)
    for run in runs or [inside]:
        text = b"".join(_TEXT.findall(run))
        strike = _STRIKE.search(run)
        by_default = is_struck and b"rPr" not in run
        if by_default or (strike and (strike[1] or b"1").decode() not in _FALSE):
            struck.append(text)
        elif _RAISED.search(run) and is_note_call(text.decode()):
            raised.append(text)
        else:
            kept.append(text)
    return b"".join(kept), b"".join(struck), b"".join(raised)


def _column(letters: bytes) -> int:
    """A column from its letters; beyond six of them only its being enormous matters."""
    number = 0
    for letter in letters[:6]:
        number = number * 26 + letter - 64
    return number - 1
