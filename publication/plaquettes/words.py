"""Blocks of words and numbers: from a plan's block to a block of the model, None when there is nothing to say."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from core.french import alphabetical, number, typographic
from publication.candidate import Figure, Structure
from publication.documents.blocks import note, type_signs
from publication.documents.context import Context
from publication.documents.document import LegendEntry, Note, Run, plain
from publication.plaquettes.measures import PAGE_WIDTH, extent
from publication.plaquettes.model import (
    FigureTable,
    KeyFigure,
    KeyFigures,
    Mission,
    Missions,
    Prose,
    Register,
    RegisterGroup,
)

Spec = Mapping[str, Any]

REGISTER_SIZES = ((2, 8.6), (3, 8.0), (3, 7.4), (3, 7.0))
"""(columns, points) of the list, the most legible first."""
COMFORTABLE_HEIGHT, REGISTER_HEIGHT = 100.0, 145.0
"""Millimetres: a list that leaves room for a large map on its page, and one that leaves room for a small one."""
NEAR = 0.2
"""Of the length of a part of a list: how far its end may move to fall between two types."""


def title_of(context: Context, spec: Spec) -> str:
    """The block's title, filled in."""
    return plain(context.sentence(spec.get("title", "")) or ())


def prose(context: Context, spec: Spec) -> Prose | None:
    """Paragraphs; a list among them is alternatives, of which the first that can be said is taken."""
    said = context.sentences(spec["text"])
    return Prose(spec["style"], title_of(context, spec), said) if said else None


def key_figures(context: Context, spec: Spec) -> KeyFigures | None:
    """The first `most` key figures that exist, in whole rows: a last row that would have a hole loses its cards."""
    items = [card for entry in spec["items"] if (card := _card(context, entry)) is not None][: spec["most"]]
    if len(items) < spec.get("least", 1):
        return None
    across = min(spec["across"], len(items))
    whole = len(items) - len(items) % across
    return KeyFigures(title_of(context, spec), tuple(items[:whole]), across)


def _card(context: Context, entry: Spec) -> KeyFigure | None:
    types, indicators = entry["figure"].split(":")
    figure = context.figure(types, indicators)
    labels = context.sentences([entry["label"]])
    if figure is None or not labels:
        return None
    details = context.sentences([entry["detail"]]) if "detail" in entry else ()
    return KeyFigure(
        pictogram=entry["pictogram"],
        number=context.run(figure, strong=True, short=entry.get("short", False)),
        label=labels[0],
        detail=details[0] if details else (),
        base=context.base([figure]),
        sign=figure.structure_type,
    )


def missions(context: Context, spec: Spec) -> Missions:
    """Points with a pictogram: words of the plan only."""
    items = (
        Mission(item["pictogram"], typographic(item["title"]), context.sentence(item["words"]) or ())
        for item in spec["items"]
    )
    return Missions(title_of(context, spec), tuple(items), spec["across"])


def register(context: Context, spec: Spec) -> list[Register] | FigureTable | None:
    """The list of structures, in several pieces when long; beyond `most`, a line per territory of `summary_level`."""
    structures = context.structures
    if not structures:
        return None
    if len(structures) > spec["most"]:
        return _register_summary(context, spec)
    whole = _listed(context, structures, title_of(context, spec))
    pieces = math.ceil(extent(whole, PAGE_WIDTH).natural / REGISTER_HEIGHT)
    return [
        _listed(context, part, "" if rank else whole.title) for rank, part in enumerate(_parted(structures, pieces))
    ]


def _parted(structures: Sequence[Structure], pieces: int) -> list[Sequence[Structure]]:
    """The list in that many parts of about the same length; parted between two types where one is near."""
    length = math.ceil(len(structures) / pieces)
    kinds = [structure.structure_type for structure in structures]
    changes = [rank for rank, (before, after) in enumerate(pairwise(kinds), 1) if before != after]
    cuts = []
    for cut in range(length, len(structures), length):
        near = [change for change in changes if abs(change - cut) <= length * NEAR]
        cuts.append(near[0] if near else cut)
    return [structures[start:end] for start, end in pairwise([0, *cuts, len(structures)])]


def _listed(context: Context, structures: Sequence[Structure], title: str) -> Register:
    """The list of those structures, in the most legible type that leaves room for a large map; a long one by commune.

    A type is counted whole where its list begins, and goes on without a count in the next piece.
    """
    signs = type_signs(context)
    groups = []
    for kind, listed in groupby(structures, key=lambda structure: structure.structure_type):
        inside = list(listed)
        whole = [structure for structure in context.structures if structure.structure_type == kind]
        one, many = context.house.nouns[kind]
        noun = many if len(whole) > 1 else one
        told = number(len(whole), 0) if inside[0] == whole[0] else "suite"
        mark = LegendEntry(*signs[kind], typographic(f"{noun[0].upper()}{noun[1:]} ({told})"))
        groups.append(RegisterGroup(mark, tuple((typographic(s.name), typographic(s.commune_name)) for s in inside)))
    tried = [Register(title, tuple(groups), columns, points) for columns, points in REGISTER_SIZES]
    heights = [extent(one, PAGE_WIDTH).natural for one in tried]
    if heights[-1] > REGISTER_HEIGHT:
        together = tuple(RegisterGroup(group.mark, _by_commune(group.entries)) for group in groups)
        return dataclasses.replace(tried[-1], groups=together)
    return next((one for one, height in zip(tried, heights, strict=True) if height <= COMFORTABLE_HEIGHT), tried[-1])


def _by_commune(entries: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The names of a commune's structures one after the other, under its name said once."""
    return tuple(
        (" · ".join(name for name, _ in found), commune) for commune, found in groupby(entries, key=itemgetter(1))
    )


def _register_summary(context: Context, spec: Spec) -> FigureTable | None:
    edition = context.edition
    own = edition.members[context.territory.territory_id]
    types = list(edition.structure_types)
    rows = []
    for territory in edition.territories_of(spec["summary_level"]):
        if not edition.members[territory.territory_id] <= own:
            continue
        found = [context.figure_of(territory, kind, "structures_agreed") for kind in types]
        rates = [context.figure_of(territory, kind, "response_rate_agreed") for kind in types]
        rows.append(
            (
                f"{typographic(territory.name)} ({territory.code})",
                tuple(context.run(figure) if figure else Run("") for figure in (*found, *rates)),
                "",
            )
        )
    if not rows:
        return None
    header = ("", *types, *(f"{kind}, taux de réponse" for kind in types))
    title = plain(context.sentence(spec["summary_title"]) or ())
    return FigureTable(title, tuple(map(typographic, header)), tuple(rows), "", lead=False)


def table(context: Context, spec: Spec) -> FigureTable | None:
    """Figures of the territory beside those of the territories around it, with their bases; two rows at least.

    `whole`: a row that only the territories around can fill is there too.
    """
    levels = [
        level
        for level in spec.get("levels", ["national"])
        if level in context.around and context.around[level].name != context.territory.name
    ]
    found: list[tuple[str, Figure | None, list[Figure | None]]] = []
    for entry in spec["rows"]:
        types, indicators = entry["figure"].split(":")
        own = context.figure(types, indicators)
        said = context.sentence(entry["label"])
        others = [context.figure(types, own.indicator if own else indicators, level=level) for level in levels]
        if said is not None and (own or (spec.get("whole") and any(others))):
            found.append((plain(said), own, others))
    if len(found) < 2:
        return None
    shown = [rank for rank in range(len(levels)) if any(others[rank] for _, _, others in found)]
    levels = [levels[rank] for rank in shown]
    rows = []
    for label, own, others in found:
        cells = [own, *(others[rank] for rank in shown)]
        runs = tuple(context.run(figure, strong=not rank) if figure else Run("") for rank, figure in enumerate(cells))
        based = own is not None and own.kind not in context.house.cautions["of_the_frame"]
        rows.append((label, runs, number(own.n_respondents, 0) if own and based else ""))
    heading = plain(context.sentence(spec.get("heading", "Indicateur")) or ())
    header = (heading, context.names["territory"], *(context.names[f"territory@{level}"] for level in levels))
    return FigureTable(title_of(context, spec), header, tuple(rows), "Répondants")


def territories_table(context: Context, spec: Spec) -> FigureTable | None:
    """A row for each territory of a level inside this one, a column for each figure that one of them has."""
    edition = context.edition
    own = edition.members[context.territory.territory_id]
    inside = [t for t in edition.territories_of(spec["level"]) if edition.members[t.territory_id] <= own]
    if len(inside) < 2:
        return None
    if spec.get("order") == "name":
        inside.sort(key=lambda territory: alphabetical(territory.name))
    columns = []
    for column in spec["columns"]:
        types, indicators = column["figure"].split(":")
        found = [context.figure_of(territory, types, indicators) for territory in inside]
        if any(found):
            short = column.get("short", False)
            runs = [context.run(figure, short=short) if figure else Run("") for figure in found]
            columns.append((typographic(column["header"]), runs))
    rows = tuple(
        (typographic(territory.name), tuple(runs[rank] for _, runs in columns), "")
        for rank, territory in enumerate(inside)
    )
    header = (typographic(spec["first"]), *(words for words, _ in columns))
    return FigureTable(title_of(context, spec), header, rows, "", lead=False) if columns else None


def imprint(context: Context, spec: Spec) -> Note | None:
    """Source and method, with the gate's reservations and the build that the figures come from."""
    return note(context, spec, PAGE_WIDTH)
