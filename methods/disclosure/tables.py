"""Linked tables: quantities that are parts of one another, over territories and types, as linear relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from methods.disclosure.amounts import Amounts, Expression
from methods.disclosure.geography import Geography
from methods.disclosure.rules import Rules
from methods.disclosure.sensitivity import Quantities


@dataclass(frozen=True)
class Quantity:
    """An aggregate that is released and isn't public; `places`: the numbers of those where it is."""

    aggregate: str
    base: str
    magnitude: bool
    persons: bool
    types: tuple[str, ...]
    places: np.ndarray


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
    rows × variables, one row per distinct set of variables; `row_of`: quantity × place → row (-1: nobody answered), the
    quantities in the order of `family`; `names`: a (quantity, place) of each row, by number. `balance`: linear
    combinations of variables that are known, or zero. `quantity`, `atom`: of each variable. `structures`: how many
    structures make each row. `floor`: how far each row may move down at most; an earlier vintage may bound it.
    """

    family: np.ndarray
    amounts: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    cells: sparse.csr_array
    row_of: np.ndarray
    names: np.ndarray
    balance: sparse.csr_array
    quantity: np.ndarray
    atom: np.ndarray
    structures: np.ndarray
    floor: np.ndarray

    def rows_where(self, wanted: np.ndarray) -> np.ndarray:
        """The rows that stand for a cell of a mask (quantity × place, all quantities)."""
        found: np.ndarray = np.zeros(self.cells.shape[0], dtype=bool)
        found[self.row_of[wanted[self.family] & (self.row_of >= 0)]] = True
        return found

    def cells_where(self, rows: np.ndarray) -> np.ndarray:
        """The cells (quantity of the family × place) that rows of a mask stand for."""
        return (self.row_of >= 0) & rows[self.row_of]


def quantities_of(amounts: Amounts, of_figure: np.ndarray, rules: Rules) -> tuple[list[Quantity], dict[str, int]]:
    """The quantities of a campaign, and the number of each aggregate's. `of_figure`: the place of each figure."""
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for number, expression in enumerate(amounts.figures.expressions):
        for aggregate, magnitude in _released(expression, amounts, rules):
            found[aggregate].append((number, magnitude))
    numbers = {aggregate: number for number, aggregate in enumerate(found)}
    order = np.argsort(amounts.figures.expression, kind="stable")
    starts = np.searchsorted(amounts.figures.expression[order], np.arange(len(amounts.figures.expressions) + 1))
    places = [of_figure[order[a:b]] for a, b in pairwise(starts)]
    return [_quantity(aggregate, uses, places, amounts, rules) for aggregate, uses in found.items()], numbers


def _released(expression: Expression, amounts: Amounts, rules: Rules) -> Iterable[tuple[str, bool]]:
    """The aggregates that a figure tells and that aren't public, each with whether it is more than a count."""
    counted = expression.kind in rules.structure_kinds and expression.denominator in (None, expression.n)
    for aggregate in (expression.numerator, expression.denominator):
        public = aggregate in (None, expression.n) or aggregate in amounts.public or aggregate in amounts.constants
        if aggregate and not public:
            yield aggregate, not counted


def _quantity(
    aggregate: str, uses: list[tuple[int, bool]], places: list[np.ndarray], amounts: Amounts, rules: Rules
) -> Quantity:
    expressions = [amounts.figures.expressions[number] for number, _ in uses]
    return Quantity(
        aggregate=aggregate,
        base=expressions[0].n,
        magnitude=any(magnitude for _, magnitude in uses),
        persons=any(expression.unit == rules.persons_unit for expression in expressions),
        types=tuple(sorted({expression.structure_type for expression in expressions})),
        places=np.unique(np.concatenate([places[number] for number, _ in uses])),
    )


def columns_of_quantities(amounts: Amounts, quantities: Sequence[Quantity]) -> Quantities:
    """The quantities as columns over the structures."""
    return Quantities(
        values=np.column_stack([amounts.of(q.aggregate) for q in quantities]),
        answered=np.column_stack([amounts.answering(q.aggregate, q.base) for q in quantities]),
        magnitude=np.array([q.magnitude for q in quantities]),
        persons=np.array([q.persons for q in quantities]),
        additive=np.array([q.aggregate in amounts.additive for q in quantities]),
    )


def links_of(amounts: Amounts, quantities: Sequence[Quantity], numbers: dict[str, int]) -> list[Link]:
    """Breakdowns whose parts add up to their whole, structure by structure: found in the answers, not declared. And
    quantities that are the same in every structure, under two names."""
    breakdowns: dict[tuple[str, str], dict[str, Expression]] = defaultdict(dict)
    for expression in amounts.figures.expressions:
        if expression.breakdown:
            key = (expression.indicator, expression.structure_type)
            breakdowns[key].setdefault(expression.breakdown, expression)
    links: dict[Link, None] = {}
    for (_, structure_type), expressions in breakdowns.items():
        parts = [expression.numerator for expression in expressions.values()]
        first = next(iter(expressions.values()))
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
    family: Sequence[int],
    quantities: Sequence[Quantity],
    columns: Quantities,
    geography: Geography,
    links: Iterable[Link],
) -> Table:
    """The linear relations of a family."""
    size = len(geography.types)
    live = np.array([_live(quantities[q], geography, geography.answering[:, q]) for q in family])
    position = np.full((len(quantities), size), -1)
    numbers, atom = np.nonzero(live)
    quantity = np.asarray(family)[numbers]
    position[quantity, atom] = np.arange(len(atom))
    amounts, answered = geography.sums[atom, quantity], geography.answering[atom, quantity]
    signed = np.any(columns.values[:, family] < 0, axis=0, keepdims=True)[0, numbers]
    cells, row_of, names = _cells(family, quantities, geography, position, len(atom))
    return Table(
        family=np.asarray(family),
        amounts=amounts,
        lower=np.where(signed, -np.inf, -np.maximum(amounts, 0)),
        upper=np.where(columns.magnitude[quantity], np.inf, answered - amounts),
        cells=cells,
        row_of=row_of,
        names=names,
        balance=_balances(family, links, position, geography, quantities, len(atom)),
        quantity=quantity,
        atom=atom,
        structures=cells @ answered,
        floor=np.full(cells.shape[0], np.inf),
    )


def _live(quantity: Quantity, geography: Geography, answering: np.ndarray) -> np.ndarray:
    """The atoms where someone answered, of the types that the quantity is told of."""
    known = set(geography.types)
    present = known & set(quantity.types) if set(quantity.types) <= known else known
    live: np.ndarray = (answering > 0) & np.isin(geography.types, sorted(present))
    return live


def _cells(
    family: Sequence[int], quantities: Sequence[Quantity], geography: Geography, position: np.ndarray, width: int
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Rows of ones, one per distinct set of variables; quantity × place → row; a (quantity, place) of each row."""
    starts, atoms = geography.starts, geography.atoms
    pieces: list[np.ndarray] = []
    lengths: list[np.ndarray] = []
    cell_of: list[tuple[int, np.ndarray]] = []
    for index, q in enumerate(family):
        where = position[q][atoms]
        kept = np.asarray(where >= 0)
        counted = np.concatenate([[0], np.cumsum(kept)])
        places = quantities[q].places
        inside = counted[starts[places + 1]] - counted[starts[places]]
        places, inside = places[inside > 0], inside[inside > 0]
        spread = np.repeat(counted[starts[places]] - np.cumsum(inside) + inside, inside) + np.arange(inside.sum())
        pieces.append(where[kept][spread])
        lengths.append(inside)
        cell_of.append((index, places))
    columns, length = np.concatenate(pieces), np.concatenate(lengths)
    first = np.cumsum(length) - length
    # Two rows are the same set of variables when random 64-bit words of these add up to the same.
    words = np.random.default_rng(width).integers(0, 2**63, size=width, dtype=np.uint64)
    signature = np.add.reduceat(words[columns], first) if len(first) else np.zeros(0, dtype=np.uint64)
    _, chosen, row = np.unique(signature, return_index=True, return_inverse=True)
    order = np.argsort(chosen)
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(len(order))
    chosen, row = chosen[order], rank[row.ravel()]
    row_of = np.full((len(family), len(starts) - 1), -1)
    index_of = np.repeat([index for index, _ in cell_of], [len(places) for _, places in cell_of])
    place_of = np.concatenate([places for _, places in cell_of])
    row_of[index_of, place_of] = row
    kept_length = length[chosen]
    taken = np.repeat(first[chosen] - np.cumsum(kept_length) + kept_length, kept_length)
    inside = columns[taken + np.arange(kept_length.sum())]
    ends = np.concatenate([[0], np.cumsum(kept_length)])
    cells = sparse.csr_array((np.ones(len(inside)), inside, ends), shape=(len(chosen), width))
    return cells, row_of, np.column_stack([np.asarray(family)[index_of[chosen]], place_of[chosen]])


def _balances(
    family: Sequence[int],
    links: Iterable[Link],
    position: np.ndarray,
    geography: Geography,
    quantities: Sequence[Quantity],
    width: int,
) -> sparse.csr_array:
    """A whole that is a quantity is the sum of its parts in every atom; one that is public, in every place."""
    found = [sparse.csr_array((0, width))]
    for link in links:
        if not set(link.parts) <= set(family):
            continue
        combined = link.structure_type not in set(geography.types)
        chosen = np.flatnonzero(combined | (geography.types == link.structure_type))
        if link.whole is None:
            sets = [np.intersect1d(geography.atoms_of(place), chosen) for place in quantities[link.parts[0]].places]
        else:
            sets = [np.array([atom]) for atom in chosen]
        parts = [position[list(link.parts)][:, members].ravel() for members in sets]
        plus = incidence([part[part >= 0] for part in parts], width)
        if link.whole is not None:
            wholes = [position[link.whole, members] for members in sets]
            plus = plus - incidence([whole[whole >= 0] for whole in wholes], width)
        found.append(plus)
    return sparse.csr_array(sparse.vstack(found)) if len(found) > 1 else found[0]


def incidence(sets: Sequence[np.ndarray], width: int) -> sparse.csr_array:
    """Sets of columns as rows of ones."""
    lengths = [len(members) for members in sets]
    columns = np.concatenate([*sets, np.zeros(0, dtype=int)]).astype(int)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(sets), width))
