"""What is asked, read from the registry's files: the generator and the bare script know no question of their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Question:
    """One question of one form. `options` are the codes of the year's option set, in order; empty when not a choice."""

    code: str
    label: str
    variable: str
    type: str
    section: str
    unit: str
    options: tuple[str, ...]
    option_labels: tuple[str, ...]
    minimum: float | None
    maximum: float | None


@dataclass(frozen=True)
class Form:
    """What one structure type is asked in one campaign."""

    campaign: int
    structure_type: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Campaign:
    """A survey year, with a form for each structure type that it asks."""

    campaign: int
    data_year: int
    opens_on: date
    closes_on: date
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Questionnaires:
    """The part of the registry that returns are made of."""

    folder: Path
    campaigns: tuple[Campaign, ...]
    structure_types: dict[str, str]
    choices: dict[str, dict[str, str]]
    key_columns: dict[str, str]
    missing_tokens: tuple[str, ...]
    units: dict[str, str]
    approximation: str


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Each line of a UTF-8 CSV file with a header, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_questionnaires(folder: Path) -> Questionnaires:
    """The campaigns, forms, options and spellings of a ``questionnaires/`` folder."""
    choices: dict[str, dict[str, str]] = {}
    for line in rows_of(folder / "choices.csv"):
        choices.setdefault(line["list"], {})[line["code"]] = line["label_fr"]
    variables = {line["variable"]: line for line in rows_of(folder / "variables.csv")}
    units: dict[str, str] = {}
    approximation = ""
    for line in rows_of(folder / "spellings.csv"):
        if line["topic"] == "unit":
            units[line["meaning"]] = line["spelling"]
        elif line["topic"] == "approximation" and not approximation:
            approximation = line["spelling"]
    return Questionnaires(
        folder=folder,
        campaigns=tuple(_campaign(folder, line, variables, choices) for line in rows_of(folder / "campaigns.csv")),
        structure_types={x["structure_type"]: x["label_fr"] for x in rows_of(folder / "structure_types.csv")},
        choices=choices,
        key_columns={line["code"]: line["label_fr"] for line in rows_of(folder / "key_columns.csv")},
        missing_tokens=tuple(
            line["token"]
            for line in rows_of(folder / "special_values.csv")
            if line["token"] and line["status"] not in ("answered", "blank")
        ),
        units=units,
        approximation=approximation,
    )


def _campaign(
    folder: Path, line: dict[str, str], variables: dict[str, dict[str, str]], choices: dict[str, dict[str, str]]
) -> Campaign:
    campaign = int(line["campaign"])
    by_type: dict[str, list[Question]] = {}
    crosswalk = sorted(rows_of(folder / "crosswalk" / f"{campaign}.csv"), key=lambda row: int(row["order"]))
    for row in crosswalk:
        variable = variables[row["variable"]]
        options = tuple(row["options"].split("|")) if row["options"] else ()
        question = Question(
            code=row["question_code"],
            label=row["question_label_fr"],
            variable=row["variable"],
            type=row["type"],
            section=row["section"],
            unit=variable["unit"],
            options=options,
            option_labels=tuple(choices[row["choices"]][option] for option in options),
            minimum=float(variable["min"]) if variable["min"] else None,
            maximum=float(variable["max"]) if variable["max"] else None,
        )
        by_type.setdefault(row["structure_type"], []).append(question)
    return Campaign(
        campaign=campaign,
        data_year=int(line["data_year"]),
        opens_on=date.fromisoformat(line["opens_on"]),
        closes_on=date.fromisoformat(line["closes_on"]),
        forms=tuple(Form(campaign, kind, tuple(questions)) for kind, questions in by_type.items()),
    )
