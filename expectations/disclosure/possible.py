"""The tables that a reader of a release must hold for possible, and how far amounts differ between them."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from scipy import sparse

from expectations.disclosure.contradiction import ContradictionError

ROUNDS = 6
SEED = 4
GAP = 1e-6
OPTIONS: dict[str, Any] = {"output_flag": False, "threads": 1, "presolve": "off"}
DUAL, PRIMAL = 1, 4


class PossibleTables:
    """Variables between `low` and `high`, of which the rows of `matrix` are between `least` and `most`.

    Variables that one row alone determines are known from the start; HiGHS holds what remains, and starts each search
    from the table that the last one found. Raises ContradictionError when there is no such table.
    """

    def __init__(
        self, matrix: sparse.csr_array, least: np.ndarray, most: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        self._known, self._open = _deduced(matrix, least, most, low, high)
        rest = matrix[:, self._open]
        told = matrix @ np.where(self._open, 0, self._known)
        kept = np.diff(rest.indptr) > 0
        settled = ~kept & ((told < least - GAP * (1 + abs(least))) | (told > most + GAP * (1 + abs(most))))
        if settled.any():
            raise ContradictionError(f"{int(settled.sum())} of the published amounts contradict the others")
        columns = sparse.csc_array(rest[kept])
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = columns.shape
        program.col_cost_ = np.zeros(columns.shape[1])
        program.col_lower_, program.col_upper_ = low[self._open], high[self._open]
        program.row_lower_, program.row_upper_ = (least - told)[kept], (most - told)[kept]
        program.sense_ = highspy.ObjSense.kMaximize
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = columns.indptr, columns.indices
        program.a_matrix_.value_ = columns.data
        # Changes of several costs at once are a method that its class doesn't declare.
        self._model: Any = highspy.Highs()
        for option, value in OPTIONS.items():
            self._model.setOptionValue(option, value)
        self._model.setOptionValue("simplex_strategy", DUAL)
        self._model.passModel(program)

    def intervals(self, rows: sparse.csr_array, widths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How low and how high each row can be: proven possible, and exact where they are nearer than its width.

        A few searches push all of the rows apart at once and prove most intervals wide enough; the others are bounded
        one by one.
        """
        low, high = np.full(rows.shape[0], np.inf), np.full(rows.shape[0], -np.inf)
        told, moving = rows @ np.where(self._open, 0, self._known), sparse.csr_array(rows[:, self._open])
        random = np.random.default_rng(SEED)
        for round_ in range(ROUNDS):
            waiting = ~(high - low >= widths)
            if not waiting.any():
                break
            signs = np.where(random.random(len(widths)) < 0.5, 1.0, -1.0)
            signs = np.where(np.arange(len(widths)) % 2, 1.0, -1.0) * (-1) ** round_ if round_ < 2 else signs
            self._widen(moving, told, np.where(waiting, signs / np.maximum(widths, 1e-9), 0), low, high)
        for row in np.flatnonzero(~(high - low >= widths)):
            for sign in (1.0, -1.0):
                if high[row] - low[row] < widths[row]:
                    self._widen(moving, told, np.where(np.arange(len(widths)) == row, sign, 0), low, high)
        return low, high

    def _widen(
        self, moving: sparse.csr_array, told: np.ndarray, pushed: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> None:
        """Find the possible table that goes furthest in a direction: what it says of a row widens its interval."""
        found = told + moving @ self._furthest(moving.T @ pushed)
        np.minimum(low, found, out=low)
        np.maximum(high, found, out=high)

    def _furthest(self, costs: np.ndarray) -> np.ndarray:
        if not len(costs):
            return costs
        self._model.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        self._model.run()
        status = self._model.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            told = self._model.modelStatusToString(status)
            raise ContradictionError(f"the published amounts contradict each other: {told}")
        # Only the costs change from now on: the table found remains possible.
        self._model.setOptionValue("simplex_strategy", PRIMAL)
        return np.array(self._model.getSolution().col_value)


def _deduced(
    matrix: sparse.csr_array, least: np.ndarray, most: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The values of the variables that are known, and which ones aren't: rows with one unknown left tell it."""
    known, unknown = low.copy(), high > low
    exact = least == most
    shape = abs(matrix) > 0
    while True:
        left = shape @ unknown.astype(float)
        rows = np.flatnonzero(exact & (left > 0.5) & (left < 1.5))
        if not len(rows):
            return known, unknown
        told = matrix[rows]
        rest = least[rows] - told @ np.where(unknown, 0, known)
        last = told.tocoo()
        chosen = unknown[last.col]
        known[last.col[chosen]] = rest[last.row[chosen]] / last.data[chosen]
        unknown[last.col[chosen]] = False
