"""The suppression pattern of a campaign: which cells (quantity × place) a release hides, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from methods.disclosure.amounts import Amounts
from methods.disclosure.changes import GAP, Before, changes_since, told_before
from methods.disclosure.earlier import NOTHING, Earlier
from methods.disclosure.geography import Geography, geography_of, places_of
from methods.disclosure.rules import Rules
from methods.disclosure.scaled import Targets
from methods.disclosure.secondary import Search, pattern
from methods.disclosure.sensitivity import Sensitivity, sensitivity
from methods.disclosure.states import NEVER, PRIMARY, PUBLISHED, SECONDARY, UNREVISED
from methods.disclosure.tables import (
    Link,
    Table,
    columns_of_quantities,
    families,
    links_of,
    quantities_of,
    table_of,
)
from methods.disclosure.unions import sensitive_unions


class CellRow(NamedTuple):
    """A hidden amount, or a sensitive one that no figure tells: its territories (joined by `;` for the latter), the
    rule, the managers who answered, and the width its interval must keep (0 for a secondary cell)."""

    aggregate: str
    territories: str
    structure_type: str
    state: str
    rule: str
    contributors: int
    width: float


class ChangeRow(NamedTuple):
    """How much an amount has changed since a vintage (by number): None where a reader can't compare. `answers`:
    structures behind the change; `signed`: some may be negative. `width`: of the interval demanded, or 0."""

    origin: int
    aggregate: str
    territories: str
    structure_type: str
    amount: float | None
    answers: int
    signed: bool
    width: float


class Pattern:
    """Primary and secondary suppression of one campaign.

    Quantity × place: `hidden`; `exposed` (sensitive, but told by an earlier vintage); `kept` (a vintage has told it,
    and what changed since rests on too few: it goes on saying the same). `changes`: by vintage, the pattern of what
    changed since.
    """

    def __init__(
        self, amounts: Amounts, rules: Rules, earlier: Earlier, codes: Mapping[str, str], origin: int = -1
    ) -> None:
        self.origin = origin
        self.amounts, self.rules, self.earlier, self.codes = amounts, rules, earlier, codes
        places, self._of_figure = places_of(amounts)
        self.quantities, self.numbers = quantities_of(amounts, self._of_figure, rules)
        shape = (len(self.quantities), len(places))
        self.hidden = np.zeros(shape, dtype=bool)
        self.exposed = np.zeros(shape, dtype=bool)
        self.kept = np.zeros(shape, dtype=bool)
        self.changes: list[Pattern] = []
        self._rule = np.full(shape, "", dtype="<U16")
        self._contributors = np.zeros(shape, dtype=int)
        self._widths = np.zeros(shape)
        self._alone: list[tuple[int, int]] = []
        if self.quantities:
            self._columns = columns_of_quantities(amounts, self.quantities)
            self.geography: Geography = geography_of(amounts, places, self._of_figure, self._columns)
            self._find()

    def states(self) -> tuple[np.ndarray, ...]:
        """Of each figure: state, rule, whether the numerator and the denominator are hidden, and whether they are kept
        as the last vintage told them."""
        figures = self.amounts.figures
        numbers = [
            np.array([self.numbers.get(text or "", -1) for text in texts], dtype=int)[figures.expression]
            for texts in zip(*((e.numerator, e.denominator) for e in figures.expressions), strict=True)
        ] or [np.zeros(0, dtype=int)] * 2
        top, base = ((numbers[side], self._of_figure) for side in (0, 1))
        no_top, no_base = (self.hidden[cell] & (cell[0] >= 0) for cell in (top, base))
        primary = [self._rule[cell] for cell in (top, base)]
        of_top, of_base = no_top & (primary[0] != ""), no_base & (primary[1] != "")
        told = (top[0] >= 0) & self.exposed[top]
        public = (top[0] < 0) & (base[0] < 0)
        old_top, old_base = (self.kept[cell] & (cell[0] >= 0) for cell in (top, base))
        old = old_top | old_base
        state = np.select([of_top | of_base, no_top | no_base, old], [PRIMARY, SECONDARY, UNREVISED], PUBLISHED)
        rule = np.select(
            [of_top, of_base, no_top | no_base, old, public, told],
            [primary[0], primary[1], SECONDARY, UNREVISED, "public", "already_published"],
            "",
        )
        return state, rule, no_top, no_base, old_top, old_base

    def cell_rows(self) -> Iterable[CellRow]:
        """Hidden amounts, then the sensitive ones that no one publishes."""
        for q, place in np.argwhere(self.hidden).tolist():
            rule, (territory, structure_type) = str(self._rule[q, place]), self.geography.places[place]
            told = (int(self._contributors[q, place]), float(self._widths[q, place])) if rule else (0, 0.0)
            state = PRIMARY if rule else SECONDARY
            yield CellRow(self.quantities[q].aggregate, territory, structure_type, state, rule or SECONDARY, *told)
        for q, atom in self._alone:
            of_atom = self._by_atom[atom]
            yield CellRow(
                self.quantities[q].aggregate,
                self.geography.names[atom],
                str(self.geography.types[atom]),
                NEVER,
                str(of_atom.rules[q]),
                int(of_atom.contributors[q]),
                float(of_atom.widths[q]),
            )

    def change_rows(self) -> Iterable[ChangeRow]:
        """What a reader can tell of what changed since each vintage, and what must stay uncertain in it."""
        for of in self.changes:
            number = {place: index for index, place in enumerate(self.geography.places)}
            widths = {(row.aggregate, row.territories, row.structure_type): row.width for row in of.cell_rows()}
            for quantity in of.quantities:
                ours, values = self.numbers[quantity.aggregate], of.amounts.of(quantity.aggregate)
                answered = of.amounts.answering(quantity.aggregate, quantity.base)
                for place in quantity.places:
                    territory, structure_type = of.geography.places[place]
                    rows = of.amounts.rows_of(territory, structure_type)
                    if not answered[rows].any():
                        continue
                    cell = (ours, number[(territory, structure_type)])
                    compared = self.before.origin[cell] == of.origin and not self.kept[cell]
                    yield ChangeRow(
                        origin=of.origin,
                        aggregate=quantity.aggregate,
                        territories=territory,
                        structure_type=structure_type,
                        amount=float(values[rows].sum()) if compared else None,
                        answers=int(answered[rows].sum()),
                        signed=bool((values < 0).any()),
                        width=widths.pop((quantity.aggregate, territory, structure_type), 0.0),
                    )
            for (aggregate, territories, structure_type), width in widths.items():
                if ";" in territories:
                    yield ChangeRow(of.origin, aggregate, territories, structure_type, None, 0, False, width)

    def change_atoms(self) -> Iterable[tuple[int, str, str, int]]:
        """Vintage, structure type, territories joined by `;`, and how many structures of exactly these have changed."""
        for of in self.changes:
            atoms = zip(of.geography.types, of.geography.names, of.geography.structures, strict=True)
            yield from ((of.origin, str(kind), names, len(rows)) for kind, names, rows in atoms)

    @cached_property
    def _by_atom(self) -> list[Sensitivity]:
        return [self._sensitivity(rows) for rows in self.geography.structures]

    @cached_property
    def _sensitive_atoms(self) -> np.ndarray:
        """Atom × quantity."""
        return np.array([of_atom.rules != "" for of_atom in self._by_atom])

    @cached_property
    def _atom_widths(self) -> np.ndarray:
        return np.array([of_atom.widths for of_atom in self._by_atom])

    def _sensitivity(self, rows: np.ndarray) -> Sensitivity:
        return sensitivity(self._columns, self.amounts.managers, rows, self.rules)

    def _find(self) -> None:
        links = links_of(self.amounts, self.quantities, self.numbers)
        self._judge()
        before = self.before = told_before(
            self.amounts, self.earlier, self.codes, self.numbers, self._of_figure, (len(self.quantities), self._size)
        )
        changed = self._keep(before)
        told = before.origin >= 0
        self.kept |= self.rules.revisions & (self._rule != "") & told & changed
        for family in families(len(self.quantities), links):
            self._hide(family, links, before, told & ~changed)
        self.kept |= self.hidden & told
        self.hidden &= ~told

    @property
    def _size(self) -> int:
        return len(self.geography.places)

    def _judge(self) -> None:
        """Fill the rule, contributors and widths of every cell that is told."""
        is_told = np.zeros(self.hidden.shape, dtype=bool)
        for q, quantity in enumerate(self.quantities):
            is_told[q, quantity.places] = True
        for place, (territory, structure_type) in enumerate(self.geography.places):
            rows = self.amounts.rows_of(territory, structure_type)
            if len(rows):
                found = self._sensitivity(rows)
                self._rule[:, place], self._widths[:, place] = found.rules, found.widths
                self._contributors[:, place] = found.contributors
        self._rule[~is_told] = ""

    def _keep(self, before: Before) -> np.ndarray:
        """Hide what changed since each vintage like any other table: what is hidden there is kept here. Returns the
        cells where something changed."""
        changed = np.zeros(self.hidden.shape, dtype=bool)
        places = self.geography.places
        if not self.rules.revisions:
            return (before.origin >= 0) & (np.abs(before.now - before.amounts) > GAP)
        for origin in np.unique(before.origin[before.origin >= 0]).tolist():
            compared = before.origin == origin
            respondents = self.earlier.respondents[origin]
            survey, here = changes_since(self.amounts, respondents, self.quantities, places, before, compared)
            changed |= here
            if not len(survey.structures):
                continue
            of = Pattern(survey, self.rules, NOTHING, self.codes, origin)
            self.changes.append(of)
            number = {place: index for index, place in enumerate(places)}
            for q, place in np.argwhere(of.hidden).tolist():
                cell = (self.numbers[of.quantities[q].aggregate], number[of.geography.places[place]])
                self.kept[cell] |= compared[cell] and here[cell]
        return changed

    def _hide(self, family: Sequence[int], links: Iterable[Link], before: Before, told: np.ndarray) -> None:
        """`told`: cells of which a vintage has told the amount that they still have."""
        sensitive = self._rule != ""
        if not sensitive[family].any() and not self._sensitive_atoms[:, family].any():
            return
        table = table_of(family, self.quantities, self._columns, self.geography, links)
        fixed = table.rows_where(told)
        wanted = table.rows_where(sensitive | before.hidden | self.kept)
        # Of an amount that isn't revised, a reader knows what it was, and that answers have only been added since.
        added = before.now - before.amounts
        cells = (table.row_of >= 0) & (added[table.family] >= 0)
        np.minimum.at(table.floor, table.row_of[cells], added[table.family][cells])
        self.exposed[table.family] |= table.cells_where(wanted & fixed) & sensitive[table.family]
        hidden = wanted & ~fixed
        search = Search(self.rules.optimal_cells, self.rules.optimal_nodes)
        hidden = pattern(table, hidden, fixed, self._targets(table, hidden), search)
        unions = sensitive_unions(table, hidden, self.geography, self._columns, self.amounts.managers, self.rules)
        if unions.rows.shape[0]:
            hidden = pattern(table, hidden, fixed, unions, search)
        self.hidden[table.family] = table.cells_where(hidden)

    def _targets(self, table: Table, hidden: np.ndarray) -> Targets:
        """Sensitive rows that are hidden, and sensitive atoms, which no one publishes but a difference may tell."""
        demanded = np.zeros(table.cells.shape[0])
        widths = np.where(self._rule[table.family] != "", self._widths[table.family], 0)
        cells = table.row_of >= 0
        np.maximum.at(demanded, table.row_of[cells], widths[cells])
        rows = np.flatnonzero(hidden & (demanded > 0))
        single = np.zeros(len(table.atom), dtype=bool)
        single[table.cells.indices[table.cells.indptr[:-1][np.diff(table.cells.indptr) == 1]]] = True
        alone = np.flatnonzero(~single & self._sensitive_atoms[table.atom, table.quantity])
        self._alone.extend(zip(table.quantity[alone].tolist(), table.atom[alone].tolist(), strict=True))
        identity = sparse.csr_array(
            (np.ones(len(alone)), alone, np.arange(len(alone) + 1)), shape=(len(alone), len(table.atom))
        )
        return Targets(
            sparse.csr_array(sparse.vstack([table.cells[rows], identity])),
            np.concatenate([demanded[rows], self._atom_widths[table.atom[alone], table.quantity[alone]]]),
        )
