"""Blocks of the index: the sheets of a release, how it passed the gate, its other files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from core.french import NARROW_SPACE, alphabetical, number, typographic
from publication.candidate import Figure
from publication.documents.context import Context
from publication.documents.document import Checks, DocumentRow, Documents, Door, Doors, Files, Run, Shelf

if TYPE_CHECKING:
    from publication.plaquettes.production import Made

Spec = Mapping[str, Any]


def documents(context: Context, spec: Spec, width: float) -> Documents | None:
    """The sheets of a level's territories with a few figures; the last column of figures, a percentage, has a bar."""
    rows = []
    for territory in context.edition.territories_of(spec["level"]):
        figures = []
        for column in spec["columns"]:
            types, indicators = column["figure"].split(":")
            figures.append(context.figure_of(territory, types, indicators))
        link = context.names["link"].replace("{code}", territory.code)
        withheld = territory.territory_id in context.gate.withheld
        rows.append(
            DocumentRow(
                name=f"{typographic(territory.name)} ({territory.code})",
                cells=tuple(context.run(figure) if figure else Run("") for figure in figures),
                percent=_meter(figures[-1]),
                page="" if withheld else f"{link}.html",
                pdf="" if withheld else f"{link}.pdf",
            )
        )
    header = (spec["first"], *(column["header"] for column in spec["columns"]), spec["last"])
    return Documents(tuple(map(typographic, header)), tuple(rows)) if rows else None


def _meter(figure: Figure | None) -> float | None:
    return min(100.0, float(figure.value)) if figure and figure.value is not None else None


def shelf(made: Iterable[Made], words: Mapping[str, Any]) -> Shelf:
    """The plaquettes of a release by level and territory; `words` are those of ``house.yml``."""
    levels: dict[str, dict[str, list[tuple[str, str, str]]]] = {}
    for one in made:
        if one.state == "refused":
            continue
        places = levels.setdefault(one.level_label, {})
        label = typographic(words["formats"][one.format])
        places.setdefault(one.title, []).append((label, f"{one.slug}.html", f"{one.slug}.pdf"))
    return Shelf(
        tuple(
            (
                typographic(words["levels"].get(level, level)),
                tuple((typographic(name), tuple(forms)) for name, forms in sorted(places.items(), key=_by_name)),
            )
            for level, places in levels.items()
        )
    )


def _by_name(place: tuple[str, object]) -> str:
    return alphabetical(place[0])


def doors(paths: Iterable[str], specs: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Doors:
    """The ways in that `specs` (``house.yml``) describe, with the links whose file the release has.

    The path of a link may hold the `names` and a joker; one that starts with ``#`` is a place of the page itself.
    """
    known = sorted(paths)
    items = []
    for spec in specs:
        links = []
        for words, pattern in spec["links"].items():
            wanted = pattern.format_map(names)
            found = wanted if wanted.startswith("#") else next((path for path in known if fnmatch(path, wanted)), "")
            if found:
                links.append((typographic(words), found))
        items.append(Door(typographic(spec["title"]), typographic(spec["text"]), tuple(links)))
    return Doors(tuple(items))


def checks(context: Context, spec: Spec, width: float) -> Checks | None:
    """How the candidate passed the gate, by suite, and every reservation."""
    gate = context.gate
    if not gate.suites:
        return None
    rows = tuple(
        (
            typographic(count.suite),
            *(number(value, 0) for value in (count.asked, count.passed, count.reserved)),
        )
        for count in gate.suites
    )
    told = (
        f"{r.scope_label} : {r.question} Constaté : {r.observed} ; attendu : {r.expected}." for r in gate.reservations
    )
    return Checks(
        typographic(spec["outcomes"][gate.outcome]),
        tuple(map(typographic, spec["header"])),
        rows,
        tuple(dict.fromkeys(typographic(words.removeprefix(" : ")) for words in told)),
    )


def files(paths: Iterable[tuple[str, int | None]], descriptions: Mapping[str, str], header: Iterable[str]) -> Files:
    """(path, bytes or None) as lines, described by the first pattern that matches the path or its first folder."""
    rows = []
    for path, size in paths:
        names = (path, path.split("/")[0])
        said = next((words for pattern, words in descriptions.items() if any(fnmatch(n, pattern) for n in names)), "")
        rows.append((path, typographic(said), file_size(size) if size is not None else ""))
    return Files(tuple(map(typographic, header)), tuple(rows))


def file_size(size: int) -> str:
    """`12 ko`, `3,4 Mo`."""
    if size >= 1_000_000:
        return f"{number(size / 1_000_000, 1)}{NARROW_SPACE}Mo"
    return f"{number(max(size / 1000, 1), 0)}{NARROW_SPACE}ko"
