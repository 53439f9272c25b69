"""Vector drawings as SVG text, in tenths of a millimetre: the same drawing goes into the page and into the PDF."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from publication.drawing import palette

UNITS_PER_MM = 10
FAMILY = "Senacs Sans"


def units(millimetres: float) -> int:
    """Millimetres → drawing units."""
    return round(millimetres * UNITS_PER_MM)


def svg(width: float, height: float, body: Iterable[str]) -> str:
    """A whole drawing of that size in millimetres. Its text alternative is the renderings' business."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {units(width)} {units(height)}" '
        f'font-family="{FAMILY}">{"".join(body)}</svg>'
    )


def path_data(rings: Iterable[Sequence[tuple[float, float]]], *, closed: bool, grid: int = 1) -> str:
    """Rings in drawing units as compact path data; points fall on a grid, so that shared borders stay shared."""
    pieces = []
    for ring in rings:
        points: list[tuple[int, int]] = []
        for x, y in ring:
            point = (round(x / grid) * grid, round(y / grid) * grid)
            if not points or point != points[-1]:
                points.append(point)
        if len(points) < (4 if closed else 2):
            continue
        (x0, y0), steps = points[0], []
        for (xa, ya), (xb, yb) in pairwise(points):
            steps.append(f"{xb - xa} {yb - ya}")
        pieces.append(f"M{x0} {y0}l{' '.join(steps)}{'z' if closed else ''}".replace(" -", "-"))
    return "".join(pieces)


def path(data: str, *, fill: str = "none", stroke: str = "none", width: float = 0, dash: str = "") -> str:
    """A path; `width` in drawing units."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{data}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" stroke-linejoin="round"{dashes}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float, dash: str = "") -> str:
    """A straight line."""
    return path(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", stroke=stroke, width=width, dash=dash)


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float,
    fill: str,
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
) -> str:
    """A short text; `size` in drawing units. A `halo` keeps it legible over lines."""
    weight = ' font-weight="700"' if bold else ""
    if halo:
        weight += ' stroke="#ffffff" stroke-width="7" stroke-linejoin="round" paint-order="stroke"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{weight}>'
        f"{html.escape(content, quote=False)}</text>"
    )


def sign(shape: str, x: float, y: float, radius: float, fill: str, title: str = "", edge: str = "#fff") -> str:
    """A circle, triangle or square with an edge, white by default; `title` shows under the pointer on a page."""
    if shape == "circle":
        outline = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"'
        name = "circle"
    else:
        corners = 3 if shape == "triangle" else 4
        start = -math.pi / 2 if shape == "triangle" else -math.pi / 4
        reach = radius * (1.3 if shape == "triangle" else 1.25)
        angles = [start + 2 * math.pi * corner / corners for corner in range(corners)]
        outline = 'points="{}"'.format(
            " ".join(f"{x + reach * math.cos(a):.1f},{y + reach * math.sin(a):.1f}" for a in angles)
        )
        name = "polygon"
    label = f"<title>{html.escape(title, quote=False)}</title>" if title else ""
    return f'<{name} {outline} fill="{fill}" stroke="{edge}" stroke-width="3">{label}</{name}>'


def round_ceiling(value: float, steps: int) -> tuple[float, float]:
    """(top, step) of an axis from zero that holds `value` in at most `steps` round steps."""
    if value <= 0:
        return 1.0, 1.0
    rough = value / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return step * math.ceil(value / step - 1e-9), step


def gridline(x1: float, x2: float, y: float) -> str:
    """A light horizontal line of a chart."""
    return line(x1, y, x2, y, stroke=palette.RULE, width=2)
