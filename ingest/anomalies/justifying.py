"""``senacs justify``: the national team takes a strange column as it is, or no longer: a record of the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from core.home import Home
from ingest.anomalies.justified import JUSTIFY, WITHDRAW
from ingest.receive.archive import JUSTIFICATIONS
from ingest.receive.declarations import declare
from ingest.store.intake import build_intake
from registry.model import Registry

NATIONAL = "national"
TOLD = (
    "sender", "file", "sheet", "column", "question_code", "guard", "severity", "message_fr", "acknowledged", "reason",
    "justification", "about",
)  # fmt: skip


class JustificationError(Exception):
    """No column, or several, are meant by what was asked for; the text says which could be, in French."""


@dataclass(frozen=True)
class Meant:
    """The columns that are meant: those of a sender, for a question, and one guard where several found something."""

    sender: str
    question_code: str
    guard: str = ""


def strange_columns(home: Home, registry: Registry, campaign: int) -> list[dict[str, Any]]:
    """What the guards found in the campaign as it stands, each with `TOLD`."""
    for year in sorted(year for year in registry.campaigns if year <= campaign):
        build_intake(home, registry, year)
    guards = pl.read_parquet(home.intake / str(campaign) / "guards.parquet")
    return guards.select(TOLD).to_dicts()


def meant_columns(columns: list[dict[str, Any]], meant: Meant) -> list[dict[str, Any]]:
    """The columns among `columns` that are meant. Raises `JustificationError` where there is none."""
    found = [
        column
        for column in columns
        if column["sender"] == meant.sender
        and column["question_code"].casefold() == meant.question_code.casefold()
        and meant.guard in ("", column["guard"])
    ]
    if not found:
        known = sorted({f"{column['sender']} {column['question_code']} ({column['guard']})" for column in columns})
        raise JustificationError(
            f"aucune colonne de {meant.sender} n'est signalée pour {meant.question_code} "
            f"(signalées : {' ; '.join(known) or 'aucune'})."
        )
    return found


def justify(home: Home, campaign: int, column: dict[str, Any], *, reason: str, author: str, back: bool) -> None:
    """Keep that the national team takes a column as it is; `back`: that it no longer does."""
    content = {name: column[name] for name in ("sender", "question_code", "guard", "about")}
    said = {"action": WITHDRAW if back else JUSTIFY, "reason": reason, "author": author}
    declare(home, JUSTIFICATIONS, campaign, NATIONAL, content | said)
