"""Charts: builders from a plan's block to a document's block. Bars and shares stay data; a trend is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.french import NARROW_SPACE, number, short_amount, typographic
from publication.candidate import Figure
from publication.documents.context import Context
from publication.documents.document import Bar, Bars, Drawing, LegendEntry, Part, Runs, Shares, Trend, plain
from publication.drawing import palette
from publication.drawing.trend import Reading, Series, trend_svg

TREND_HEIGHT = 38.0

Spec = Mapping[str, Any]


def shares(context: Context, spec: Spec, width: float) -> Shares | None:
    """The parts of a whole as one bar. Parts that nobody named stay in the legend with their zero; confidential ones
    are what the others leave, in one stretch."""
    found = context.breakdown(spec["types"], spec["indicators"])
    drawn = drawn_parts([figure for _, figure in found])
    if drawn is None:
        return None
    parts = tuple(
        Part(label, context.run(figure, strong=True), percent, rank % len(palette.TONES))
        for rank, ((label, figure), percent) in enumerate(zip(found, drawn.percents, strict=True))
    )
    title = plain(context.sentence(spec["title"]) or ())
    return Shares(
        title=title,
        subtitle=_subtitle(context, spec),
        parts=parts,
        hidden_percent=drawn.hidden,
        base=context.base([figure for _, figure in found]),
        alt=_listed(title, [(part.label, part.number.text) for part in parts]),
    )


def bars(context: Context, spec: Spec, width: float) -> Bars | None:
    """Bars in the order of the list, or from the longest on; a tick marks the same figure at the level of reference."""
    found = context.breakdown(spec["types"], spec["indicators"])
    if all(figure.value == 0 for _, figure in found):
        return None
    level = spec.get("reference", "")
    pairs = [
        (
            label,
            figure,
            context.figure(figure.structure_type, figure.indicator, figure.breakdown, level) if level else None,
        )
        for label, figure in found
    ]
    if spec.get("order") == "value":
        pairs.sort(key=lambda pair: longest_first(pair[1]))
    longest = longest_of([figure for _, *both in pairs for figure in both], whole=spec.get("scale") == "whole")
    shown = tuple(
        Bar(
            label,
            context.run(figure, strong=True),
            _percent(figure, longest) or 0.0,
            context.run(other) if other else None,
            _percent(other, longest),
        )
        for label, figure, other in pairs
    )
    title = plain(context.sentence(spec["title"]) or ())
    reference = context.names[f"territory@{level}"] if any(bar.reference for bar in shown) else ""
    return Bars(
        title=title,
        subtitle=_subtitle(context, spec),
        bars=shown,
        reference_label=reference,
        base=context.base([figure for _, figure, _ in pairs]),
        alt=_listed(title, [(bar.label, _compared(bar, reference)) for bar in shown]),
        tone=spec.get("tone", 0),
    )


@dataclass(frozen=True)
class DrawnParts:
    """In percent of the whole: each part in turn (0 for a confidential one), and these together."""

    percents: tuple[float, ...]
    hidden: float


def drawn_parts(figures: Sequence[Figure]) -> DrawnParts | None:
    """How long the parts of a whole of 100 are drawn; None where there is no part at all. What is left to confidential
    ones is no secret: their sum is what the others leave."""
    values = [None if figure.value is None else float(figure.value) for figure in figures]
    known = sum(value for value in values if value is not None)
    if None not in values:
        return DrawnParts(tuple(100 * (value or 0) / known for value in values), 0.0) if known > 0 else None
    left = max(100.0 - known, 0.0)
    return DrawnParts(tuple(100 * (value or 0) / (known + left) for value in values), 100 * left / (known + left))


def longest_first(figure: Figure) -> tuple[bool, float]:
    """Sorts bars from the longest on, confidential ones last in the order of the list: no rank tells them apart."""
    return (figure.value is None, -float(figure.value or 0))


def longest_of(figures: Iterable[Figure | None], *, whole: bool) -> float:
    """The end of a scale for figures that are told; 100 at least where they are parts of a `whole`."""
    told = (float(figure.value) for figure in figures if figure and figure.value is not None)
    return max([*told, 100.0] if whole else told, default=0.0) or 1.0


def _percent(figure: Figure | None, longest: float) -> float | None:
    return 100 * float(figure.value) / longest if figure and figure.value is not None else None


def trend(context: Context, spec: Spec, width: float) -> Trend | None:
    """An indicator over the campaigns, where the territory has it for two campaigns at least. A confidential value has
    no point: its sign stands on the axis."""
    readings = {level: _readings(context, spec, level) for level in ("", spec.get("reference", ""))}
    if len(readings[""]) < 2:
        return None
    names = {level: context.names[f"territory@{level}" if level else "territory"] for level in readings}
    own = Series(names[""], tuple(_reading(context, *pair) for pair in readings[""]), main=True, tone=palette.TEAL)
    others = [
        Series(names[level], tuple(_reading(context, *pair) for pair in pairs), main=False, tone=palette.MUTED)
        for level, pairs in readings.items()
        if level and pairs
    ]
    years = context.edition.data_years
    breaks = [
        entry
        for indicator in spec["indicators"].split("/")
        for entry in context.edition.breaks.get(indicator, ())
        if entry.campaign in years
    ]
    break_years = [years[entry.campaign] for entry in breaks]
    first, last = own.readings[0].year, own.readings[-1].year
    seen = [entry for entry in breaks if first < years[entry.campaign] <= last]
    symbol = context.house.symbols.get(readings[""][0][1].unit, "")

    def graduated(value: float) -> str:
        return short_amount(value, symbol) if value >= 10_000 else number(value, 0 if value.is_integer() else 1)

    svg = trend_svg([own, *others], break_years, width, TREND_HEIGHT, graduated)
    title = plain(context.sentence(spec["title"]) or ())
    shown_years = sorted({reading.year for series in (own, *others) for reading in series.readings})
    rows = [("", *map(str, shown_years))]
    for series in (own, *others):
        by_year = {reading.year: reading.label for reading in series.readings}
        rows.append((series.name, *(by_year.get(year, "") for year in shown_years)))
    spoken = [
        (f"{series.name}, {reading.year}", reading.label) for series in (own, *others) for reading in series.readings
    ]
    notes = [f"Rupture de série en {years[entry.campaign]} : {entry.why}." for entry in seen]
    return Trend(
        title=title,
        subtitle=_subtitle(context, spec),
        drawing=Drawing(svg, width, TREND_HEIGHT, " ".join([_listed(title, spoken), *map(typographic, notes)])),
        legend=(
            LegendEntry("line", palette.TEAL, own.name),
            *(LegendEntry("dashed", palette.MUTED, series.name) for series in others),
            *([LegendEntry("break", palette.MUTED, "rupture de série")] if seen else []),
        ),
        rows=tuple(rows),
        notes=tuple(map(typographic, notes)),
    )


def _readings(context: Context, spec: Spec, level: str) -> list[tuple[int, Figure]]:
    found = []
    for campaign, year in context.edition.data_years.items():
        figure = context.figure(spec["types"], spec["indicators"], level=level, campaign=campaign)
        if figure is not None:
            found.append((year, figure))
    return found


def _reading(context: Context, year: int, figure: Figure) -> Reading:
    return Reading(year, None if figure.value is None else float(figure.value), context.quantity(figure))


def _subtitle(context: Context, spec: Spec) -> Runs:
    return (context.sentence(spec["subtitle"]) or ()) if "subtitle" in spec else ()


def _compared(bar: Bar, reference: str) -> str:
    return f"{bar.number.text} ({reference}{NARROW_SPACE}: {bar.reference.text})" if bar.reference else bar.number.text


def _listed(title: str, values: Sequence[tuple[str, str]]) -> str:
    listed = f"{NARROW_SPACE}; ".join(f"{label}{NARROW_SPACE}: {value}" for label, value in values)
    return f"{title.rstrip('?' + NARROW_SPACE)}{NARROW_SPACE}: {listed}."
