"""A plan and an edition in; the document of one territory out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.french import long_date, typographic
from publication.candidate import Edition, Territory
from publication.documents import blocks, charts, contents, maps
from publication.documents.context import Context
from publication.documents.document import COLUMN_GAP, CONTENT_WIDTH, Block, Section, Sheet, plain
from publication.documents.plans import House, Plan, PlanError
from publication.documents.wording import WordingError
from publication.drawing.geography import Geography
from publication.release.gate import Gate

Builder = Callable[[Context, Mapping[str, Any], float], Block | None]

BUILDERS: dict[str, Builder] = {
    "lead": blocks.lead,
    "cards": blocks.cards,
    "callout": blocks.callout,
    "comparison": blocks.comparison,
    "directory": blocks.directory,
    "note": blocks.note,
    "documents": contents.documents,
    "checks": contents.checks,
    "shares": charts.shares,
    "bars": charts.bars,
    "trend": charts.trend,
    "structure_map": maps.structures,
    "country_map": maps.country,
}


@dataclass(frozen=True)
class Imprint:
    """What the sheets of a release say of it. `link` is the address of a territory's sheet, with ``{code}``."""

    vintage: str
    published_on: dt.date
    link: str
    gate: Gate


def build_sheet(
    plan: Plan, house: House, edition: Edition, territory: Territory, geography: Geography, imprint: Imprint
) -> Sheet:
    """The document of a territory. Raises PlanError when the plan asks for something that can't be read."""
    context = sheet_context(plan, house, edition, territory, geography, imprint)
    try:
        sections = tuple(section for spec in plan.sections if (section := _section(context, spec)) is not None)
        edition_lines = tuple(plain(runs) for runs in context.sentences(plan.edition))
        texts = [
            plain(context.sentence(text) or ()) for text in (plan.title, plan.kicker, plan.footer, plan.description)
        ]
    except (WordingError, KeyError) as wrong:
        raise PlanError(f"{plan.name}.yml : {wrong}") from wrong
    title, kicker, footer, description = texts
    demo = typographic(house.demo["mark"]) if edition.is_demo else ""
    slug = plan.slug.replace("{code}", territory.code)
    return Sheet(slug, title, kicker, edition_lines, footer, description, demo, sections)


def sheet_context(
    plan: Plan, house: House, edition: Edition, territory: Territory, geography: Geography, imprint: Imprint
) -> Context:
    """What the builders of a sheet see: its territory, those around it, and the names that templates may use."""
    around = {territory.level: territory}
    for level in plan.around:
        found = edition.territory_around(territory.territory_id, level)
        if found is not None:
            around[level] = found
    near = {level: around.get(level) for level in (territory.level, *plan.around)}
    names = sheet_names(edition, house, territory, near, imprint.vintage, imprint.published_on) | {"link": imprint.link}
    return Context(edition, house, geography, territory, around, names, imprint.gate)


def sheet_names(
    edition: Edition,
    house: House,
    territory: Territory,
    around: Mapping[str, Territory | None],
    vintage: str,
    published_on: dt.date,
) -> dict[str, str]:
    """What templates may call by name; `link` is '' until a document knows the address of the others."""
    names = {
        "campaign": str(edition.campaign),
        "data_year": str(edition.data_years[edition.campaign]),
        "territory": short_name(edition, territory),
        "vintage": vintage,
        "vintage_label": house.vintage_label(vintage),
        "published_on": long_date(published_on),
        "demo_sentence": house.demo["sentence"] if edition.is_demo else "",
        "confidential_sentence": f"{house.confidential} : {house.confidential_words}." if edition.has_secrets else "",
        "build_id": str(edition.manifest.get("build_id", "")),
        "link": "",
    }
    for level, near in around.items():
        names[f"territory@{level}"] = typographic(short_name(edition, near)) if near else ""
        names[f"territory_name@{level}"] = near.name if near else ""
    return names


def short_name(edition: Edition, territory: Territory) -> str:
    """The only territory of its level goes by the level's name where its own begins with it: France (…) is France."""
    label = territory.level_label
    alone = len(edition.territories_of(territory.level)) == 1
    return label if alone and territory.name.startswith(label) else territory.name


def _section(context: Context, spec: Mapping[str, Any]) -> Section | None:
    heading = typographic(spec.get("heading", ""))
    if "blocks" in spec:
        built = _built(context, spec["blocks"], CONTENT_WIDTH)
        return Section(heading, (tuple(built),), (CONTENT_WIDTH,)) if built else None
    if "packed" in spec:
        half = (CONTENT_WIDTH - COLUMN_GAP) / 2
        built = _built(context, spec["packed"], half)
        if len(built) > 1:
            return Section(heading, (tuple(built),), (half,), packed=True)
        built = _built(context, spec["packed"], CONTENT_WIDTH)
        return Section(heading, (tuple(built),), (CONTENT_WIDTH,)) if built else None
    return _side_by_side(context, spec["side_by_side"], heading)


def _side_by_side(context: Context, specs: Sequence[Mapping[str, Any]], heading: str) -> Section | None:
    """Columns of given widths; those with nothing to show leave their room to the others."""
    remaining = list(specs)
    while remaining:
        room = CONTENT_WIDTH - COLUMN_GAP * (len(remaining) - 1)
        total = sum(spec["width"] for spec in remaining)
        widths = [room * spec["width"] / total for spec in remaining]
        built = [_built(context, spec["blocks"], width) for spec, width in zip(remaining, widths, strict=True)]
        if all(built):
            return Section(heading, tuple(map(tuple, built)), tuple(widths))
        remaining = [spec for spec, column in zip(remaining, built, strict=True) if column]
    return None


def _built(context: Context, specs: Sequence[Mapping[str, Any]], width: float) -> list[Block]:
    found = (BUILDERS[spec["kind"]](context, spec, width) for spec in specs)
    return [block for block in found if block is not None]
