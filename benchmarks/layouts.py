"""The forms in which senders return rows: which columns, under which headers, with which spellings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks.questionnaire import Question
from benchmarks.returns import Responses, french

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """Its header as code, as label, and its cells."""

    code: str
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Layout:
    """How a format spells answers. `choice`: code, label or position in the year's option set. `multiple`: `joined`
    labels, `split` in a column per option, or `both` (codes joined, and columns of 0 and 1)."""

    yes: str
    no: str
    choice: str
    multiple: str
    ticked: str | int
    unticked: str | int
    joint: str
    number: Callable[[float], Cell]
    day: Callable[[str], Cell]
    header: Callable[[Question, int | None], str]


def native(number: float) -> Cell:
    """A number for a spreadsheet's cell."""
    return int(number) if number == int(number) else round(float(number), 2)


def pointed(number: float) -> Cell:
    """A number as software exports it."""
    return str(native(number))


def coded(question: Question, option: int | None) -> str:
    """``Q2.02`` or ``Q2.02/isolation``."""
    return question.code if option is None else f"{question.code}/{question.options[option]}"


def labelled(question: Question, option: int | None) -> str:
    """The wording, then the option's."""
    return question.label if option is None else f"{question.label} - {question.option_labels[option]}"


def limesurvey_name(question: Question, option: int | None) -> str:
    """``Q202`` or ``Q202[SQ001]``."""
    code = question.code.replace(".", "").replace("_", "")
    return code if option is None else f"{code}[SQ{option + 1:03d}]"


def kobo_name(question: Question, option: int | None) -> str:
    """``project/q2_02`` or ``project/q2_02/isolation``."""
    name = f"{question.section}/{question.code.lower().replace('.', '_')}"
    return name if option is None else f"{name}/{question.options[option]}"


def _french_day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


JOINED = Layout("O", "N", "label", "joined", "", "", " ; ", native, date.fromisoformat, coded)
CROSSED = Layout("Oui", "Non", "label", "split", "X", "", "", native, date.fromisoformat, coded)
LABELLED = Layout("Oui", "Non", "label", "split", "Oui", "Non", "", french, _french_day, labelled)
OPEN_DOCUMENT = Layout("oui", "non", "label", "split", "oui", "non", "", native, date.fromisoformat, labelled)
LIMESURVEY = Layout("Y", "N", "position", "split", "Y", "", "", pointed, str, limesurvey_name)
KOBO = Layout("oui", "non", "code", "both", 1, 0, " ", native, str, kobo_name)


def answer_columns(layout: Layout, responses: Responses, rows: np.ndarray) -> list[Column]:
    """The columns of every question of the form, cells in the order of `rows`."""
    columns: list[Column] = []
    place = {int(row): position for position, row in enumerate(rows)}
    for question in responses.form.questions:
        values = responses.values[question.variable][rows]
        if question.type == "multi_choice":
            columns += _multiple(layout, question, values)
            continue
        cells = _single(layout, question, values)
        typed = responses.typed[question.code]
        for row in place.keys() & typed.keys():
            cells[place[row]] = typed[row]
        columns.append(Column(layout.header(question, None), question.label, cells))
    return columns


def key_columns(responses: Responses, labels: dict[str, str], rows: np.ndarray) -> list[Column]:
    """The identification columns."""
    return [Column(code, labels[code], responses.keys[code][rows].tolist()) for code in responses.keys]


def _single(layout: Layout, question: Question, values: np.ndarray) -> list[Cell]:
    """Cells of a question that takes one column; None where it is blank."""
    if question.type == "boolean":
        return [None if one != one else layout.yes if one else layout.no for one in values.tolist()]
    if question.type == "date":
        return [layout.day(one) if one else None for one in values.tolist()]
    if question.type == "single_choice":
        spelled = {
            "code": question.options,
            "label": question.option_labels,
            "position": tuple(f"A{number}" for number in range(1, len(question.options) + 1)),
        }[layout.choice]
        known = dict(zip(question.options, spelled, strict=True))
        return [known.get(one) for one in values.tolist()]
    if values.dtype.kind == "U":
        return [one or None for one in values.tolist()]
    return [None if one != one else layout.number(one) for one in values.tolist()]


def _multiple(layout: Layout, question: Question, ticks: np.ndarray) -> list[Column]:
    columns: list[Column] = []
    if layout.multiple in ("joined", "both"):
        names = question.option_labels if layout.multiple == "joined" else question.options
        cells: list[Cell] = [
            layout.joint.join(name for name, ticked in zip(names, line, strict=True) if ticked) or None
            for line in ticks.tolist()
        ]
        columns.append(Column(layout.header(question, None), question.label, cells))
    if layout.multiple in ("split", "both"):
        answered = [any(line) for line in ticks.tolist()]
        for option in range(len(question.options)):
            flags: list[Cell] = [
                (layout.ticked if ticked else layout.unticked) if known else None
                for ticked, known in zip(ticks[:, option].tolist(), answered, strict=True)
            ]
            columns.append(Column(layout.header(question, option), labelled(question, option), flags))
    return columns
