"""The curve of the answers received day after day, beside the campaign before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.french import MONTHS, NARROW_SPACE, long_date, number
from publication.drawing import palette
from publication.drawing import svg as drawing

WIDTH, HEIGHT = 300.0, 50.0
LEFT, RIGHT, TOP, BOTTOM = 100, 90, 30, 60
DATES = 6
Points = Sequence[Mapping[str, Any]]


def arrivals_chart(arrivals: Points, campaign: int) -> dict[str, Any] | None:
    """svg, alt, and the campaign before it compares with (None: there is none); None before the first answer.

    `arrivals` as in `FollowUp`. Both curves start on the day of their first answer: the pace is compared, not the
    calendar.
    """
    now = [point for point in arrivals if point["campaign"] == campaign]
    before = [point for point in arrivals if point["campaign"] != campaign]
    if not now:
        return None
    days = max(_days(line) for line in (now, before) if line)
    body = [*_axes(now[0]["day"], days)]
    if before:
        body.append(drawing.path(_steps(before, days), stroke=palette.ORANGE, width=5, dash="14 10"))
    body.append(drawing.path(_steps(now, days), stroke=palette.TEAL, width=10))
    last = now[-1]
    body.append(
        drawing.text(
            _x(_days(now), days) - 6, _y(last["rate"]) - 12, f"{number(last['rate'], 0)}{NARROW_SPACE}%",
            size=34, fill=palette.DEEP_TEAL, anchor="end", bold=True, halo=True,
        )
    )  # fmt: skip
    told = " ; ".join(
        f"{long_date(point['day'])}, {number(point['responded'], 0)} soit {number(point['rate'], 0)}{NARROW_SPACE}%"
        for point in now
    )
    return {
        "svg": drawing.svg(WIDTH, HEIGHT, body),
        "alt": f"Structures sollicitées qui avaient répondu{NARROW_SPACE}: {told}.",
        "before": before[0]["campaign"] if before else None,
    }


def _days(line: Points) -> int:
    """From the first answer to the day after the last one, so that a single day has a width."""
    return (line[-1]["day"] - line[0]["day"]).days + 1


def _x(day: int, days: int) -> float:
    return LEFT + day * (drawing.units(WIDTH) - LEFT - RIGHT) / days


def _y(rate: float) -> float:
    bottom = drawing.units(HEIGHT) - BOTTOM
    return bottom - min(rate, 100) * (bottom - TOP) / 100


def _steps(line: Points, days: int) -> str:
    """What had come stays: a stair."""
    first = line[0]["day"]
    data = f"M{_x(0, days):.1f} {_y(0):.1f}"
    for point in line:
        data += f"H{_x((point['day'] - first).days, days):.1f}V{_y(point['rate']):.1f}"
    return f"{data}H{_x(_days(line), days):.1f}"


def _axes(first: dt.date, days: int) -> Iterator[str]:
    for rate in (0, 50, 100):
        yield drawing.gridline(LEFT, drawing.units(WIDTH) - RIGHT, _y(rate))
        words = f"{rate}{NARROW_SPACE}%"
        yield drawing.text(LEFT - 12, _y(rate) + 10, words, size=28, fill=palette.MUTED, anchor="end")
    for rank in sorted({round(days * step / DATES) for step in range(DATES + 1)}):
        day = first + dt.timedelta(days=rank)
        words = f"{day.day}\u00a0{MONTHS[day.month - 1]}"
        yield drawing.text(
            _x(rank, days), drawing.units(HEIGHT) - 14, words, size=28, fill=palette.MUTED, anchor="middle"
        )
