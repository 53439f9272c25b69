"""What a reader of a release would have: published amounts, territories of the respondents, numbers of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import duckdb

Place = tuple[str, str]
"""(territory_id, structure type)."""

# One row per figure, with the aggregates of the registry behind it and whether the pattern hides them.
FIGURES = """
select f.territory_id, f.structure_type, f.indicator, f.breakdown, f.kind, e.numerator, e.denominator, e.n,
    cast(f.numerator as double), cast(f.denominator as double), f.n_respondents,
    coalesce(d.numerator_hidden, false), coalesce(d.denominator_hidden, false),
    case when d.numerator_kept then cast(d.told_numerator as double) end,
    case when d.denominator_kept then cast(d.told_denominator as double) end
from marts.figures as f
join registry.figure_expressions as e using (campaign, structure_type, indicator, breakdown)
left join disclosure.figures as d using (campaign, territory_id, structure_type, indicator, breakdown)
where f.campaign = getvariable('campaign') and e.population <> 'frame'
order by e.position, f.territory_id, f.structure_type
"""

# The smallest groups of respondents that territories can tell apart.
ATOMS = """
with placed as (
    select b.structure_id, any_value(b.structure_type) as structure_type,
        string_agg(distinct b.territory_id, ';' order by b.territory_id) as territories
    from marts.bridge_territory_structure as b
    join marts.fct_centres as c using (campaign, structure_id)
    where b.campaign = getvariable('campaign') and c.responded = 1
    group by b.structure_id
)
select structure_type, territories, count(*) from placed group by all order by all
"""

# What must stay uncertain, and by how much.
PROTECTED = """
select aggregate, territory_id, structure_type, width from disclosure.cells
where campaign = getvariable('campaign') and width > 0 order by all
"""

CHANGES = """
select vintage, aggregate, territory_id, structure_type, amount, answers, signed, width from disclosure.changes
where campaign = getvariable('campaign') order by all
"""
CHANGE_ATOMS = """
select vintage, structure_type, territories, structures from disclosure.change_atoms
where campaign = getvariable('campaign') order by all
"""


@dataclass
class Told:
    """One aggregate: what is published of it by place, how many answered there, and where it is asked. `at_least`: what
    an earlier vintage has told of a place where the amount is not revised."""

    amounts: dict[Place, float] = field(default_factory=dict)
    hidden: set[Place] = field(default_factory=set)
    at_least: dict[Place, float] = field(default_factory=dict)
    answers: dict[Place, int] = field(default_factory=dict)
    counts_structures: bool = True
    signed: bool = False
    indicators: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Sum:
    """Aggregates that add up to a whole at every place: another aggregate, or the number of answers."""

    parts: tuple[str, ...]
    whole: str | None
    structure_type: str


@dataclass(frozen=True)
class Released:
    """`atoms`: (type, territories, respondents). `protected`: (aggregate, territories joined by `;`, type, width)."""

    told: dict[str, Told]
    sums: list[Sum]
    atoms: list[tuple[str, frozenset[str], int]]
    protected: list[tuple[str, str, str, float]]

    @cached_property
    def kind_of_atoms(self) -> np.ndarray:
        """The structure type of each atom."""
        return np.array([kind for kind, _, _ in self.atoms])

    @cached_property
    def atoms_of_places(self) -> dict[Place, np.ndarray]:
        """The atoms of each place, by number; those of all types under a type that none is of."""
        inside: dict[Place, list[int]] = defaultdict(list)
        kinds = {kind for kind, _, _ in self.atoms}
        combined = sorted({kind for of in self.told.values() for _, kind in (*of.amounts, *of.hidden)} - kinds)
        for atom, (kind, territories, _) in enumerate(self.atoms):
            for territory in sorted(territories):
                for of_kind in (kind, *combined):
                    inside[(territory, of_kind)].append(atom)
        return {place: np.array(atoms) for place, atoms in inside.items()}


def read_released(connection: duckdb.DuckDBPyConnection, structure_kinds: Iterable[str]) -> Released:
    """From the candidate's views. Raises `duckdb.Error` when the candidate has no disclosure tables."""
    protected = connection.execute(PROTECTED).fetchall()
    rows = connection.execute(FIGURES).fetchall()
    atoms = [(kind, frozenset(names.split(";")), count) for kind, names, count in connection.execute(ATOMS).fetchall()]
    kinds = set(structure_kinds)
    told: dict[str, Told] = defaultdict(Told)
    groups: dict[tuple[str, str], dict[Place, list[tuple[str, str | None, float, float | None, int]]]] = {}
    for territory, type_, indicator, breakdown, kind, top, base, n, amount, total, answers, *said in rows:
        place = (territory, type_)
        counted = kind in kinds and base in (None, n)
        for aggregate, value, hidden, before in ((top, amount, *said[::2]), (base, total, *said[1::2])):
            if aggregate in (None, n) or value is None:
                continue
            of = told[aggregate]
            of.answers[place] = max(answers, of.answers.get(place, 0))
            of.counts_structures &= counted
            of.signed |= value < 0
            of.indicators[indicator] = None
            if hidden or before is not None:
                of.hidden.add(place)
            else:
                of.amounts[place] = value
            if before is not None and before <= value:
                of.at_least[place] = before
        if breakdown:
            whole = total if base else float(answers)
            places = groups.setdefault((indicator, type_), {})
            places.setdefault(place, []).append((top, None if base in (None, n) else base, amount, whole, answers))
    return Released(dict(told), _sums(groups), atoms, protected)


def read_changes(connection: duckdb.DuckDBPyConnection, released: Released) -> list[Released]:
    """What a reader who has the earlier vintages too can tell of what changed since each: as a survey of its own, of
    those who have answered since. Raises `duckdb.Error` when the candidate has no such tables."""
    atoms: dict[int, list[tuple[str, frozenset[str], int]]] = defaultdict(list)
    for vintage, kind, names, count in connection.execute(CHANGE_ATOMS).fetchall():
        atoms[vintage].append((kind, frozenset(names.split(";")), count))
    told: dict[int, dict[str, Told]] = defaultdict(dict)
    rows = connection.execute(CHANGES).fetchall()
    protected: dict[int, list[tuple[str, str, str, float]]] = defaultdict(list)
    for vintage, aggregate, territory, type_, amount, answers, signed, width in rows:
        whole = released.told.get(aggregate, Told())
        of = told[vintage].setdefault(aggregate, Told(counts_structures=False, indicators=dict(whole.indicators)))
        if width:
            protected[vintage].append((aggregate, territory, type_, width))
        if ";" not in territory:
            of.signed |= signed
            of.answers[(territory, type_)] = answers
            of.hidden.add((territory, type_)) if amount is None else of.amounts.__setitem__((territory, type_), amount)
    return [
        Released(
            told[vintage],
            [s for s in released.sums if {*s.parts, *([s.whole] if s.whole else [])} <= told[vintage].keys()],
            atoms[vintage],
            protected[vintage],
        )
        for vintage in sorted(told)
    ]


def _sums(
    groups: dict[tuple[str, str], dict[Place, list[tuple[str, str | None, float, float | None, int]]]],
) -> list[Sum]:
    """Breakdowns whose parts add up to their whole wherever they are computed."""
    found: dict[Sum, None] = {}
    for (_, structure_type), places in groups.items():
        gaps = [abs(sum(line[2] for line in lines) - (lines[0][3] or 0)) for lines in places.values()]
        lines = max(places.values(), key=len)
        parts = tuple(sorted({line[0] for line in lines}))
        if len(parts) > 1 and max(gaps) <= 1e-6 * max(1.0, max(abs(lines[0][3] or 0) for lines in places.values())):
            found[Sum(parts, lines[0][1], structure_type)] = None
    return list(found)
