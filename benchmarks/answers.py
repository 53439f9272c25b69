"""Plausible answers, drawn column by column from the laws of ``model/answers.csv``.

A structure keeps its size from campaign to campaign, parts add up to their total, and a question that follows from
another is only answered when that one is "yes". A variable without a line follows the default law of its type.

Laws: `size` (log-normal around `centre`), `multiple` (of another variable), `headcount` (a multiple, rounded up, never
less than what it counts), `fraction` (a share of a count, rounded down), `part` (the parts of one `group` share `of`
in proportions near their centres and add up to it), `difference`, `yes` (probability `centre`), `ticks` (each option
with probability `centre`, at least one), `frame` (what the frame says).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.population import Population
from benchmarks.questionnaire import Form, Question, Questionnaires, rows_of
from benchmarks.settings import MODEL, Settings

YEARLY_DRIFT = 0.08
WHOLE_EUROS = 0.8
ALONE = "none"
DEFAULT_LAWS = {
    "integer": ("size", 10.0, 0.6),
    "decimal": ("size", 10.0, 0.6),
    "money": ("size", 10_000.0, 0.6),
    "boolean": ("yes", 0.5, 0.0),
    "single_choice": ("option", 0.0, 0.0),
    "multi_choice": ("ticks", 0.5, 0.0),
    "text": ("phrase", 0.0, 0.0),
    "date": ("frame", 0.0, 0.0),
}


@dataclass(frozen=True)
class Law:
    """One line of ``model/answers.csv``."""

    variable: str
    law: str
    of: tuple[str, ...] = ()
    group: str = ""
    centre: float = 0.0
    spread: float = 0.0
    when: str = ""


@dataclass
class Draft:
    """What is being drawn for the rows of one form: who answers each row, and the values of each variable so far.

    Values: float arrays (NaN when unanswered) for numbers and booleans, text arrays for choices, texts and dates,
    boolean matrices (row × option) for multi-choice questions.
    """

    settings: Settings
    people: Population
    form: Form
    structure: np.ndarray
    unit: np.ndarray
    values: dict[str, np.ndarray] = field(default_factory=dict)

    def kept(self, variable: str) -> np.ndarray:
        """A standard normal draw per row that mostly belongs to the structure, and a little to the campaign."""
        own = self.settings.draws("structure", variable).standard_normal(len(self.people.structure_id))
        return own[self.structure]

    def drifting(self, variable: str) -> np.ndarray:
        """What a year changes: a factor per row, around one."""
        return np.exp(YEARLY_DRIFT * self.fresh(variable).standard_normal(len(self.structure)))

    def fresh(self, variable: str) -> np.random.Generator:
        """Draws of this form only."""
        return self.settings.draws("row", self.form.campaign, self.form.structure_type, variable)


def answers(
    settings: Settings, questionnaires: Questionnaires, people: Population, form: Form, structure: np.ndarray
) -> dict[str, np.ndarray]:
    """Values by variable for rows answered by the structures at the positions `structure` (see `Draft`)."""
    cents = settings.draws("cents").random(len(people.structure_id)) > WHOLE_EUROS
    draft = Draft(settings, people, form, structure, np.where(cents[structure], 0.01, 1.0))
    questions = {question.variable: question for question in form.questions}
    types = {line["variable"]: line["type"] for line in rows_of(questionnaires.folder / "variables.csv")}
    laws = _laws(form.structure_type)
    shares = _shares_of_groups(draft, [law for law in laws if law.law == "part" and law.variable in questions])
    phrases = _phrases()
    for law in laws:
        if law.law == "part":
            if law.variable in questions:
                draft.values[law.variable] = _part(draft, law, shares, types[law.variable])
        elif law.law not in ("ticks", "frame"):
            draft.values[law.variable] = _number(draft, law, questions.get(law.variable), types[law.variable])
    given = {law.variable: law for law in laws}
    for variable, question in questions.items():
        known = given.get(variable)
        if variable not in draft.values:
            draft.values[variable] = _other(draft, question, known, phrases)
        if known and known.when:
            _silence(draft.values, question, draft.values[known.when] == 1)
    return {variable: draft.values[variable] for variable in questions}


def _laws(structure_type: str) -> list[Law]:
    return [
        Law(
            line["variable"],
            line["law"],
            tuple(line["of"].split()),
            line["group"],
            float(line["centre"] or 0),
            float(line["spread"] or 0),
            line["when"],
        )
        for line in rows_of(MODEL / "answers.csv")
        if line["structure_type"] in ("", structure_type)
    ]


def _phrases() -> dict[str, np.ndarray]:
    phrases: dict[str, list[str]] = {}
    for line in rows_of(MODEL / "phrases.csv"):
        phrases.setdefault(line["variable"], []).append(line["phrase"])
    return {variable: np.array(texts) for variable, texts in phrases.items()}


def _rounded(draft: Draft, values: np.ndarray, kind: str) -> np.ndarray:
    if kind == "integer":
        return np.round(values)
    if kind == "money":
        return np.round(np.round(values / draft.unit) * draft.unit, 2)
    return np.round(values, 2)


def _number(draft: Draft, law: Law, question: Question | None, kind: str) -> np.ndarray:
    """A column of numbers; also drawn when the form does not ask it, for what depends on it."""
    if law.law == "yes":
        kept = draft.settings.draws("structure", law.variable).random(len(draft.people.structure_id))
        return (kept[draft.structure] < law.centre).astype(float)
    if law.law == "difference":
        first, second = (draft.values[name] for name in law.of)
        return np.round(first - second, 2)
    factor = np.exp(law.spread * draft.kept(law.variable)) * draft.drifting(law.variable)
    if law.law == "size":
        values = _rounded(draft, law.centre * factor, kind)
    elif law.law == "multiple":
        values = _rounded(draft, draft.values[law.of[0]] * law.centre * factor, kind)
    elif law.law == "headcount":
        counted = draft.values[law.of[0]]
        values = np.ceil(counted * np.maximum(1.0, law.centre * factor))
    elif law.law == "fraction":
        share = np.clip(law.centre + law.spread * draft.kept(law.variable), 0, 1)
        values = np.floor(draft.values[law.of[0]] * share)
    else:
        raise ValueError(f"model/answers.csv: unknown law {law.law!r} for {law.variable}")
    if question is None:
        return values
    return np.clip(values, question.minimum, question.maximum)


def _shares_of_groups(draft: Draft, laws: list[Law]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each part asked, where its slice of the total starts and ends, between 0 and 1."""
    slices: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for group in sorted({(law.of, law.group) for law in laws}):
        parts = [law for law in laws if (law.of, law.group) == group]
        weights = np.array([law.centre * np.exp(law.spread * draft.kept(law.variable)) for law in parts])
        ends = np.cumsum(weights / weights.sum(axis=0), axis=0)
        ends[-1] = 1.0
        for position, law in enumerate(parts):
            slices[law.variable] = (ends[position - 1] if position else np.zeros_like(ends[0]), ends[position])
    return slices


def _part(draft: Draft, law: Law, slices: dict[str, tuple[np.ndarray, np.ndarray]], kind: str) -> np.ndarray:
    """Both ends of the slice are rounded in the same way by its neighbours: the parts add up to the cent."""
    start, end = slices[law.variable]
    total = draft.values[law.of[0]]
    step = {"integer": np.ones_like(total), "money": draft.unit}.get(kind, np.full_like(total, 0.01))
    units = np.round(total / step)
    return np.round((np.round(units * end) - np.round(units * start)) * step, 2)


def _other(draft: Draft, question: Question, law: Law | None, phrases: dict[str, np.ndarray]) -> np.ndarray:
    """A column that is no number of the model: choices, ticks, texts, dates, and what the frame says."""
    name, centre, spread = (law.law, law.centre, law.spread) if law else DEFAULT_LAWS[question.type]
    many = len(draft.structure)
    if name == "frame":
        return _from_frame(draft, question, law.of[0] if law else question.variable)
    if name == "option":
        kept = draft.settings.draws("structure", question.variable).random(len(draft.people.structure_id))
        chosen = np.floor(kept[draft.structure] * len(question.options)).astype(int)
        return np.array(question.options)[chosen]
    if name == "ticks":
        return _ticks(draft, question, centre)
    if name == "phrase":
        known = phrases.get(question.variable, np.array([""]))
        return known[draft.fresh(question.variable).integers(0, len(known), many)]
    return _number(draft, Law(question.variable, name, centre=centre, spread=spread), question, question.type)


def _from_frame(draft: Draft, question: Question, column: str) -> np.ndarray:
    values = draft.people.frame[column][draft.structure]
    if question.type == "boolean":
        return values.astype(float)
    if question.options:
        return np.where(np.isin(values, question.options), values, question.options[-1])
    return values


def _ticks(draft: Draft, question: Question, probability: float) -> np.ndarray:
    """At least one tick per row; an option coded "none" is ticked alone."""
    draw = draft.fresh(question.variable)
    ticks = draw.random((len(draft.structure), len(question.options))) < probability
    if ALONE in question.options:
        ticks[:, question.options.index(ALONE)] = False
        ticks[~ticks.any(axis=1), question.options.index(ALONE)] = True
        ticks[draw.random(len(ticks)) < probability / 3] = np.array(question.options) == ALONE
    lonely = ~ticks.any(axis=1)
    ticks[lonely, draw.integers(0, len(question.options), lonely.sum())] = True
    return ticks


def _silence(values: dict[str, np.ndarray], question: Question, concerned: np.ndarray) -> None:
    """Removes the answers of those that a filter question does not concern."""
    column = values[question.variable]
    if column.dtype.kind == "U":
        values[question.variable] = np.where(concerned, column, "")
    elif column.dtype == bool:
        values[question.variable] = column & concerned[:, None]
    else:
        values[question.variable] = np.where(concerned, column, np.nan)
