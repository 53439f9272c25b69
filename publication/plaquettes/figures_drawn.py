"""Chart and map blocks: from a plan's block to a block of the model, None when there is nothing to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from core.french import NARROW_SPACE, number, typographic
from publication.candidate import Figure
from publication.documents.blocks import type_signs
from publication.documents.charts import drawn_parts, longest_first, longest_of
from publication.documents.context import Context
from publication.documents.document import Drawing, LegendEntry, Run, Runs, plain
from publication.documents.maps import country
from publication.plaquettes.model import Chart, ChartRow, MapPanel
from publication.plaquettes.territory_maps import territory_map
from publication.plaquettes.words import title_of

Spec = Mapping[str, Any]

MAP_WIDTH, HALF_MAP_WIDTH, MAP_HEIGHT = 180.0, 86.0, 110.0
LARGE = 10_000
MAP_MOST = 1500
"""Structures beyond which signs would hide each other: a nation's map is shaded."""


def bars(context: Context, spec: Spec) -> Chart | None:
    """A figure by choice as bars, in the order of the list or from the longest on; ticks for the level of reference."""
    found = context.breakdown(spec["types"], spec["indicators"])
    if all(figure.value == 0 for _, figure in found):
        return None
    pairs = [(label, figure, _reference(context, spec, figure)) for label, figure in found]
    if spec.get("order") == "value":
        pairs.sort(key=lambda pair: longest_first(pair[1]))
    return _bars(context, spec, pairs[: spec.get("most", len(pairs))])


def rates(context: Context, spec: Spec) -> Chart | None:
    """Several percentages of different questions as bars on one scale; two at least."""
    pairs = []
    for item in spec["items"]:
        figure = context.figure(*item["figure"].split(":"))
        if figure is not None:
            pairs.append((typographic(item["label"]), figure, _reference(context, spec, figure)))
    return _bars(context, {**spec, "scale": "whole"}, pairs) if len(pairs) > 1 else None


def _reference(context: Context, spec: Spec, figure: Figure) -> Figure | None:
    level = spec.get("reference", "")
    if not level:
        return None
    return context.figure(figure.structure_type, figure.indicator, figure.breakdown, level)


def _bars(context: Context, spec: Spec, pairs: Sequence[tuple[str, Figure, Figure | None]]) -> Chart:
    shown = [
        (label, context.run(own, strong=True), context.run(other) if other else None) for label, own, other in pairs
    ]
    rows = tuple(ChartRow(label, run, _value(run), other, _value(other)) for label, run, other in shown)
    reference = context.names[f"territory@{spec['reference']}"] if any(row.reference for row in rows) else ""
    title = title_of(context, spec)
    return Chart(
        form="bars",
        title=title,
        subtitle=_subtitle(context, spec),
        rows=rows,
        reference_label=reference,
        base=context.base([figure for _, figure, _ in pairs]),
        notes=(),
        alt=_listed(title, [(row.label, _compared(row, reference)) for row in rows]),
        sign=pairs[0][1].structure_type,
        longest=longest_of([figure for _, *both in pairs for figure in both], whole=spec.get("scale") == "whole"),
    )


def parts(context: Context, spec: Spec) -> Chart | None:
    """The parts of a whole as one bar. A part that nobody named stays in the legend with its zero; confidential ones
    share what the others leave."""
    found = context.breakdown(spec["types"], spec["indicators"])
    drawn = drawn_parts([figure for _, figure in found])
    if drawn is None:
        return None
    rows = tuple(
        ChartRow(label, context.run(figure, strong=True), None if figure.value is None else percent)
        for (label, figure), percent in zip(found, drawn.percents, strict=True)
    )
    title = title_of(context, spec)
    return Chart(
        form="parts",
        title=title,
        subtitle=_subtitle(context, spec),
        rows=rows,
        reference_label="",
        base=context.base([figure for _, figure in found]),
        notes=(),
        alt=_listed(title, [(row.label, row.number.text) for row in rows]),
        sign=found[0][1].structure_type,
        longest=100.0,
    )


def trend(context: Context, spec: Spec) -> Chart | None:
    """A figure over the campaigns, where the territory has it for two campaigns at least, with its breaks."""
    own = _readings(context, spec, "")
    if len(own) < 2:
        return None
    years = context.edition.data_years
    level = spec.get("reference", "")
    names = {"": context.names["territory"], level: context.names.get(f"territory@{level}", "")}
    if level not in context.around:
        names = {"": context.names["territory"]}
    rows = tuple(
        ChartRow("", shown, _value(shown), series=name, year=year)
        for at, name in sorted(names.items())
        for year, figure in (_readings(context, spec, at) if at else own)
        for shown in [_shortened(context, figure, strong=not at)]
    )
    first, last = min(row.year for row in rows), max(row.year for row in rows)
    breaks = [
        entry
        for indicator in spec["indicators"].split("/")
        for entry in context.edition.breaks.get(indicator, ())
        if first < years.get(entry.campaign, first) <= last
    ]
    notes = tuple(typographic(f"Rupture de série en {years[entry.campaign]} : {entry.why}.") for entry in breaks)
    title = title_of(context, spec)
    spoken = [(f"{row.series}, {row.year}", row.number.text) for row in rows]
    return Chart(
        form="trend",
        title=title,
        subtitle=(),
        rows=rows,
        reference_label=names.get(level, "") if level else "",
        base="",
        notes=notes,
        alt=" ".join([_listed(title, spoken), *notes]),
        sign=own[0][1].structure_type,
        longest=0.0,
        breaks=tuple(years[entry.campaign] for entry in breaks),
        unit=context.house.symbols.get(own[0][1].unit, ""),
    )


def _shortened(context: Context, figure: Figure, *, strong: bool) -> Run:
    """A large amount in k€ or M€: points of a trend stand close."""
    large = bool(context.house.symbols.get(figure.unit)) and (figure.value or 0) >= LARGE
    return context.run(figure, strong=strong, short=large)


def _value(run: Run | None) -> float | None:
    """What is drawn of a number: no more digits than it prints, nothing of a confidential one."""
    return float(run.source) if run and run.source else None


def _readings(context: Context, spec: Spec, level: str) -> list[tuple[int, Figure]]:
    found = []
    for campaign, year in context.edition.data_years.items():
        figure = context.figure(spec["types"], spec["indicators"], level=level, campaign=campaign)
        if figure is not None:
            found.append((year, figure))
    return found


def structure_map(context: Context, spec: Spec) -> MapPanel | None:
    """Where the structures are, on the outlines of the territory; None where nothing can be drawn."""
    inside = context.structures
    if len(inside) > spec.get("most", MAP_MOST):
        return None
    width = MAP_WIDTH if spec.get("span", 2) > 1 else HALF_MAP_WIDTH
    drawn = territory_map(context, width, MAP_HEIGHT) if inside else None
    if drawn is None:
        return None
    signs = type_signs(context)
    counts = Counter(structure.structure_type for structure in inside)
    legend = tuple(
        LegendEntry(*signs[kind], typographic(f"{words} ({counts[kind]})"))
        for kind, words in context.edition.structure_types.items()
        if counts[kind]
    )
    caption = plain(context.sentence(spec["caption"]) or ())
    if drawn.unplaced:
        caption += typographic(f" Non placées, faute de commune connue : {number(drawn.unplaced, 0)}.")
    alt = plain(context.sentence(spec["alt"]) or ())
    return MapPanel(title_of(context, spec), Drawing(drawn.svg, drawn.width, drawn.height, alt), legend, caption)


def country_map(context: Context, spec: Spec) -> MapPanel | None:
    """A figure by territory of a level, shaded over the country."""
    if spec.get("only", context.territory.level) != context.territory.level:
        return None
    found = country(context, {**spec, "max_height": 130.0, "links": False}, 150.0)
    return MapPanel(title_of(context, spec), found.drawing, found.legend, found.caption) if found else None


def _subtitle(context: Context, spec: Spec) -> Runs:
    return (context.sentence(spec["subtitle"]) or ()) if "subtitle" in spec else ()


def _compared(row: ChartRow, reference: str) -> str:
    if row.reference is None:
        return row.number.text
    return f"{row.number.text} ({reference}{NARROW_SPACE}: {row.reference.text})"


def _listed(title: str, values: Sequence[tuple[str, str]]) -> str:
    listed = f"{NARROW_SPACE}; ".join(f"{label}{NARROW_SPACE}: {value}" for label, value in values)
    return f"{title.rstrip('?' + NARROW_SPACE)}{NARROW_SPACE}: {listed}."
