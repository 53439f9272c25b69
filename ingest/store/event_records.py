"""What happened to each file, row and answer, in order; and the receipt of each file, with its counts."""

from __future__ import annotations

import polars as pl

from ingest.store.batch import Batch
from ingest.store.reject_records import answer_detail, refused_members
from ingest.values.acceptance import ACCEPTED, DROPPED, INCOMPLETE, REJECTED, REPLACED

FILE_REJECTED, ANSWER_REJECTED, NON_RESPONSE, EDIT = "file_rejected", "answer_rejected", "non_response", "edit"
STATES = (ACCEPTED, REPLACED, DROPPED, REJECTED, INCOMPLETE)
EVENT_ORDER = (*STATES, FILE_REJECTED, ANSWER_REJECTED, NON_RESPONSE, EDIT)
NON_RESPONSES = ("refused", "not_concerned", "dont_know")
RULES_WITH_RAW_TEXT = ("T", "I")
COUNTS = {
    "rows_accepted": ACCEPTED, "rows_replaced": REPLACED, "rows_dropped": DROPPED, "rows_rejected": REJECTED,
    "rows_incomplete": INCOMPLETE, "answers_rejected": ANSWER_REJECTED, "non_responses": NON_RESPONSE, "edits": EDIT,
}  # fmt: skip


def events_table(batch: Batch, edits: pl.DataFrame) -> pl.DataFrame:
    """entry_id, campaign, file, structure_id, event, variable, rule, raw_value, detail: the lines of intake.csv, in
    their order. A row replaced later was accepted first: it has both events."""
    identified = pl.when(pl.col("state") == REPLACED).then(pl.lit("")).otherwise("identifier")
    rows = batch.rows
    first_accepted = rows.filter(pl.col("state").is_in([ACCEPTED, REPLACED])).select(
        "entry_id", "file", "structure_id", event=pl.lit(ACCEPTED), rule=pl.lit(""), raw_value="identifier",
        detail=pl.lit(""),
    )  # fmt: skip
    ended = rows.filter(pl.col("state") != ACCEPTED).select(
        "entry_id", "file", "structure_id", event="state", rule="rule", raw_value=identified, detail="detail"
    )
    files = batch.read.files.filter(pl.col("verdict") == "rejected").select(
        "entry_id", "file", "rule", event=pl.lit(FILE_REJECTED), detail="message_fr"
    )
    members = refused_members(batch).select(
        "entry_id", "file", "rule", event=pl.lit(FILE_REJECTED), raw_value="member", detail="message_fr"
    )
    placed = batch.placed
    set_aside = placed.filter(pl.col("status") == "rejected").select(
        "entry_id", "file", "structure_id", "variable", "rule", event=pl.lit(ANSWER_REJECTED), raw_value="raw",
        detail=answer_detail(batch.registry),
    )  # fmt: skip
    unanswered = placed.filter(pl.col("status").is_in(NON_RESPONSES)).select(
        "entry_id", "file", "structure_id", "variable", event=pl.lit(NON_RESPONSE), raw_value="raw", detail="status"
    )
    shown = pl.col("rule").str.slice(0, 1).is_in(RULES_WITH_RAW_TEXT)
    raised = edits.select(
        "entry_id", "file", "structure_id", "variable", "rule", event=pl.lit(EDIT), detail="detail",
        raw_value=pl.when(shown).then("raw").otherwise(pl.lit("")),
    )  # fmt: skip
    ranks = {event: rank for rank, event in enumerate(EVENT_ORDER)}
    everything = pl.concat([first_accepted, ended, files, members, set_aside, unanswered, raised], how="diagonal")
    return (
        everything.with_columns(
            pl.col("structure_id", "variable", "rule", "raw_value", "detail").fill_null(""),
            rank=pl.col("event").replace_strict(ranks, return_dtype=pl.Int32),
        )
        .sort("file", "rank", "structure_id", "rule", "variable", "raw_value", "entry_id")
        .select(
            "entry_id",
            batch.campaign_column,
            "file",
            "structure_id",
            "event",
            "variable",
            "rule",
            "raw_value",
            "detail",
        )
    )


def receipts_table(batch: Batch, events: pl.DataFrame) -> pl.DataFrame:
    """One row per file received, in the order of reception, with the number of each event."""
    counts = events.group_by("entry_id").agg(
        (pl.col("event") == event).sum().cast(pl.Int32).alias(name) for name, event in COUNTS.items()
    )
    return (
        batch.read.files.sort("received_at", "number", "file", "sha256")
        .join(counts, on="entry_id", how="left", maintain_order="left")
        .select(
            "campaign", "entry_id", "sender", "file", pl.col("received_at").str.to_datetime(), "sha256", "bytes",
            "verdict", "rule", "message_fr", "form", "demo", *(pl.col(name).fill_null(0) for name in COUNTS),
        )
    )  # fmt: skip
