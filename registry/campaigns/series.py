"""Which series of figures two campaigns have in common, which end or begin, and which break between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from core.spelling import folded
from registry.campaigns.availability import Form
from registry.computed import Break, Indicator
from registry.expressions import ExpressionError, columns_of
from registry.figures import FRAME_KINDS, Filled, filled_expressions, population_types
from registry.model import Registry

OPTIONS, ASKED_APART, ASKED_TOGETHER, FORMULA, WORDING = "options", "now_derived", "now_asked", "formula", "wording"
WHY_BROKEN = {
    OPTIONS: "modalités changées",
    ASKED_APART: "n'est plus demandée, est calculée à partir d'autres",
    ASKED_TOGETHER: "est demandée, était calculée à partir d'autres",
    FORMULA: "calculée autrement",
    WORDING: "autre libellé",
}


@dataclass
class SeriesBreak:
    """A variable that is not the same in two campaigns, and the indicators that both compute from it.

    `kind`: options (other options), now_derived (asked, then computed from others), now_asked (the reverse), formula
    (computed otherwise). `declared` is the line of breaks.csv that says so, if any.
    """

    variable: str
    kind: str
    structure_types: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    declared: Break | None = None


@dataclass(frozen=True)
class Ended:
    """An indicator that one campaign only computes (the first when it ends, the second when it begins).

    `lost`: the variables that the other campaign has not. `listed`: indicators.csv lists the other campaign all the
    same. `declared`: the line of breaks.csv about one of these variables, if any.
    """

    indicator: str
    structure_type: str
    lost: tuple[str, ...]
    listed: bool
    declared: Break | None


@dataclass(frozen=True)
class SeriesChanges:
    """`reworded`: series that go on under other words, for a person to judge. `declared_only`: lines of breaks.csv
    about these campaigns under which no series that both compute changed."""

    broken: tuple[SeriesBreak, ...]
    reworded: tuple[SeriesBreak, ...]
    ended: tuple[Ended, ...]
    begun: tuple[Ended, ...]
    declared_only: tuple[Break, ...]

    @property
    def undeclared(self) -> list[SeriesBreak]:
        """The breaks that breaks.csv doesn't know."""
        return [broken for broken in self.broken if broken.declared is None]


def series_changes(
    registry: Registry, before: dict[str, Form], after: dict[str, Form], span: list[Break]
) -> SeriesChanges:
    """The series of the structure types that both campaigns ask. `span`: the declared breaks between them."""
    breaks: dict[tuple[str, str], SeriesBreak] = {}
    ended: list[Ended] = []
    begun: list[Ended] = []
    for indicator in registry.indicators:
        if indicator.kind in FRAME_KINDS:
            continue
        for structure_type in (name for name in before if name in after):
            old, new = before[structure_type], after[structure_type]
            has = [_is_computed(registry, indicator, form) for form in (old, new)]
            if has == [True, False]:
                ended.append(_ended(indicator, old, new, span))
            elif has == [False, True]:
                begun.append(_ended(indicator, new, old, span))
            elif all(has):
                columns = set().union(*(_columns(registry, indicator, form) for form in (old, new)))
                for variable, kind in sorted({cause for column in columns for cause in _causes(column, old, new)}):
                    found = breaks.setdefault((variable, kind), SeriesBreak(variable, kind))
                    found.indicators += [indicator.indicator] if indicator.indicator not in found.indicators else []
                    found.structure_types += [structure_type] if structure_type not in found.structure_types else []
    for found in breaks.values():
        found.declared = next((line for line in span if line.variable == found.variable), None)
    changed = {found.variable for found in breaks.values() if found.kind != WORDING}
    said = {found.variable for found in breaks.values()} | {name for line in ended for name in line.lost}
    return SeriesChanges(
        broken=tuple(
            found
            for found in breaks.values()
            if found.kind != WORDING or (found.declared and found.variable not in changed)
        ),
        reworded=tuple(
            found
            for found in breaks.values()
            if found.kind == WORDING and not found.declared and found.variable not in changed
        ),
        ended=tuple(ended),
        begun=tuple(begun),
        declared_only=tuple(line for line in span if line.variable not in said),
    )


def _is_computed(registry: Registry, indicator: Indicator, form: Form) -> bool:
    """Whether an indicator has figures for a form, for one choice at least."""
    if form.campaign not in indicator.campaigns:
        return False
    return any(
        form.possible(line.base) and form.computable(line.numerator, line.denominator)
        for line in _lines(registry, indicator, form)
    )


def _lines(registry: Registry, indicator: Indicator, form: Form) -> Iterator[Filled]:
    if (form.structure_type,) not in [
        tuple(types) for _, types in population_types(registry, indicator, form.campaign)
    ]:
        return
    try:
        for line in filled_expressions(registry, indicator, form.campaign):
            if line.types == (form.structure_type,):
                yield line
    except ExpressionError:
        return


def _columns(registry: Registry, indicator: Indicator, form: Form) -> set[str]:
    lines = _lines(registry, indicator, form)
    return {column.split("__")[0] for line in lines for text in line.texts for column in columns_of(text)}


def _reached(column: str, form: Form) -> set[str]:
    """A column, and those that its formula rests on in a form."""
    if column in form.questions or column not in form.formulas:
        return {column}
    parts = {part.split("__")[0] for part in columns_of(form.formulas[column].expression)} - {column}
    return {column}.union(*(_reached(part, form) for part in parts))


def _causes(column: str, before: Form, after: Form) -> Iterator[tuple[str, str]]:
    """Why a column is not the same in two forms: (variable, kind), following formulas that did not change."""
    old, new = before.questions.get(column), after.questions.get(column)
    if old and new:
        if set(old.options) != set(new.options):
            yield column, OPTIONS
        if folded(old.question_label_fr) != folded(new.question_label_fr):
            yield column, WORDING
    elif old and column in after.formulas:
        yield column, ASKED_APART
    elif new and column in before.formulas:
        yield column, ASKED_TOGETHER
    elif column in before.formulas and column in after.formulas:
        if before.formulas[column].line != after.formulas[column].line:
            yield column, FORMULA
        for part in columns_of(after.formulas[column].expression) - {column}:
            yield from _causes(part.split("__")[0], before, after)


def _ended(indicator: Indicator, has: Form, has_not: Form, span: list[Break]) -> Ended:
    registry = has.registry
    lost = sorted(
        name
        for column in _columns(registry, indicator, has)
        for name in _reached(column, has)
        if name in has.answered and name not in has_not.answered
    )
    listed = has_not.campaign in indicator.campaigns
    declared = next((line for line in span if line.variable in lost), None)
    return Ended(indicator.indicator, has.structure_type, tuple(dict.fromkeys(lost)), listed, declared)
