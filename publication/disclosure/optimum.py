"""The fewest rows to hide, by mixed-integer programming: for tables small enough (after Fischetti and Salazar)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from publication.disclosure.scaled import MOVED, Scaled


def fewest(scaled: Scaled, hidden: np.ndarray, nodes: int) -> np.ndarray | None:
    """The rows of the least weight with one witness for all targets; None when the search finds none.

    Sliding protection: the witness differs by the width of each target, on one side or the other.
    """
    # It takes a second to import, and large campaigns don't need it.
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, moves = scaled.cells.shape
    wanted = len(scaled.widths)
    most = 2 * float(scaled.widths.sum())
    none = sparse.csr_array((rows, wanted))
    lid = most * sparse.eye_array(rows)
    above = sparse.diags_array(scaled.widths + most)
    empty = sparse.csr_array((wanted, rows))
    constraints = [
        LinearConstraint(
            sparse.block_array(
                [
                    [scaled.cells, -lid, none],
                    [-scaled.cells, -lid, none],
                    [-scaled.rows, empty, above],
                    [scaled.rows, empty, -above],
                ],
                format="csr",
            ),
            -np.inf,
            np.concatenate([np.zeros(2 * rows), np.full(wanted, most), -scaled.widths]),
        )
    ]
    if scaled.balance.shape[0]:
        zeros = sparse.csr_array((scaled.balance.shape[0], rows + wanted))
        constraints.append(LinearConstraint(sparse.hstack([scaled.balance, zeros], format="csr"), 0, 0))
    found = milp(
        np.concatenate([np.zeros(moves), np.where(hidden, 0, scaled.weights), np.zeros(wanted)]),
        constraints=constraints,
        integrality=np.concatenate([np.zeros(moves), np.ones(rows + wanted)]),
        bounds=Bounds(
            np.concatenate([np.maximum(scaled.lower, -most), np.where(hidden, 1, 0), np.zeros(wanted)]),
            np.concatenate([np.minimum(scaled.upper, most), np.where(scaled.fixed & ~hidden, 0, 1), np.ones(wanted)]),
        ),
        options={"node_limit": nodes, "presolve": False},
    )
    if found.x is None:
        return None
    moved = np.abs(scaled.cells @ found.x[:moves]) > MOVED
    return hidden | moved if scaled.protected(found.x[:moves]).all() else None
