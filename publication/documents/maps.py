"""Map blocks: the structures of a département, a figure over the country."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.french import NARROW_SPACE, number, short_amount, typographic
from publication.documents.blocks import type_signs
from publication.documents.context import Context
from publication.documents.document import Drawing, LegendEntry, Map, plain
from publication.drawing import palette
from publication.drawing.cartography import country_map, shade_classes, structure_map

Spec = Mapping[str, Any]

LARGE = 10_000


def structures(context: Context, spec: Spec, width: float) -> Map | None:
    """Where the structures are; None for a territory without outlines or without structures."""
    inside = context.structures
    signs = type_signs(context)
    drawn = structure_map(context.geography, context.territory.code, inside, signs, width, spec["max_height"])
    if drawn is None or not inside:
        return None
    counts = Counter(structure.structure_type for structure in inside)
    present = [kind for kind in signs if counts[kind]]
    legend = tuple(LegendEntry(*signs[kind], typographic(context.edition.structure_types[kind])) for kind in present)
    caption = plain(context.sentence(spec["caption"]) or ())
    if drawn.unplaced:
        caption += typographic(f" Non placées, faute de commune connue : {number(drawn.unplaced, 0)}.")
    alt = plain(context.sentence(spec["alt"]) or ())
    return Map(Drawing(drawn.svg, drawn.width, drawn.height, alt), legend, caption)


def country(context: Context, spec: Spec, width: float) -> Map | None:
    """A figure by territory of a level, shaded in classes of about the same size."""
    types, indicators = spec["figure"].split(":")
    edition = context.edition
    found = {
        territory.code: (territory.name, figure)
        for territory in edition.territories_of(spec["level"])
        if (figure := context.figure_of(territory, types, indicators)) is not None
    }
    if not found:
        return None
    told = {code: float(figure.value) for code, (_, figure) in found.items() if figure.value is not None}
    classes = shade_classes(list(told.values()), len(palette.SCALE))
    tones = [
        palette.SCALE[round(rank * (len(palette.SCALE) - 1) / max(len(classes) - 1, 1))] for rank in range(len(classes))
    ]
    if len(classes) == 1:
        tones = [palette.SCALE[2]]
    shades, titles = {}, {}
    for code, (name, figure) in found.items():
        ranks = (rank for rank, (low, high) in enumerate(classes) if low <= told.get(code, math.nan) <= high)
        shades[code] = next((tones[rank] for rank in ranks), palette.CONFIDENTIAL)
        titles[code] = f"{name} : {context.quantity(figure)}"
    withheld = {edition.territories[name].code for name in context.gate.withheld if name in edition.territories}
    links = (
        {}
        if not spec.get("links", True)
        else {code: context.names["link"].replace("{code}", code) + ".html" for code in found if code not in withheld}
    )
    svg, drawn_width, height = country_map(context.geography, shades, titles, links, width, spec["max_height"])
    shown = next(iter(found.values()))[1]
    legend = [
        LegendEntry("square", tone, _class_label(low, high, shown.decimals, context.house.symbols.get(shown.unit, "")))
        for tone, (low, high) in zip(tones, classes, strict=True)
    ]
    if len(told) < len(found):
        words = f"{context.house.confidential} : {context.house.confidential_short}"
        legend.append(LegendEntry("square", palette.CONFIDENTIAL, typographic(words)))
    if len(found) < len(context.geography.departements):
        legend.append(LegendEntry("square", palette.NO_DATA, typographic(spec["none"])))
    spoken = f"{NARROW_SPACE}; ".join(
        f"{name} {context.quantity(figure)}" for _, (name, figure) in sorted(found.items())
    )
    title = plain(context.sentence(spec["caption"]) or ())
    alt = f"{title.rstrip('.')}{NARROW_SPACE}: {typographic(spoken)}."
    return Map(Drawing(svg, drawn_width, height, alt), tuple(legend), title)


def _class_label(low: float, high: float, decimals: int, symbol: str) -> str:
    """A class by its ends; large amounts in thousands or millions."""
    if symbol and min(low, high) >= LARGE:
        shown = [short_amount(low, symbol), short_amount(high, symbol)]
        return " à ".join(dict.fromkeys(shown))
    words = " à ".join(dict.fromkeys([number(low, decimals), number(high, decimals)]))
    return f"{words}{NARROW_SPACE}{symbol}" if symbol else words
