"""What structures would say if nothing were ever mistyped: structures, their frames, their answers."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from ingest.survey_frame.frames import COLUMNS, DATES, FLAGS
from registry import Registry
from registry.model import Question

Value = str | int | Decimal | dt.date | tuple[str, ...]
"""An answer: a text or the code of an option, a number (yes is 1), a date, the codes of options in their order."""


@dataclass(frozen=True)
class Structure:
    """A line of a frame."""

    structure_id: str
    name: str
    commune_code: str
    commune_name: str
    federation: str = ""
    manager_siren: str = ""
    management_mode: str = "association"
    first_agreement_date: dt.date = dt.date(1990, 1, 1)
    solicited: bool = True

    @property
    def structure_type(self) -> str:
        return self.structure_id.split("-")[0]

    @property
    def departement(self) -> str:
        return self.structure_id.split("-")[1]


@dataclass(frozen=True)
class Said:
    """A cell that needs reading: its text, and what must come of it: a value, a status, or the rule that refuses it.

    `notes`: the rules that it raises all the same (T05, T06).
    """

    text: str
    value: Value | None = None
    status: str = ""
    rejected: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """A structure's answers by variable, blank when left out. `identifier`: as typed, else the structure's."""

    structure: Structure
    answers: dict[str, Value | Said]
    identifier: str | None = None
    submitted: bool = True

    @property
    def typed_identifier(self) -> str:
        return self.structure.structure_id if self.identifier is None else self.identifier


@dataclass
class Places:
    """Structures made one after another in the départements and federations asked for."""

    rng: random.Random
    counts: dict[str, int] = field(default_factory=dict)
    made: list[Structure] = field(default_factory=list)

    def structure(self, structure_type: str = "CS", departement: str = "33", **known: object) -> Structure:
        """A new structure: its name is its own in its commune, its manager has other structures now and then."""
        series = f"{structure_type}-{departement}"
        rank = self.counts[series] = self.counts.get(series, 0) + 1
        town = self.rng.randrange(len(TOWNS))
        details: dict[str, object] = {
            "structure_id": f"{series}-{rank:04d}",
            "name": f"{self.rng.choice(NAMES)} {'n°' if rank % 2 else 'd’Été'} {rank}",
            "commune_code": (departement + f"{town + 4:03d}")[:5]
            if len(departement) == 2
            else departement + f"{town + 4:02d}",
            "commune_name": TOWNS[town],
            "federation": self.rng.choice(["", "FEDE-INCONNUE", "UNION-DES-ÎLES"]),
            "manager_siren": self.rng.choice(["", "990000001", "990000002", f"99{rank:07d}"]),
            "management_mode": self.rng.choice(["association", "municipality", "ccas"]),
            "first_agreement_date": dt.date(1970, 1, 1) + dt.timedelta(days=self.rng.randrange(14_000)),
        }
        made = Structure(**(details | known))  # type: ignore[arg-type]
        self.made.append(made)
        return made


TOWNS = ("L’Haÿ-les-Côtes", "SAINT-ÉTIENNE-D'ŒUF", "Bâgé  le Châtel", "Pont-à-l'Évêque", "Saint-Denis")
NAMES = ("Centre social L'Étincelle", "Espace d’ici", "Maison “Cœur”", "Le Fil", "AMICALE Ça & là", "Centre social Été")


def frame_table(campaign: int, structures: list[Structure]) -> pl.DataFrame:
    """The frame that `ingest.survey_frame.frames.frame_of` would give."""
    rows = [
        {
            "campaign": campaign,
            "structure_id": structure.structure_id,
            "structure_type": structure.structure_type,
            "name": structure.name,
            "commune_code": structure.commune_code,
            "commune_name": structure.commune_name,
            "departement": structure.departement,
            "federation": structure.federation,
            "manager_siren": structure.manager_siren,
            "management_mode": structure.management_mode,
            "first_agreement_date": structure.first_agreement_date,
            "agreed": 1,
            "solicited": int(structure.solicited),
        }
        for structure in structures
    ]
    kinds = {"campaign": pl.Int32} | dict.fromkeys(FLAGS, pl.Int32) | dict.fromkeys(DATES, pl.Date)
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in COLUMNS}, orient="row")


def answers_of_all_kinds(
    registry: Registry, campaign: int, structure: Structure, rng: random.Random
) -> dict[str, Value | Said]:
    """Answers to most questions of a form: within bounds, not always coherent, some left out."""
    answers: dict[str, Value | Said] = {}
    for question in registry.questions_of(campaign):
        if question.structure_type == structure.structure_type and rng.random() < 0.93:
            answers[question.variable] = _answer(registry, question, structure, rng)
    return answers


def _answer(registry: Registry, question: Question, structure: Structure, rng: random.Random) -> Value:
    variable = registry.variables[question.variable]
    if question.variable == "management_mode":
        return structure.management_mode
    if question.type == "boolean":
        return rng.randrange(2)
    if question.type == "single_choice":
        return rng.choice(question.options)
    if question.type == "multi_choice":
        ticked = tuple(option for option in question.options if rng.random() < 0.4)
        return ticked or question.options[:1]
    if question.type == "date":
        return dt.date(1965, 1, 1) + dt.timedelta(days=rng.randrange(18_000))
    if question.type == "text":
        return TEXTS.get(question.variable) or rng.choice(FREE_TEXTS)
    return _number(question, int(variable.min or 0), int(variable.max or 1000), rng)


def _number(question: Question, least: int, most: int, rng: random.Random) -> int | Decimal:
    if rng.random() < 0.08:
        return 0
    # most answers are far below the bounds: cubing keeps them small enough to be likely, and some rules quiet
    whole = least // 20 + int((most // 2 - least // 20) * rng.random() ** 3)
    if question.type == "integer" or rng.random() < 0.4:
        return whole
    return Decimal(whole) + Decimal(rng.randrange(100)) / 100


TEXTS = {"siret": "99014001400012", "postal_code": "04160", "contact_email": "contact@centre.example.org"}
FREE_TEXTS = (
    "Lien social ; mixités, entraide",
    "Première ligne\nseconde ligne",
    'On dit « l\'été » et "l’hiver"',
    '=HYPERLINK("http://example.invalid/x";"Cliquez")',
    "@tous",
    "12, rue des Écoles",
    "appeler le 06 39 98 12 34",
    "compta@example.org",
    "Œuvre d’éducation populaire",
    "RAS",
    "0",
)
