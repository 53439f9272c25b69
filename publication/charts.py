"""Charts: builders from a plan's block to a document's block. Bars and shares stay data; a trend is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publication import palette
from publication.candidate import Figure
from publication.context import Context
from publication.document import Bar, Bars, Drawing, LegendEntry, Part, Runs, Shares, Trend, plain
from publication.french import NARROW_SPACE, number, short_amount, typographic
from publication.trend import Reading, Series, trend_svg

TREND_HEIGHT = 38.0

Spec = Mapping[str, Any]


def shares(context: Context, spec: Spec, width: float) -> Shares | None:
    """The parts of a whole as one bar. Parts that nobody named stay in the legend with their zero."""
    found = context.breakdown(spec["types"], spec["indicators"])
    whole = sum(figure.value for _, figure in found)
    if whole <= 0:
        return None
    parts = tuple(
        Part(label, context.run(figure, strong=True), 100 * figure.value / whole, rank % len(palette.TONES))
        for rank, (label, figure) in enumerate(found)
    )
    title = plain(context.sentence(spec["title"]) or ())
    return Shares(
        title=title,
        subtitle=_subtitle(context, spec),
        parts=parts,
        base=context.base([figure for _, figure in found]),
        alt=_listed(title, [(part.label, part.number.text) for part in parts]),
    )


def bars(context: Context, spec: Spec, width: float) -> Bars | None:
    """Bars in the order of the list, or from the longest on; a tick marks the same figure at the level of reference."""
    found = context.breakdown(spec["types"], spec["indicators"])
    if not any(figure.value for _, figure in found):
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
        pairs.sort(key=lambda pair: -pair[1].value_rounded)
    largest = max(figure.value for _, own, other in pairs for figure in (own, other) if figure)
    longest = max(100.0, largest) if spec.get("scale") == "whole" else largest
    shown = tuple(
        Bar(
            label,
            context.run(figure, strong=True),
            100 * figure.value / longest,
            context.run(other) if other else None,
            100 * other.value / longest if other else None,
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


def trend(context: Context, spec: Spec, width: float) -> Trend | None:
    """An indicator over the campaigns, where the territory has it for two campaigns at least."""
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
    return Reading(year, figure.value, context.quantity(figure))


def _subtitle(context: Context, spec: Spec) -> Runs:
    return (context.sentence(spec["subtitle"]) or ()) if "subtitle" in spec else ()


def _compared(bar: Bar, reference: str) -> str:
    return f"{bar.number.text} ({reference}{NARROW_SPACE}: {bar.reference.text})" if bar.reference else bar.number.text


def _listed(title: str, values: Sequence[tuple[str, str]]) -> str:
    listed = f"{NARROW_SPACE}; ".join(f"{label}{NARROW_SPACE}: {value}" for label, value in values)
    return f"{title.rstrip('?' + NARROW_SPACE)}{NARROW_SPACE}: {listed}."
