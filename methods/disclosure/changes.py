"""What changed since a vintage, as a survey of its own: its respondents are those who have answered since.

The difference between two vintages of a figure is a figure too. One that rests on a single late return tells what this
structure answered: such figures go on saying what they said (`unrevised`), until enough others have changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from methods.disclosure.amounts import Amounts
from methods.disclosure.earlier import SIDES, Earlier
from methods.disclosure.geography import Place
from methods.disclosure.tables import Quantity

GAP = 1e-3
MOST_CORRECTIONS = 200


@dataclass(frozen=True)
class Before:
    """Quantity × place, of what earlier vintages say: `amounts` (NaN where none tells it), `origin` (the vintage that
    computed it, -1 where none), `hidden` by the last one; and `now`, what the candidate says."""

    amounts: np.ndarray
    origin: np.ndarray
    hidden: np.ndarray
    now: np.ndarray


@dataclass(frozen=True)
class Changes(Amounts):
    """Structures that have answered since, and corrections: `correction` is true of the rows that stand for one, each
    in a place where an amount differs by more than new answers explain. `sums`: aggregates that add up."""

    correction: np.ndarray
    sums: frozenset[str]

    @property
    def additive(self) -> frozenset[str]:
        """As in the whole survey: a difference of two medians is no sum either."""
        return self.sums

    def answering(self, aggregate: str, base: str) -> np.ndarray:
        """A correction only concerns the amounts that it changes."""
        answer: np.ndarray = super().answering(aggregate, base) & (~self.correction | (self.of(aggregate) != 0))
        return answer


def told_before(
    amounts: Amounts,
    earlier: Earlier,
    codes: Mapping[str, str],
    numbers: Mapping[str, int],
    of_figure: np.ndarray,
    shape: tuple[int, int],
) -> Before:
    """Match the addresses of earlier vintages with the cells of the candidate. `codes`: of the territories."""
    told, now = np.full(shape, np.nan), np.full(shape, np.nan)
    origin, hidden = np.full(shape, -1), np.zeros(shape, dtype=bool)
    figures = amounts.figures
    if not earlier.respondents:
        return Before(told, origin, hidden, now)
    for row, expression in enumerate(figures.expressions[number] for number in figures.expression):
        code = codes.get(figures.territory[row], figures.territory[row])
        where = (figures.level[row], code, figures.structure_type[row], expression.indicator, expression.breakdown)
        for side, aggregate, amount in zip(
            SIDES,
            (expression.numerator, expression.denominator),
            (figures.amount[row], figures.total[row]),
            strict=True,
        ):
            if aggregate not in numbers or np.isnan(amount):
                continue
            cell = (numbers[aggregate], of_figure[row])
            now[cell] = amount
            before = earlier.told.get((*where, side))
            if before is not None:
                told[cell], origin[cell] = float(before.amount), before.origin
            hidden[cell] |= (*where, side) in earlier.hidden
    return Before(told, origin, hidden & (origin < 0), now)


def changes_since(
    amounts: Amounts,
    respondents: frozenset[str],
    quantities: Sequence[Quantity],
    places: Sequence[Place],
    before: Before,
    compared: np.ndarray,
) -> tuple[Changes, np.ndarray]:
    """The survey of what changed since a vintage, and the cells (quantity × place) where something did.

    `compared`: the cells that say what this vintage said.
    """
    late = np.array([name not in respondents for name in amounts.structures], dtype=bool)
    inside = [amounts.rows_of(*place) for place in places]
    member = sparse.csr_array(
        (
            np.ones(sum(map(len, inside))),
            np.concatenate([*inside, np.zeros(0, dtype=int)]).astype(int),
            np.cumsum([0, *map(len, inside)]),
        ),
        shape=(len(places), len(late)),
    )
    values = np.column_stack([amounts.of(q.aggregate) for q in quantities])
    answered = np.column_stack([amounts.answering(q.aggregate, q.base) for q in quantities])
    explained = (member @ (values * late[:, None])).T
    additive = np.array([q.aggregate in amounts.additive for q in quantities])
    gap = np.where(compared & additive[:, None], before.now - before.amounts - explained, 0.0)
    gap[np.abs(gap) <= GAP + 1e-9 * np.abs(before.now)] = 0.0
    changed = compared & (((member @ (answered & late[:, None]).astype(float)).T > 0) | (gap != 0))
    return _as_survey(amounts, np.flatnonzero(late), _corrections(gap, member), quantities), changed


def _corrections(gap: np.ndarray, member: sparse.csr_array) -> dict[int, dict[int, float]]:
    """A structure (by row number) to which each unexplained change may be due, and by quantity how much: of the
    smallest place where it shows, the structure that lies in most of the others."""
    found: dict[int, dict[int, float]] = {}
    size = np.diff(member.indptr)
    columns = member.tocsc()
    for q in np.flatnonzero((gap != 0).any(axis=1)).tolist():
        left = gap[q].copy()
        for _ in range(MOST_CORRECTIONS):
            shown = np.flatnonzero(left)
            if not len(shown):
                break
            place = shown[np.argmin(size[shown])]
            inside = member.indices[member.indptr[place] : member.indptr[place + 1]]
            if not len(inside):
                left[place] = 0
                continue
            row = int(inside[np.argmax(member[:, inside].T @ (left != 0).astype(float))])
            amount = float(left[place])
            found.setdefault(row, {})[q] = found.get(row, {}).get(q, 0.0) + amount
            touched = columns.indices[columns.indptr[row] : columns.indptr[row + 1]]
            left[touched] = np.where(left[touched] != 0, left[touched] - amount, 0)
            left[np.abs(left) <= GAP] = 0
    return found


def _as_survey(
    amounts: Amounts, late: np.ndarray, corrections: dict[int, dict[int, float]], quantities: Sequence[Quantity]
) -> Changes:
    stands_for = np.concatenate([late, np.array(list(corrections), dtype=int)]).astype(int)
    values = amounts.values[stands_for].copy()
    values[len(late) :] = 0
    for row, of in enumerate(corrections.values(), len(late)):
        for q, amount in of.items():
            values[row, amounts.columns[quantities[q].aggregate]] = amount
            if quantities[q].base in amounts.columns:
                values[row, amounts.columns[quantities[q].base]] = 1
    first = int(amounts.managers.max(initial=0)) + 1
    kinds, present = frozenset(amounts.types), frozenset(amounts.types[stands_for])
    told = np.array([e.structure_type not in kinds - present for e in amounts.figures.expressions], dtype=bool)
    figures = amounts.figures
    kept = told[figures.expression]
    return Changes(
        structures=tuple(amounts.structures[row] for row in stands_for),
        types=amounts.types[stands_for],
        managers=np.concatenate([amounts.managers[late], first + np.arange(len(corrections))]),
        values=values,
        columns=amounts.columns,
        territories={
            territory: np.flatnonzero(np.isin(stands_for, rows)) for territory, rows in amounts.territories.items()
        },
        figures=dataclasses.replace(
            figures,
            expressions=tuple(e for e, is_told in zip(figures.expressions, told, strict=True) if is_told),
            expression=(np.cumsum(told) - 1)[figures.expression[kept]],
            **{
                name: getattr(figures, name)[kept]
                for name in ("territory", "level", "structure_type", "amount", "total", "n_respondents")
            },
        ),
        public=amounts.public,
        constants=amounts.constants,
        correction=np.arange(len(stands_for)) >= len(late),
        sums=amounts.additive,
    )
