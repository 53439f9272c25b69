"""Linked tables: quantities that are parts of one another, over territories and structure types, as linear relations.

The smallest pieces are *atoms*: the structures of one type that belong to exactly the same territories. Every cell is a
sum of atoms, whatever the territories are (nested, or overlapping like federations): what two of them don't share is
made of atoms too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publication.disclosure.amounts import Amounts, Figure
from publication.disclosure.rules import Rules
from publication.disclosure.sensitivity import Quantities

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

Place = tuple[str, str]
"""(territory_id, structure type)."""


@dataclass(frozen=True)
class Quantity:
    """An aggregate that is released and isn't public, with the places where it is."""

    aggregate: str
    base: str
    magnitude: bool
    persons: bool
    types: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Atoms:
    """`of_structure`: the atom of each structure. `types`: of each atom. `places`: atoms of each (territory, type)."""

    of_structure: np.ndarray
    types: np.ndarray
    places: dict[Place, np.ndarray]


@dataclass(frozen=True)
class Link:
    """Parts (quantities, by number) that add up, structure by structure, to a whole: a quantity, or a public count.

    `structure_type`: the structures that it holds for; all of them when none is of that type."""

    parts: tuple[int, ...]
    whole: int | None
    structure_type: str


@dataclass(frozen=True)
class Table:
    """One family of linked quantities. Variables are (quantity, atom) pairs.

    `amounts`: of each variable; `lower`, `upper`: how far each may move from it and still be an answer. `cells`:
    rows × variables, one row per distinct set of atoms; `names`: (quantity, place) of each row. `balance`: linear
    combinations of variables that are known, or zero. `variables`: (quantity, atom) of each. `structures`: how many
    structures make each row.
    """

    amounts: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    cells: sparse.csr_matrix
    names: tuple[tuple[tuple[int, Place], ...], ...]
    balance: sparse.csr_matrix
    variables: tuple[tuple[int, int], ...]
    structures: np.ndarray


def quantities_of(amounts: Amounts, rules: Rules) -> tuple[list[Quantity], dict[str, int]]:
    """The quantities of a campaign, and the number of each aggregate's."""
    found: dict[str, list[tuple[Figure, bool]]] = defaultdict(list)
    for figure in amounts.figures:
        for aggregate, magnitude in _released(figure, amounts, rules):
            found[aggregate].append((figure, magnitude))
    numbers = {aggregate: number for number, aggregate in enumerate(found)}
    return [_quantity(aggregate, uses, rules) for aggregate, uses in found.items()], numbers


def _released(figure: Figure, amounts: Amounts, rules: Rules) -> Iterable[tuple[str, bool]]:
    """The aggregates that a figure tells and that aren't public, each with whether it is more than a count."""
    counted = figure.kind in rules.structure_kinds and figure.denominator in (None, figure.n)
    for aggregate in (figure.numerator, figure.denominator):
        public = aggregate in (None, figure.n) or aggregate in amounts.public or aggregate in amounts.constants
        if aggregate and not public:
            yield aggregate, not counted


def _quantity(aggregate: str, uses: list[tuple[Figure, bool]], rules: Rules) -> Quantity:
    figures = [figure for figure, _ in uses]
    return Quantity(
        aggregate=aggregate,
        base=figures[0].n,
        magnitude=any(magnitude for _, magnitude in uses),
        persons=any(figure.unit == rules.persons_unit for figure in figures),
        types=tuple(sorted({figure.structure_type for figure in figures})),
        places=tuple(sorted({(figure.territory_id, figure.structure_type) for figure in figures})),
    )


def columns_of_quantities(amounts: Amounts, quantities: Sequence[Quantity]) -> Quantities:
    """The quantities as columns over the structures."""
    import numpy as np

    return Quantities(
        values=np.column_stack([amounts.of(q.aggregate) for q in quantities]),
        answered=np.column_stack([amounts.of(q.base) > 0 for q in quantities]),
        magnitude=np.array([q.magnitude for q in quantities]),
        persons=np.array([q.persons for q in quantities]),
        additive=np.array([q.aggregate in amounts.additive for q in quantities]),
    )


def atoms_of(amounts: Amounts, places: Iterable[Place]) -> Atoms:
    """Group the structures that the places can't tell apart."""
    import numpy as np

    kinds, kind = np.unique(amounts.types.astype(str), return_inverse=True)
    member = np.zeros((len(amounts.types), len(amounts.territories) + 1), dtype=np.int32)
    member[:, 0] = kind.ravel()
    columns = {territory: column for column, territory in enumerate(amounts.territories, 1)}
    for territory, rows in amounts.territories.items():
        member[rows, columns[territory]] = 1
    signatures, atom = np.unique(member, axis=0, return_inverse=True)
    types = kinds[signatures[:, 0]]
    inside = {}
    for territory, structure_type in places:
        chosen = signatures[:, columns[territory]] == 1
        if structure_type in set(kinds):
            chosen = chosen & (types == structure_type)
        inside[(territory, structure_type)] = np.flatnonzero(chosen)
    return Atoms(atom.ravel(), types, inside)


def links_of(amounts: Amounts, quantities: Sequence[Quantity], numbers: dict[str, int]) -> list[Link]:
    """Breakdowns whose parts add up to their whole, structure by structure: found in the answers, not declared. And
    quantities that are the same in every structure, under two names."""
    import numpy as np

    breakdowns: dict[tuple[str, str], dict[str, Figure]] = defaultdict(dict)
    for figure in amounts.figures:
        if figure.breakdown:
            breakdowns[(figure.indicator, figure.structure_type)].setdefault(figure.breakdown, figure)
    links: dict[Link, None] = {}
    for (_, structure_type), figures in breakdowns.items():
        parts = [figure.numerator for figure in figures.values()]
        first = next(iter(figures.values()))
        whole = first.denominator or first.n
        if len(set(parts)) < 2 or any(part not in numbers for part in parts) or whole in amounts.constants:
            continue
        rows = amounts.types == structure_type
        rows = rows if rows.any() else np.ones(len(rows), dtype=bool)
        gap = sum(amounts.of(part) for part in set(parts)) - amounts.of(whole)
        if np.allclose(gap[rows], 0, atol=1e-6):
            links[Link(tuple(sorted({numbers[part] for part in parts})), numbers.get(whole), structure_type)] = None
    known: dict[tuple[bytes, tuple[str, ...]], int] = {}
    for number, quantity in enumerate(quantities):
        content = amounts.of(quantity.aggregate).tobytes() + amounts.of(quantity.base).tobytes()
        twin = known.setdefault((content, quantity.types), number)
        if twin != number:
            links[Link((twin,), number, "")] = None
    return list(links)


def families(count: int, links: Iterable[Link]) -> list[list[int]]:
    """Quantities that links hold together."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    pairs = [(part, other) for link in links for part in link.parts for other in (link.parts[0], link.whole)]
    joined = [(a, b) for a, b in pairs if b is not None]
    graph = sparse.coo_matrix(
        ([1] * len(joined), ([a for a, _ in joined], [b for _, b in joined])), shape=(count, count)
    )
    total, labels = connected_components(graph, directed=False)
    members: list[list[int]] = [[] for _ in range(total)]
    for quantity, label in enumerate(labels):
        members[label].append(quantity)
    return members


def table_of(
    family: Sequence[int], quantities: Sequence[Quantity], columns: Quantities, atoms: Atoms, links: Iterable[Link]
) -> Table:
    """The linear relations of a family."""
    import numpy as np
    from scipy import sparse

    size = len(atoms.types)
    position = np.full((len(quantities), size), -1)
    variables: list[tuple[int, int]] = []
    pieces: list[np.ndarray] = []
    answering: list[np.ndarray] = []
    for q in family:
        counted = np.bincount(atoms.of_structure, columns.answered[:, q], minlength=size)
        present = set(quantities[q].types) & set(atoms.types)
        if len(present) < len(set(quantities[q].types)):
            present = set(atoms.types)
        live = np.flatnonzero((counted > 0) & np.isin(atoms.types, sorted(present)))
        position[q, live] = np.arange(len(variables), len(variables) + len(live))
        variables.extend((q, int(atom)) for atom in live)
        pieces.append(np.bincount(atoms.of_structure, columns.values[:, q], minlength=size)[live])
        answering.append(counted[live])
    amounts, answered = np.concatenate(pieces), np.concatenate(answering)
    numbers = np.array([q for q, _ in variables])
    signed = (columns.values[:, numbers] < 0).any(axis=0) if len(numbers) else np.zeros(0, dtype=bool)
    rows: dict[bytes, tuple[np.ndarray, list[tuple[int, Place]]]] = {}
    for q in family:
        for place in quantities[q].places:
            inside = position[q, atoms.places[place]]
            inside = np.sort(inside[inside >= 0])
            if len(inside):
                rows.setdefault(inside.tobytes(), (inside, []))[1].append((q, place))
    found = list(rows.values())
    cells = _incidence([inside for inside, _ in found], len(variables))
    return Table(
        amounts=amounts,
        lower=np.where(signed, -np.inf, -np.maximum(amounts, 0)),
        upper=np.where(columns.magnitude[numbers], np.inf, answered - amounts),
        cells=cells,
        names=tuple(tuple(names) for _, names in found),
        balance=sparse.csr_matrix(sparse.vstack(_balances(family, links, position, atoms, quantities, len(variables)))),
        variables=tuple(variables),
        structures=cells @ answered,
    )


def _balances(
    family: Sequence[int],
    links: Iterable[Link],
    position: np.ndarray,
    atoms: Atoms,
    quantities: Sequence[Quantity],
    width: int,
) -> list[sparse.csr_matrix]:
    """A whole that is a quantity is the sum of its parts in every atom; one that is public, in every place."""
    import numpy as np
    from scipy import sparse

    found = [sparse.csr_matrix((0, width))]
    for link in links:
        if not set(link.parts) <= set(family):
            continue
        combined = link.structure_type not in set(atoms.types)
        chosen = np.flatnonzero(combined | (atoms.types == link.structure_type))
        if link.whole is None:
            sets = [np.intersect1d(atoms.places[p], chosen) for p in quantities[link.parts[0]].places]
        else:
            sets = [np.array([atom]) for atom in chosen]
        parts = [position[list(link.parts)][:, members].ravel() for members in sets]
        plus = _incidence([part[part >= 0] for part in parts], width)
        if link.whole is not None:
            wholes = [position[link.whole, members] for members in sets]
            plus = plus - _incidence([whole[whole >= 0] for whole in wholes], width)
        found.append(plus)
    return found


def _incidence(sets: Sequence[np.ndarray], width: int) -> sparse.csr_matrix:
    import numpy as np
    from scipy import sparse

    lengths = [len(members) for members in sets]
    columns = np.concatenate([*sets, np.zeros(0, dtype=int)]).astype(int)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(sets), width))
