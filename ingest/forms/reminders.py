"""What each structure answered last: the values shown in grey beside the questions of a new campaign.

A structure's last campaign is the latest earlier one in which it was accepted. For numbers these are the very values
that the edits compare with (a merged structure has the sum of its predecessors'). Contacts and free texts that are
never released are not sent out again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from core.home import Home
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import frame_of, lifecycle_of
from ingest.values.panel import predecessors_of, with_predecessors
from registry.model import NUMERIC_TYPES, Registry

Value = float | str | dt.date
YES, NO = "Oui", "Non"
JOINED = " ; "


@dataclass(frozen=True)
class Reminders:
    """`values` by variable and structure; `origins`: by structure, which campaign they are of; `senders`: who had
    returned it."""

    values: dict[str, dict[str, Value]]
    origins: dict[str, str]
    senders: dict[str, str]


def reminders_of(home: Home, registry: Registry, campaign: int) -> Reminders:
    """The last answers of the structures of a campaign's frame. Brings the intake of earlier campaigns up to date."""
    asked = {question.variable for question in registry.questions_of(campaign)}
    shown = {name for name in asked if not registry.variables[name].pii and registry.variables[name].release != "never"}
    numbers = sorted(name for name in shown if registry.variables[name].type in NUMERIC_TYPES)
    predecessors = predecessors_of(frame_of(home, registry, campaign), lifecycle_of(home, registry))
    reminders = Reminders({}, {}, {})
    for year in sorted((year for year in registry.campaigns if year < campaign), reverse=True):
        build_intake(home, registry, year)
        responses, answers, compared = _intake(home, year)
        own = dict(responses.iter_rows())
        usual = with_predecessors([_numbers(answers, compared, set(own), numbers)], predecessors, numbers)
        new = {row[0]: row[1:] for row in usual.iter_rows() if row[0] not in reminders.origins}
        for structure, values in new.items():
            parents = [] if structure in own else predecessors[structure]
            added = f", somme de {' et '.join(parents)}" if parents else ""
            reminders.origins[structure] = f"{year}{added}"
            reminders.senders[structure] = own[parents[0] if parents else structure]
            for name, value in zip(numbers, values, strict=True):
                if value is not None:
                    reminders.values.setdefault(name, {})[structure] = _plain(value)
        for structure, name, *value in _others(answers, shown - set(numbers)).iter_rows():
            if structure in new:
                reminders.values.setdefault(name, {})[structure] = _shown(registry, name, *value)
    return reminders


def _intake(home: Home, year: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Accepted responses (structure_id, sender), their usable answers, and the values that edits compare."""
    folder = home.intake / str(year)
    responses = pl.read_parquet(folder / "responses.parquet").filter(pl.col("state") == "accepted")
    valued = pl.any_horizontal(pl.col("value_num", "value_text", "value_date").is_not_null())
    answers = pl.read_parquet(folder / "answers.parquet").filter("current", valued)
    return responses.select("structure_id", "sender"), answers, pl.read_parquet(folder / "values.parquet")


def _numbers(answers: pl.DataFrame, compared: pl.DataFrame, own: set[str], names: list[str]) -> pl.DataFrame:
    """structure_id and a column per number: what was answered; where edits compare it, the value that they compare."""
    answered = answers.filter(pl.col("variable").is_in(names)).pivot(
        on="variable", on_columns=names, index="structure_id", values="value_num", aggregate_function="first"
    )
    kind = pl.Decimal(18, 6)
    known = [name for name in names if name in compared.columns]
    table = pl.DataFrame({"structure_id": sorted(own)}, schema={"structure_id": pl.String})
    table = table.join(answered, on="structure_id", how="left")
    table = table.join(compared.select("structure_id", *known), on="structure_id", how="left", suffix="_compared")
    return table.select(
        "structure_id",
        *(pl.coalesce(f"{name}_compared" if name in known else name, name).cast(kind).alias(name) for name in names),
    )


def _others(answers: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    return answers.filter(pl.col("variable").is_in(list(names))).select(
        "structure_id", "variable", "value_num", "value_text", "value_date"
    )


def _shown(registry: Registry, name: str, number: Decimal | None, text: str | None, date: dt.date | None) -> Value:
    """A choice by its label, a boolean by its word."""
    variable = registry.variables[name]
    if date is not None:
        return date
    if variable.type == "boolean":
        return YES if number else NO
    if variable.choices:
        labels: dict[str, Any] = {choice.code: choice.label_fr for choice in registry.choices_of[variable.choices]}
        return JOINED.join(labels.get(code, code) for code in (text or "").split("|"))
    return text or ""


def _plain(value: Decimal) -> float:
    return int(value) if value == value.to_integral_value() else float(value)
