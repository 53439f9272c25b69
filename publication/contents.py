"""Blocks of the index: the sheets of a release, how it passed the gate, its other files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from publication.context import Context
from publication.document import Checks, DocumentRow, Documents, Files, Run, Shelf
from publication.french import NARROW_SPACE, number, typographic

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
                percent=min(100.0, figures[-1].value) if figures[-1] else None,
                page="" if withheld else f"{link}.html",
                pdf="" if withheld else f"{link}.pdf",
            )
        )
    header = (spec["first"], *(column["header"] for column in spec["columns"]), spec["last"])
    return Documents(tuple(map(typographic, header)), tuple(rows)) if rows else None


def shelf(made: Iterable[Made], words: Mapping[str, Any]) -> Shelf:
    """The plaquettes of a release by territory, in the order in which they were made; `words` are of ``house.yml``."""
    rows: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for one in made:
        _, links = rows.setdefault(one.territory_id, (typographic(f"{one.title} ({one.level_label})"), []))
        label = typographic(words["formats"][one.format])
        links += [(label, f"{one.slug}.html"), (f"{label} (PDF)", f"{one.slug}.pdf")]
    return Shelf("", tuple(map(typographic, words["header"])), tuple((name, tuple(at)) for name, at in rows.values()))


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
