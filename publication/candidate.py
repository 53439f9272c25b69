"""What publication reads of a candidate: its figures, territories, structures and labels, as plain Python."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from methods.disclosure.released import STATUS
from methods.disclosure.states import PUBLISHED
from publication.policy import Policy


@dataclass(frozen=True)
class Figure:
    """One row of `figures`: a number as it is published, the base it rests on, and its address.

    `value`: rounded with its `decimals`, so that nothing that is drawn or written of it says more; None where it is
    kept confidential.
    """

    campaign: int
    territory_id: str
    structure_type: str
    indicator: str
    breakdown: str
    value: Decimal | None
    decimals: int
    unit: str
    kind: str
    n_respondents: int
    n_agreed: int
    n_solicited: int
    n_responded: int

    @property
    def written(self) -> str:
        """The value as programs read it, with the digits that are printed; '' where it is confidential."""
        return "" if self.value is None else f"{self.value:.{self.decimals}f}"

    @property
    def address(self) -> str:
        """``campaign/territory/type/indicator[/breakdown]``: where the number can be looked up."""
        parts = [str(self.campaign), self.territory_id, self.structure_type, self.indicator, self.breakdown]
        return "/".join(part for part in parts if part)


@dataclass(frozen=True)
class Territory:
    """A row of `dim_territory`."""

    territory_id: str
    level: str
    level_label: str
    code: str
    name: str


@dataclass(frozen=True)
class Structure:
    """An agreed structure of the campaign's frame."""

    structure_id: str
    structure_type: str
    name: str
    commune_code: str
    commune_name: str
    manager_name: str


@dataclass(frozen=True)
class Indicator:
    """A row of the registry's `indicators`."""

    indicator: str
    label: str
    unit: str
    kind: str
    base_label: str
    breakdown: str
    decimals: int


@dataclass(frozen=True)
class Break:
    """From `campaign` on, a series is not comparable with what was before; `why` is printed."""

    campaign: int
    why: str


FigureKey = tuple[int, str, str, str, str]


@dataclass(frozen=True)
class Edition:
    """What the sheets of one campaign are made of.

    Figures are those of the indicators and levels asked for, in every campaign up to this one.
    """

    campaign: int
    data_years: dict[int, int]
    figures: dict[FigureKey, Figure]
    territories: dict[str, Territory]
    structures: dict[str, Structure]
    members: dict[str, frozenset[str]]
    indicators: dict[str, Indicator]
    choices: dict[str, list[tuple[str, str]]]
    structure_types: dict[str, str]
    breaks: dict[str, list[Break]]
    manifest: dict[str, Any] = field(repr=False)

    def figure(
        self, territory_id: str, structure_type: str, indicator: str, breakdown: str = "", campaign: int | None = None
    ) -> Figure | None:
        """The figure at that address, None where there is no such row."""
        return self.figures.get((campaign or self.campaign, territory_id, structure_type, indicator, breakdown))

    def territories_of(self, level: str) -> list[Territory]:
        """The territories of a level that hold agreed structures, by code."""
        found = (t for t in self.territories.values() if t.level == level and self.members.get(t.territory_id))
        return sorted(found, key=lambda territory: territory.code)

    def territory_around(self, territory_id: str, level: str) -> Territory | None:
        """The territory of `level` that holds every structure of another one (the smallest, where several do)."""
        inside = self.members.get(territory_id, frozenset())
        around = [t for t in self.territories_of(level) if inside <= self.members[t.territory_id]]
        return min(around, key=lambda t: (len(self.members[t.territory_id]), t.territory_id), default=None)

    @cached_property
    def has_secrets(self) -> bool:
        """Whether any of its figures is kept confidential."""
        return any(figure.value is None for figure in self.figures.values())

    @cached_property
    def is_demo(self) -> bool:
        """True when the build's manifest lists the campaign among those with demonstration data."""
        return self.campaign in self.manifest.get("demo", [])


def candidate_manifest(candidate: Path) -> dict[str, Any]:
    """The candidate's ``manifest.json``. Raises FileNotFoundError when the folder isn't a whole candidate."""
    manifest: dict[str, Any] = json.loads((candidate / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def read_edition(policy: Policy, indicators: Iterable[str], levels: Iterable[str]) -> Edition:
    """What the sheets of a campaign need: figures of `indicators` at `levels` as the policy tells them, territories,
    structures, labels."""
    candidate, campaign = policy.candidate, policy.campaign
    with duckdb.connect() as connection:
        marts, registry = candidate / "marts", candidate / "registry"

        def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
            return connection.execute(sql, list(parameters)).fetchall()

        def table(folder: Path, name: str) -> str:
            return "read_parquet('{}')".format(str(folder / f"{name}.parquet").replace("'", "''"))

        figures = [
            Figure(*row)
            for row in rows(
                f"""
                select campaign, territory_id, structure_type, indicator, coalesce(breakdown, ''), value_rounded,
                       decimals, unit, kind, coalesce(n_respondents, 0), n_agreed, n_solicited, n_responded
                from {policy.figures}
                where campaign <= ? and n_agreed > 0 and (value is not null or {STATUS} <> '{PUBLISHED}')
                  and list_contains(?, indicator) and list_contains(?, level)
                """,
                campaign,
                sorted(indicators),
                sorted(levels),
            )
        ]
        territories = rows(
            f"""select territory_id, level, level_label_fr, code, name from {table(marts, "dim_territory")}
                where list_contains(?, level)""",
            sorted(levels),
        )
        structures = rows(
            f"""
            select s.structure_id, s.structure_type, coalesce(s.name, ''), coalesce(s.commune_code, ''),
                   coalesce(s.commune_name, ''), coalesce(s.manager_name, '')
            from {table(marts, "dim_structure")} s
            join {table(marts, "fct_centres")} c on c.campaign = s.campaign and c.structure_id = s.structure_id
            where s.campaign = ? and c.agreed = 1
            """,
            campaign,
        )
        bridge = rows(
            f"select territory_id, structure_id from {table(marts, 'bridge_territory_structure')} where campaign = ?",
            campaign,
        )
        data_years = rows(
            f"select campaign, data_year from {table(marts, 'dim_campaign')} where campaign <= ?", campaign
        )
        indicator_rows = rows(
            f"""select indicator, label_fr, unit, kind, coalesce(base_label, ''), coalesce(breakdown, ''), decimals
                from {table(registry, "indicators")}"""
        )
        breaks = rows(f"select indicator, campaign, reason_fr from {table(registry, 'breaks')} order by campaign")
        types = rows(f'select structure_type, label_fr from {table(registry, "structure_types")} order by "order"')
        choices = rows(f'select list, code, label_fr from {table(registry, "choices")} order by list, "order", code')

    known_structures = {row[0]: Structure(*row) for row in structures}
    members: dict[str, set[str]] = defaultdict(set)
    for territory_id, structure_id in bridge:
        if structure_id in known_structures:
            members[territory_id].add(structure_id)
    labels: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for list_name, code, label in choices:
        labels[list_name].append((code, label))
    breaks_of: dict[str, list[Break]] = defaultdict(list)
    for indicator, first, why in breaks:
        breaks_of[indicator].append(Break(first, why))
    return Edition(
        campaign=campaign,
        data_years=dict(sorted(data_years)),
        figures={(f.campaign, f.territory_id, f.structure_type, f.indicator, f.breakdown): f for f in figures},
        territories={row[0]: Territory(*row) for row in territories},
        structures=known_structures,
        members={territory_id: frozenset(ids) for territory_id, ids in members.items()},
        indicators={row[0]: Indicator(*row) for row in indicator_rows},
        choices=dict(labels),
        structure_types=dict(types),
        breaks=dict(breaks_of),
        manifest=candidate_manifest(candidate),
    )
