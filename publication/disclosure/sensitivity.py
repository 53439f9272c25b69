"""Primary suppression: cells that tell what one structure answered, by the rules in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publication.disclosure.rules import Rules

if TYPE_CHECKING:
    import numpy as np

CONTRIBUTORS = "contributors"
DOMINANCE = "dominance"
P_PERCENT = "p_percent"
SMALL_COUNT = "small_count"
ORDER_STATISTIC = "order_statistic"
REVISION = "revision"


@dataclass(frozen=True)
class Quantities:
    """Quantities as columns. `values`, `answered`: structures × quantities, the second true where the structure is in
    the base. `magnitude`: quantities to which dominance applies; `persons`: counts of persons; `additive`."""

    values: np.ndarray
    answered: np.ndarray
    magnitude: np.ndarray
    persons: np.ndarray
    additive: np.ndarray


@dataclass(frozen=True)
class Sensitivity:
    """Of one set of structures, by quantity: the rule that makes it sensitive ('' when none does), managers who
    answered, and the width of the interval that must be left to whoever recomputes it."""

    rules: np.ndarray
    contributors: np.ndarray
    widths: np.ndarray


def sensitivity(quantities: Quantities, managers: np.ndarray, rows: np.ndarray, rules: Rules) -> Sensitivity:
    """Sums by manager over the structures `rows` (numbers), then each rule; the first that applies names the cell."""
    import numpy as np

    _, manager = np.unique(managers[rows], return_inverse=True)
    manager = manager.ravel()
    order = np.argsort(manager, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(manager[order]) > 0])
    amounts = np.abs(np.add.reduceat(quantities.values[rows][order], starts, axis=0))
    answered = np.maximum.reduceat(quantities.answered[rows][order], starts, axis=0).sum(axis=0)
    total = amounts.sum(axis=0)
    padded = np.vstack([amounts, np.zeros((2, amounts.shape[1]))])
    second, largest = np.sort(np.partition(padded, -2, axis=0)[-2:], axis=0)
    magnitude = quantities.magnitude & (total > 0)
    conditions = [
        answered < rules.min_contributors,
        ~quantities.additive & (answered < rules.order_statistics_min),
        magnitude & (largest > rules.dominance_pct / 100 * total),
        magnitude & (total - largest - second < rules.p_pct / 100 * largest),
        quantities.persons & (total >= 1) & (total <= rules.small_persons),
    ]
    named = np.select(
        [(answered > 0) & condition for condition in conditions],
        [CONTRIBUTORS, ORDER_STATISTIC, DOMINANCE, P_PERCENT, SMALL_COUNT],
        "",
    )
    widths = np.where(
        quantities.magnitude,
        np.maximum(rules.width_min, rules.width_pct / 100 * largest),
        1.0,
    )
    return Sensitivity(named, answered, widths)
