"""What charts are drawn on: marks in points, turned into SVG by Vega.

The stencil below is an Altair chart whose layers take positions, sizes and colours as they are. It is compiled once;
each chart only gives it data, which is some five times faster than compiling a chart of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from publication.drawing import palette
from publication.plaquettes.typeface import FONTS

if TYPE_CHECKING:
    import altair as alt

FAMILY = "Senacs Sans"
Align = Literal["left", "center", "right"]

_SPOKEN = re.compile(r' (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"')
_LONG_DECIMALS = re.compile(r"(\d+\.\d{2})\d+")
_NOTHING = re.compile(r'<path d="M[-0-9.,]+h0v0h0Z"/>|<g></g>|<path d="[^"]*"/>')

Row = dict[str, Any]

HATCH_PITCH = 5.0
"""Points between the lines of a hatched rectangle."""


@dataclass
class Canvas:
    """Marks gathered by kind, in the order in which kinds are drawn: bars, rules, lines, points, texts."""

    width: float
    height: float
    marks: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def bar(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        """A rectangle with slightly rounded corners."""
        self.marks["bars"].append({"x": left, "y": top, "x2": right, "y2": bottom, "fill": fill})

    def hatch(self, left: float, top: float, right: float, bottom: float) -> None:
        """A rectangle of slanted lines: something is there, and how much is not told."""
        self.bar(left, top, right, bottom, palette.CONFIDENTIAL_TINT)
        rise = bottom - top
        for rank in range(1, int((right - left + rise) / HATCH_PITCH) + 1):
            foot = left + rank * HATCH_PITCH
            start, end = max(foot - rise, left), min(foot, right)
            if start < end:
                self.rule(start, top + foot - start, end, top + foot - end, palette.CONFIDENTIAL, 0.9)

    def rule(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float, *, dashed: bool = False
    ) -> None:
        """A straight line."""
        kind = "dashed_rules" if dashed else "rules"
        self.marks[kind].append({"x": x1, "y": y1, "x2": x2, "y2": y2, "stroke": stroke, "width": width})

    def line(self, places: list[tuple[float, float]], stroke: str, width: float, *, dashed: bool = False) -> None:
        """A broken line through places."""
        kind = "dashed_lines" if dashed else "lines"
        name = len(self.marks[kind])
        self.marks[kind] += [{"x": x, "y": y, "name": name, "stroke": stroke, "width": width} for x, y in places]

    def point(self, x: float, y: float, shape: str, area: float, fill: str) -> None:
        """A filled shape with a white edge; `shape` as Vega names it."""
        self.marks["points"].append({"x": x, "y": y, "shape": shape, "area": area, "fill": fill})

    def text(
        self, x: float, y: float, words: str, size: float, fill: str, *, align: Align = "left", bold: bool = False
    ) -> None:
        """A line of text, centred on `y`."""
        self.marks[f"{align}_{'bold' if bold else 'plain'}"].append(
            {"x": x, "y": y, "words": words, "size": size, "fill": fill}
        )

    def svg(self) -> str:
        """The drawing. Its text alternative is the renderings' business."""
        drawn: str = _engine().vega_to_svg(self._specification())
        body = _NOTHING.sub("", _SPOKEN.sub("", drawn[drawn.index(">") + 1 :]))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.2f} {self.height:.2f}" '
            f'font-family="{FAMILY}">{_LONG_DECIMALS.sub(_shortened, body)}'
        )

    def _specification(self) -> dict[str, Any]:
        """The stencil with the marks as data, without the layers that have none: each would be compiled for nothing."""
        stencil = _stencil()
        shown = [rank for rank, name in enumerate(LAYERS) if self.marks.get(name)]
        names = {LAYERS[rank] for rank in shown}
        tables = [
            {**table, "values": self.marks[table["name"]]} if table["name"] in names else table
            for table in stencil["data"]
            if table["name"] in names or table.get("source") in names
        ]
        layers = [stencil["marks"][rank] for rank in shown]
        return {**stencil, "width": self.width, "height": self.height, "data": tables, "marks": layers}


def _shortened(found: re.Match[str]) -> str:
    return found.group(1)


@cache
def _engine() -> Any:
    """The Vega engine, with the vendored typeface registered once."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


@cache
def _stencil() -> dict[str, Any]:
    """The Vega specification of an empty chart with a named table per kind of mark."""
    import altair as alt

    chart = (
        alt.layer(*(_layer(name) for name in LAYERS))
        .resolve_scale(color="independent", shape="independent", size="independent", strokeWidth="independent")
        .properties(width=1, height=1, padding=0, background="transparent")
        .configure(font=FAMILY)
        .configure_view(stroke=None)
    )
    specification = chart.to_dict()
    specification["autosize"] = "none"
    compiled: dict[str, Any] = _engine().vegalite_to_vega(specification)
    for layer in compiled["marks"]:
        for mark in layer.get("marks", [layer]):
            mark["encode"]["update"].pop("description", None)
    return compiled


def _layer(name: str) -> alt.Chart:
    import altair as alt

    kind, _, way = name.partition("_")
    base = alt.Chart(alt.NamedData(name=name)).encode(x=_as_it_is("X", "x"), y=_as_it_is("Y", "y"))
    if name == "bars":
        return base.mark_rect(cornerRadius=1.4).encode(x2="x2:Q", y2="y2:Q", color=_as_it_is("Color", "fill"))
    if name.endswith("rules"):
        dash = [3, 3] if kind == "dashed" else [1, 0]
        return base.mark_rule(strokeDash=dash).encode(
            x2="x2:Q", y2="y2:Q", color=_as_it_is("Color", "stroke"), strokeWidth=_as_it_is("StrokeWidth", "width")
        )
    if name.endswith("lines"):
        dash = [5, 3] if kind == "dashed" else [1, 0]
        return base.mark_line(strokeDash=dash).encode(
            detail="name:N", color=_as_it_is("Color", "stroke"), strokeWidth=_as_it_is("StrokeWidth", "width")
        )
    if name == "points":
        return base.mark_point(filled=True, opacity=1, stroke="white", strokeWidth=1).encode(
            color=_as_it_is("Color", "fill"), shape=_as_it_is("Shape", "shape"), size=_as_it_is("Size", "area")
        )
    return base.mark_text(align=ALIGN[kind], baseline="middle", fontWeight=700 if way == "bold" else 400).encode(
        text="words:N", color=_as_it_is("Color", "fill"), size=_as_it_is("Size", "size")
    )


def _as_it_is(channel: str, name: str) -> Any:
    """An encoding without a scale: the value is a position in points, a colour, a size."""
    import altair as alt

    plain = {"axis": None} if channel in "XY" else {"legend": None}
    measured = "N" if name in ("fill", "stroke", "shape") else "Q"
    return getattr(alt, channel)(f"{name}:{measured}", scale=None, **plain)


ALIGN: dict[str, Align] = {"left": "left", "center": "center", "right": "right"}
LAYERS = (
    "bars",
    "rules",
    "dashed_rules",
    "dashed_lines",
    "lines",
    "points",
    *(f"{align}_{weight}" for align in ALIGN for weight in ("plain", "bold")),
)
