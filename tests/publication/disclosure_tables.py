"""Small surveys for the tests of disclosure control: structures, territories and one or more breakdowns of answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from expectations.disclosure.released import Released, Sum, Told
from expectations.settings import load_settings
from methods.disclosure.amounts import Amounts, Expression, figures_of
from methods.disclosure.earlier import NOTHING, Earlier
from methods.disclosure.earlier import Told as ToldBefore
from methods.disclosure.pattern import Pattern
from methods.disclosure.rules import Rules, rules_from
from methods.disclosure.states import PRIMARY, SECONDARY

COUNT = "count(x)"
LEVELS = {"F": "national", "R": "region", "D": "departement", "U": "federation"}


def rules(**changes: Any) -> Rules:
    """The rules in force, with changes."""
    return dataclasses.replace(rules_from(load_settings().thresholds_of(2019).values), **changes)


def survey(
    answers: Mapping[str, Sequence[float]],
    territories: Mapping[str, Sequence[int]],
    *,
    kind: str = "sum",
    unit: str = "EUR",
    managers: Sequence[int] | None = None,
    types: Sequence[str] | None = None,
) -> Amounts:
    """Structures that all answered. `answers`: by aggregate, what each structure adds; several of them are the parts of
    a breakdown whose whole is `total`. `territories`: structures of each; the first letter gives the level."""
    count = len(next(iter(answers.values())))
    kinds: Any = np.array(types or ["CS"] * count)
    parts = [name for name in answers if name != "total"]
    columns = {name: number for number, name in enumerate([*answers, COUNT])}
    values = np.column_stack([*answers.values(), np.ones(count)]).astype(float)
    expressions = tuple(
        Expression(
            structure_type=structure_type,
            indicator="amounts" if "total" in answers else name,
            breakdown=name if "total" in answers else "",
            kind=kind,
            unit=unit,
            numerator=name,
            denominator="total" if "total" in answers else None,
            n=COUNT,
        )
        for structure_type in [*sorted(set(kinds)), *(["ALL"] if len(set(kinds)) > 1 else [])]
        for name in parts
    )
    rows = []
    for territory, inside in territories.items():
        for number, of in enumerate(expressions):
            chosen = [row for row in inside if of.structure_type in ("ALL", kinds[row])]
            amount = float(values[chosen, columns[of.numerator]].sum())
            total = float(values[chosen, columns["total"]].sum()) if of.denominator else None
            if chosen:
                rows.append((number, territory, LEVELS[territory[0]], of.structure_type, amount, total, len(chosen)))
    number, *told = zip(*rows, strict=True)
    names = ("territory_id", "level", "structure_type", "amount", "total", "n_respondents")
    figures = figures_of(expressions, number, dict(zip(names, map(np.array, told), strict=True)))
    return Amounts(
        structures=tuple(f"S{row}" for row in range(count)),
        types=kinds,
        managers=np.array(managers if managers is not None else range(count)),
        values=values,
        columns=columns,
        territories={territory: np.array(rows, dtype=int) for territory, rows in territories.items()},
        figures=figures,
        public=frozenset(),
        constants=frozenset(),
    )


def pattern_of(amounts: Amounts, earlier: Earlier = NOTHING, **changes: Any) -> Pattern:
    """The pattern of a survey by the rules in force, with changes. A territory's code is its id."""
    return Pattern(amounts, rules(**changes), earlier, {})


def released(amounts: Amounts, pattern: Pattern, *, primary_only: bool = False) -> Released:
    """What a reader has of a survey published with a pattern, and what must stay uncertain."""
    hidden = {
        (row.aggregate, (row.territories, row.structure_type))
        for row in pattern.cell_rows()
        if row.state == PRIMARY or (row.state == SECONDARY and not primary_only)
    }
    kept = {
        (pattern.quantities[q].aggregate, pattern.geography.places[place]): float(pattern.before.amounts[q, place])
        for q, place in np.argwhere(pattern.kept)
    }
    told: dict[str, Told] = {}
    figures = amounts.figures
    for row, expression in enumerate(figures.expressions[number] for number in figures.expression):
        place = (figures.territory[row], figures.structure_type[row])
        rows = amounts.rows_of(*place)
        for aggregate in filter(None, (expression.numerator, expression.denominator)):
            of = told.setdefault(aggregate, Told(counts_structures=False))
            of.answers[place] = int(figures.n_respondents[row])
            of.signed |= bool((amounts.of(aggregate) < 0).any())
            of.indicators[expression.indicator] = None
            if (aggregate, place) in hidden or (aggregate, place) in kept:
                of.hidden.add(place)
                if (aggregate, place) in kept:
                    of.at_least[place] = kept[(aggregate, place)]
            else:
                of.amounts[place] = float(amounts.of(aggregate)[rows].sum())
    parts = tuple(sorted(expression.breakdown for expression in figures.expressions if expression.breakdown))
    sums = [Sum(tuple(sorted(set(parts))), "total", str(t)) for t in sorted(set(amounts.types))] if parts else []
    atoms: dict[tuple[str, frozenset[str]], int] = {}
    for row, kind in enumerate(amounts.types):
        inside = frozenset(name for name, rows in amounts.territories.items() if row in rows)
        atoms[(str(kind), inside)] = atoms.get((str(kind), inside), 0) + 1
    return Released(
        told,
        sums,
        [(kind, inside, count) for (kind, inside), count in atoms.items()],
        [
            (aggregate, territories, kind, width)
            for aggregate, territories, kind, state, _, _, width in pattern.cell_rows()
            if width > 0 and (state == PRIMARY or not primary_only)
        ],
    )


def without(amounts: Amounts, late: Sequence[int]) -> Amounts:
    """The same survey before some structures have answered."""
    rows = [row for row in range(len(amounts.types)) if row not in set(late)]
    parts = [name for name in amounts.columns if name != COUNT]
    number = {row: index for index, row in enumerate(rows)}
    inside = {name: [number[row] for row in of if row in number] for name, of in amounts.territories.items()}
    before = survey(
        {name: amounts.values[rows, amounts.columns[name]].tolist() for name in parts},
        {name: of for name, of in inside.items() if of},
        types=amounts.types[rows].tolist(),
    )
    return dataclasses.replace(before, structures=tuple(amounts.structures[row] for row in rows))


def vintage_of(amounts: Amounts, pattern: Pattern) -> Earlier:
    """What a vintage has told of a survey."""
    figures = amounts.figures
    told: dict[tuple[str, ...], ToldBefore] = {}
    hidden = set()
    _, _, no_top, no_base, *_ = pattern.states()
    for row, expression in enumerate(figures.expressions[number] for number in figures.expression):
        where = (figures.level[row], figures.territory[row], figures.structure_type[row])
        sides = (("numerator", no_top[row], figures.amount[row]), ("denominator", no_base[row], figures.total[row]))
        for side, is_hidden, amount in sides:
            address = (*where, expression.indicator, expression.breakdown, side)
            if is_hidden:
                hidden.add(address)
            elif not np.isnan(amount):
                told[address] = ToldBefore(Decimal(repr(float(amount))), 0)
    return Earlier(told, frozenset(hidden), {}, (frozenset(amounts.structures),))


def changed(pattern: Pattern) -> Released:
    """What a reader has of what changed since the only vintage before."""
    told: dict[str, Told] = {}
    protected = []
    for row in pattern.change_rows():
        of = told.setdefault(row.aggregate, Told(counts_structures=False))
        if row.width:
            protected.append((row.aggregate, row.territories, row.structure_type, row.width))
        if ";" not in row.territories:
            place = (row.territories, row.structure_type)
            of.answers[place] = row.answers
            of.hidden.add(place) if row.amount is None else of.amounts.__setitem__(place, row.amount)
    parts = tuple(sorted(name for name in told if name != "total"))
    kinds = sorted({kind for _, kind, _, _ in pattern.change_atoms()})
    sums = [Sum(parts, "total", kind) for kind in kinds] if "total" in told else []
    atoms = [(kind, frozenset(names.split(";")), count) for _, kind, names, count in pattern.change_atoms()]
    return Released(told, sums, atoms, protected)
