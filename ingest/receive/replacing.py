"""A response that would erase good answers with refused ones waits: the earlier one of its sender goes on counting.

Its sender corrects it and sends it again, or confirms in the report that it counts all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from ingest.corrections.apply import with_corrections
from ingest.corrections.decision import CONFIRM, ERASES_GOOD_ANSWERS, Decision
from ingest.corrections.identification import row_signature
from ingest.corrections.settle import APPLIED, DEAD, REFUSED, Settled
from ingest.readers import cell_address
from ingest.values.acceptance import Response
from ingest.values.checking import USABLE, checked
from registry.model import Registry

if TYPE_CHECKING:
    from ingest.returns.read_tables import ReadFrames

SHOWN = 5


@dataclass
class Forced:
    """`rows`: those that their senders want to count whatever they erase; `outcomes`: each such wish, its state and
    why."""

    rows: set[int] = field(default_factory=set)
    outcomes: list[tuple[Decision, str, str]] = field(default_factory=list)


def forced_rows(read: ReadFrames, sent: list[Decision]) -> Forced:
    """What the senders confirmed of rows that waited."""
    found = Forced()
    wishes = [decision for decision in sent if decision.rule == ERASES_GOOD_ANSWERS]
    if not wishes:
        return found
    senders = dict(read.files.select("entry_id", "sender").iter_rows())
    rows = {
        row_signature(entry, sheet, cell_address(row - 1, column)): (row_id, senders[entry])
        for row_id, entry, sheet, row, column in read.rows.select(
            "row_id", "entry_id", "sheet", "row", "column"
        ).iter_rows()
    }
    for wish in wishes:
        row_id, sender = rows.get(wish.about, (-1, ""))
        if sender != wish.sender:
            found.outcomes.append((wish, DEAD, "la ligne n'est plus dans vos fichiers"))
        elif wish.action != CONFIRM:
            found.outcomes.append((wish, REFUSED, "renvoyez la réponse corrigée, ou confirmez-la avec un motif"))
        else:
            found.rows.add(row_id)
            found.outcomes.append((wish, APPLIED, ""))
    return found


def replacing_or_replaced(decided: list[Response]) -> set[int]:
    """The rows that take the place of another, and these."""
    return {row for one in decided if one.replaces is not None for row in (one.row_id, one.replaces)}


def erased_by(
    registry: Registry,
    campaign: int,
    rows: pl.DataFrame,
    answers: pl.DataFrame,
    frame: pl.DataFrame,
    previous: pl.DataFrame,
) -> Callable[[int, int], str]:
    """Of a row and of the earlier one, the refused answers of the first that would erase answers of the second, in
    French; '' where there are none, or where the second had refused ones too. `rows`, `answers`: of both."""
    received = with_corrections(registry, campaign, Settled(), rows, answers)
    judged, _ = checked(registry, campaign, rows, received, frame, previous)
    refused: dict[int, dict[str, str]] = {}
    for row_id, code, raw in judged.filter(status="rejected").select("row_id", "question_code", "raw").iter_rows():
        refused.setdefault(row_id, {})[code] = raw
    given: dict[int, set[str]] = {}
    for row_id, code in judged.filter(pl.col("status").is_in(USABLE)).select("row_id", "question_code").iter_rows():
        given.setdefault(row_id, set()).add(code)

    def erased(row_id: int, earlier: int) -> str:
        codes = sorted(refused.get(row_id, {}).keys() & given.get(earlier, set()))
        if earlier in refused or not codes:
            return ""
        named = [f"{code} « {refused[row_id][code]} »" for code in codes[:SHOWN]]
        return " ; ".join([*named, *([f"et {len(codes) - SHOWN} autre(s)"] if len(codes) > SHOWN else [])])

    return erased
