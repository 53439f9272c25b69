"""A linear program handed to HiGHS, silently and on one thread: the same program always has the same answer."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from scipy import sparse

OPTIONS: dict[str, Any] = {"output_flag": False, "threads": 1, "presolve": "off", "simplex_strategy": 1}


def model_of(
    matrix: sparse.csc_array,
    costs: np.ndarray,
    columns: tuple[np.ndarray, np.ndarray],
    rows: tuple[np.ndarray, np.ndarray],
    whole: np.ndarray | None = None,
) -> Any:
    """A model that minimises `costs`; `columns`, `rows`: their lower and upper bounds; `whole`: columns that are whole
    numbers.

    Changes of several bounds at once are methods that the model's class doesn't declare, hence its type.
    """
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = costs
    program.col_lower_, program.col_upper_ = columns
    program.row_lower_, program.row_upper_ = rows
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    if whole is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[int(is_whole)] for is_whole in whole]
    model = highspy.Highs()
    for option, value in OPTIONS.items():
        model.setOptionValue(option, value)
    model.passModel(program)
    return model
