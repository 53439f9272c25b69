"""What was set aside: files, rows, answers, with the reason and the cell; and columns that no question explains."""

from __future__ import annotations

import polars as pl

from core.spelling import folded
from ingest.corrections.decision import ERASES_GOOD_ANSWERS
from ingest.store.batch import Batch, cell
from ingest.values.acceptance import DROPPED, REJECTED
from registry.model import Registry

DETAILS = {"T03": "below minimum"}
PROPOSED, REFUSED_ANSWERS = " Structures possibles : ", " Valeurs refusées : "
KEPT_AS_RECEIVED = "value kept only as received"
COLUMNS = (
    "entry_id", "sender", "file", "level", "sheet", "cell", "structure_id", "variable", "question_code",
    "question_label_fr", "rule", "raw",
)  # fmt: skip


def answer_detail(registry: Registry) -> pl.Expr:
    """Why an answer is set aside: the bound, the broken relation, or that its text is only kept."""
    known = {rule: edit.expression for rule, edit in registry.edits.items() if edit.check == "sql"} | DETAILS
    return pl.col("rule").replace_strict(known, default=KEPT_AS_RECEIVED, return_dtype=pl.String)


def rejects_table(batch: Batch) -> pl.DataFrame:
    """One row per file, row or answer set aside (the columns of docs/data-contracts.md)."""
    files = batch.read.files.filter(pl.col("verdict") == "rejected").select(
        "entry_id", "sender", "file", "rule", "message_fr", level=pl.lit("file")
    )
    members = refused_members(batch).select(
        "entry_id", "sender", "file", "rule", "message_fr", level=pl.lit("file"), sheet=pl.col("member")
    )
    waits = pl.col("rule") == ERASES_GOOD_ANSWERS
    told = pl.when(waits).then(pl.lit(REFUSED_ANSWERS)).otherwise(pl.lit(PROPOSED))
    rows = batch.rows.filter(pl.col("state").is_in([REJECTED, DROPPED])).select(
        "entry_id", "sender", "file", "sheet", "structure_id", "rule", "detail",
        level=pl.lit("row"), cell=cell(pl.col("row"), "column"), raw=pl.col("identifier"),
        message_fr=pl.when(pl.col("proposed") != "").then(
            pl.concat_str(batch.texts("message_fr"), told, "proposed", pl.lit("."))
        ),
    )  # fmt: skip
    answers = (
        batch.placed.filter(pl.col("status") == "rejected")
        .join(batch.questions.drop("question_code"), on=["structure_type", "variable"], how="left")
        .with_columns(level=pl.lit("answer"), detail=answer_detail(batch.registry))
        .select(*COLUMNS, "detail")
    )
    found = pl.concat([files, members, rows, answers], how="diagonal")
    return found.select(
        batch.campaign_column,
        *(pl.col(name).fill_null("") for name in COLUMNS),
        pl.coalesce("message_fr", batch.texts("message_fr")).alias("message_fr"),
        pl.col("detail").fill_null(""),
    ).sort("file", "level", "sheet", "structure_id", "variable", "cell")


def refused_members(batch: Batch) -> pl.DataFrame:
    """The files of zips that are refused: entry_id, member, rule, message_fr, sender, file."""
    files = batch.read.files.select("entry_id", "sender", "file")
    return batch.read.refused.join(files, on="entry_id", how="left", maintain_order="left")


def unmapped_values_table(batch: Batch) -> pl.DataFrame:
    """What stands in unknown columns, cell by cell, with the structure of its row: kept until the column is settled."""
    structures = batch.rows.select("row_id", "structure_id", "state")
    return batch.read.unknown_values.join(structures, on="row_id", how="left", maintain_order="left").select(
        batch.campaign_column, "entry_id", "sheet", "cell", "header",
        pl.col("structure_id", "state").fill_null(""), "text",
    )  # fmt: skip


def unmapped_table(batch: Batch) -> pl.DataFrame:
    """One row per unknown column, with what a line of acknowledged_columns.csv decided about it."""
    decisions = {
        (line.sender, folded(line.header)): f"{line.decision} : {line.reason}"
        for line in batch.registry.acknowledged
        if line.campaign == batch.campaign
    }
    found = batch.read.unknown.join(
        batch.read.files.select("entry_id", "sender", "file"), on="entry_id", how="left", maintain_order="left"
    )
    decided = [
        decisions.get((sender, folded(header))) or decisions.get(("", folded(header)))
        for sender, header in found.select("sender", "header").iter_rows()
    ]
    return found.with_columns(pl.Series("decision", decided, dtype=pl.String)).select(
        batch.campaign_column,
        "entry_id", "sender", "file", "sheet", "cell", "header", "filled", "nearest_question",
        pl.col("decision").is_not_null().alias("acknowledged"),
        pl.col("decision").fill_null(""),
    )  # fmt: skip
