"""The suppression pattern of a campaign: which cells (quantity × place) a release hides, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from publication.disclosure.amounts import Amounts
from publication.disclosure.earlier import SIDES, Earlier
from publication.disclosure.geography import Geography, geography_of, places_of
from publication.disclosure.rules import Rules
from publication.disclosure.scaled import Targets
from publication.disclosure.secondary import Search, pattern
from publication.disclosure.sensitivity import REVISION, Sensitivity, sensitivity
from publication.disclosure.states import NEVER, PRIMARY, PUBLISHED, SECONDARY
from publication.disclosure.tables import (
    Link,
    Table,
    columns_of_quantities,
    families,
    links_of,
    quantities_of,
    table_of,
)
from publication.disclosure.unions import sensitive_unions

SAME = Decimal("0.001")


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


class Pattern:
    """Primary and secondary suppression of one campaign.

    `hidden`, `exposed` (sensitive, but told by an earlier vintage): quantity × place.
    """

    def __init__(self, amounts: Amounts, rules: Rules, earlier: Earlier, codes: Mapping[str, str]) -> None:
        self.amounts, self.rules, self.earlier, self.codes = amounts, rules, earlier, codes
        places, self._of_figure = places_of(amounts)
        self.quantities, self.numbers = quantities_of(amounts, self._of_figure, rules)
        shape = (len(self.quantities), len(places))
        self.hidden = np.zeros(shape, dtype=bool)
        self.exposed = np.zeros(shape, dtype=bool)
        self._rule = np.full(shape, "", dtype="<U16")
        self._contributors = np.zeros(shape, dtype=int)
        self._widths = np.zeros(shape)
        self._alone: list[tuple[int, int]] = []
        if self.quantities:
            self._columns = columns_of_quantities(amounts, self.quantities)
            self.geography: Geography = geography_of(amounts, places, self._of_figure, self._columns)
            self._find()

    def states(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Of each figure: state, rule, and whether the numerator and the denominator are hidden."""
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
        state = np.select([of_top | of_base, no_top | no_base], [PRIMARY, SECONDARY], PUBLISHED)
        rule = np.select(
            [of_top, of_base, no_top | no_base, public, told],
            [primary[0], primary[1], SECONDARY, "public", "already_published"],
            "",
        )
        return state, rule, no_top, no_base

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
        told, changed, was_hidden = self._told_before()
        self._judge(changed)
        for family in families(len(self.quantities), links):
            self._hide(family, links, told, was_hidden)

    def _judge(self, changed: np.ndarray) -> None:
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
        revised = changed & np.isin(self.geography.level, sorted(self.rules.revision_levels)) & (self._rule == "")
        self._rule[revised] = REVISION
        self._rule[~is_told] = ""

    def _told_before(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cells of earlier vintages: published; published with another amount that rests on few; hidden."""
        told, changed, hidden = (np.zeros(self.hidden.shape, dtype=bool) for _ in range(3))
        if not self.earlier.told and not self.earlier.hidden:
            return told, changed, hidden
        figures = self.amounts.figures
        for row in range(len(figures)):
            expression, place = figures.expressions[figures.expression[row]], self._of_figure[row]
            code = self.codes.get(figures.territory[row], figures.territory[row])
            where = (figures.level[row], code, figures.structure_type[row], expression.indicator, expression.breakdown)
            amounts = (figures.amount[row], figures.total[row])
            for side, aggregate, now in zip(
                SIDES, (expression.numerator, expression.denominator), amounts, strict=True
            ):
                if aggregate not in self.numbers or np.isnan(now):
                    continue
                cell = (self.numbers[aggregate], place)
                before = self.earlier.told.get((*where, side))
                if before is not None:
                    same = any(abs(amount - Decimal(repr(float(now)))) < SAME for amount in before.amounts)
                    few = abs(int(figures.n_respondents[row]) - before.last_n) < self.rules.min_contributors
                    told[cell] |= same or not few
                    changed[cell] |= not same and few
                elif (*where, side) in self.earlier.hidden:
                    hidden[cell] = True
        return told, changed & ~told, hidden & ~told & ~changed

    def _hide(self, family: Sequence[int], links: Iterable[Link], told: np.ndarray, was_hidden: np.ndarray) -> None:
        sensitive = self._rule != ""
        if not sensitive[family].any() and not self._sensitive_atoms[:, family].any():
            return
        table = table_of(family, self.quantities, self._columns, self.geography, links)
        fixed = table.rows_where(told)
        wanted = table.rows_where(sensitive | was_hidden)
        self.exposed[table.family] |= table.cells_where(wanted & fixed)
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
