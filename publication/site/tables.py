"""Tables of figures: by year for a territory, by territory for an indicator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.french import NARROW_SPACE, is_plural, number, typographic
from publication.documents.plans import House
from publication.site.numbers import ALL_TYPES, FigureKey, Indicator, Numbers, Place, Shown
from publication.site.settings import Settings

NATIONAL = "national"


@dataclass(frozen=True)
class FigureRow:
    """A line: what it is of, an address from the root of the site ('' for none), a figure or None by column, a base.

    `breaks`: by column, why it doesn't compare with those before ('' where it does).
    """

    label: str
    address: str
    cells: tuple[Shown | None, ...]
    breaks: tuple[str, ...]
    base: str = ""


@dataclass(frozen=True)
class FigureTable:
    """A table of figures; `first` heads the column of labels."""

    title: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[FigureRow, ...]


def figures_by_year(
    numbers: Numbers, house: House, settings: Settings, place: Place, references: Iterable[str]
) -> FigureTable:
    """The key figures of a territory, a line per reference, a column per data year, the base of the last one known.

    A territory has a last column: the same figures of the nation, in the last campaign.
    """
    campaigns = sorted(numbers.campaigns)
    nation = next(other for other in numbers.places.values() if other.level == NATIONAL)
    beside = [nation] if place != nation else []
    rows = []
    for reference in references:
        found = [numbers.first(reference, place.territory_id, campaign) for campaign in campaigns]
        known = [entry for entry in found if entry]
        if not known:
            continue
        indicator, structure_type, last = known[-1]
        cells = tuple(entry[2] if entry else None for entry in found)
        _, noun = house.nouns.get(structure_type, ("", ""))
        label = typographic(f"{indicator.label}, {noun}" if noun else indicator.label)
        base, breaks = _base(house, indicator, structure_type, last), _breaks(numbers, indicator, campaigns)
        cells += tuple(
            numbers.figures.get((other.territory_id, structure_type, indicator.indicator, "", campaigns[-1]))
            for other in beside
        )
        breaks += ("",) * len(beside)
        rows.append(FigureRow(label, f"chiffres/{indicator.indicator}.html", cells, breaks, base))
    years = [str(numbers.campaigns[campaign]) for campaign in campaigns]
    years += [f"{settings.levels[NATIONAL]} {years[-1]}" for _ in beside]
    return FigureTable("", "Chiffre", tuple(years), tuple(rows))


def tables_of_indicator(
    numbers: Numbers, indicator: Indicator, places: Sequence[Place], figures: Iterable[tuple[FigureKey, Shown]]
) -> list[FigureTable]:
    """By structure type: territories by year.

    For an indicator in parts: parts by year for the nation, then the parts of each territory in the last campaign.
    """
    cells = dict(figures)
    campaigns = sorted({key[4] for key in cells})
    kinds = [kind for kind in (*numbers.structure_types, ALL_TYPES) if any(key[1] == kind for key in cells)]
    years = tuple(str(numbers.campaigns[campaign]) for campaign in campaigns)
    breaks = _breaks(numbers, indicator, campaigns)
    tables = []
    for kind in kinds:
        title = typographic(numbers.structure_types.get(kind, "Ensemble"))
        parts = _parts(numbers, indicator, {key[3] for key in cells if key[1] == kind and key[3]})
        if not parts:
            rows = [
                FigureRow(
                    place.name,
                    place.address,
                    tuple(_cell(cells, place, kind, indicator, "", campaign) for campaign in campaigns),
                    breaks,
                )
                for place in places
            ]
            tables.append(FigureTable(title, "Territoire", years, _filled(rows)))
            continue
        nation, last = places[0], max(key[4] for key in cells if key[1] == kind)
        rows = [
            FigureRow(label, "", tuple(_cell(cells, nation, kind, indicator, code, c) for c in campaigns), breaks)
            for code, label in parts
        ]
        tables.append(FigureTable(f"{title}{NARROW_SPACE}: {nation.name}", "Modalité", years, _filled(rows)))
        rows = [
            FigureRow(
                place.name,
                place.address,
                tuple(_cell(cells, place, kind, indicator, part, last) for part, _ in parts),
                ("",) * len(parts),
            )
            for place in places
        ]
        title = f"{title}{NARROW_SPACE}: territoires, {numbers.campaigns[last]}"
        tables.append(FigureTable(title, "Territoire", tuple(label for _, label in parts), _filled(rows)))
    return [table for table in tables if table.rows]


def _breaks(numbers: Numbers, indicator: Indicator, campaigns: Sequence[int]) -> tuple[str, ...]:
    """The first campaign of a series has nothing before it: no break shows there."""
    why = dict(numbers.breaks.get(indicator.indicator, []))
    return tuple("" if rank == 0 else typographic(why.get(campaign, "")) for rank, campaign in enumerate(campaigns))


def _parts(numbers: Numbers, indicator: Indicator, used: set[str]) -> list[tuple[str, str]]:
    listed = [
        (code, typographic(label)) for code, label in numbers.choices.get(indicator.breakdown, []) if code in used
    ]
    return listed + [(code, code) for code in sorted(used - {code for code, _ in listed})]


def _cell(
    cells: dict[FigureKey, Shown], place: Place, kind: str, indicator: Indicator, part: str, campaign: int
) -> Shown | None:
    return cells.get((place.territory_id, kind, indicator.indicator, part, campaign))


def _filled(rows: Iterable[FigureRow]) -> tuple[FigureRow, ...]:
    return tuple(row for row in rows if any(row.cells))


def _base(house: House, indicator: Indicator, structure_type: str, shown: Shown) -> str:
    template = house.bases.get(indicator.base_label, house.base_otherwise)
    if not template or shown.n_respondents is None:
        return ""
    one, many = house.nouns.get(structure_type, ("structure", "structures"))
    noun = many if is_plural(shown.n_respondents) else one
    return typographic(template.replace("{n}", f"{number(shown.n_respondents, 0)}\u00a0{noun}"))
