"""What became of the questions that one of two campaigns only asks: split, merged, renamed, new or dropped.

The data say so for certain: a formula of derived.csv gives in one campaign the variable that the other one asks, or a
declared break names the variables that took over. Otherwise likeness and place give a hint, and no more.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.spelling import folded
from registry.campaigns.availability import Form
from registry.computed import Break
from registry.expressions import columns_of
from registry.model import NUMERIC_TYPES, Question

SPLIT, MERGED, RENAMED = "split", "merged", "renamed"
ALIKE = 0.6
"""Likeness of two labels (difflib's ratio) from which one may be the other reworded."""
_WORD = re.compile(r"[a-z]{4,}")
_COMMON = frozenset({"nombre", "dans", "avec", "pour", "vous", "votre", "quel", "quelle", "autres", "autre", "total"})


@dataclass(frozen=True)
class Lineage:
    """Questions that took over from others. `file` and `line` say so: a formula or a declared break."""

    kind: str
    structure_type: str
    before: tuple[Question, ...]
    after: tuple[Question, ...]
    file: str
    line: int
    because: str


@dataclass(frozen=True)
class Hint:
    """Questions that look like others: for a person to say, in derived.csv or breaks.csv, whether they are."""

    kind: str
    structure_type: str
    before: tuple[Question, ...]
    after: tuple[Question, ...]


@dataclass(frozen=True)
class Succession:
    """The questions of a form that one campaign only asks. `dropped` and `new` are those that no lineage explains."""

    lineages: tuple[Lineage, ...]
    new: tuple[Question, ...]
    dropped: tuple[Question, ...]
    hints: tuple[Hint, ...]


def succession(before: Form, after: Form, breaks: Iterable[Break]) -> Succession:
    """What became of the questions of `before` that `after` doesn't ask, and where its own come from."""
    dropped = {name: question for name, question in before.questions.items() if name not in after.questions}
    new = {name: question for name, question in after.questions.items() if name not in before.questions}
    lineages: list[Lineage] = []
    for lineage in (*_by_formula(before, after, dropped, new), *_by_declaration(before, after, dropped, new, breaks)):
        left, right = (
            {q.variable for q in lineage.before} & set(dropped),
            {q.variable for q in lineage.after} & set(new),
        )
        if left and right:
            lineages.append(lineage)
            dropped = {name: question for name, question in dropped.items() if name not in left}
            new = {name: question for name, question in new.items() if name not in right}
    return Succession(
        tuple(lineages), tuple(new.values()), tuple(dropped.values()), tuple(_hints(before, after, dropped, new))
    )


def asked_under(form: Form, variable: str) -> list[str]:
    """The variables asked that a variable rests on in a form: itself, or those of its formula."""
    if variable in form.questions:
        return [variable]
    if variable not in form.formulas:
        return []
    columns = sorted(columns_of(form.formulas[variable].expression) - {variable})
    return list(dict.fromkeys(name for column in columns for name in asked_under(form, column.split("__")[0])))


def _by_formula(before: Form, after: Form, dropped: dict[str, Question], new: dict[str, Question]) -> Iterator[Lineage]:
    for variable, question in dropped.items():
        parts = tuple(after.questions[name] for name in asked_under(after, variable))
        if any(part.variable in new for part in parts):
            formula = after.formulas[variable]
            yield _lineage((question,), _in_order(parts), "derived.csv", formula.line, formula.expression)
    for variable, question in new.items():
        parts = tuple(before.questions[name] for name in asked_under(before, variable))
        if any(part.variable in dropped for part in parts):
            formula = before.formulas[variable]
            yield _lineage(_in_order(parts), (question,), "derived.csv", formula.line, formula.expression)


def _by_declaration(
    before: Form, after: Form, dropped: dict[str, Question], new: dict[str, Question], breaks: Iterable[Break]
) -> Iterator[Lineage]:
    for declared in breaks:
        if before.campaign > declared.from_campaign or declared.to_campaign > after.campaign:
            continue
        old = tuple(dropped[name] for name in declared.related if name in dropped)
        fresh = tuple(new[name] for name in declared.related if name in new)
        if declared.variable in dropped and fresh:
            yield _lineage((dropped[declared.variable],), fresh, "breaks.csv", declared.line, declared.reason)
        elif declared.variable in new and old:
            yield _lineage(old, (new[declared.variable],), "breaks.csv", declared.line, declared.reason)


def _lineage(before: tuple[Question, ...], after: tuple[Question, ...], file: str, line: int, because: str) -> Lineage:
    return Lineage(_kind(before, after), after[0].structure_type, before, after, file, line, because)


def _kind(before: tuple[Question, ...], after: tuple[Question, ...]) -> str:
    return RENAMED if len(before) == len(after) == 1 else SPLIT if len(before) == 1 else MERGED


def _in_order(questions: tuple[Question, ...]) -> tuple[Question, ...]:
    return tuple(sorted(questions, key=lambda question: (question.order, question.line)))


def _hints(before: Form, after: Form, dropped: dict[str, Question], new: dict[str, Question]) -> Iterator[Hint]:
    """Pairs that read alike first; then, where questions left a place and others took it, those that share words."""
    for old in list(dropped.values()):
        likeness = {name: _likeness(old, question) for name, question in new.items() if _kin(old, question)}
        nearest = max(likeness, key=lambda name: likeness[name], default="")
        if nearest and likeness[nearest] >= ALIKE and not _several(old, new):
            yield Hint(RENAMED, after.structure_type, (old,), (new[nearest],))
            dropped = {name: question for name, question in dropped.items() if name != old.variable}
            new = {name: question for name, question in new.items() if name != nearest}
    matcher = difflib.SequenceMatcher(None, list(before.questions), list(after.questions), autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":
            left = [question for name, question in list(before.questions.items())[i1:i2] if name in dropped]
            right = [question for name, question in list(after.questions.items())[j1:j2] if name in new]
            yield from _of_a_place(left, right)


def _several(old: Question, new: dict[str, Question]) -> bool:
    """Whether several new questions read like `old`, as when it was split."""
    return sum(1 for question in new.values() if _kin(old, question) and _likeness(old, question) >= ALIKE) > 1


def _of_a_place(left: list[Question], right: list[Question]) -> Iterator[Hint]:
    """The questions that left a place against those that took it: each of the many goes to the one it shares most
    words with."""
    ones, many = (left, right) if len(left) <= len(right) else (right, left)
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in many:
        kin = [one for one in ones if _same_type(one, question) and _kin(one, question)]
        if kin:
            groups[max(kin, key=lambda one: _shared(one, question)).variable].append(question)
    for one in ones:
        group = tuple(groups[one.variable])
        if group:
            old, fresh = ((one,), group) if ones is left else (group, (one,))
            yield Hint(_kind(old, fresh), one.structure_type, old, fresh)


def _likeness(one: Question, other: Question) -> float:
    return difflib.SequenceMatcher(None, folded(one.question_label_fr), folded(other.question_label_fr)).ratio()


def _kin(one: Question, other: Question) -> bool:
    return one.section == other.section and _shared(one, other) > 0


def _same_type(one: Question, other: Question) -> bool:
    return one.type == other.type or {one.type, other.type} <= NUMERIC_TYPES


def _shared(one: Question, other: Question) -> int:
    """How many words two questions share, in their labels and in the names of their variables."""
    words = [set(_WORD.findall(f"{folded(q.question_label_fr)} {q.variable}")) - _COMMON for q in (one, other)]
    return len(words[0] & words[1])
