"""Who is asked for what: the sender of each structure of a frame.

The rule: a structure is asked of the sender who returned it last, as long as that sender still collects; else of the
one of its federation; else of the one of its Caf; else of the national team. The senders, the federation or Caf whose
structures each one collects, and since and until when, are lines of questionnaires/senders.csv. A federation or a Caf
without a line is a sender of its own, under its code in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.registry.faults import Problems
from ingest.registry.readers import optional_int
from ingest.registry.tables import Column, rows_of
from ingest.spelling import folded

if TYPE_CHECKING:
    import polars as pl

FILE = "senders.csv"
FEDERATION, CAF, NATIONAL = "federation", "caf", "national"
LEVELS = (FEDERATION, CAF)
"""The columns of a frame that name who collects, the first that is filled counts."""


@dataclass(frozen=True)
class Sender:
    """Who returns the structures of a federation or Caf (`code`), between two campaigns (None: no bound)."""

    sender: str
    kind: str
    code: str
    name: str
    campaign_from: int | None = None
    campaign_to: int | None = None

    def collects_in(self, campaign: int) -> bool:
        """Whether the line holds for a campaign."""
        return (self.campaign_from or campaign) <= campaign <= (self.campaign_to or campaign)


def load_senders(folder: Path) -> list[Sender]:
    """The lines of senders.csv. Raises `RegistryError` naming each wrong one."""
    columns = [
        Column("sender", required=True),
        Column("kind", required=True, allowed=frozenset({*LEVELS, NATIONAL})),
        Column("code"),
        Column("name", required=True),
        Column("campaign_from", optional_int),
        Column("campaign_to", optional_int),
    ]
    problems = Problems()
    rows = rows_of(folder, FILE, columns, ("kind", "code", "campaign_from"), problems)
    problems.raise_if_any()
    return [Sender(**row.values) for row in rows]


def sender_of_code(code: str) -> str:
    """The name of the folder of a federation or Caf that has no line: ``FEDE-01`` is fede-01."""
    return re.sub(r"[^a-z0-9._-]+", "-", folded(code)).strip("-._")


def structures_by_sender(
    frame: pl.DataFrame, last_senders: Mapping[str, str], lines: Iterable[Sender], campaign: int
) -> dict[Sender, list[str]]:
    """The structures of `frame` that each sender is asked for, in the order of the frame; senders by name.

    `frame`: structure_id, federation, caf. `last_senders`: by structure, who returned it in the last campaign where it
    was accepted.
    """
    open_lines = [line for line in lines if line.collects_in(campaign)]
    by_code = {(line.kind, line.code): line for line in open_lines}
    national = next((line for line in open_lines if line.kind == NATIONAL), Sender(NATIONAL, NATIONAL, "", NATIONAL))

    def collector(kind: str, code: str) -> Sender:
        return by_code.get((kind, code)) or Sender(sender_of_code(code), kind, code, code)

    rows = list(frame.select("structure_id", *LEVELS).iter_rows())
    named = [collector(kind, code) for _, *codes in rows for kind, code in zip(LEVELS, codes, strict=True) if code]
    known = {line.sender: line for line in [national, *reversed(named), *reversed(open_lines)]}
    asked: dict[str, list[str]] = {}
    for structure, *codes in rows:
        places = [collector(kind, code).sender for kind, code in zip(LEVELS, codes, strict=True) if code]
        last = last_senders.get(structure, "")
        sender = last if last in known else next(iter(places), national.sender)
        asked.setdefault(sender, []).append(structure)
    return {known[sender]: asked[sender] for sender in sorted(asked)}
