"""The drawing of a trend: lines over the years, cut where a series breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publication.drawing import palette
from publication.drawing import svg as drawing

LABEL_SIZE = 28

Scale = Callable[[float], float]
LEFT, RIGHT, TOP, BOTTOM = 12.0, 2.0, 4.0, 6.0


@dataclass(frozen=True)
class Reading:
    """A value of a series in a year, None where it is confidential; `label` is how it is published."""

    year: int
    value: float | None
    label: str


@dataclass(frozen=True)
class Series:
    """Readings by year. The main series is a full line with its values written; the others are dashed."""

    name: str
    readings: tuple[Reading, ...]
    main: bool
    tone: str


def runs_between_breaks(readings: Sequence[Reading], breaks: Sequence[int]) -> list[list[Reading]]:
    """The readings in stretches that may be joined by a line: a break is the first year of a new stretch, and no line
    passes over a confidential value."""
    stretches: list[list[Reading]] = [[]]
    for reading in sorted(readings, key=lambda r: r.year):
        if reading.value is None:
            stretches.append([])
            continue
        previous = stretches[-1][-1].year if stretches[-1] else None
        if previous is not None and any(previous < year <= reading.year for year in breaks):
            stretches.append([])
        stretches[-1].append(reading)
    return [stretch for stretch in stretches if stretch]


def trend_svg(
    series: Sequence[Series], breaks: Sequence[int], width: float, height: float, graduated: Callable[[float], str]
) -> str:
    """The lines; years are spaced as they are in time, and a dashed upright marks each break, which no line crosses.

    `graduated` writes a graduation of the axis.
    """
    readings = [reading for one in series for reading in one.readings]
    years = sorted({reading.year for reading in readings})
    told = [reading.value for reading in readings if reading.value is not None]
    top, step = drawing.round_ceiling(max(told, default=0.0) * 1.08 or 1.0, 4)
    left, right = drawing.units(LEFT), drawing.units(width - RIGHT)
    high, low = drawing.units(TOP), drawing.units(height - BOTTOM)
    span = max(years[-1] - years[0], 1)

    inset = max(drawing.units(5), LABEL_SIZE * 0.3 * max(len(reading.label) for reading in readings) + 8)

    def across(year: float) -> float:
        return left + inset + (year - years[0]) * (right - left - 2 * inset) / span

    def down(value: float) -> float:
        return low - value * (low - high) / top

    body = []
    graduation = 0.0
    while graduation <= top + step / 1000:
        body.append(drawing.gridline(left, right, down(graduation)))
        body.append(
            drawing.text(
                left - 12,
                down(graduation) + 10,
                graduated(graduation),
                size=LABEL_SIZE,
                fill=palette.MUTED,
                anchor="end",
            )
        )
        graduation += step
    body.extend(
        drawing.text(across(year), low + 42, str(year), size=LABEL_SIZE, fill=palette.INK, anchor="middle")
        for year in years
    )
    for year in breaks:
        before = [known for known in years if known < year]
        if before and year <= years[-1]:
            middle = (across(before[-1]) + across(min(known for known in years if known >= year))) / 2
            body.append(drawing.line(middle, high, middle, low, stroke=palette.MUTED, width=3, dash="9 8"))
    for one in sorted(series, key=lambda s: s.main):
        body.extend(_series(one, breaks, across, down))
    body.extend(_labels(series, across, down))
    return drawing.svg(width, height, body)


def _series(one: Series, breaks: Sequence[int], across: Scale, down: Scale) -> list[str]:
    pieces = []
    for stretch in runs_between_breaks(one.readings, breaks):
        points = [(across(reading.year), down(reading.value)) for reading in stretch if reading.value is not None]
        if len(points) > 1:
            data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            width, dash = (9, "") if one.main else (6, "16 10")
            pieces.append(drawing.path(data, stroke=one.tone, width=width, dash=dash))
    for reading in one.readings:
        if reading.value is None:
            continue
        shape, radius = ("circle", 12) if one.main else ("square", 9)
        pieces.append(drawing.sign(shape, across(reading.year), down(reading.value), radius, one.tone))
    return pieces


def _labels(series: Sequence[Series], across: Scale, down: Scale) -> list[str]:
    """The published values beside their points: the highest of a year above it, the lowest of several below."""
    pieces = []
    for year in sorted({reading.year for one in series for reading in one.readings}):
        here = sorted(
            (
                (reading.value or 0.0, one.main, reading.label, one.tone)
                for one in series
                for reading in one.readings
                if reading.year == year and (reading.value is not None or one.main)
            ),
            reverse=True,
        )
        for rank, (value, main, label, tone) in enumerate(here):
            if 0 < rank < len(here) - 1:
                continue
            y = down(value) - 22 if rank == 0 else down(value) + 40
            pieces.append(
                drawing.text(across(year), y, label, size=LABEL_SIZE, fill=tone, anchor="middle", bold=main, halo=True)
            )
    return pieces
