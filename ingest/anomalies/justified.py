"""Who took a strange column as it is: the sender in its report, which waits for the national team, or that team itself.

Both belong to the answers of the column: a new file that says the same of the same structures keeps them, another value
reopens the question.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from core.home import Home
from ingest.corrections.settle import APPLIED, DEAD, WAITING
from ingest.receive.archive import JUSTIFICATIONS
from ingest.receive.declarations import declared
from ingest.values.acceptance import ACCEPTED
from registry.model import Registry

JUSTIFY, WITHDRAW = "justify", "withdraw"
Place = tuple[str, str, str, str]
"""Sender, question code, guard, and what it is about (`about`)."""
PASSED_ON = "justification transmise à l'équipe nationale"


def justifications(home: Home, registry: Registry, campaign: int) -> dict[Place, str]:
    """What the national team took as it is, and why: lines of acknowledged_guards.csv, then records of the archive."""
    found: dict[Place, str] = {
        (
            line.sender,
            line.question_code,
            line.guard,
            line.about,
        ): f"{line.reason} ({line.author}, {line.date:%d/%m/%Y})"
        for line in registry.acknowledged_guards
        if line.campaign == campaign
    }
    for record in declared(home, JUSTIFICATIONS, campaign):
        place = (record["sender"], record["question_code"], record["guard"], record["about"])
        found.pop(place, None)
        if record["action"] == JUSTIFY:
            year, month, day = record["declared_at"][:10].split("-")
            found[place] = f"{record['reason']} ({record['author']}, {day}/{month}/{year})"
    return found


def told_and_justified(
    home: Home, registry: Registry, campaign: int, tables: dict[str, pl.DataFrame], guards: pl.DataFrame
) -> pl.DataFrame:
    """`guards` with acknowledged, reason (the national team's), justified, justification (the sender's).

    The decisions of senders on columns, in ``tables["decisions"]``, get their state.
    """
    known = justifications(home, registry, campaign)
    keys = ("sender", "question_code", "guard")
    reasons = [
        known.get((*row[:3], row[3])) or known.get((*row[:3], row[4]))
        for row in guards.select(*keys, "about", "of_files").iter_rows()
    ]
    said = _settled(registry, tables, guards)
    places = guards.select("sender", "variable", "guard", "about").iter_rows()
    justified = [said.get(place, "") for place in places]
    return guards.drop("of_files").with_columns(
        pl.Series("acknowledged", [reason is not None for reason in reasons], dtype=pl.Boolean),
        pl.Series("reason", [reason or "" for reason in reasons], dtype=pl.String),
        pl.Series("justified", [bool(text) for text in justified], dtype=pl.Boolean),
        pl.Series("justification", justified, dtype=pl.String),
    )


def _settled(registry: Registry, tables: dict[str, pl.DataFrame], guards: pl.DataFrame) -> dict[Place, str]:
    """By sender, variable, guard and about, what a sender says of a column; each decision gets its state."""
    decisions = tables.get("decisions", _none_decided())
    standing = tables["responses"].filter(pl.col("state") == ACCEPTED)
    last = dict(standing.group_by("sender").agg(pl.col("received_at").max()).iter_rows())
    found: dict[Place, str] = {}
    outcomes = []
    for row in decisions.select("sender", "variable", "rule", "about", "state", "detail", "decided_at",
                                "reason", "comment", "author").iter_rows(named=True):  # fmt: skip
        state, detail = row["state"], row["detail"]
        if state == WAITING:
            concerned = guards.filter(sender=row["sender"], variable=row["variable"], guard=row["rule"])["about"]
            abouts = [about for about in concerned if row["about"] == about or _undated(row, last)]
            for about in abouts:
                found[row["sender"], row["variable"], row["rule"], about] = _words(registry, row)
            state, detail = (APPLIED, PASSED_ON) if abouts else (DEAD, _why_dead(concerned))
        outcomes.append((state, detail))
    for number, name in enumerate(("state", "detail")):
        values = pl.Series(name, [outcome[number] for outcome in outcomes], dtype=pl.String)
        decisions = decisions.with_columns(values)
    tables["decisions"] = decisions
    return found


def _none_decided() -> pl.DataFrame:
    names = ("sender", "variable", "rule", "about", "state", "detail", "decided_at", "reason", "comment", "author")
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _undated(row: dict[str, Any], last: dict[str, Any]) -> bool:
    """A report of an earlier layout doesn't say what its line was about: it holds until another file counts."""
    sent = last.get(row["sender"])
    return not row["about"] and sent is not None and sent.isoformat() <= row["decided_at"]


def _why_dead(concerned: pl.Series) -> str:
    return "la colonne a changé depuis la justification" if concerned.len() else "la colonne n'est plus signalée"


def _words(registry: Registry, row: dict[str, Any]) -> str:
    reason = registry.reasons.get(row["reason"], row["reason"])
    said = f"{reason} : {row['comment']}" if row["comment"] else reason
    year, month, day = row["decided_at"][:10].split("-")
    return f"{said} ({row['author'] or row['sender']}, {day}/{month}/{year})"
