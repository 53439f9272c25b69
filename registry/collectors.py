"""Who is asked for what: the sender of each structure of a frame.

The rule: a structure is asked of the sender who returned it last, as long as that sender still collects; else of the
one of its federation; else of the one of its Caf; else of the national team. The senders, the federation or Caf whose
structures each one collects, and since and until when, are lines of questionnaires/senders.csv. A federation or a Caf
without a line is a sender of its own, under its code in small letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from registry.columns import SENDER_KEY, SENDERS
from registry.faults import Problems
from registry.senders import LEVELS, NATIONAL, Sender, sender_of_code
from registry.tables import rows_of

if TYPE_CHECKING:
    import polars as pl

FILE = "senders.csv"


def load_senders(folder: Path) -> list[Sender]:
    """The lines of senders.csv. Raises `RegistryError` naming each wrong one."""
    problems = Problems()
    rows = rows_of(folder, FILE, SENDERS, SENDER_KEY, problems)
    problems.raise_if_any()
    return [Sender(**row.values) for row in rows]


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
