"""The rules raised on files, rows and answers, with the cell that each is about."""

from __future__ import annotations

import polars as pl

from ingest.store.batch import Batch, cell
from ingest.values.acceptance import ACCEPTED

DETAILS = {"I07": "kept as inert text", "I08": "mask before any export"}
COLUMNS = (
    "entry_id", "sender", "file", "sheet", "cell", "structure_id", "structure_type", "variable", "question_code",
    "question_label_fr", "rule", "raw", "detail", "state",
)  # fmt: skip


def edits_table(batch: Batch) -> pl.DataFrame:
    """One row per rule raised (the columns of docs/data-contracts.md)."""
    found = pl.concat([table.select(COLUMNS) for table in (_on_answers(batch), _on_rows(batch), _on_files(batch))])
    current = pl.col("state") == ACCEPTED
    severity = batch.texts("severity")
    return found.select(
        batch.campaign_column,
        *COLUMNS[:11],
        severity.alias("severity"),
        pl.col("raw").fill_null(""),
        batch.texts("message_fr").alias("message_fr"),
        "detail",
        current.alias("current"),
        (current & (severity == "confirm")).alias("open"),
    ).sort("file", "structure_id", "rule", "variable", "sheet", "cell", nulls_last=False)


def _on_answers(batch: Batch) -> pl.DataFrame:
    """T, E and R rules, I07 and I08. A missing answer is placed where its cell is."""
    placed = batch.placed
    marks = [
        placed.filter("approximate").select("row_id", "variable", rule=pl.lit("T05")),
        placed.filter("unit_removed").select("row_id", "variable", rule=pl.lit("T06")),
    ]
    rows = batch.rows.select(
        "row_id", "row", "structure_id", "structure_type", "entry_id", "member", "file", "sender", "state",
        row_column="column",
    )  # fmt: skip
    answered = placed.select("row_id", "variable", "raw", "cell", "sheet")
    asked_line = pl.coalesce("asked_line", "row")
    severity = batch.texts("severity")
    return (
        pl.concat([batch.notes, *marks])
        .join(rows, on="row_id", how="left")
        .join(answered, on=["row_id", "variable"], how="left")
        .join(batch.questions, on=["structure_type", "variable"], how="left")
        .join(_places_of_questions(batch), on=["entry_id", "member", "structure_type", "question_code"], how="left")
        .with_columns(
            sheet=pl.coalesce("sheet", "asked_sheet"),
            asked_column=pl.coalesce("asked_column", "row_column"),
        )
        .with_columns(
            cell=pl.coalesce("cell", cell(asked_line, "asked_column")),
            detail=pl.when(pl.col("rule").str.slice(0, 1).is_in(["E", "R"]))
            .then(severity)
            .otherwise(pl.col("rule").replace_strict(DETAILS, default="", return_dtype=pl.String)),
        )
    )


def _places_of_questions(batch: Batch) -> pl.DataFrame:
    """Where each question stands in a file, or in a member of a zip: its column, and its line in a form."""
    first = batch.read.columns.group_by("entry_id", "member", "structure_type", "question_code", maintain_order=True)
    return first.agg(
        asked_sheet=pl.col("sheet").first(), asked_line=pl.col("line").first(), asked_column=pl.col("column").first()
    )


def _on_rows(batch: Batch) -> pl.DataFrame:
    """I02, I05 and I21."""
    raised = pl.DataFrame(
        [(response.row_id, *edit) for response in batch.decided for edit in response.edits],
        schema={"row_id": pl.Int32, "rule": pl.String, "raw": pl.String, "detail": pl.String},
        orient="row",
    )
    nothing = dict.fromkeys(("variable", "question_code", "question_label_fr"), pl.lit(""))
    return raised.join(batch.rows.drop("rule", "detail"), on="row_id", how="left").with_columns(
        cell=cell(pl.col("row"), "column"), **nothing
    )


def _on_files(batch: Batch) -> pl.DataFrame:
    """I10, I12, I13, I40...: what was left out of a file: a column, a row, a sheet, a cell."""
    unknown = batch.read.unknown.with_columns(rule=pl.lit("I10"), raw=pl.col("header"))
    row = pl.when(pl.col("line").str.contains(r"^\d")).then("A" + pl.col("line")).otherwise("line")
    ignored = batch.read.ignored.with_columns(cell=row)
    both = pl.concat([table.select("entry_id", "sheet", "cell", "rule", "raw") for table in (unknown, ignored)])
    nothing = dict.fromkeys(
        ("structure_id", "structure_type", "variable", "question_code", "question_label_fr", "detail", "state"),
        pl.lit(""),
    )
    return both.join(batch.read.files.select("entry_id", "sender", "file"), on="entry_id", how="left").with_columns(
        **nothing
    )
