"""A plan, a territory and an edition in; a plaquette, laid out, out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.french import typographic
from publication.candidate import Edition, Territory
from publication.documents.context import Context
from publication.documents.document import Run, plain
from publication.documents.plans import House, PlanError
from publication.documents.sheet import sheet_names
from publication.documents.wording import WordingError
from publication.drawing.geography import Geography
from publication.plaquettes import figures_drawn, words
from publication.plaquettes.editorial import Editorial, editorial_blocks
from publication.plaquettes.layout import PAPERS, REQUIRED, LayoutError, paginate
from publication.plaquettes.model import Block, Chapter, Cover, KeyFigures, Page, Piece, Plaquette, Prose, Signatories
from publication.plaquettes.plans import ChapterPlan, PlaquettePlan
from publication.plaquettes.territory_maps import silhouette
from publication.release.gate import Gate

Builder = Callable[[Context, Mapping[str, Any]], Block | Sequence[Block] | None]

BUILDERS: dict[str, Builder] = {
    "prose": words.prose,
    "key_figures": words.key_figures,
    "missions": words.missions,
    "register": words.register,
    "table": words.table,
    "territories_table": words.territories_table,
    "imprint": words.imprint,
    "bars": figures_drawn.bars,
    "rates": figures_drawn.rates,
    "parts": figures_drawn.parts,
    "trend": figures_drawn.trend,
    "map": figures_drawn.structure_map,
    "country_map": figures_drawn.country_map,
}
DECORATION = (Prose, Signatories)
"""Blocks that alone don't make a chapter."""


@dataclass(frozen=True)
class Press:
    """What is the same for every plaquette of an edition."""

    house: House
    edition: Edition
    geography: Geography
    gate: Gate
    vintage: str
    published_on: dt.date
    signatures: Mapping[str, Sequence[str]]
    """territory_id → lines to print; '' for the nation's."""
    editorial: Editorial
    reserved_for: str = ""
    shared: dict[tuple[str, str], Chapter | None] = dataclasses.field(default_factory=dict)
    """Chapters that speak of a territory around, built once for all that it is around: (chapter, territory_id)."""


def build_plaquette(press: Press, plan: PlaquettePlan, territory: Territory) -> Plaquette:
    """The plaquette of a territory. Raises PlanError for a plan or an editorial part that can't be followed."""
    context = context_of(press, territory, plan.around)
    try:
        chapters = [chapter for entry in plan.chapters if (chapter := _chapter(press, context, entry)) is not None]
        cover = _cover(context, plan) if plan.cover else None
        texts = {
            name: plain(context.sentence(getattr(plan, name)) or ())
            for name in ("title", "kicker", "subtitle", "footer", "description")
        }
        edition = tuple(plain(runs) for runs in context.sentences(plan.edition))
    except (WordingError, KeyError) as wrong:
        raise PlanError(f"{plan.format}.yml : {wrong}") from wrong
    pages = _pages(plan, territory, chapters)
    demo = typographic(press.house.demo["mark"]) if press.edition.is_demo else ""
    return Plaquette(
        slug=plan.slug_of(territory), edition=edition, demo=demo, style=plan.style, cover=cover, pages=pages,
        reserved=_reserved(press), **texts,
    )  # fmt: skip


def _reserved(press: Press) -> str:
    """What every page of a restricted edition says."""
    name = press.reserved_for
    return typographic(press.house.restricted.replace("{name}", name)) if name else ""


def context_of(press: Press, territory: Territory, around_levels: Sequence[str]) -> Context:
    """What builders see of a territory and of those around it."""
    around: dict[str, Territory] = {}
    for level in around_levels:
        found = None if level == territory.level else press.edition.territory_around(territory.territory_id, level)
        if found is not None:
            around[level] = found
    near = {level: around.get(level) for level in around_levels} | {territory.level: territory}
    names = sheet_names(press.edition, press.house, territory, near, press.vintage, press.published_on)
    return Context(press.edition, press.house, press.geography, territory, around, names, press.gate)


def _chapter(press: Press, context: Context, plan: ChapterPlan) -> Chapter | None:
    """A chapter with the blocks that have something to show; None when only decoration is left."""
    if not plan.of:
        return _chapter_of(press, context, plan)
    around = context.around.get(plan.of)
    if around is None:
        return None
    key = (plan.name, around.territory_id)
    if key not in press.shared:
        press.shared[key] = _chapter_of(press, context_of(press, around, ()), plan)
    return press.shared[key]


def _chapter_of(press: Press, context: Context, plan: ChapterPlan) -> Chapter | None:
    pieces: list[Piece] = []
    for spec in plan.blocks:
        span, keep = spec.get("span", 2), spec.get("keep", REQUIRED)
        pieces += [Piece(block, span, keep) for block in _blocks(press, context, spec)]
    shown = [piece for piece in pieces if plan.static or not isinstance(piece.block, DECORATION)]
    if not shown:
        return None
    heading = plain(context.sentence(plan.heading) or ())
    question = plain(context.sentence(plan.question) or ())
    return Chapter(
        heading, question, plan.tone, plan.pictogram, tuple(pieces), plan.spare, plan.opens_page, parted=plan.static
    )


def _blocks(press: Press, context: Context, spec: Mapping[str, Any]) -> list[Block]:
    if spec["kind"] == "editorial":
        return editorial_blocks(press.editorial, context, spec["slot"])
    if spec["kind"] == "signatories":
        return [_signatories(press, context, spec)]
    built = BUILDERS[spec["kind"]](context, spec)
    if built is None:
        return []
    return list(built) if isinstance(built, Sequence) else [built]


def _signatories(press: Press, context: Context, spec: Mapping[str, Any]) -> Signatories:
    lines = press.signatures.get(context.territory.territory_id) or press.signatures.get("") or ()
    return Signatories(words.title_of(context, spec), tuple(map(typographic, lines or [press.house.unsigned])))


def _cover(context: Context, plan: PlaquettePlan) -> Cover | None:
    drawing = silhouette(context, 150.0, 128.0)
    figures = words.key_figures(context, {"items": plan.cover_figures, "most": 3, "across": 3})
    return Cover(drawing, figures.items if isinstance(figures, KeyFigures) else ())


def _pages(plan: PlaquettePlan, territory: Territory, chapters: Sequence[Chapter]) -> tuple[Page, ...]:
    """Pages of the first allowed count that leaves no chapter out, else of the last one."""
    inner = [count - (1 if plan.cover else 0) for count in plan.pages]
    failures = []
    best: tuple[float, tuple[Page, ...]] | None = None
    for count in inner:
        try:
            cost, pages = paginate(chapters, count, PAPERS[plan.style])
        except LayoutError as failed:
            failures.append(str(failed))
            continue
        if best is None or cost / count < best[0]:
            best = (cost / count, pages)
    if best is None:
        raise PlanError(f"{plan.format}.yml, {territory.name} : {' ; '.join(failures)}")
    return best[1]


def numbers_of(plaquette: Plaquette) -> list[Run]:
    """Every number that the plaquette prints with its address."""
    found: list[Run] = []

    def visit(node: Any) -> None:
        if isinstance(node, Run):
            found.append(node)
        elif dataclasses.is_dataclass(node) and not isinstance(node, type):
            for field in dataclasses.fields(node):
                visit(getattr(node, field.name))
        elif isinstance(node, tuple):
            for child in node:
                visit(child)

    visit(plaquette)
    return [run for run in found if run.figure]
