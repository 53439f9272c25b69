"""The same answers laid out as senders lay them out: tables under codes, labels or both, exports, forms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from registry import Registry
from registry.model import Question
from tests.ingest.mess.truth import Response, Said, Value

Cell = str | int | float | Decimal | bool | dt.date | None
Grid = list[list[Cell]]


def as_typed(value: int | Decimal) -> Cell:
    """A number as a number."""
    return value


def with_comma(value: int | Decimal) -> str:
    return str(value).replace(".", ",")


def french(space: str) -> Callable[[int | Decimal], str]:
    """Thousands apart by `space`, decimals after a comma."""

    def written(value: int | Decimal) -> str:
        return f"{value:,}".replace(",", "|").replace(".", ",").replace("|", space)

    return written


def slashed(date: dt.date) -> str:
    return f"{date:%d/%m/%Y}"


def serial(date: dt.date) -> int:
    """Excel's number of a day, 1900 system."""
    return (date - dt.date(1899, 12, 30)).days


@dataclass(frozen=True)
class Style:
    """How a sender writes. `headers`: code, label, limesurvey, kobo; two in a row with a plus. `options`: split, joined
    or both. `choices`: label, code or rank (A1, A2... of LimeSurvey)."""

    headers: str = "code"
    options: str = "split"
    option_header: str = "{question}/{code}"
    ticks: tuple[Cell, Cell] = ("X", None)
    yes_no: tuple[Cell, Cell] = ("Oui", "Non")
    choices: str = "label"
    joiner: str = " ; "
    number: Callable[[int | Decimal], Cell] = as_typed
    date: Callable[[dt.date], Cell] = slashed
    spelled: Callable[[str], str] = str
    """Disorder in headers and in labels of options."""
    titles: Grid = field(default_factory=list)
    between_headers: Grid = field(default_factory=list)
    keys: tuple[str, ...] = ("IDENT", "NOM_REF", "INSEE", "DEP")
    lead: int = 0
    """Blank columns on the left."""


LIMESURVEY = Style(
    headers="limesurvey", choices="rank", yes_no=("Y", "N"), ticks=("Y", ""), keys=("IDENT",), date=dt.date.isoformat,
    number=str,
)  # fmt: skip
KOBO = Style(
    headers="kobo", options="both", choices="code", yes_no=("oui", "non"), ticks=("1", "0"), keys=("IDENT",),
    joiner=" ", date=dt.date.isoformat,
)  # fmt: skip
LABELS = Style(headers="label", option_header="{label} - {option}", ticks=("Oui", "Non"), number=with_comma)

KEY_LABELS = {
    "IDENT": "Identifiant de la structure",
    "NOM_REF": "Nom de la structure (référentiel)",
    "INSEE": "Code INSEE de la commune",
    "DEP": "Département",
}


def table(registry: Registry, campaign: int, responses: list[Response], style: Style) -> Grid:
    """Headers and rows of one structure type. Every question has its columns, answered or not."""
    questions = form_questions(registry, campaign, responses[0].structure.structure_type)
    columns = list(_columns(registry, questions, style))
    heads = []
    for kind in style.headers.split("+"):
        keys = [style.spelled(_key_header(key, kind)) for key in style.keys]
        heads.append([*metadata(style)[0], *keys, *(style.spelled(header(kind)) for header, _ in columns)])
    grid: Grid = [*style.titles, heads[0]]
    for head in heads[1:]:
        grid += [*style.between_headers, head]
    for number, response in enumerate(responses):
        keys_of = key_values(response)
        grid.append(
            [
                *metadata(style, number, response.submitted)[1],
                *(keys_of[key] for key in style.keys),
                *(cell(response) for _, cell in columns),
            ]
        )
    return [[None] * style.lead + row for row in grid]


def metadata(style: Style, number: int = 0, submitted: bool = True) -> tuple[list[Cell], list[Cell]]:
    """The columns that an export adds: their headers and their cells."""
    if style.headers == "limesurvey":
        done = "2019-04-02 09:41:00" if submitted else ""
        names = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"]
        return [*names], [str(number + 11), done, "9", "fr", "100000", "2019-04-02 09:00:00", "2019-04-02 09:41:00"]
    if style.headers == "kobo":
        moment = "2019-05-06T10:00:00.000+02:00"
        return ["start", "end", "_id", "_index"], [moment, moment, "123", str(number + 1)]
    return [], []


def key_values(response: Response) -> dict[str, Cell]:
    structure = response.structure
    return {
        "IDENT": response.typed_identifier,
        "NOM_REF": structure.name,
        "INSEE": structure.commune_code,
        "DEP": structure.departement,
    }


def form_questions(registry: Registry, campaign: int, structure_type: str) -> list[Question]:
    return [q for q in registry.questions_of(campaign) if q.structure_type == structure_type]


def form(registry: Registry, campaign: int, response: Response, style: Style) -> dict[str, Grid]:
    """A workbook of one structure: a sheet per section, hidden code, question, answer, unit; options under theirs."""
    sheets: dict[str, Grid] = {
        "Identification": [[None, f"Enquête SENACS {campaign}"], []]
        + [[key, KEY_LABELS[key], value] for key, value in key_values(response).items()]
    }
    labels = {(choice.list, choice.code): choice.label_fr for choice in registry.choices}
    for question in form_questions(registry, campaign, response.structure.structure_type):
        lines = sheets.setdefault(question.section, [["Code", "Question", "Réponse", "Unité"]])
        code, label, said = question.question_code, question.question_label_fr, response.answers.get(question.variable)
        split = question.type == "multi_choice" and not isinstance(said, Said)
        lines.append([code, style.spelled(label), None if split else cell_of(registry, question, said, style), "unité"])
        if split:
            for option in question.options:
                text = style.spelled(labels[question.choices, option])
                lines.append([f"{code}/{option}", f"    - {text}", style.ticks[0] if said and option in said else None])
    return {name: [[None] * style.lead + row for row in rows] for name, rows in sheets.items()}


def cell_of(registry: Registry, question: Question, said: Value | Said | None, style: Style) -> Cell:
    """The cell of a question answered in one cell."""
    if said is None:
        return None
    if isinstance(said, Said):
        return said.text
    labels = {choice.code: choice.label_fr for choice in registry.choices_of.get(question.choices, [])}

    def option_text(option: str) -> str:
        if style.choices == "rank":
            return f"A{question.options.index(option) + 1}"
        return option if style.choices == "code" else style.spelled(labels[option])

    if question.type == "boolean":
        return style.yes_no[0] if said else style.yes_no[1]
    if isinstance(said, tuple):
        return style.joiner.join(option_text(option) for option in said)
    if question.type == "single_choice":
        return option_text(str(said))
    if isinstance(said, dt.date):
        return style.date(said)
    return said if isinstance(said, str) else style.number(said)


Column = tuple[Callable[[str], str], Callable[[Response], Cell]]


def _columns(registry: Registry, questions: list[Question], style: Style) -> Iterator[Column]:
    for question in questions:
        multi = question.type == "multi_choice"
        if not multi or style.options in ("joined", "both"):
            yield _whole_column(registry, question, style)
        if multi and style.options in ("split", "both"):
            for option in question.options:
                yield _option_column(registry, question, option, style)


def _whole_column(registry: Registry, question: Question, style: Style) -> Column:
    joined = replace(style, choices="code") if style.headers == "kobo" else style

    def cell(response: Response) -> Cell:
        return cell_of(registry, question, response.answers.get(question.variable), joined)

    return lambda kind: _question_header(question, kind), cell


def _option_column(registry: Registry, question: Question, option: str, style: Style) -> Column:
    text = next(choice.label_fr for choice in registry.choices_of[question.choices] if choice.code == option)

    def header(kind: str) -> str:
        if kind == "limesurvey":
            return f"{_question_header(question, kind)}[SQ{question.options.index(option) + 1:03d}]"
        if kind == "kobo":
            return f"{_question_header(question, kind)}/{option}"
        shape = (
            style.option_header
            if len(style.headers.split("+")) == 1
            else ("{question}/{code}" if kind == "code" else "{label} - {option}")
        )
        return shape.format(question=question.question_code, code=option, label=question.question_label_fr, option=text)

    def cell(response: Response) -> Cell:
        said = response.answers.get(question.variable)
        if isinstance(said, Said):
            return said.text
        if said is None:
            return None
        return style.ticks[0] if option in said else style.ticks[1]  # type: ignore[operator]

    return header, cell


def _question_header(question: Question, kind: str) -> str:
    if kind == "label":
        return question.question_label_fr
    if kind == "limesurvey":
        return re.sub("[._]", "", question.question_code)
    if kind == "kobo":
        return f"{question.section}/{question.question_code.lower().replace('.', '_')}"
    return question.question_code


def _key_header(key: str, kind: str) -> str:
    return KEY_LABELS[key] if kind == "label" else "structure/ident" if kind == "kobo" else key
