"""Places and atoms. Atoms are the smallest pieces: the structures of one type that belong to exactly the same
territories. Every cell is a sum of atoms, whatever the territories are (nested, or overlapping like federations): what
two of them don't share is made of atoms too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from methods.disclosure.amounts import Amounts
from methods.disclosure.sensitivity import Quantities

Place = tuple[str, str]
"""(territory_id, structure type)."""


@dataclass(frozen=True)
class Geography:
    """`places`: those that have a figure; `of_figure`: the number of each figure's. `of_structure`: the atom of each
    structure; `types`: of each atom; `starts`, `atoms`: the atoms of each place, one place after the other.
    `sums`, `answering`: what each quantity amounts to in each atom, and how many structures are in its base."""

    amounts: Amounts
    places: tuple[Place, ...]
    of_figure: np.ndarray
    of_structure: np.ndarray
    types: np.ndarray
    starts: np.ndarray
    atoms: np.ndarray
    sums: np.ndarray
    answering: np.ndarray

    def atoms_of(self, place: int) -> np.ndarray:
        """The atoms of a place, by its number."""
        return self.atoms[self.starts[place] : self.starts[place + 1]]

    @cached_property
    def structures(self) -> list[np.ndarray]:
        """The structures of each atom, by row number."""
        order = np.argsort(self.of_structure, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self.of_structure[order])) + 1)

    @cached_property
    def level(self) -> np.ndarray:
        """The level of each place's territory."""
        of_territory = dict(zip(self.amounts.figures.territory, self.amounts.figures.level, strict=True))
        return np.array([of_territory[territory] for territory, _ in self.places])

    @cached_property
    def names(self) -> list[str]:
        """The territories that each atom belongs to, joined by `;`."""
        inside: dict[int, list[str]] = defaultdict(list)
        for territory, rows in sorted(self.amounts.territories.items()):
            for atom in np.unique(self.of_structure[rows]).tolist():
                inside[atom].append(territory)
        return [";".join(inside[atom]) for atom in range(len(self.types))]

    @cached_property
    def children(self) -> list[list[list[int]]]:
        """By place, the places of the same type of each other level that lie in it without overlapping."""
        number = {place: index for index, place in enumerate(self.places)}
        inside = self._children_of_territories
        found = []
        for territory, structure_type in self.places:
            known = [[number.get((child, structure_type)) for child in group] for group in inside.get(territory, ())]
            found.append([[child for child in group if child is not None] for group in known])
        return found

    @cached_property
    def _children_of_territories(self) -> dict[str, list[list[str]]]:
        members = {territory: frozenset(rows.tolist()) for territory, rows in self.amounts.territories.items()}
        levels = dict(zip(self.amounts.figures.territory, self.amounts.figures.level, strict=True))
        by_level: dict[str, list[str]] = defaultdict(list)
        for territory, level in levels.items():
            by_level[level].append(territory)
        found: dict[str, list[list[str]]] = {}
        for territory, inside in members.items():
            for level, others in by_level.items():
                within = [t for t in others if members.get(t) and members[t] <= inside]
                apart = sum(len(members[t]) for t in within) == len(frozenset().union(*(members[t] for t in within)))
                if within and apart and level != levels.get(territory):
                    found.setdefault(territory, []).append(within)
        return found


def places_of(amounts: Amounts) -> tuple[tuple[Place, ...], np.ndarray]:
    """The places that have a figure, in order, and the number of each figure's."""
    told = list(zip(amounts.figures.territory.tolist(), amounts.figures.structure_type.tolist(), strict=True))
    places = sorted(set(told))
    number = {place: index for index, place in enumerate(places)}
    return tuple(places), np.array([number[place] for place in told], dtype=int)


def geography_of(
    amounts: Amounts, places: tuple[Place, ...], of_figure: np.ndarray, quantities: Quantities
) -> Geography:
    """Group the structures that territories and types can't tell apart, and sum the quantities over these."""
    kinds, kind = np.unique(amounts.types.astype(str), return_inverse=True)
    member = np.zeros((len(amounts.types), len(amounts.territories) + 1), dtype=np.int32)
    member[:, 0] = kind.ravel()
    columns = {territory: column for column, territory in enumerate(amounts.territories, 1)}
    for territory, rows in amounts.territories.items():
        member[rows, columns[territory]] = 1
    signatures, atom = np.unique(member, axis=0, return_inverse=True)
    atom = atom.ravel()
    types = kinds[signatures[:, 0]]
    inside = []
    for territory, structure_type in places:
        chosen = signatures[:, columns[territory]] == 1
        inside.append(np.flatnonzero(chosen & (types == structure_type) if structure_type in set(kinds) else chosen))
    by_atom = sparse.csr_array((np.ones(len(atom)), (atom, np.arange(len(atom)))), shape=(len(types), len(atom)))
    return Geography(
        amounts=amounts,
        places=places,
        of_figure=of_figure,
        of_structure=atom,
        types=types,
        starts=np.concatenate([[0], np.cumsum([len(atoms) for atoms in inside])]).astype(int),
        atoms=np.concatenate([*inside, np.zeros(0, dtype=int)]).astype(int),
        sums=by_atom @ quantities.values,
        answering=by_atom @ quantities.answered.astype(float),
    )
