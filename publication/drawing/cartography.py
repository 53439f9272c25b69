"""Maps: structures as signs on the communes of a département; a figure as shades over the country."""

from __future__ import annotations

import html
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publication.candidate import Structure
from publication.drawing import palette
from publication.drawing import svg as drawing
from publication.drawing.geography import Geography, Point, Ring, outer_lines

SIGN_RADIUS = 12.5
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Frame:
    """Where metres in Lambert 93 fall on a drawing: millimetres wide and high, north up."""

    west: float
    north: float
    scale: float
    width: float
    height: float
    margin: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Drawing units."""
        edge = drawing.units(self.margin)
        return edge + (x - self.west) * self.scale, edge + (self.north - y) * self.scale

    def rings(self, rings: Sequence[Ring]) -> list[Ring]:
        """The same for rings."""
        return [[self.point(x, y) for x, y in ring] for ring in rings]


def fitted(rings: Sequence[Ring], width: float, max_height: float, margin: float) -> Frame:
    """The largest frame for `rings` within that size; its height is what they need."""
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    inner_width, inner_height = width - 2 * margin, max_height - 2 * margin
    scale = min(inner_width / (east - west), inner_height / (north - south)) * drawing.UNITS_PER_MM
    shown_width = (east - west) * scale / drawing.UNITS_PER_MM + 2 * margin
    shown_height = (north - south) * scale / drawing.UNITS_PER_MM + 2 * margin
    return Frame(west, north, scale, shown_width, shown_height, margin)


@dataclass(frozen=True)
class StructureMap:
    """A drawn map, its size in millimetres, and how many structures it could not place."""

    svg: str
    width: float
    height: float
    unplaced: int


def structure_map(
    geography: Geography,
    departement: str,
    structures: Sequence[Structure],
    signs: Mapping[str, tuple[str, str]],
    width: float,
    max_height: float,
) -> StructureMap | None:
    """Structures on the communes of a département, each type with its (shape, colour); None overseas: no outlines.

    A structure stands at the point of its commune; several in one commune are spread around it in a spiral.
    """
    rings = geography.commune_rings(departement)
    if not rings:
        return None
    frame = fitted(rings, width, max_height, margin=3)
    border = outer_lines(rings)
    body = [
        drawing.path(
            drawing.path_data(frame.rings(rings), closed=True), fill=palette.LAND, stroke="#ffffff", width=2.2
        ),
        drawing.path(drawing.path_data(frame.rings(border), closed=False), stroke=palette.LAND_LINE, width=5),
    ]
    found, unplaced = placed(geography, frame, structures, SIGN_RADIUS)
    body.extend(marked(found, signs, SIGN_RADIUS))
    return StructureMap(drawing.svg(frame.width, frame.height, body), frame.width, frame.height, unplaced)


@dataclass(frozen=True)
class Sign:
    """A structure's sign on a drawing."""

    structure: Structure
    x: float
    y: float


def placed(
    geography: Geography, frame: Frame, structures: Sequence[Structure], radius: float
) -> tuple[list[Sign], int]:
    """(signs of the structures, number that could not be placed). Those of one commune are spread in a spiral."""
    by_place: dict[Point, list[Structure]] = defaultdict(list)
    unplaced = 0
    for structure in sorted(structures, key=lambda s: (s.structure_type, s.structure_id)):
        position = geography.position(structure.commune_code)
        if position is None:
            unplaced += 1
        else:
            by_place[position].append(structure)
    signs = []
    for position, inside in sorted(by_place.items()):
        x, y = frame.point(*position)
        for rank, structure in enumerate(inside):
            reach, turn = radius * 1.75 * math.sqrt(rank), rank * GOLDEN_ANGLE
            across = min(max(x + reach * math.cos(turn), radius), drawing.units(frame.width) - radius)
            down = min(max(y + reach * math.sin(turn), radius), drawing.units(frame.height) - radius)
            signs.append(Sign(structure, across, down))
    return signs, unplaced


def marked(signs: Sequence[Sign], tones: Mapping[str, tuple[str, str]], radius: float, edge: str = "#fff") -> list[str]:
    """The signs drawn, each type with its (shape, colour): first types and northern ones come over the others."""
    return [
        drawing.sign(
            tones[one.structure.structure_type][0], one.x, one.y, radius, tones[one.structure.structure_type][1],
            f"{one.structure.name} ({one.structure.commune_name})", edge,
        )
        for one in sorted(signs, key=lambda one: (one.structure.structure_type, one.y), reverse=True)
    ]  # fmt: skip


def shade_classes(values: Sequence[float], count: int) -> list[tuple[float, float]]:
    """At most `count` classes of about the same number of values, as (lowest, highest) of the values in each."""
    ordered = sorted(values)
    classes: list[tuple[float, float]] = []
    start = 0
    for rank in range(1, count + 1):
        end = round(len(ordered) * rank / count)
        while start < end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        if end > start:
            classes.append((ordered[start], ordered[end - 1]))
            start = end
    return classes


def country_map(
    geography: Geography,
    shades: Mapping[str, str],
    titles: Mapping[str, str],
    links: Mapping[str, str],
    width: float,
    max_height: float,
) -> tuple[str, float, float]:
    """(svg, width, height): every département, filled with its shade (code → colour) or as without data.

    `titles` show under the pointer and `links` are followed on a page; neither counts in a PDF.
    """
    outlines = geography.departements
    frame = fitted([ring for outline in outlines for ring in outline.rings], width, max_height, margin=2)
    body = []
    for outline in sorted(outlines, key=lambda o: (o.code in shades, o.code)):
        data = drawing.path_data(frame.rings(outline.rings), closed=True, grid=2)
        shape = drawing.path(data, fill=shades.get(outline.code, palette.NO_DATA), stroke="#a9b9bc", width=1.6)
        if outline.code in titles:
            title = html.escape(titles[outline.code], quote=False)
            shape = f"{shape[:-2]}><title>{title}</title></path>"
        if outline.code in links:
            shape = f'<a href="{html.escape(links[outline.code])}" tabindex="-1">{shape}</a>'
        body.append(shape)
    return drawing.svg(frame.width, frame.height, body), frame.width, frame.height
