"""Charts drawn by Vega (described with Altair), as SVG text in the vendored typeface.

A chart is drawn at its printed size: a unit is a point (1/72 inch). Everything that is written on it is already French,
but for the graduations of an axis, which Vega writes with the French locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from publication import palette
from publication.drawing import round_ceiling
from publication.french import NARROW_SPACE
from publication.plaquettes.measures import TYPE, label_column, parts_legend_rows
from publication.plaquettes.model import Chart, ChartRow
from publication.plaquettes.typeface import FONTS, MM_PER_POINT, text_width, wrapped
from publication.trend import Reading, runs_between_breaks

if TYPE_CHECKING:
    import altair as alt

FAMILY = "Senacs Sans"
TONE_OF_SIGN = {"CS": palette.TEAL, "EVS": palette.ORANGE, "": palette.INDIGO}
FRENCH = {"decimal": ",", "thousands": NARROW_SPACE, "grouping": [3], "currency": ["", f"{NARROW_SPACE}€"]}

_SPOKEN = re.compile(r' (?:aria-[a-z]+|role|aria-roledescription|class|pointer-events)="[^"]*"')
_EMPTY_SHAPE = re.compile(r'<path d="M[-0-9.,]+h0v0h0Z"/>|<g></g>')


@lru_cache(maxsize=2048)
def drawn(chart: Chart) -> str:
    """The chart as SVG. Its text alternative and its frame are the renderings' business."""
    layers, options = FORMS[chart.form](chart)
    return _svg(layers, chart.width, chart.height, **options)


@cache
def _engine() -> Any:
    """The Vega engine, with the vendored typeface registered once."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def _svg(
    layers: list[alt.Chart], width: float, height: float, *, left: float = 0.0, top: float = 0.0, bottom: float = 0.0
) -> str:
    import altair as alt

    inner = {"width": points(width) - left, "height": points(height) - top - bottom}
    whole = (
        alt.layer(*layers)
        .properties(**inner, autosize="none", background="transparent", padding={"left": left, "top": top, "right": 0, "bottom": bottom})
        .configure(font=FAMILY)
        .configure_view(stroke=None)
    )
    text: str = _engine().vegalite_to_svg(whole.to_dict(validate=False), format_locale=dict(FRENCH))
    body = _EMPTY_SHAPE.sub("", _SPOKEN.sub("", text[text.index(">") + 1 :]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {points(width):.2f} {points(height):.2f}" '
        f'font-family="{FAMILY}">{body}'
    )


def points(millimetres: float) -> float:
    """Millimetres → points."""
    return round(millimetres / MM_PER_POINT, 3)


Drawn = tuple[list[Any], dict[str, float]]


def _bars(chart: Chart) -> Drawn:
    import altair as alt

    width, pitch = points(chart.width), points(chart.height) / len(chart.rows)
    labels = label_column(chart, chart.width)
    left = points(labels) + 5
    right = width - points(max(text_width(row.number.text, TYPE["small"], 700) for row in chart.rows)) - 6
    thick = min(13.5, pitch * 0.62)
    tone = TONE_OF_SIGN[chart.sign]

    def across(value: float) -> float:
        return left + (right - left) * value / chart.longest

    rows = []
    for rank, row in enumerate(chart.rows):
        middle = pitch * (rank + 0.5)
        rows.append(
            {
                "top": middle - thick / 2, "bottom": middle + thick / 2, "middle": middle, "start": left,
                "end": across(row.value), "limit": right, "after": across(row.value) + 4,
                "number": row.number.text,
            }
        )  # fmt: skip
    data = alt.Data(values=rows)
    across_scale = alt.Scale(domain=[0, width], range=[0, width], nice=False, zero=False)
    down_scale = alt.Scale(domain=[0, pitch * len(rows)], range=[0, pitch * len(rows)], nice=False, zero=False)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", scale=across_scale, axis=None)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", scale=down_scale, axis=None)

    base = alt.Chart(data)
    bar = {"cornerRadius": 1.4}
    layers = [
        base.mark_rect(**bar, color=palette.PAPER_TINT).encode(x=x("start"), x2="limit", y=y("top"), y2="bottom"),
        base.mark_rect(**bar, color=tone).encode(x=x("start"), x2="end", y=y("top"), y2="bottom"),
    ]
    ticks = [
        {"at": across(row.reference_value), "top": pitch * (rank + 0.5) - thick / 2 - 1.6, "bottom": pitch * (rank + 0.5) + thick / 2 + 1.6}
        for rank, row in enumerate(chart.rows)
        if row.reference_value is not None
    ]
    if ticks:
        marks = alt.Chart(alt.Data(values=ticks)).encode(x=x("at"), y=y("top"), y2="bottom")
        layers += [marks.mark_rule(color="white", strokeWidth=3.6), marks.mark_rule(color=palette.INK, strokeWidth=2)]
    layers.append(
        alt.Chart(data)
        .mark_text(align="left", baseline="middle", fontSize=TYPE["small"], fontWeight=700, color=palette.INK, stroke=None)
        .encode(x=x("after" if not ticks else "limit_after"), y=y("middle"), text="number:N")
    )
    for row in rows:
        row["limit_after"] = right + 4
    layers += _row_labels(chart, labels, pitch, x, y)
    return layers, {}


def _row_labels(
    chart: Chart, labels: float, pitch: float, x: Callable[[str], Any], y: Callable[[str], Any]
) -> list[Any]:
    """Labels at the left of bars, on as many lines as they need, centred on their bar."""
    import altair as alt

    size = TYPE["small"]
    lines = [
        {"text": text, "at": points(labels), "y": pitch * (rank + 0.5) + (line - (len(broken) - 1) / 2) * size * 1.12}
        for rank, row in enumerate(chart.rows)
        for broken in [wrapped(row.label, size, labels + 0.5)]
        for line, text in enumerate(broken)
    ]
    return [
        alt.Chart(alt.Data(values=lines))
        .mark_text(align="right", baseline="middle", fontSize=size, color=palette.INK)
        .encode(x=x("at"), y=y("y"), text="text:N")
    ]


def _parts(chart: Chart) -> Drawn:
    import altair as alt

    legend = points(4.6)
    thick = points(chart.height) - parts_legend_rows(chart, chart.width) * legend - 3
    width, whole = points(chart.width), sum(row.value for row in chart.rows)
    segments, start = [], 0.0
    for rank, row in enumerate(chart.rows):
        if row.value <= 0:
            continue
        end = start + width * row.value / whole
        tone = palette.parts_of(chart.sign)[rank]
        segments.append(
            {
                "start": start, "end": max(end - 1.2, start + 0.4), "middle": (start + end) / 2, "tone": tone[0], "ink": tone[1],
                "number": row.number.text if end - start > points(text_width(row.number.text, TYPE["small"], 700)) + 6 else "",
            }
        )  # fmt: skip
        start = end
    scale = alt.Scale(domain=[0, width], range=[0, width], nice=False, zero=False)
    down = alt.Scale(domain=[0, 1000], range=[0, 1000], nice=False, zero=False)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", scale=scale, axis=None)

    base = alt.Chart(alt.Data(values=segments))
    plain_colour = {"scale": None, "legend": None}
    layers = [
        base.mark_rect(cornerRadius=1.4).encode(
            x=x("start"), x2="end", y=alt.YDatum(0, scale=down, axis=None), y2=alt.Y2Datum(thick),
            color=alt.Color("tone:N", **plain_colour),
        ),
        base.mark_text(baseline="middle", fontSize=TYPE["small"], fontWeight=700).encode(
            x=x("middle"), y=alt.YDatum(thick / 2, scale=down, axis=None), text="number:N",
            color=alt.Color("ink:N", **plain_colour),
        ),
    ]  # fmt: skip
    entries = _parts_legend(chart, thick + 3 + legend * 0.55, legend)
    marks = alt.Chart(alt.Data(values=entries)).encode(x=x("mark"), y=alt.Y("y:Q", scale=down, axis=None))
    layers += [
        marks.mark_square(size=52, opacity=1, stroke=palette.MUTED, strokeWidth=0.4).encode(
            color=alt.Color("tone:N", **plain_colour)
        ),
        marks.mark_text(align="left", baseline="middle", fontSize=TYPE["small"], color=palette.INK).encode(
            x=x("label_at"), text="label:N"
        ),
        marks.mark_text(align="left", baseline="middle", fontSize=TYPE["small"], fontWeight=700, color=palette.INK).encode(
            x=x("number_at"), text="number:N"
        ),
    ]
    return layers, {}


def _parts_legend(chart: Chart, top: float, pitch: float) -> list[dict[str, Any]]:
    entries, row, used = [], 0, 0.0
    for rank, part in enumerate(chart.rows):
        label = points(text_width(part.label, TYPE["small"]))
        needed = points(text_width(f"{part.label} {part.number.text}", TYPE["small"]) * 1.05 + 9.0)
        if used and used + needed > points(chart.width):
            row, used = row + 1, 0.0
        entries.append(
            {
                "mark": used + 4, "label_at": used + 11, "number_at": used + 11 + label + 3.4, "y": top + row * pitch,
                "tone": palette.parts_of(chart.sign)[rank][0], "label": part.label, "number": part.number.text,
            }
        )  # fmt: skip
        used += needed
    return entries


def _trend(chart: Chart) -> Drawn:
    import altair as alt

    tone = TONE_OF_SIGN[chart.sign]
    left, top, bottom = 30.0, 16.0, 15.0
    width, height = points(chart.width) - left, points(chart.height) - top - bottom
    years = sorted({row.year for row in chart.rows})
    highest, step = round_ceiling(max(row.value for row in chart.rows) * 1.05, 4)
    inset = min(width * 0.16, 36.0)
    beside = inset * (years[-1] - years[0]) / (width - 2 * inset)
    across = alt.Scale(domain=[years[0] - beside, years[-1] + beside], range=[0, width], nice=False, zero=False)
    down = alt.Scale(domain=[0, highest], range=[height, 0], nice=False)
    graduations = [step * rank for rank in range(round(highest / step) + 1)]
    big = highest >= 10_000
    axis_y = alt.Axis(
        values=graduations, domain=False, ticks=False, gridColor=palette.RULE, labelColor=palette.MUTED, title=None,
        labelFontSize=TYPE["small"], labelPadding=4, format=",.0f" if step >= 1 else ",.1f",
        labelExpr=f"format(datum.value / 1000, ',') + '{NARROW_SPACE}k{chart.unit}'" if big else alt.Undefined,
    )  # fmt: skip
    axis_x = alt.Axis(
        values=years, format="d", grid=False, domainColor=palette.MUTED, tickColor=palette.MUTED, tickSize=3, title=None,
        labelFontSize=TYPE["small"], labelColor=palette.INK, labelPadding=3, labelFlush=False,
    )  # fmt: skip
    x, y = alt.X("year:Q", scale=across, axis=axis_x), alt.Y("value:Q", scale=down, axis=axis_y)
    layers = []
    for year in chart.breaks:
        before = [known for known in years if known < year]
        if before and year <= years[-1]:
            middle = (before[-1] + min(known for known in years if known >= year)) / 2
            rule = alt.Chart(alt.Data(values=[{"year": middle}]))
            layers.append(rule.mark_rule(color=palette.MUTED, strokeDash=[3, 3], strokeWidth=1).encode(x=x))
    series = list(dict.fromkeys(row.series for row in chart.rows))
    for rank in reversed(range(len(series))):
        rows = [row for row in chart.rows if row.series == series[rank]]
        layers += _line(rows, chart.breaks, x, y, tone if rank == 0 else palette.MUTED, main=rank == 0)
    layers += _trend_labels(chart.rows, series[0], x, y, tone, highest / height)
    return layers, {"left": left, "top": top, "bottom": bottom}


def _line(rows: list[ChartRow], breaks: tuple[int, ...], x: Any, y: Any, tone: str, *, main: bool) -> list[Any]:
    """A series: a line for each stretch between breaks, then its points."""
    import altair as alt

    layers = []
    readings = [Reading(row.year, row.value, row.number.text) for row in rows]
    for stretch in runs_between_breaks(readings, breaks):
        if len(stretch) > 1:
            values = [{"year": reading.year, "value": reading.value} for reading in stretch]
            style = {"strokeWidth": 2.6} if main else {"strokeWidth": 1.6, "strokeDash": [5, 3]}
            layers.append(alt.Chart(alt.Data(values=values)).mark_line(color=tone, **style).encode(x=x, y=y))
    values = [{"year": reading.year, "value": reading.value} for reading in readings]
    shape, size = ("circle", 52) if main else ("square", 30)
    layers.append(
        alt.Chart(alt.Data(values=values))
        .mark_point(shape=shape, size=size, filled=True, opacity=1, color=tone, stroke="white", strokeWidth=1)
        .encode(x=x, y=y)
    )
    return layers


def _trend_labels(rows: tuple[ChartRow, ...], main: str, x: Any, y: Any, tone: str, per_point: float) -> list[Any]:
    """The values beside their points: the higher of a year above its point, the lower below."""
    import altair as alt

    values = []
    for year in sorted({row.year for row in rows}):
        here = sorted((row for row in rows if row.year == year), key=lambda row: row.value, reverse=True)
        for rank, row in enumerate(here):
            if 0 < rank < len(here) - 1:
                continue
            own = row.series == main
            away = 9 if rank == 0 else -11
            values.append(
                {"year": year, "value": row.value + away * per_point, "text": row.number.text,
                 "tone": tone if own else palette.MUTED, "own": own}
            )  # fmt: skip
    layers = []
    for own in (False, True):
        texts = alt.Chart(alt.Data(values=[value for value in values if value["own"] == own]))
        layers.append(
            texts.mark_text(fontSize=TYPE["small"], fontWeight=700 if own else 400, baseline="middle").encode(
                x=x, y=y, text="text:N", color=alt.Color("tone:N", scale=None, legend=None)
            )
        )
    return layers


FORMS: dict[str, Callable[[Chart], Drawn]] = {"bars": _bars, "parts": _parts, "trend": _trend}
