"""How high each kind of block is for a given width: smallest, natural and largest, in millimetres.

Sizes and spacings are those of the template (`templates/plaquette.typ`), which is given `TYPE` and `SPACE`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from publication.documents.document import Note, plain
from publication.plaquettes.model import (
    Block,
    Chart,
    FigureTable,
    KeyFigures,
    MapPanel,
    Missions,
    Photo,
    Prose,
    Register,
    Signatories,
)
from publication.plaquettes.typeface import MM_PER_POINT, lines_height, text_height, text_width, wrapped

TYPE = {
    "lead": 12.0,
    "body": 9.6,
    "small": 8.0,
    "tiny": 7.2,
    "title": 11.5,
    "number": 25.0,
    "quote": 11.5,
}
"""Points."""

SPACE = {
    "after_title": 2.6,
    "after_subtitle": 2.6,
    "before_base": 2.4,
    "paragraph": 2.6,
    "inset": 4.6,
    "card": 3.4,
    "card_gap": 3.0,
    "pictogram": 13.0,
    "table_title": 5.6,
}
"""Millimetres."""

PAGE_WIDTH = 180.0
"""Millimetres of content across a page."""
LABEL_SHARE = 0.46
MAP_ENLARGED = 1.45
"""How much larger than it was drawn a map may be: its signs and names grow with it."""
BAR_LABEL_LINE = TYPE["small"] * 1.12 * MM_PER_POINT
WIDE = 5
"""Columns of a table beyond which they share the width evenly, and their heads take two lines."""
REGISTER_GUTTER, HANGING, HEAD_ROWS, GROUP_ROWS = 5.0, 2.4, 1.6, 0.8


@dataclass(frozen=True)
class Extent:
    """The heights that a block can take."""

    least: float
    natural: float
    most: float


def fixed(height: float) -> Extent:
    """A block with one height only."""
    return Extent(height, height, height)


def extent(block: Block, width: float) -> Extent:
    """The heights of any block in a column of `width`."""
    match block:
        case Prose():
            return fixed(_prose(block, width))
        case KeyFigures():
            natural = _key_figures(block, width)
            return Extent(natural, natural, natural + 7.0 * math.ceil(len(block.items) / block.across))
        case Chart():
            return _chart(block, width)
        case MapPanel():
            return _map(block, width)
        case Register():
            return fixed(_register(block, width))
        case FigureTable():
            natural = _table(block, width)
            count = len(block.rows)
            return Extent(natural - 0.9 * count, natural, natural + 1.8 * min(count, 14))
        case Missions():
            return fixed(_missions(block, width))
        case Photo():
            natural = width * block.ratio + _lines(block.caption, "tiny", width, before=SPACE["before_base"])
            return Extent(natural * 0.7, natural, natural)
        case Note():
            return fixed(_note(block, width))
        case Signatories():
            lines = sum(text_height(line, TYPE["body"], width - 8) + 1.8 for line in block.lines)
            return fixed(_title(block.title, width) + lines)


def sized(block: Block, width: float, height: float) -> Block:
    """The block as it will be drawn there: charts and pictures take their own part of the height."""
    if isinstance(block, Chart):
        return replace(block, width=width, height=height - chart_frame(block, width))
    if isinstance(block, MapPanel):
        room = height - _map_words(block, width)
        scale = min(width / block.drawing.width, room / block.drawing.height)
        drawing = replace(block.drawing, width=block.drawing.width * scale, height=block.drawing.height * scale)
        return replace(block, drawing=drawing)
    if isinstance(block, Photo):
        room = height - _lines(block.caption, "tiny", width, before=SPACE["before_base"])
        return replace(block, width=width, height=room)
    return block


def _title(title: str, width: float) -> float:
    if not title:
        return 0.0
    return text_height(title, TYPE["title"], width, 700) + SPACE["after_title"]


def _lines(text: str, size: str, width: float, before: float = 0.0) -> float:
    return text_height(text, TYPE[size], width) + before if text else 0.0


def _prose(block: Prose, width: float) -> float:
    size = {"lead": "lead", "quote": "quote", "small": "small"}.get(block.style, "body")
    inset = SPACE["inset"] if block.style in ("zoom", "quote") else 0.0
    inner = width - 2 * inset
    heights = [text_height(plain(words), TYPE[size], inner) for words in block.paragraphs]
    between = SPACE["paragraph"] * (len(heights) - 1)
    byline = _lines(block.byline, "small", inner, before=SPACE["before_base"])
    return _title(block.title, inner) + sum(heights) + between + byline + 2 * inset


def _key_figures(block: KeyFigures, width: float) -> float:
    inner = (width - SPACE["card_gap"] * (block.across - 1)) / block.across
    rows = math.ceil(len(block.items) / block.across)
    tallest = max(card_height(block, rank, inner) for rank in range(len(block.items)))
    return _title(block.title, width) + rows * tallest + (rows - 1) * SPACE["card_gap"]


def card_height(block: KeyFigures, rank: int, width: float) -> float:
    """A card of key figures: number, label, comparison, base."""
    item = block.items[rank]
    inner = width - 2 * SPACE["card"] - 1.0
    heights = [
        lines_height(1, TYPE["number"]),
        text_height(plain(item.label), TYPE["body"], inner, 700),
        _lines(plain(item.detail), "small", inner),
        _lines(item.base, "tiny", inner),
    ]
    shown = [height for height in heights if height]
    return sum(shown) + 2.2 * (len(shown) - 1) + 2 * SPACE["card"] + 0.6


def chart_frame(block: Chart, width: float) -> float:
    """What stands above and below the drawing: title, subtitle, base, notes."""
    subtitle = plain(block.subtitle) + (" ▌ " + block.reference_label if block.reference_label else "")
    above = _title(block.title, width) + (
        _lines(subtitle, "small", width) + SPACE["after_subtitle"] if subtitle else 0.0
    )
    below = sum(_lines(words, "tiny", width, before=SPACE["before_base"]) for words in (block.base, *block.notes))
    return above + below


def _chart(block: Chart, width: float) -> Extent:
    frame = chart_frame(block, width)
    if block.form in ("bars", "positions"):
        label_width = label_column(block, width)
        lines = max(
            (len(wrapped(row.label, TYPE["small"], label_width)) for row in block.rows),
            default=1,
        )
        least = 4.4 if lines == 1 else 1.0 + lines * BAR_LABEL_LINE
        count = len(block.rows)
        return Extent(frame + count * least, frame + count * max(5.4, least), frame + count * max(10.0, least))
    if block.form == "parts":
        legend = parts_legend_rows(block, width) * 4.6
        return Extent(frame + 9 + legend, frame + 10 + legend, frame + 16 + legend)
    return Extent(frame + 30, frame + 44, frame + 70)


def label_column(block: Chart, width: float) -> float:
    """Millimetres left for the labels of bars: what the longest needs, at most a share of the width."""
    longest = max(text_width(row.label, TYPE["small"]) for row in block.rows)
    return min(longest + 1.5, width * LABEL_SHARE)


def parts_legend_rows(block: Chart, width: float) -> int:
    """Rows that the legend of a bar of parts needs."""
    rows, used = 1, 0.0
    for row in block.rows:
        needed = text_width(f"{row.label} {row.number.text}", TYPE["small"]) * 1.05 + 9.0
        if used and used + needed > width:
            rows, used = rows + 1, 0.0
        used += needed
    return rows


def _map(block: MapPanel, width: float) -> Extent:
    words = _map_words(block, width)
    largest = block.drawing.height * min(width / block.drawing.width, MAP_ENLARGED)
    natural = min(largest, 120.0)
    return Extent(words + min(72.0, natural), words + natural, words + min(largest, 170.0))


def _map_words(block: MapPanel, width: float) -> float:
    rows, used = 1, 0.0
    for entry in block.legend:
        needed = text_width(entry.label, TYPE["small"]) + 11.0
        if used and used + needed > width:
            rows, used = rows + 1, 0.0
        used += needed
    legend = 2.5 + rows * 4.4 if block.legend else 0.0
    return _title(block.title, width) + legend + _lines(block.caption, "tiny", width, before=SPACE["before_base"])


def register_row(block: Register) -> float:
    """Millimetres from one line of the list to the next."""
    return block.points * 0.3528 * 1.42


def _register(block: Register, width: float) -> float:
    tallest = (max(sum(rows for _, rows in column) for column in group) for group in register_columns(block, width))
    rows = sum(HEAD_ROWS + height for height in tallest) + GROUP_ROWS * (len(block.groups) - 1)
    return _title(block.title, width) + rows * register_row(block)


def register_columns(block: Register, width: float) -> list[list[list[tuple[int, int]]]]:
    """For each group, its entries in columns as short as can be: (rank of the entry, rows that it takes)."""
    inner = (width - REGISTER_GUTTER * (block.columns - 1)) / block.columns
    groups = []
    for group in block.groups:
        taken = [_entry_rows(block, name, commune, inner) for name, commune in group.entries]
        height = max(math.ceil(sum(taken) / block.columns), max(taken, default=1))
        while len(columns := _filled(taken, height)) > block.columns:
            height += 1
        groups.append(columns)
    return groups


def _entry_rows(block: Register, name: str, commune: str, width: float) -> int:
    """Lines of an entry: its commune is bold, its second line on stands in from the edge."""
    whole = f"{commune} {name}"
    room = width - text_width(commune, block.points, 700) + text_width(commune, block.points)
    return 1 if text_width(whole, block.points) <= room else len(wrapped(whole, block.points, room - HANGING))


def _filled(taken: Sequence[int], height: int) -> list[list[tuple[int, int]]]:
    """Entries one after the other in columns of that height."""
    columns: list[list[tuple[int, int]]] = [[]]
    used = 0
    for rank, rows in enumerate(taken):
        if used + rows > height:
            columns.append([])
            used = 0
        columns[-1].append((rank, rows))
        used += rows
    return columns


def _table(block: FigureTable, width: float) -> float:
    return _title(block.title, width) + table_head(block) + len(block.rows) * 6.6


def table_head(block: FigureTable) -> float:
    """Millimetres of the row of headers: two lines where columns share the width."""
    return 8.0 if block.lead and len(block.header) <= WIDE else 11.0


def _missions(block: Missions, width: float) -> float:
    inner = (width - 6.0 * (block.across - 1)) / block.across - (SPACE["pictogram"] + 3.5)
    heights = [
        text_height(item.title, TYPE["body"], inner, 700)
        + 2.0
        + text_height(plain(item.words), TYPE["small"] + 0.6, inner)
        for item in block.items
    ]
    rows = [max(heights[start : start + block.across]) for start in range(0, len(heights), block.across)]
    return _title(block.title, width) + sum(max(row, SPACE["pictogram"]) for row in rows) + 5.0 * (len(rows) - 1)


def _note(block: Note, width: float) -> float:
    told = " ".join(plain(words) for words in block.sentences)
    height = _title(block.title, width) + text_height(told, TYPE["small"], width)
    if block.reservations:
        height += 2.2 + text_height("Réserves du contrôle. " + " ".join(block.reservations), TYPE["small"], width)
    return height + 2.2 + lines_height(1, TYPE["small"])
