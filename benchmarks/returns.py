"""Who answers what, in which file, and with which untidiness: the rows that the files of a campaign are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.answers import answers
from benchmarks.population import OUTSIDER_NUMBER, Population
from benchmarks.questionnaire import Campaign, Form, Questionnaires
from benchmarks.settings import Mess, Settings

INITIAL, CORRECTION = 0, 1
NUMBERS = ("integer", "decimal", "money")


@dataclass(frozen=True)
class Responses:
    """Rows of one form, in file order. `values`: see `answers.Draft`; `typed` replaces the cell of a question
    (by code, then row) by a text as somebody typed it; `submitted` is false for an answer begun and left."""

    form: Form
    structure_id: np.ndarray
    keys: dict[str, np.ndarray]
    values: dict[str, np.ndarray]
    typed: dict[str, dict[int, str]]
    sender: np.ndarray
    batch: np.ndarray
    submitted: np.ndarray

    def rows(self, sender: int, batch: int, unsubmitted: bool) -> np.ndarray:
        """Positions of the rows that a sender returned in a batch, those left unfinished only if `unsubmitted`."""
        chosen = (self.sender == sender) & (self.batch == batch)
        return np.flatnonzero(chosen if unsubmitted else chosen & self.submitted)


@dataclass
class _Rows:
    """Row by row: position of the structure, batch, whether submitted, whether to be written under another number."""

    structure: list[np.ndarray]
    batch: list[np.ndarray]
    submitted: list[np.ndarray]
    outside: list[np.ndarray]

    def add(self, structure: np.ndarray, batch: int = INITIAL, submitted: bool = True, outside: bool = False) -> None:
        many = len(structure)
        self.structure.append(structure)
        self.batch.append(np.full(many, batch))
        self.submitted.append(np.full(many, submitted))
        self.outside.append(np.full(many, outside))


def responses(
    settings: Settings, questionnaires: Questionnaires, people: Population, campaign: Campaign, form: Form
) -> Responses:
    """The rows returned for one form by all senders.

    Some structures answer twice in one file, some are corrected in a second file, a few are in no frame, and some left
    their answer unfinished. The row that counts is always the last one.
    """
    mess = Mess()
    rows = _planned_rows(settings, mess, people, campaign, form)
    structure, batch, submitted, outside = (
        np.concatenate(column) for column in (rows.structure, rows.batch, rows.submitted, rows.outside)
    )
    values = answers(settings, questionnaires, people, form, structure)
    ids = people.structure_id[structure].astype("U16")
    for row in np.flatnonzero(outside):
        kind, place, number = ids[row].split("-")
        ids[row] = f"{kind}-{place}-{OUTSIDER_NUMBER + int(number) % 1000:04d}"
    keys = dict(
        zip(
            questionnaires.key_columns,
            (
                ids,
                people.frame["name"][structure],
                people.frame["commune_code"][structure],
                people.departement[structure],
            ),
            strict=True,
        )
    )
    typed = {
        question.code: _untidy(settings, mess, questionnaires, form, position, values)
        for position, question in enumerate(form.questions)
    }
    return Responses(form, ids, keys, values, typed, people.sender[structure], batch, submitted)


def _planned_rows(settings: Settings, mess: Mess, people: Population, campaign: Campaign, form: Form) -> _Rows:
    draw = settings.draws("returns", campaign.campaign, form.structure_type)
    members = people.members(campaign)
    members = members[people.structure_type[members] == form.structure_type]
    expected = np.where(people.solicited(campaign)[members], mess.responding, mess.responding_unsolicited)
    answering = draw.random(len(members)) < expected
    responding, silent = members[answering], members[~answering]
    correcting = draw.random(len(people.senders)) < mess.correcting_senders
    corrected = correcting[people.sender[responding]] & (draw.random(len(responding)) < mess.corrected)
    rows = _Rows([], [], [], [])
    rows.add(responding[draw.random(len(responding)) < mess.duplicate])
    rows.add(silent[draw.random(len(silent)) < mess.unsubmitted], submitted=False)
    rows.add(responding)
    rows.add(responding[draw.random(len(responding)) < mess.outsider], outside=True)
    rows.add(responding[corrected], batch=CORRECTION)
    return rows


def _untidy(
    settings: Settings,
    mess: Mess,
    questionnaires: Questionnaires,
    form: Form,
    position: int,
    values: dict[str, np.ndarray],
) -> dict[int, str]:
    """Empties some cells of a column in `values`, and returns the texts typed instead of others."""
    question = form.questions[position]
    column = values[question.variable]
    many = len(column)
    draw = settings.draws("mess", form.campaign, form.structure_type, question.variable)
    blank = draw.random(many) < mess.blank
    values[question.variable] = _emptied(column, blank)
    if question.type in ("text", "multi_choice", "date"):
        return {}
    kind = draw.random(many)
    tokens = draw.integers(0, len(questionnaires.missing_tokens), many)
    typed: dict[int, str] = {}
    threshold = mess.missing_token
    for row in np.flatnonzero(kind < threshold):
        typed[int(row)] = questionnaires.missing_tokens[tokens[row]]
    if question.type not in NUMBERS:
        return typed
    answered = ~blank & ~np.isnan(column)
    for share, written in (
        (mess.unit_written, lambda number: f"{number} {questionnaires.units[question.unit]}"),
        (mess.approximate, lambda number: f"{questionnaires.approximation} {number}"),
        (mess.unreadable, lambda _: mess.words),
    ):
        chosen = answered & (kind >= threshold) & (kind < threshold + share)
        threshold += share
        if question.unit not in questionnaires.units and share == mess.unit_written:
            continue
        for row in np.flatnonzero(chosen):
            typed[int(row)] = written(french(column[row]))
    return typed


def _emptied(column: np.ndarray, blank: np.ndarray) -> np.ndarray:
    if column.dtype.kind == "U":
        return np.where(blank, "", column)
    if column.dtype == bool:
        return column & ~blank[:, None]
    return np.where(blank, np.nan, column)


def french(number: float) -> str:
    """A number as it is typed in French: decimal comma, a space between thousands."""
    text = f"{number:,.2f}".rstrip("0").rstrip(".") if number != int(number) else f"{int(number):,}"
    return text.replace(",", " ").replace(".", ",")
