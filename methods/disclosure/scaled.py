"""A table in its own unit, with what must be protected in it: what both searches for a pattern work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from methods.disclosure.tables import Table

MOVED = 1e-6
CUSHION = 1.001
SMALLEST = 1e-3


@dataclass(frozen=True)
class Targets:
    """Sensitive combinations: `rows` × variables, and the width that each demands, in the table's unit."""

    rows: sparse.csr_matrix
    widths: np.ndarray


@dataclass(frozen=True)
class Scaled:
    """Amounts around one, whatever they count. `weights`: what hiding a row costs; `fixed` rows can't be hidden;
    `floor`: how far each row may move down; `widths` are demanded with a cushion, so that rounding never leaves an
    interval too narrow."""

    cells: sparse.csr_matrix
    balance: sparse.csr_matrix
    rows: sparse.csr_matrix
    lower: np.ndarray
    upper: np.ndarray
    widths: np.ndarray
    weights: np.ndarray
    fixed: np.ndarray
    floor: np.ndarray

    @staticmethod
    def of(table: Table, fixed: np.ndarray, targets: Targets) -> Scaled:
        """The table divided by its mean amount."""
        positive = np.abs(table.amounts[table.amounts != 0])
        scale = max(1.0, float(positive.mean())) if len(positive) else 1.0
        return Scaled(
            cells=table.cells,
            balance=table.balance,
            rows=targets.rows,
            lower=table.lower / scale,
            upper=table.upper / scale,
            widths=np.maximum(targets.widths / scale, SMALLEST) * CUSHION,
            weights=np.maximum(table.structures, 1.0),
            fixed=fixed,
            floor=np.maximum(table.floor / scale, 0),
        )

    def protected(self, moves: np.ndarray) -> np.ndarray:
        """Which targets a witness protects."""
        answer: np.ndarray = np.abs(self.rows @ moves) >= self.widths / CUSHION
        return answer
