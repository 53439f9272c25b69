"""Secondary suppression: which other cells to hide so that no sensitive one can be recomputed.

A sensitive combination of atoms (a cell, or what two cells don't share) is protected when there is a *witness*: another
table, as plausible as the true one (no negative amount, no more structures than answered), equal to it in every cell
that is published, in which the combination differs by its width at least. Small tables: the fewest cells, by
mixed-integer programming (after Fischetti and Salazar, with sliding protection levels). Larger ones: linear programs,
each of which protects as many combinations as it can for the least weight (after Kelly, Golden and Assad).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publication.disclosure.tables import Table

if TYPE_CHECKING:
    import numpy as np
    from scipy import sparse

MOVED = 1e-6
CUSHION = 1.001
SMALLEST = 1e-3
UNPROTECTED = 1e4
ROUNDS = 24
SEED = 20


@dataclass(frozen=True)
class Targets:
    """Sensitive combinations: `rows` × variables, and the width that each demands, in the table's unit."""

    rows: sparse.csr_matrix
    widths: np.ndarray


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
    import numpy as np

    if not targets.rows.shape[0]:
        return hidden
    scaled = _Scaled(table, fixed, targets)
    if table.cells.shape[0] <= search.cells:
        best = scaled.fewest(hidden, search.nodes)
        if best is not None:
            return best
    found = hidden.copy()
    waiting = np.arange(targets.rows.shape[0])
    random = np.random.default_rng(SEED)
    for attempt in range(ROUNDS):
        if not len(waiting):
            return found
        signs = _signs(len(waiting), attempt, random)
        moves = scaled.witness(found, waiting, signs)
        found = found | (np.abs(table.cells @ moves) > MOVED)
        waiting = waiting[~scaled.protected(moves)[waiting]]
    return found | ~fixed


def _signs(count: int, attempt: int, random: np.random.Generator) -> np.ndarray:
    import numpy as np

    if attempt == 0:
        return np.where(np.arange(count) % 2, 1.0, -1.0)
    if count == 1:
        return np.array([1.0 if attempt % 2 else -1.0])
    return np.where(random.random(count) < 0.5, 1.0, -1.0)


class _Scaled:
    """A table in its own unit: amounts around one, whatever they count."""

    def __init__(self, table: Table, fixed: np.ndarray, targets: Targets) -> None:
        import numpy as np

        positive = np.abs(table.amounts[table.amounts != 0])
        scale = max(1.0, float(positive.mean())) if len(positive) else 1.0
        self.cells, self.balance, self.rows = table.cells, table.balance, targets.rows
        self.lower, self.upper = table.lower / scale, table.upper / scale
        self.widths = np.maximum(targets.widths / scale, SMALLEST) * CUSHION
        self.weights = np.maximum(table.structures, 1.0)
        self.fixed = fixed

    def protected(self, moves: np.ndarray) -> np.ndarray:
        """Which targets a witness protects."""
        import numpy as np

        answer: np.ndarray = np.abs(self.rows @ moves) >= self.widths / CUSHION
        return answer

    def witness(self, hidden: np.ndarray, waiting: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Moves of the variables that protect as many of the `waiting` targets as they can, in the direction of their
        sign, and touch few cells that aren't hidden yet."""
        import numpy as np
        from scipy import sparse
        from scipy.optimize import linprog

        open_rows = np.flatnonzero(~hidden & ~self.fixed)
        closed = self.cells[np.flatnonzero(self.fixed & ~hidden)]
        moved, waits = len(open_rows), len(waiting)
        moves = self.cells.shape[1]
        equal = sparse.block_array(
            [
                [self.cells[open_rows], -sparse.eye_array(moved), sparse.eye_array(moved), None],
                [
                    sparse.vstack([closed, self.balance]),
                    None,
                    None,
                    sparse.csr_array((closed.shape[0] + self.balance.shape[0], waits)),
                ],
            ],
            format="csr",
        )
        reached = sparse.block_array(
            [
                [
                    -sparse.diags_array(signs) @ self.rows[waiting],
                    sparse.csr_array((waits, 2 * moved)),
                    -sparse.diags_array(self.widths[waiting]),
                ]
            ],
            format="csr",
        )
        weights = self.weights[open_rows]
        found = linprog(
            np.concatenate([np.zeros(moves), weights, weights, np.full(waits, UNPROTECTED)]),
            A_ub=reached,
            b_ub=-self.widths[waiting],
            A_eq=equal,
            b_eq=np.zeros(equal.shape[0]),
            bounds=np.column_stack(
                [
                    np.concatenate([self.lower, np.zeros(2 * moved + waits)]),
                    np.concatenate([self.upper, np.full(2 * moved + waits, np.inf)]),
                ]
            ),
            method="highs",
        )
        return np.zeros(moves) if found.x is None else found.x[:moves]

    def fewest(self, hidden: np.ndarray, nodes: int) -> np.ndarray | None:
        """The rows of the least weight with one witness for all targets; None when the search finds none."""
        import numpy as np
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows, moves = self.cells.shape
        wanted = len(self.widths)
        most = 2 * float(self.widths.sum())
        none = sparse.csr_array((rows, wanted))
        lid = most * sparse.eye_array(rows)
        above = sparse.diags_array(self.widths + most)
        empty = sparse.csr_array((wanted, rows))
        constraints = [
            LinearConstraint(
                sparse.block_array(
                    [
                        [self.cells, -lid, none],
                        [-self.cells, -lid, none],
                        [-self.rows, empty, above],
                        [self.rows, empty, -above],
                    ],
                    format="csr",
                ),
                -np.inf,
                np.concatenate([np.zeros(2 * rows), np.full(wanted, most), -self.widths]),
            )
        ]
        if self.balance.shape[0]:
            zeros = sparse.csr_array((self.balance.shape[0], rows + wanted))
            constraints.append(LinearConstraint(sparse.hstack([self.balance, zeros], format="csr"), 0, 0))
        found = milp(
            np.concatenate([np.zeros(moves), np.where(hidden, 0, self.weights), np.zeros(wanted)]),
            constraints=constraints,
            integrality=np.concatenate([np.zeros(moves), np.ones(rows + wanted)]),
            bounds=Bounds(
                np.concatenate([np.maximum(self.lower, -most), np.where(hidden, 1, 0), np.zeros(wanted)]),
                np.concatenate([np.minimum(self.upper, most), np.where(self.fixed & ~hidden, 0, 1), np.ones(wanted)]),
            ),
            options={"node_limit": nodes, "presolve": False},
        )
        if found.x is None:
            return None
        moved = np.abs(self.cells @ found.x[:moves]) > MOVED
        return hidden | moved if self.protected(found.x[:moves]).all() else None
