"""The suppression pattern of a campaign: the state of every figure, written beside the candidate's marts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from publication.disclosure.amounts import Amounts, Figure
from publication.disclosure.earlier import SIDES, Earlier
from publication.disclosure.rules import Rules
from publication.disclosure.secondary import Search, Targets, pattern
from publication.disclosure.sensitivity import REVISION, Quantities, Sensitivity, sensitivity
from publication.disclosure.tables import (
    Atoms,
    Link,
    Place,
    Table,
    atoms_of,
    columns_of_quantities,
    families,
    links_of,
    quantities_of,
    table_of,
)

if TYPE_CHECKING:
    import numpy as np

PUBLISHED = "published"
PRIMARY = "primary"
SECONDARY = "secondary"
NEVER = "never"
SAME = Decimal("0.001")

Cell = tuple[int, Place]


@dataclass(frozen=True)
class CellState:
    """A cell that isn't published: why, what rule, and the width its interval must keep (0 for a secondary cell)."""

    state: str
    rule: str
    contributors: int
    width: float


class Pattern:
    """Primary and secondary suppression of one campaign. `states`: the cells that are hidden, by quantity and place."""

    def __init__(self, amounts: Amounts, rules: Rules, earlier: Earlier, codes: Mapping[str, str]) -> None:
        self.amounts, self.rules, self.earlier, self.codes = amounts, rules, earlier, codes
        self.quantities, self.numbers = quantities_of(amounts, rules)
        self.states: dict[Cell, CellState] = {}
        self.exposed: set[Cell] = set()
        self._alone: dict[tuple[int, int], CellState] = {}
        if self.quantities:
            self._find()

    def state_of(self, figure: Figure) -> tuple[str, str, bool, bool]:
        """State, rule, and whether the numerator and the denominator are hidden."""
        place = (figure.territory_id, figure.structure_type)
        sides = [
            self.states.get((self.numbers[text], place)) if text in self.numbers else None
            for text in (figure.numerator, figure.denominator)
        ]
        hidden = [side for side in sides if side]
        if not hidden:
            told = figure.numerator in self.numbers and (self.numbers[figure.numerator], place) in self.exposed
            public = not any(text in self.numbers for text in (figure.numerator, figure.denominator))
            return PUBLISHED, "public" if public else "already_published" if told else "", False, False
        first = min(hidden, key=lambda side: side.state)
        return first.state, first.rule, sides[0] is not None, sides[1] is not None

    def cell_rows(self) -> Iterable[tuple[str, str, str, str, str, int, float]]:
        """aggregate, territory (several, joined by `;`, for what no one publishes), type, state, rule, contributors,
        width."""
        for (q, (territory, structure_type)), state in self.states.items():
            aggregate = self.quantities[q].aggregate
            yield (aggregate, territory, structure_type, state.state, state.rule, state.contributors, state.width)
        for (q, atom), state in self._alone.items():
            territories, structure_type = self._named_atoms[atom]
            aggregate = self.quantities[q].aggregate
            yield (aggregate, territories, structure_type, state.state, state.rule, state.contributors, state.width)

    @cached_property
    def _named_atoms(self) -> dict[int, tuple[str, str]]:
        """The territories that each atom belongs to, joined by `;`, and its structure type."""
        territories: dict[int, set[str]] = defaultdict(set)
        for territory, rows in self.amounts.territories.items():
            for atom in set(self._atoms.of_structure[rows].tolist()):
                territories[atom].add(territory)
        return {atom: (";".join(sorted(names)), str(self._atoms.types[atom])) for atom, names in territories.items()}

    @cached_property
    def _columns(self) -> Quantities:
        return columns_of_quantities(self.amounts, self.quantities)

    @cached_property
    def _places(self) -> list[Place]:
        return sorted({place for quantity in self.quantities for place in quantity.places})

    @cached_property
    def _atoms(self) -> Atoms:
        return atoms_of(self.amounts, self._places)

    @cached_property
    def _by_place(self) -> dict[Place, Sensitivity]:
        return {place: self._sensitivity(self.amounts.rows_of(*place)) for place in self._places}

    @cached_property
    def _by_atom(self) -> list[Sensitivity]:
        import numpy as np

        order = np.argsort(self._atoms.of_structure, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(self._atoms.of_structure[order])) + 1)
        return [self._sensitivity(rows) for rows in groups]

    @cached_property
    def _levels(self) -> dict[str, str]:
        return {figure.territory_id: figure.level for figure in self.amounts.figures}

    def _sensitivity(self, rows: np.ndarray) -> Sensitivity:
        return sensitivity(self._columns, self.amounts.managers, rows, self.rules)

    def _find(self) -> None:
        links = links_of(self.amounts, self.quantities, self.numbers)
        told, was_hidden = self._told_before()
        for family in families(len(self.quantities), links):
            self._hide(family, links, told, was_hidden)

    def _told_before(self) -> tuple[dict[Cell, bool], set[Cell]]:
        """Cells of earlier vintages: published (with whether the amount is still the same), and hidden."""
        told: dict[Cell, bool] = {}
        hidden: set[Cell] = set()
        if not self.earlier.told and not self.earlier.hidden:
            return told, hidden
        least = self.rules.min_contributors
        for figure in self.amounts.figures:
            code = self.codes.get(figure.territory_id, figure.territory_id)
            place = (figure.territory_id, figure.structure_type)
            sides = zip(SIDES, (figure.numerator, figure.denominator), (figure.amount, figure.total), strict=True)
            for side, aggregate, now in sides:
                if aggregate not in self.numbers or now is None:
                    continue
                cell = (self.numbers[aggregate], place)
                address = (figure.level, code, figure.structure_type, figure.indicator, figure.breakdown, side)
                before = self.earlier.told.get(address)
                if before is not None:
                    same = any(abs(amount - Decimal(repr(now))) < SAME for amount in before.amounts)
                    few = abs(figure.n_respondents - before.last_n) < least
                    told[cell] = same or not few or told.get(cell, False)
                elif address in self.earlier.hidden:
                    hidden.add(cell)
        return told, hidden - told.keys()

    def _hide(
        self, family: Sequence[int], links: Iterable[Link], told: Mapping[Cell, bool], was_hidden: set[Cell]
    ) -> None:
        import numpy as np

        sensitive = self._primary(family, told)
        if not sensitive and not any(atom.rules[q] for atom in self._by_atom for q in family):
            return
        table = table_of(family, self.quantities, self._columns, self._atoms, links)
        fixed = np.array([any(told.get(name) for name in names) for names in table.names], dtype=bool)
        wanted = np.array([any(n in sensitive or n in was_hidden for n in names) for names in table.names], dtype=bool)
        hidden = wanted & ~fixed
        self.exposed.update(name for row in np.flatnonzero(wanted & fixed) for name in table.names[row])
        search = Search(self.rules.optimal_cells, self.rules.optimal_nodes)
        targets = self._targets(table, sensitive, hidden)
        hidden = pattern(table, hidden, fixed, targets, search)
        unions = self._unions(table, hidden)
        if unions.rows.shape[0]:
            hidden = pattern(table, hidden, fixed, unions, search)
        secondary = CellState(SECONDARY, SECONDARY, 0, 0.0)
        for row in np.flatnonzero(hidden):
            for name in table.names[row]:
                self.states[name] = sensitive.get(name, secondary)

    def _primary(self, family: Sequence[int], told: Mapping[Cell, bool]) -> dict[Cell, CellState]:
        found = {}
        for q in family:
            for place in self.quantities[q].places:
                of_place = self._by_place[place]
                rule = str(of_place.rules[q])
                if told.get((q, place)) is False and self._levels[place[0]] in self.rules.revision_levels:
                    rule = rule or REVISION
                if rule:
                    counted, width = int(of_place.contributors[q]), float(of_place.widths[q])
                    found[(q, place)] = CellState(PRIMARY, rule, counted, width)
        return found

    def _targets(self, table: Table, sensitive: Mapping[Cell, CellState], hidden: np.ndarray) -> Targets:
        """Sensitive rows that are hidden, and sensitive atoms, which no one publishes but a difference may tell."""
        import numpy as np
        from scipy import sparse

        rows = [
            (row, max(sensitive[name].width for name in names if name in sensitive))
            for row, names in enumerate(table.names)
            if hidden[row] and any(name in sensitive for name in names)
        ]
        single = {
            int(table.cells.indices[table.cells.indptr[row]])
            for row in np.flatnonzero(np.diff(table.cells.indptr) == 1)
        }
        alone = [
            (variable, float(self._by_atom[atom].widths[q]))
            for variable, (q, atom) in enumerate(table.variables)
            if variable not in single and self._by_atom[atom].rules[q]
        ]
        for variable, width in alone:
            q, atom = table.variables[variable]
            of_atom = self._by_atom[atom]
            self._alone[(q, atom)] = CellState(NEVER, str(of_atom.rules[q]), int(of_atom.contributors[q]), width)
        identity = sparse.eye_array(len(table.variables), format="csr")
        return Targets(
            sparse.csr_matrix(sparse.vstack([table.cells[[r for r, _ in rows]], identity[[v for v, _ in alone]]])),
            np.array([width for _, width in (*rows, *alone)]),
        )

    def _unions(self, table: Table, hidden: np.ndarray) -> Targets:
        """What a published territory less its published children tells: the hidden ones together, where sensitive."""
        import numpy as np
        from scipy import sparse

        row_of = {name: row for row, names in enumerate(table.names) for name in names}
        made_of = table.cells.toarray() > 0
        atom_of = np.array([atom for _, atom in table.variables])
        found: dict[bytes, tuple[np.ndarray, float]] = {}
        seen = set()
        for row in np.flatnonzero(~hidden):
            q, (territory, structure_type) = table.names[row][0]
            for children in self._children.get(territory, ()):
                known = [row_of.get((q, (child, structure_type))) for child in children]
                published = [child for child in known if child is not None and not hidden[child]]
                rest = made_of[row] & ~made_of[published].any(axis=0)
                if not rest.any() or rest.sum() == made_of[row].sum() or (key := rest.tobytes()) in seen:
                    continue
                seen.add(key)
                structures = np.flatnonzero(np.isin(self._atoms.of_structure, atom_of[rest]))
                told = self._sensitivity_of(q, structures)
                if told.rules[0]:
                    found[key] = (rest, float(told.widths[0]))
        rows = np.array([rest for rest, _ in found.values()], dtype=float).reshape(len(found), len(atom_of))
        return Targets(sparse.csr_matrix(rows), np.array([width for _, width in found.values()]))

    def _sensitivity_of(self, q: int, rows: np.ndarray) -> Sensitivity:
        one = slice(q, q + 1)
        columns = self._columns
        alone = Quantities(
            columns.values[:, one],
            columns.answered[:, one],
            columns.magnitude[one],
            columns.persons[one],
            columns.additive[one],
        )
        return sensitivity(alone, self.amounts.managers, rows, self.rules)

    @cached_property
    def _children(self) -> dict[str, list[list[str]]]:
        """By territory, the territories of each other level that lie in it without overlapping."""
        members = {territory: frozenset(rows.tolist()) for territory, rows in self.amounts.territories.items()}
        by_level: dict[str, list[str]] = defaultdict(list)
        for territory, level in self._levels.items():
            by_level[level].append(territory)
        found: dict[str, list[list[str]]] = {}
        for territory, inside in members.items():
            for level, others in by_level.items():
                within = [t for t in others if members.get(t) and members[t] <= inside]
                apart = sum(len(members[t]) for t in within) == len(frozenset().union(*(members[t] for t in within)))
                if within and apart and level != self._levels.get(territory):
                    found.setdefault(territory, []).append(within)
        return found
