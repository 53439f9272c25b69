"""The feasible interval of every sensitive amount, by linear programming over what is published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from expectations.disclosure.possible import PossibleTables
from expectations.disclosure.released import Place, Released, Sum, Told

TOLERANCE = 1e-5

Row = tuple[np.ndarray, np.ndarray, float]
"""Columns, their coefficients, and what these add up to."""


@dataclass(frozen=True)
class Interval:
    """What a reader can tell of a sensitive amount. `low` and `high` are proven possible; exact where the interval is
    narrower than `width`, the interval demanded."""

    aggregate: str
    territories: str
    structure_type: str
    low: float
    high: float
    width: float

    @property
    def is_too_narrow(self) -> bool:
        """Narrower than demanded, rounding of the solver aside."""
        return self.high - self.low < self.width * (1 - 1e-3) - TOLERANCE


def audited(released: Released) -> list[Interval]:
    """The interval of every protected amount, in the order of `released.protected`.

    A few programs that push all of the amounts apart at once prove most intervals wide enough; the others are
    bounded one by one.
    """
    wanted: dict[str, list[tuple[int, str, str, float]]] = defaultdict(list)
    for number, (aggregate, territories, structure_type, width) in enumerate(released.protected):
        wanted[aggregate].append((number, territories, structure_type, width))
    answers: dict[int, Interval] = {}
    for family in _families(released):
        targets = [(aggregate, *line) for aggregate in family for line in wanted.get(aggregate, ())]
        if targets:
            answers |= _Family(released, family).intervals(targets)
    return [answers[number] for number in sorted(answers)]


def _families(released: Released) -> list[list[str]]:
    """Aggregates that sums hold together, and those that say the same everywhere."""
    parent = {aggregate: aggregate for aggregate in released.told}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for links in released.sums:
        known = [name for name in (*links.parts, links.whole) if name in parent]
        for name in known[1:]:
            parent[root(name)] = root(known[0])
    members: dict[str, list[str]] = defaultdict(list)
    for name in released.told:
        members[root(name)].append(name)
    return list(members.values())


class _Family:
    """The linear relations between the amounts of a few aggregates: variables are (aggregate, atom), never negative
    unless an amount is, and bounded by the number of respondents where they count structures."""

    def __init__(self, released: Released, family: list[str]) -> None:
        self.atoms = released.atoms
        self.kinds = {kind for kind, _, _ in self.atoms}
        self.first = {aggregate: number * len(self.atoms) for number, aggregate in enumerate(family)}
        self.size = len(family) * len(self.atoms)
        self._by_place = released.atoms_of_places
        equal: list[Row] = []
        at_most: list[Row] = []
        low, high = np.zeros(self.size), np.full(self.size, np.inf)
        counts = np.array([count for _, _, count in self.atoms], dtype=float)
        for aggregate in family:
            of = released.told[aggregate]
            inside = slice(self.first[aggregate], self.first[aggregate] + len(self.atoms))
            if of.signed:
                low[inside] = -np.inf
            if of.counts_structures:
                high[inside] = counts
            asked = {kind for _, kind in (*of.amounts, *of.hidden)}
            if asked <= self.kinds:
                elsewhere = ~np.isin(released.kind_of_atoms, sorted(asked))
                high[inside][elsewhere] = 0
                low[inside][elsewhere] = 0
            self._add(of, aggregate, equal, at_most)
        self._add_sums(released, [s for s in released.sums if set(s.parts) <= set(family)], equal)
        self.scale = max(1.0, float(np.mean([abs(value) for _, _, value in equal if value] or [1.0])))
        known = np.array([value for _, _, value in equal]) / self.scale
        limits = np.array([value for _, _, value in at_most]) / self.scale
        # What nothing bounds is let go to a thousand times the largest amount, known or to be protected.
        widest = max((width for name, *_, width in released.protected if name in self.first), default=0.0)
        furthest = 1e3 * max(1.0, float(np.abs(known).max(initial=0.0)), widest / self.scale)
        self.possible = PossibleTables(
            self._matrix([*equal, *at_most]),
            np.concatenate([known, np.full(len(limits), -np.inf)]),
            np.concatenate([known, limits]),
            np.clip(low / self.scale, -furthest, furthest),
            np.clip(high / self.scale, -furthest, furthest),
        )

    def intervals(self, targets: list[tuple[str, int, str, str, float]]) -> dict[int, Interval]:
        """By number of the target, its interval."""
        rows = self._matrix([self._row(aggregate, names, kind) for aggregate, _, names, kind, _ in targets])
        widths = np.array([width for *_, width in targets]) / self.scale
        low, high = self.possible.intervals(rows, widths)
        return {
            number: Interval(aggregate, names, kind, float(low[i]) * self.scale, float(high[i]) * self.scale, width)
            for i, (aggregate, number, names, kind, width) in enumerate(targets)
        }

    def _add(self, of: Told, aggregate: str, equal: list[Row], at_most: list[Row]) -> None:
        """Published amounts, places where nobody answered, and no more structures than answers."""
        first = self.first[aggregate]
        types = {kind for _, kind in (*of.amounts, *of.hidden)}
        for place, atoms in self._by_place.items():
            if place[1] not in types or not len(atoms):
                continue
            if place in of.amounts:
                equal.append((first + atoms, np.ones(len(atoms)), of.amounts[place]))
            elif place not in of.hidden and place[1] in self.kinds:
                equal.append((first + atoms, np.ones(len(atoms)), 0.0))
            elif place in of.hidden and of.counts_structures:
                at_most.append((first + atoms, np.ones(len(atoms)), float(of.answers[place])))
            if place in of.at_least and not of.signed:
                at_most.append((first + atoms, -np.ones(len(atoms)), -of.at_least[place]))

    def _add_sums(self, released: Released, sums: list[Sum], equal: list[Row]) -> None:
        for links in sums:
            answers = released.told[links.parts[0]].answers
            if links.whole is None:
                for place, count in answers.items():
                    if place[1] == links.structure_type:
                        columns = np.concatenate([self._columns(part, place) for part in links.parts])
                        equal.append((columns, np.ones(len(columns)), float(count)))
                continue
            combined = links.structure_type not in self.kinds
            signs = np.array([1.0] * len(links.parts) + [-1.0])
            starts = np.array([self.first[name] for name in (*links.parts, links.whole)])
            chosen = np.flatnonzero(combined | (released.kind_of_atoms == links.structure_type))
            equal.extend((starts + atom, signs, 0.0) for atom in chosen.tolist())

    def _row(self, aggregate: str, territories: str, kind: str) -> Row:
        """A target: a place, or the atom that belongs to exactly these territories."""
        names = frozenset(territories.split(";"))
        exact = [a for a, (of_kind, inside, _) in enumerate(self.atoms) if of_kind == kind and inside == names]
        columns = (
            np.array([self.first[aggregate] + a for a in exact], dtype=int)
            if len(names) > 1
            else self._columns(aggregate, (territories, kind))
        )
        return columns, np.ones(len(columns)), 0.0

    def _columns(self, aggregate: str, place: Place) -> np.ndarray:
        """The variables of an aggregate in a place."""
        return self.first[aggregate] + self._by_place.get(place, np.zeros(0, dtype=int))

    def _matrix(self, rows: list[Row]) -> sparse.csr_array:
        columns = np.concatenate([*[row[0] for row in rows], np.zeros(0, dtype=int)]).astype(int)
        values = np.concatenate([*[row[1] for row in rows], np.zeros(0)])
        starts = np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])]).astype(int)
        return sparse.csr_array((values, columns, starts), shape=(len(rows), self.size))
