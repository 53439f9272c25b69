"""Witnesses by linear programming: one model per table, of which each round changes only bounds and costs.

HiGHS starts each round from where the last one ended, which costs a small part of a fresh solution.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from scipy import sparse

from methods.disclosure.program import model_of
from methods.disclosure.scaled import Scaled

UNPROTECTED = 1e4


class Witnesses:
    """Tables that protect what they can of the targets and move as little as they can of what is published.

    Columns: the moves of the variables, up and down; how far each sum moves, up and down; what each target lacks, up
    and down. Rows: sums (rows of the table with several variables; the cost of a row with one is its variable's),
    balances, targets.
    """

    def __init__(self, scaled: Scaled, hidden: np.ndarray) -> None:
        self._scaled = scaled
        self._moves = scaled.cells.shape[1]
        lengths = np.diff(scaled.cells.indptr)
        self._sums = np.flatnonzero(lengths > 1)
        self._sum_of = np.full(len(lengths), -1)
        self._sum_of[self._sums] = np.arange(len(self._sums))
        self._variable_of = np.where(lengths == 1, scaled.cells.indices[scaled.cells.indptr[:-1]], -1)
        self._model = self._program(hidden)

    def next(self, waiting: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Moves of the variables that protect as many of the `waiting` targets as they can, in the direction of their
        sign, and touch few rows that aren't hidden yet; no moves at all when the solver gives up."""
        inside = self._scaled.widths[waiting]
        low = np.full(len(self._scaled.widths), -highspy.kHighsInf)
        high = -low
        low[waiting] = np.where(signs > 0, inside, low[waiting])
        high[waiting] = np.where(signs > 0, high[waiting], -inside)
        first = len(self._sums) + self._scaled.balance.shape[0]
        self._model.changeRowsBounds(len(low), np.arange(first, first + len(low), dtype=np.int32), low, high)
        self._model.run()
        if self._model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.zeros(self._moves)
        found = np.array(self._model.getSolution().col_value[: 2 * self._moves])
        return found[: self._moves] - found[self._moves :]

    def hide(self, rows: np.ndarray) -> None:
        """Let rows move for nothing from now on."""
        sums, variables = self._sum_of[rows], self._variable_of[rows]
        sums, variables = sums[sums >= 0], variables[variables >= 0]
        free = np.full(len(sums), highspy.kHighsInf)
        self._model.changeRowsBounds(len(sums), sums.astype(np.int32), -self._scaled.floor[self._sums[sums]], free)
        slack = 2 * self._moves + sums
        costless = np.concatenate([variables, self._moves + variables, slack, slack + len(self._sums)])
        self._model.changeColsCost(len(costless), costless.astype(np.int32), np.zeros(len(costless)))

    def _program(self, hidden: np.ndarray) -> Any:
        scaled = self._scaled
        sums, targets = len(self._sums), scaled.rows.shape[0]
        moved, lacks = sparse.eye_array(sums), sparse.eye_array(targets)
        table = sparse.vstack([scaled.cells[self._sums], scaled.balance, scaled.rows])
        slack = sparse.vstack([moved, sparse.csr_array((scaled.balance.shape[0] + targets, sums))])
        short = sparse.vstack([sparse.csr_array((sums + scaled.balance.shape[0], targets)), lacks])
        matrix = sparse.hstack([table, -table, -slack, slack, short, -short], format="csc")
        weights = np.where(hidden, 0, scaled.weights)
        alone = np.flatnonzero(self._variable_of >= 0)
        moving, up, down = np.zeros(self._moves), scaled.upper.copy(), -scaled.lower
        moving[self._variable_of[alone]] = weights[alone]
        still = scaled.fixed & ~hidden
        stuck = self._variable_of[alone[still[alone]]]
        up[stuck] = down[stuck] = 0
        down[self._variable_of[alone]] = np.minimum(down[self._variable_of[alone]], scaled.floor[alone])
        movable = np.where(still, 0, highspy.kHighsInf)[self._sums]
        free = np.full(targets, highspy.kHighsInf)
        hides = np.where(hidden, highspy.kHighsInf, 0)[self._sums]
        known = np.zeros(scaled.balance.shape[0])
        free_rows = -np.minimum(hides, scaled.floor[self._sums])
        return model_of(
            matrix,
            np.concatenate(
                [moving, moving, weights[self._sums], weights[self._sums], np.tile(UNPROTECTED / scaled.widths, 2)]
            ),
            (np.zeros(matrix.shape[1]), np.concatenate([up, down, movable, movable, free, free])),
            (np.concatenate([free_rows, known, -free]), np.concatenate([hides, known, free])),
        )
