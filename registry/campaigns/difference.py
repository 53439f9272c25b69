"""Two campaigns side by side: forms, questions, rules, series."""

from __future__ import annotations

from dataclasses import dataclass

from registry import Registry
from registry.campaigns.availability import Form
from registry.campaigns.lineage import Succession, succession
from registry.campaigns.question_changes import QuestionChanges, question_changes
from registry.campaigns.series import SeriesChanges, series_changes


@dataclass(frozen=True)
class FormDifference:
    """What changed in the form of a structure type that both campaigns ask."""

    structure_type: str
    changes: QuestionChanges
    succession: Succession


@dataclass(frozen=True)
class Difference:
    """What changed from one campaign to another.

    `new_forms` and `dropped_forms`: structure types that one campaign only asks, with the number of their questions.
    `silent` and `heard`: rules of edits.csv that can no longer be raised, and those that now can.
    """

    before: int
    after: int
    data_years: tuple[int, int]
    new_forms: dict[str, int]
    dropped_forms: dict[str, int]
    forms: tuple[FormDifference, ...]
    silent: tuple[str, ...]
    heard: tuple[str, ...]
    series: SeriesChanges


def difference_between(registry: Registry, before: int, after: int) -> Difference:
    """What changed from campaign `before` to campaign `after`; both are in the registry."""
    old, new = _forms(registry, before), _forms(registry, after)
    span = [line for line in registry.breaks if before <= line.from_campaign and line.to_campaign <= after]
    years = {line.campaign: line.data_year for line in registry.campaign_list}
    rules = [edit for edit in registry.edits.values() if edit.check == "sql"]
    could = {edit.rule for edit in rules if any(form.possible(edit.expression) for form in old.values())}
    can = {edit.rule for edit in rules if any(form.possible(edit.expression) for form in new.values())}
    return Difference(
        before=before,
        after=after,
        data_years=(years[before], years[after]),
        new_forms={kind: len(form.questions) for kind, form in new.items() if kind not in old},
        dropped_forms={kind: len(form.questions) for kind, form in old.items() if kind not in new},
        forms=tuple(
            FormDifference(
                kind, question_changes(old[kind], new[kind]), succession(old[kind], new[kind], registry.breaks)
            )
            for kind in new
            if kind in old
        ),
        silent=tuple(edit.rule for edit in rules if edit.rule in could - can),
        heard=tuple(edit.rule for edit in rules if edit.rule in can - could),
        series=series_changes(registry, old, new, span),
    )


def _forms(registry: Registry, campaign: int) -> dict[str, Form]:
    return {kind: Form(registry, campaign, kind) for kind in registry.types_asked(campaign)}
