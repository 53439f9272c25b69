"""The fewest rows to hide, by mixed-integer programming: for tables small enough (after Fischetti and Salazar)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from methods.disclosure.program import model_of
from methods.disclosure.scaled import MOVED, Scaled


def fewest(scaled: Scaled, hidden: np.ndarray, nodes: int) -> np.ndarray | None:
    """The rows of the least weight with one witness for all targets; None when the search finds none.

    Sliding protection: the witness differs by the width of each target, on one side or the other. Columns: moves of the
    variables, whether each row is hidden, on which side each target is.
    """
    rows, moves = scaled.cells.shape
    wanted = len(scaled.widths)
    most = 2 * float(scaled.widths.sum())
    lid, side = most * sparse.eye_array(rows), sparse.diags_array(scaled.widths + most)
    matrix = sparse.block_array(
        [
            [scaled.cells, -lid, sparse.csr_array((rows, wanted))],
            [-scaled.cells, -lid, sparse.csr_array((rows, wanted))],
            [-scaled.rows, sparse.csr_array((wanted, rows)), side],
            [scaled.rows, sparse.csr_array((wanted, rows)), -side],
            [sparse.vstack([scaled.cells, scaled.balance]), None, None],
        ],
        format="csc",
    )
    known = np.zeros(scaled.balance.shape[0])
    model = model_of(
        matrix,
        np.concatenate([np.zeros(moves), np.where(hidden, 0, scaled.weights), np.zeros(wanted)]),
        (
            np.concatenate([np.maximum(scaled.lower, -most), np.where(hidden, 1.0, 0), np.zeros(wanted)]),
            np.concatenate([np.minimum(scaled.upper, most), np.where(scaled.fixed & ~hidden, 0.0, 1), np.ones(wanted)]),
        ),
        (
            np.concatenate([np.full(2 * (rows + wanted), -np.inf), -scaled.floor, known]),
            np.concatenate([np.zeros(2 * rows), np.full(wanted, most), -scaled.widths, np.full(rows, np.inf), known]),
        ),
        whole=np.arange(moves + rows + wanted) >= moves,
    )
    model.setOptionValue("mip_max_nodes", nodes)
    model.run()
    found = np.array(model.getSolution().col_value[:moves])
    if not model.getSolution().value_valid or not scaled.protected(found).all():
        return None
    answer: np.ndarray = hidden | (np.abs(scaled.cells @ found) > MOVED)
    return answer
