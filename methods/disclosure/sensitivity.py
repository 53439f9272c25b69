"""Primary suppression: cells that tell what one structure answered, by the rules in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from methods.disclosure.rules import Rules

CONTRIBUTORS = "contributors"
DOMINANCE = "dominance"
P_PERCENT = "p_percent"
SMALL_COUNT = "small_count"
ORDER_STATISTIC = "order_statistic"


@dataclass(frozen=True)
class Quantities:
    """Quantities as columns. `values`, `answered`: structures × quantities, the second true where the structure is in
    the base. `magnitude`: quantities to which dominance applies; `persons`: counts of persons; `additive`."""

    values: np.ndarray
    answered: np.ndarray
    magnitude: np.ndarray
    persons: np.ndarray
    additive: np.ndarray

    def only(self, chosen: np.ndarray) -> Quantities:
        """What rules need to know of some of them, several times over if need be; no values."""
        return Quantities(
            self.values[:0], self.answered[:0], self.magnitude[chosen], self.persons[chosen], self.additive[chosen]
        )


@dataclass(frozen=True)
class Sums:
    """By cell: managers who answered, the total of what they add, the largest and the second of them."""

    answered: np.ndarray
    total: np.ndarray
    largest: np.ndarray
    second: np.ndarray


@dataclass(frozen=True)
class Sensitivity:
    """Of one set of structures, by quantity: the rule that makes it sensitive ('' when none does), managers who
    answered, and the width of the interval that must be left to whoever recomputes it."""

    rules: np.ndarray
    contributors: np.ndarray
    widths: np.ndarray


def sensitivity(quantities: Quantities, managers: np.ndarray, rows: np.ndarray, rules: Rules) -> Sensitivity:
    """Sums by manager over the structures `rows` (numbers), then each rule; the first that applies names the cell."""
    of = managers[rows]
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(of[order]) > 0][: len(rows)])
    sorted_rows = rows[order]
    amounts = np.abs(np.add.reduceat(quantities.values[sorted_rows], starts, axis=0))
    answered = np.maximum.reduceat(quantities.answered[sorted_rows], starts, axis=0).sum(axis=0)
    padded = np.vstack([amounts, np.zeros((2, amounts.shape[1]))])
    second, largest = np.sort(np.partition(padded, -2, axis=0)[-2:], axis=0)
    return _judged(quantities, Sums(answered, amounts.sum(axis=0), largest, second), rules)


def sensitivity_of_sets(
    quantities: Quantities, managers: np.ndarray, sets: Sequence[np.ndarray], chosen: np.ndarray, rules: Rules
) -> Sensitivity:
    """The same of many sets of structures at once, each for one quantity: `chosen`, its number."""
    case = np.repeat(np.arange(len(sets)), [len(rows) for rows in sets])
    rows = np.concatenate([*sets, np.zeros(0, dtype=int)]).astype(int)
    order = np.lexsort((managers[rows], case))
    case, rows = case[order], rows[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(case) > 0) | (np.diff(managers[rows]) != 0)][: len(rows)])
    by_manager = np.abs(np.add.reduceat(quantities.values[rows, chosen[case]], starts))
    answering = np.maximum.reduceat(quantities.answered[rows, chosen[case]].astype(int), starts)
    owner = case[starts]
    # The largest two of each case are the last of its managers, by amount.
    by_size = np.lexsort((by_manager, owner))
    last = np.searchsorted(owner, np.arange(len(sets)), side="right") - 1
    before = np.maximum(last - 1, 0)
    several = np.bincount(owner, minlength=len(sets)) > 1
    sums = Sums(
        answered=np.bincount(owner, answering, minlength=len(sets)),
        total=np.bincount(owner, by_manager, minlength=len(sets)),
        largest=by_manager[by_size][last],
        second=np.where(several, by_manager[by_size][before], 0.0),
    )
    return _judged(quantities.only(chosen), sums, rules)


def _judged(quantities: Quantities, sums: Sums, rules: Rules) -> Sensitivity:
    answered, total, largest, second = sums.answered, sums.total, sums.largest, sums.second
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
