"""Blocks of text and tables.

A builder turns a block of a plan into a block of the document, or None when it has nothing to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.french import typographic
from publication.candidate import Figure
from publication.documents.context import Context
from publication.documents.document import (
    Callout,
    Card,
    Cards,
    Comparison,
    Directory,
    Lead,
    LegendEntry,
    Note,
    Run,
    plain,
)
from publication.drawing.palette import TYPE_SIGNS

CARD_WIDTH = 52.0

Spec = Mapping[str, Any]


def type_signs(context: Context) -> dict[str, tuple[str, str]]:
    """The map sign (shape, colour) of each structure type, in the registry's order."""
    return {kind: TYPE_SIGNS[rank % len(TYPE_SIGNS)] for rank, kind in enumerate(context.edition.structure_types)}


def lead(context: Context, spec: Spec, width: float) -> Lead | None:
    """Opening sentences."""
    sentences = context.sentences(spec["text"])
    return Lead(sentences) if sentences else None


def cards(context: Context, spec: Spec, width: float) -> Cards | None:
    """The first `most` key figures that exist. Each has its base under it."""
    across = max(1, int(width // CARD_WIDTH))
    items: list[Card] = []
    for entry in spec["items"]:
        types, indicators = entry["figure"].split(":")
        figure = context.figure(types, indicators)
        labels = context.sentences([entry["label"]])
        if figure is None or not labels or len(items) == spec["most"]:
            continue
        details = context.sentences([entry["detail"]]) if "detail" in entry else ()
        items.append(
            Card(
                number=context.run(figure, strong=True, short=entry.get("short", False)),
                label=labels[0],
                detail=details[0] if details else (),
                base=context.base([figure]),
            )
        )
    return Cards(tuple(items), across) if items else None


def callout(context: Context, spec: Spec, width: float) -> Callout | None:
    """A framed paragraph, shown when its first sentence can be said."""
    first = context.sentence(spec["text"][0])
    if first is None:
        return None
    return Callout(typographic(spec["title"]), (first, *context.sentences(spec["text"][1:])))


def comparison(context: Context, spec: Spec, width: float) -> Comparison | None:
    """Figures of the territory beside those of the territories around it.

    A row needs a figure of its own; a territory around needs one figure at least, and another name (La Réunion is both
    a département and a region).
    """
    compared = []
    for entry in spec["rows"]:
        own = context.figure(*entry["figure"].split(":"))
        said = context.sentence(entry["label"])
        if own is not None and said is not None:
            compared.append((plain(said), own))
    if not compared:
        return None

    def elsewhere(own: Figure, level: str) -> Figure | None:
        return context.figure(own.structure_type, own.indicator, level=level)

    levels = [
        level
        for level in spec["levels"]
        if level in context.around
        and context.around[level].name != context.territory.name
        and any(elsewhere(own, level) for _, own in compared)
    ]
    rows = []
    for label, own in compared:
        others = [elsewhere(own, level) for level in levels]
        runs = tuple(context.run(figure) if figure else Run("") for figure in others)
        rows.append((label, (context.run(own, strong=True), *runs)))
    header = (context.names["territory"], *(context.names[f"territory@{level}"] for level in levels))
    heading = context.sentence(spec["heading"])
    return Comparison(typographic(spec["title"]), (plain(heading or ()), *header), tuple(rows))


def directory(context: Context, spec: Spec, width: float) -> Directory | None:
    """The territory's agreed structures with their commune and manager."""
    signs = type_signs(context)
    rows = tuple(
        (
            LegendEntry(*signs[structure.structure_type], context.edition.structure_types[structure.structure_type]),
            tuple(map(typographic, (structure.name, structure.commune_name, structure.manager_name))),
        )
        for structure in context.structures
    )
    return Directory(typographic(spec["title"]), tuple(map(typographic, spec["header"])), rows) if rows else None


def note(context: Context, spec: Spec, width: float) -> Note | None:
    """Source and method, with the gate's reservations and the build that the sheet comes from."""
    national = context.territory.level in spec.get("national_levels", ())
    reservations = context.gate.reservations_of(context.territory.territory_id, national=national)
    told = dict.fromkeys(typographic(f"{r.question} Constaté : {r.observed}.") for r in reservations)
    return Note(typographic(spec["title"]), context.sentences(spec["text"]), tuple(told), context.names["build_id"])
