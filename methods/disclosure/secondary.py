"""Secondary suppression: which other cells to hide so that no sensitive one can be recomputed.

A sensitive combination of atoms (a cell, or what two cells don't share) is protected when there is a *witness*: another
table, as plausible as the true one (no negative amount, no more structures than answered), equal to it in every cell
that is published, in which the combination differs by its width at least. Small tables: the fewest cells, by
mixed-integer programming (`optimum`). Larger ones: linear programs, each of which protects as many combinations as it
can for the least weight (after Kelly, Golden and Assad).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from methods.disclosure.optimum import fewest
from methods.disclosure.scaled import MOVED, Scaled, Targets
from methods.disclosure.tables import Table
from methods.disclosure.witness import Witnesses

ROUNDS = 24
SEED = 20


@dataclass(frozen=True)
class Search:
    """Up to `cells` rows the pattern is optimal, within `nodes` nodes of the search."""

    cells: int
    nodes: int


def pattern(table: Table, hidden: np.ndarray, fixed: np.ndarray, targets: Targets, search: Search) -> np.ndarray:
    """The rows of the table to hide: those `hidden` already and those that protect the targets.

    `fixed` rows can't be hidden (they have been published). Where the rest can't protect every target, all the rows
    that may be are hidden.
    """
    if not targets.rows.shape[0]:
        return hidden
    scaled = Scaled.of(table, fixed, targets)
    if table.cells.shape[0] <= search.cells:
        best = fewest(scaled, hidden, search.nodes)
        if best is not None:
            return best
    return _found_by_rounds(scaled, hidden)


def _found_by_rounds(scaled: Scaled, hidden: np.ndarray) -> np.ndarray:
    """Each round pushes the targets that wait apart, in other directions than the last one."""
    witnesses = Witnesses(scaled, hidden)
    found = hidden.copy()
    waiting = np.arange(len(scaled.widths))
    random = np.random.default_rng(SEED)
    for attempt in range(ROUNDS):
        if not len(waiting):
            return found
        moves = witnesses.next(waiting, _signs(len(waiting), attempt, random))
        opened = np.flatnonzero(~found & (np.abs(scaled.cells @ moves) > MOVED))
        witnesses.hide(opened)
        found[opened] = True
        waiting = waiting[~scaled.protected(moves)[waiting]]
    return found | ~scaled.fixed if len(waiting) else found


def _signs(count: int, attempt: int, random: np.random.Generator) -> np.ndarray:
    if attempt == 0:
        return np.where(np.arange(count) % 2, 1.0, -1.0)
    if count == 1:
        return np.array([1.0 if attempt % 2 else -1.0])
    return np.where(random.random(count) < 0.5, 1.0, -1.0)
