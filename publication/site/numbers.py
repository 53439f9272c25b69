"""Published figures, as the site shows them: each with its base, its address, and nothing that a release hides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import duckdb

from publication.candidate import Figure
from publication.documents.cautions import may_be_printed
from publication.documents.plans import House
from publication.documents.wording import quantity
from publication.site.library import Release

ALL_TYPES = "ALL"
N_RESPONDENTS = 9


@dataclass(frozen=True)
class Shown:
    """A figure on a page: its text, its value with the digits that are printed ('' for a hidden one), its address, n
    and N."""

    text: str
    source: str
    address: str
    n_respondents: int | None
    n_agreed: int

    @property
    def hidden(self) -> bool:
        """What the release keeps confidential."""
        return not self.source


@dataclass(frozen=True)
class Indicator:
    """An indicator as its page presents it."""

    indicator: str
    family: str
    label: str
    unit: str
    kind: str
    base_label: str
    breakdown: str


@dataclass(frozen=True)
class Place:
    """A territory with published figures."""

    territory_id: str
    level: str
    level_label: str
    level_order: int
    code: str
    name: str

    @property
    def address(self) -> str:
        """Its page."""
        return f"territoires/{self.territory_id.lower()}.html"


FigureKey = tuple[str, str, str, str, int]


@dataclass
class Numbers:
    """`figures` by territory, structure type, indicator, breakdown and campaign; labels of what they are of.

    `members`: the structures of each territory in the last campaign. `breaks`: by indicator, the first campaign that
    is not comparable with those before, and why.
    """

    figures: dict[FigureKey, Shown] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    choices: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    structure_types: dict[str, str] = field(default_factory=dict)
    campaigns: dict[int, int] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    breaks: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def first(self, reference: str, territory_id: str, campaign: int) -> tuple[Indicator, str, Shown] | None:
        """The first figure of ``TYPES:indicators`` that exists, with its indicator and structure type."""
        types, indicators = reference.split(":")
        for indicator in indicators.split("/"):
            for structure_type in types.split("/"):
                shown = self.figures.get((territory_id, structure_type, indicator, "", campaign))
                if shown and indicator in self.indicators:
                    return self.indicators[indicator], structure_type, shown
        return None


def numbers_of(releases: Iterable[Release], house: House) -> Numbers:
    """What the last vintages tell, the last campaign first: its labels win.

    Figures too frail to be printed on a sheet are left out here too.
    """
    numbers = Numbers()
    for release in releases:
        with duckdb.connect(str(release.bi_file), read_only=True) as connection:
            _add(numbers, release, connection, house)
    return numbers


def _add(numbers: Numbers, release: Release, connection: duckdb.DuckDBPyConnection, house: House) -> None:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql, {"campaign": release.campaign} if "$campaign" in sql else {}).fetchall()

    numbers.campaigns[release.campaign] = release.data_year
    for row in rows("select territory_id, level, level_label_fr, level_order, code, name from dim_territory"):
        numbers.places.setdefault(row[0], Place(*row))
    for row in rows("select indicator, family, label_fr, unit, kind, base_label, breakdown from indicators"):
        numbers.indicators.setdefault(row[0], Indicator(*row))
    if not numbers.choices:
        for name, code, label in rows('select list, code, label_fr from choices order by list, "order", code'):
            numbers.choices.setdefault(name, []).append((code, label))
        numbers.structure_types = dict(rows('select structure_type, label_fr from structure_types order by "order"'))
        for indicator, campaign, why in rows("select indicator, campaign, reason_fr from breaks order by campaign"):
            numbers.breaks.setdefault(indicator, []).append((campaign, why))
        for territory, structure in rows(
            "select territory_id, structure_id from bridge_territory_structure where campaign = $campaign"
        ):
            numbers.members[territory].add(structure)
    suppressed = "status" in {name for name, *_ in connection.execute("describe figures").fetchall()}
    status = "status" if suppressed else "'published'"
    for row in rows(
        f"""
        select
            campaign, territory_id, structure_type, indicator, coalesce(breakdown, ''), value_rounded, decimals,
            unit, kind, n_respondents, n_agreed, n_solicited, n_responded
        from figures where campaign = $campaign and n_agreed > 0 and (value is not null or {status} <> 'published')
        """
    ):
        shown = _shown(list(row), house)
        if shown:
            _, territory, structure_type, indicator, breakdown, *_ = row
            numbers.figures[territory, structure_type, indicator, breakdown, release.campaign] = shown


def _shown(values: list[Any], house: House) -> Shown | None:
    n_respondents = values[N_RESPONDENTS]
    values[N_RESPONDENTS] = n_respondents or 0
    figure = Figure(*values)
    if figure.value is not None and not may_be_printed(
        figure.kind, figure.n_responded, figure.n_agreed, house.cautions
    ):
        return None
    return Shown(quantity(figure, house), figure.written, figure.address, n_respondents, figure.n_agreed)
