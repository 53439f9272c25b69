"""Charts at their printed size, as SVG in the vendored typeface. A unit is a point (1/72 inch)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from core.french import number, short_amount
from publication.drawing import palette
from publication.drawing.svg import round_ceiling
from publication.drawing.trend import Reading, runs_between_breaks
from publication.plaquettes.canvas import Canvas
from publication.plaquettes.measures import TYPE, label_column, parts_legend_rows
from publication.plaquettes.model import Chart, ChartRow
from publication.plaquettes.typeface import MM_PER_POINT, text_width, wrapped

TONE_OF_SIGN = {"CS": palette.TEAL, "EVS": palette.ORANGE, "": palette.INDIGO}
SMALL = TYPE["small"]
LEGEND_PITCH_MM = 4.6
THOUSANDS_FROM = 10_000
STEEP = 0.25
"""Slope of a line from which a label over its point would be crossed."""


@lru_cache(maxsize=4096)
def drawn(chart: Chart) -> str:
    """The chart as SVG. Its text alternative and its frame are the renderings' business."""
    canvas = Canvas(points(chart.width), points(chart.height))
    FORMS[chart.form](chart, canvas)
    return canvas.svg()


def points(millimetres: float) -> float:
    """Millimetres → points."""
    return round(millimetres / MM_PER_POINT, 2)


def _width(text: str, *, bold: bool = False) -> float:
    return points(text_width(text, SMALL, 700 if bold else 400))


def _bars(chart: Chart, canvas: Canvas) -> None:
    """A bar for each row on a pale track, hatched for a confidential number, which stands at the right; a tick where
    the level of reference stands."""
    pitch = canvas.height / len(chart.rows)
    thick = min(15.0, pitch * 0.6)
    labels = points(label_column(chart, chart.width))
    left = labels + 5
    right = canvas.width - max(_width(row.number.text, bold=True) for row in chart.rows) - 5

    def across(value: float) -> float:
        return left + (right - left) * value / chart.longest

    for rank, row in enumerate(chart.rows):
        middle = pitch * (rank + 0.5)
        canvas.bar(left, middle - thick / 2, right, middle + thick / 2, palette.PAPER_TINT)
        if row.value is None:
            canvas.hatch(left, middle - thick / 2, right, middle + thick / 2)
        elif row.value > 0:
            canvas.bar(left, middle - thick / 2, across(row.value), middle + thick / 2, TONE_OF_SIGN[chart.sign])
        if row.reference_value is not None:
            at, reach = across(row.reference_value), thick / 2 + 1.6
            canvas.rule(at, middle - reach, at, middle + reach, "#ffffff", 3.6)
            canvas.rule(at, middle - reach, at, middle + reach, palette.INK, 2.0)
        canvas.text(right + 5, middle, row.number.text, SMALL, palette.INK, bold=True)
        lines = wrapped(row.label, SMALL, labels * MM_PER_POINT + 0.5)
        for line, words in enumerate(lines):
            y = middle + (line - (len(lines) - 1) / 2) * SMALL * 1.12
            canvas.text(labels, y, words, SMALL, palette.INK, align="right")


def _parts(chart: Chart, canvas: Canvas) -> None:
    """One bar cut in parts, numbers inside where there is room, and a legend with every number. What is left to the
    confidential parts is hatched."""
    legend = points(LEGEND_PITCH_MM)
    thick = canvas.height - parts_legend_rows(chart, chart.width) * legend - 3
    start = 0.0
    for row, (tone, ink) in zip(chart.rows, palette.parts_of(chart.sign), strict=False):
        if not row.value or row.value <= 0:
            continue
        end = start + canvas.width * row.value / chart.longest
        canvas.bar(start, 0, max(end - 1.2, start + 0.4), thick, tone)
        if end - start > _width(row.number.text, bold=True) + 6:
            canvas.text((start + end) / 2, thick / 2, row.number.text, SMALL, ink, align="center", bold=True)
        start = end
    if any(row.value is None for row in chart.rows) and start < canvas.width - 1:
        canvas.hatch(start, 0, canvas.width, thick)
    _parts_legend(chart, canvas, thick + 3 + legend * 0.55, legend)


def _parts_legend(chart: Chart, canvas: Canvas, top: float, pitch: float) -> None:
    row, used = 0, 0.0
    for part, (tone, _) in zip(chart.rows, palette.parts_of(chart.sign), strict=False):
        needed = points(text_width(f"{part.label} {part.number.text}", SMALL) * 1.05 + 9.0)
        if used and used + needed > canvas.width:
            row, used = row + 1, 0.0
        y = top + row * pitch
        if part.value is None:
            canvas.hatch(used, y - 3.6, used + 7.2, y + 3.6)
        else:
            canvas.bar(used, y - 3.6, used + 7.2, y + 3.6, tone)
        canvas.text(used + 11, y, part.label, SMALL, palette.INK)
        canvas.text(used + 14.4 + _width(part.label), y, part.number.text, SMALL, palette.INK, bold=True)
        used += needed


def _trend(chart: Chart, canvas: Canvas) -> None:
    """Lines over the years, spaced as they are in time; a dashed upright marks each break, which no line crosses."""
    left, top, bottom = 30.0, 16.0, 15.0
    years = sorted({row.year for row in chart.rows})
    told = [row.value for row in chart.rows if row.value is not None]
    highest, step = round_ceiling(max(told, default=0.0) * 1.05 or 1.0, 4)
    inset = min((canvas.width - left) * 0.16, 36.0)
    low = canvas.height - bottom

    def across(year: float) -> float:
        room = canvas.width - left - 2 * inset
        return left + inset + room * (year - years[0]) / max(years[-1] - years[0], 1)

    def down(value: float) -> float:
        return low - (low - top) * value / highest

    for rank in range(round(highest / step) + 1):
        value = step * rank
        canvas.rule(left, down(value), canvas.width, down(value), palette.MUTED if not rank else palette.RULE, 0.7)
        canvas.text(left - 5, down(value), _graduation(value, step, chart.unit), SMALL, palette.MUTED, align="right")
    for year in years:
        canvas.rule(across(year), low, across(year), low + 3, palette.MUTED, 0.7)
        canvas.text(across(year), low + 10, str(year), SMALL, palette.INK, align="center")
    for year in chart.breaks:
        before = [known for known in years if known < year]
        if before and year <= years[-1]:
            middle = across((before[-1] + min(known for known in years if known >= year)) / 2)
            canvas.rule(middle, top - 6, middle, low, palette.MUTED, 1.0, dashed=True)
    series = list(dict.fromkeys(row.series for row in chart.rows))
    for rank in reversed(range(len(series))):
        rows = [row for row in chart.rows if row.series == series[rank]]
        tone = palette.MUTED if rank else TONE_OF_SIGN[chart.sign]
        _line(canvas, rows, chart.breaks, across, down, tone, main=not rank)
    _trend_labels(canvas, chart.rows, series[0], across, down, TONE_OF_SIGN[chart.sign])


def _graduation(value: float, step: float, unit: str) -> str:
    if value >= THOUSANDS_FROM:
        return short_amount(value, unit)
    return number(value, 0 if step == int(step) else 1)


Scale = Callable[[float], float]


def _line(
    canvas: Canvas, rows: list[ChartRow], breaks: tuple[int, ...], across: Scale, down: Scale, tone: str, *, main: bool
) -> None:
    """A series: a line for each stretch between breaks, then its points."""
    for stretch in runs_between_breaks([Reading(row.year, row.value, "") for row in rows], breaks):
        if len(stretch) > 1:
            places = [(across(r.year), down(r.value)) for r in stretch if r.value is not None]
            canvas.line(places, tone, 2.6 if main else 1.6, dashed=not main)
    for row in rows:
        if row.value is None:
            continue
        canvas.point(across(row.year), down(row.value), "circle" if main else "square", 54 if main else 32, tone)


def _trend_labels(canvas: Canvas, rows: tuple[ChartRow, ...], main: str, across: Scale, down: Scale, tone: str) -> None:
    """The values beside their points: the highest of a year above its point, the lowest below. The sign of a
    confidential one of the main series stands on the axis."""
    for year in sorted({row.year for row in rows}):
        here = [row for row in rows if row.year == year and (row.value is not None or row.series == main)]
        here.sort(key=lambda row: row.value or 0.0, reverse=True)
        for rank, row in enumerate(here):
            if 0 < rank < len(here) - 1:
                continue
            own = row.series == main
            if row.value is None:
                canvas.text(across(year), down(0) - 7, row.number.text, SMALL, tone, align="center", bold=True)
                continue
            y = down(row.value) + (-9.5 if rank == 0 else 11.5)
            fill = tone if own else palette.MUTED
            line = [(o.year, o.value) for o in rows if o.series == row.series and o.value is not None]
            aside = _aside(line, (row.year, row.value), across, down, above=rank == 0)
            x = across(year) - aside * _width(row.number.text, bold=own) * 0.42
            canvas.text(x, y, row.number.text, SMALL, fill, align="center", bold=own)


def _aside(line: list[tuple[int, float]], place: tuple[int, float], across: Scale, down: Scale, *, above: bool) -> int:
    """Where a label stands clear of its own line: 1 at the left of its point, -1 at the right, 0 over or under it."""
    side = 1 if above else -1

    def climb(start: tuple[int, float], end: tuple[int, float]) -> float:
        return side * (down(start[1]) - down(end[1])) / max(across(end[0]) - across(start[0]), 1.0)

    earlier = [other for other in sorted(line) if other[0] < place[0]][-1:]
    later = [other for other in sorted(line) if other[0] > place[0]][:1]
    leaves = any(climb(place, other) > STEEP for other in later)
    arrives = any(climb(other, place) < -STEEP for other in earlier)
    return int(leaves) - int(arrives)


def _positions(chart: Chart, canvas: Canvas) -> None:
    """On each row's own scale: the middle half of the group, its median, and a point for the structure."""
    pitch = canvas.height / len(chart.rows)
    labels = points(label_column(chart, chart.width))
    left = labels + 8
    right = canvas.width - max(_width(row.number.text, bold=True) for row in chart.rows) - 10
    for rank, row in enumerate(chart.rows):
        middle = pitch * (rank + 0.5)
        canvas.bar(left, middle - 3, right, middle + 3, palette.PAPER_TINT)
        if row.middle is not None:
            low, high = (left + (right - left) * share for share in row.middle)
            canvas.bar(low, middle - 5, max(high, low + 1), middle + 5, palette.SCALE[1])
        if row.reference_value is not None:
            at = left + (right - left) * row.reference_value
            canvas.rule(at, middle - 6.5, at, middle + 6.5, palette.INK, 1.6)
        canvas.point(left + (right - left) * (row.value or 0.0), middle, "circle", 78, palette.RUST)
        canvas.text(labels, middle, row.label, SMALL, palette.INK, align="right")
        canvas.text(right + 10, middle, row.number.text, SMALL, palette.RUST, bold=True)


FORMS: dict[str, Callable[[Chart, Canvas], None]] = {
    "bars": _bars,
    "parts": _parts,
    "trend": _trend,
    "positions": _positions,
}
