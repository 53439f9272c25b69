"""The tables that the intake of a campaign leaves behind (docs/data-contracts.md)."""

from __future__ import annotations

from typing import Any

import polars as pl

from ingest.corrections.apply import confirmed_edits, decisions_table
from ingest.store.batch import Batch
from ingest.store.edit_records import edits_table
from ingest.store.event_records import STATES, events_table, receipts_table
from ingest.store.reject_records import rejects_table, unmapped_table, unmapped_values_table


def tables(batch: Batch) -> dict[str, pl.DataFrame]:
    """The tables by name. Contacts live apart from the answers, and are read by nothing that publishes."""
    personal = [variable.variable for variable in batch.registry.variables.values() if variable.pii]
    answers = batch.placed.select(
        batch.campaign_column, "structure_id", "structure_type", "entry_id", "sender", "file", "sheet", "cell",
        "question_code", "variable", "status", "raw", pl.col("value_num").cast(pl.Decimal(18, 6)), "value_text",
        "value_date", "current", pl.col("received").fill_null(""), pl.col("decision").fill_null(""),
    )  # fmt: skip
    edits = confirmed_edits(batch.settled, edits_table(batch))
    events = events_table(batch, edits)
    return {
        "answers": answers.filter(~pl.col("variable").is_in(personal)),
        "contacts": answers.filter(pl.col("variable").is_in(personal)),
        "responses": _responses(batch),
        "rejects": rejects_table(batch),
        "edits": edits,
        "unmapped": unmapped_table(batch),
        "unmapped_values": unmapped_values_table(batch),
        "decisions": decisions_table(batch.campaign, batch.settled, batch.read.decisions),
        "events": events,
        "receipts": receipts_table(batch, events),
    }


def summary(campaign: int, found: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Counts of a campaign's intake."""
    states = dict(found["responses"].group_by("state").len().iter_rows())
    return {
        "campaign": campaign,
        "files": found["receipts"].height,
        "files_rejected": found["receipts"].filter(pl.col("verdict") == "rejected").height,
        "rows": {state: states.get(state, 0) for state in STATES},
        "answers": found["answers"].height + found["contacts"].height,
        "answers_rejected": found["rejects"].filter(pl.col("level") == "answer").height,
        "edits_open": found["edits"].filter("open").height,
        "edits": found["edits"].height,
        "unmapped": found["unmapped"].filter(~pl.col("acknowledged")).height,
    }


def _responses(batch: Batch) -> pl.DataFrame:
    return batch.rows.select(
        "campaign", "entry_id", "file", "sender", pl.col("received_at").str.to_datetime(), "sheet", "row",
        "structure_id", "structure_type", "state", "rule", "detail",
    )  # fmt: skip
