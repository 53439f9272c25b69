"""The feasible interval of every sensitive amount, by linear programming over what is published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from expectations.disclosure.released import Place, Released, Sum, Told

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

ROUNDS = 8
SEED = 4
TOLERANCE = 1e-5


class ContradictionError(Exception):
    """No table has the published amounts: they can't be those of one set of answers."""


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
        import numpy as np

        self.atoms = released.atoms
        self.kinds = {kind for kind, _, _ in self.atoms}
        self.first = {aggregate: number * len(self.atoms) for number, aggregate in enumerate(family)}
        self.size = len(family) * len(self.atoms)
        self._by_place: dict[Place, np.ndarray] = {}
        equal: list[tuple[np.ndarray, np.ndarray, float]] = []
        at_most: list[tuple[np.ndarray, np.ndarray, float]] = []
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
                high[inside] = np.where([kind in asked for kind, _, _ in self.atoms], high[inside], 0)
                low[inside] = np.where([kind in asked for kind, _, _ in self.atoms], low[inside], 0)
            self._add(of, aggregate, equal, at_most)
        self._add_sums(released, [s for s in released.sums if set(s.parts) <= set(family)], equal)
        self.scale = max(1.0, float(np.mean([abs(value) for _, _, value in equal if value] or [1.0])))
        self.bounds = np.column_stack([low, high]) / self.scale
        self.equal, self.at_most = self._matrix(equal), self._matrix(at_most)
        self.known = np.array([value for _, _, value in equal]) / self.scale
        self.limits = np.array([value for _, _, value in at_most]) / self.scale

    def intervals(self, targets: list[tuple[str, int, str, str, float]]) -> dict[int, Interval]:
        """By number of the target, its interval."""
        import numpy as np

        rows = self._matrix([self._row(aggregate, names, kind) for aggregate, _, names, kind, _ in targets])
        widths = np.array([width for *_, width in targets]) / self.scale
        low, high = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)
        random = np.random.default_rng(SEED)
        for round_ in range(ROUNDS):
            waiting = ~(high - low >= widths)
            if not waiting.any():
                break
            signs = np.where(random.random(len(targets)) < 0.5, 1.0, -1.0)
            signs = np.where(np.arange(len(targets)) % 2, 1.0, -1.0) * (-1) ** round_ if round_ < 2 else signs
            self._widen(rows, np.where(waiting, signs / np.maximum(widths, 1e-9), 0), low, high)
        for row in np.flatnonzero(~(high - low >= widths)):
            for sign in (1.0, -1.0):
                if high[row] - low[row] < widths[row]:
                    self._widen(rows, np.where(np.arange(len(targets)) == row, sign, 0), low, high)
        return {
            number: Interval(aggregate, names, kind, float(low[i]) * self.scale, float(high[i]) * self.scale, width)
            for i, (aggregate, number, names, kind, width) in enumerate(targets)
        }

    def _widen(self, rows: sparse.csr_array, pushed: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        """Find the possible table that goes furthest in a direction: what it says of a target widens its interval."""
        import numpy as np
        from scipy.optimize import linprog

        found = linprog(
            -(rows.T @ pushed),
            A_ub=self.at_most if len(self.limits) else None,
            b_ub=self.limits if len(self.limits) else None,
            A_eq=self.equal,
            b_eq=self.known,
            bounds=self._box(),
            method="highs",
        )
        if found.x is None:
            raise ContradictionError(f"the published amounts contradict each other: {found.message}")
        told = rows @ found.x
        np.minimum(low, told, out=low)
        np.maximum(high, told, out=high)

    def _box(self) -> np.ndarray:
        """Bounds of the variables; what nothing bounds is let go to a thousand times the usual amount."""
        import numpy as np

        return np.clip(self.bounds, -1e3 * max(1.0, self._largest()), 1e3 * max(1.0, self._largest()))

    def _largest(self) -> float:
        import numpy as np

        return float(np.abs(self.known).max(initial=0.0))

    def _add(
        self,
        of: Told,
        aggregate: str,
        equal: list[tuple[np.ndarray, np.ndarray, float]],
        at_most: list[tuple[np.ndarray, np.ndarray, float]],
    ) -> None:
        """Published amounts, places where nobody answered, and no more structures than answers."""
        import numpy as np

        types = {kind for _, kind in (*of.amounts, *of.hidden)}
        territories = sorted({name for _, names, _ in self.atoms for name in names})
        for kind in sorted(types):
            for territory in territories:
                place = (territory, kind)
                columns = self._columns(aggregate, place)
                if not len(columns):
                    continue
                ones = np.ones(len(columns))
                if place in of.amounts:
                    equal.append((columns, ones, of.amounts[place]))
                elif place not in of.hidden and kind in self.kinds:
                    equal.append((columns, ones, 0.0))
                elif place in of.hidden and of.counts_structures:
                    at_most.append((columns, ones, float(of.answers[place])))

    def _add_sums(self, released: Released, sums: list[Sum], equal: list[tuple[np.ndarray, np.ndarray, float]]) -> None:
        import numpy as np

        for links in sums:
            answers = released.told[links.parts[0]].answers
            if links.whole is None:
                for place, count in answers.items():
                    if place[1] == links.structure_type:
                        columns = np.concatenate([self._columns(part, place) for part in links.parts])
                        equal.append((columns, np.ones(len(columns)), float(count)))
                continue
            combined = links.structure_type not in self.kinds
            for atom, (kind, _, _) in enumerate(self.atoms):
                if combined or kind == links.structure_type:
                    columns = np.array([self.first[name] + atom for name in (*links.parts, links.whole)])
                    equal.append((columns, np.array([1.0] * len(links.parts) + [-1.0]), 0.0))

    def _row(self, aggregate: str, territories: str, kind: str) -> tuple[np.ndarray, np.ndarray, float]:
        """A target: a place, or the atom that belongs to exactly these territories."""
        import numpy as np

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
        import numpy as np

        if place not in self._by_place:
            territory, kind = place
            self._by_place[place] = np.array(
                [
                    atom
                    for atom, (of_kind, names, _) in enumerate(self.atoms)
                    if territory in names and (kind not in self.kinds or of_kind == kind)
                ],
                dtype=int,
            )
        return self.first[aggregate] + self._by_place[place]

    def _matrix(self, rows: list[tuple[np.ndarray, np.ndarray, float]]) -> sparse.csr_array:
        import numpy as np
        from scipy import sparse

        columns = np.concatenate([*[row[0] for row in rows], np.zeros(0, dtype=int)]).astype(int)
        values = np.concatenate([*[row[1] for row in rows], np.zeros(0)])
        starts = np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])]).astype(int)
        return sparse.csr_array((values, columns, starts), shape=(len(rows), self.size))
