"""What became of the questions that two campaigns both ask: words, options, obligation, place, code."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from core.spelling import folded
from registry.campaigns.availability import Form
from registry.model import Question


@dataclass(frozen=True)
class Pair:
    """A question in one campaign, and what it is in the other."""

    before: Question
    after: Question


@dataclass(frozen=True)
class OptionChange:
    """The options of a question: those added, those dropped; `reordered` when the others changed places."""

    before: Question
    after: Question
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    reordered: bool


@dataclass(frozen=True)
class QuestionChanges:
    """The questions of a form that changed, each list in the order of the new form. A question may be in several.

    `reworded`: other words (case, accents and punctuation of French apart). `moved`: another place among the others,
    another section or module. `renumbered`: another code. `required`: made compulsory, or no longer.
    """

    reworded: tuple[Pair, ...]
    options: tuple[OptionChange, ...]
    required: tuple[Pair, ...]
    moved: tuple[Pair, ...]
    renumbered: tuple[Pair, ...]


def question_changes(before: Form, after: Form) -> QuestionChanges:
    """The changes between the forms of a structure type, variable by variable."""
    pairs = [
        Pair(before.questions[name], question) for name, question in after.questions.items() if name in before.questions
    ]
    stayed = _in_place([pair.before.order for pair in pairs])
    options = (_options(pair) for pair in pairs)
    return QuestionChanges(
        reworded=tuple(pair for pair in pairs if _words(pair.before) != _words(pair.after)),
        options=tuple(change for change in options if change.added or change.dropped or change.reordered),
        required=tuple(pair for pair in pairs if pair.before.required != pair.after.required),
        moved=tuple(
            pair for rank, pair in enumerate(pairs) if rank not in stayed or _part(pair.before) != _part(pair.after)
        ),
        renumbered=tuple(pair for pair in pairs if pair.before.question_code != pair.after.question_code),
    )


def _words(question: Question) -> str:
    return folded(question.question_label_fr)


def _part(question: Question) -> tuple[str, str]:
    return question.section, question.module


def _options(pair: Pair) -> OptionChange:
    before, after = pair.before.options, pair.after.options
    kept = [option for option in before if option in after]
    return OptionChange(
        pair.before,
        pair.after,
        added=tuple(option for option in after if option not in before),
        dropped=tuple(option for option in before if option not in after),
        reordered=kept != [option for option in after if option in before],
    )


def _in_place(orders: list[int]) -> set[int]:
    """The ranks of the longest run of questions that kept their order; the others are those that moved."""
    ends: list[int] = []
    last: list[int] = []
    previous: list[int | None] = []
    for rank, order in enumerate(orders):
        length = bisect_left(ends, order)
        previous.append(last[length - 1] if length else None)
        ends[length:] = [order, *ends[length + 1 :]]
        last[length:] = [rank, *last[length + 1 :]]
    kept: set[int] = set()
    step = last[-1] if last else None
    while step is not None:
        kept.add(step)
        step = previous[step]
    return kept
