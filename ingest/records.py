"""The tables that intake leaves behind: answers with their address, rejects, edits, receipts, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.acceptance import ACCEPTED, DROPPED, INCOMPLETE, REJECTED, REPLACED, Response
from ingest.read_store import ReadFrames
from ingest.reading import cell_address
from ingest.registry.model import Registry
from ingest.spelling import folded

if TYPE_CHECKING:
    import polars as pl

EVENT_ORDER = (
    ACCEPTED, REPLACED, DROPPED, REJECTED, INCOMPLETE, "file_rejected", "answer_rejected", "non_response", "edit",
)  # fmt: skip
NON_RESPONSES = ("refused", "not_concerned", "dont_know")
ANSWER_DETAILS = {"T03": "below minimum"}
KEPT_AS_RECEIVED = "value kept only as received"
EDIT_DETAILS = {"I07": "kept as inert text", "I08": "mask before any export"}
RAW_SHOWN = ("T", "I")


def tables(
    registry: Registry,
    campaign: int,
    read: ReadFrames,
    rows: pl.DataFrame,
    answers: pl.DataFrame,
    notes: pl.DataFrame,
    decided: list[Response],
) -> dict[str, pl.DataFrame]:
    """The tables of ``intake/<campaign>/`` by name (docs/data-contracts.md)."""
    import polars as pl

    questions = _questions(registry, campaign)
    placed = answers.join(
        rows.select("row_id", "structure_id", "entry_id", "file", "sender", "state"), on="row_id", how="left",
        maintain_order="left",
    ).with_columns(cell=_address("line", "column", "last_column"), current=pl.col("state") == ACCEPTED)  # fmt: skip
    edits = _edits(registry, campaign, read, rows, placed, notes, decided, questions)
    rejects = _rejects(registry, campaign, read, rows, placed, questions)
    personal = [variable.variable for variable in registry.variables.values() if variable.pii]
    kept = placed.select(
        pl.lit(campaign, pl.Int32).alias("campaign"), "structure_id", "structure_type", "entry_id", "sender", "file",
        "sheet", "cell", "question_code", "variable", "status", "raw", pl.col("value_num").cast(pl.Decimal(18, 6)),
        "value_text", "value_date", "current",
    )  # fmt: skip
    events = _events(campaign, read, rows, placed, edits, registry)
    return {
        "answers": kept.filter(~pl.col("variable").is_in(personal)),
        "contacts": kept.filter(pl.col("variable").is_in(personal)),
        "responses": _responses(rows),
        "rejects": rejects,
        "edits": edits,
        "unmapped": _unmapped(registry, campaign, read),
        "events": events,
        "receipts": _receipts(read, events),
    }


def summary(campaign: int, found: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Counts of a campaign's intake."""
    import polars as pl

    states = dict(found["responses"].group_by("state").len().iter_rows())
    edits = found["edits"]
    return {
        "campaign": campaign,
        "files": found["receipts"].height,
        "files_rejected": found["receipts"].filter(pl.col("verdict") == "rejected").height,
        "rows": {state: states.get(state, 0) for state in EVENT_ORDER[:5]},
        "answers": found["answers"].height + found["contacts"].height,
        "answers_rejected": found["rejects"].filter(pl.col("level") == "answer").height,
        "edits_open": edits.filter("open").height,
        "edits": edits.height,
        "unmapped": found["unmapped"].filter(~pl.col("acknowledged")).height,
    }


def _questions(registry: Registry, campaign: int) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        [(q.structure_type, q.variable, q.question_code, q.question_label_fr) for q in registry.questions_of(campaign)],
        schema=["structure_type", "variable", "question_code", "question_label_fr"],
        orient="row",
    )


def _address(line: str, column: str, last_column: str | None = None) -> pl.Expr:
    """``C12``, or ``C12:F12`` for an answer spread over several columns (0-based places)."""
    import polars as pl

    letters = {number: cell_address(0, number)[:-1] for number in range(16_384)}
    row = (pl.col(line) + 1).cast(pl.String)
    first = pl.col(column).replace_strict(letters, default=None, return_dtype=pl.String) + row
    if last_column is None:
        return first
    last = pl.col(last_column).replace_strict(letters, default=None, return_dtype=pl.String) + row
    return pl.when(pl.col(last_column) > pl.col(column)).then(first + ":" + last).otherwise(first)


def _responses(rows: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return rows.select(
        "campaign", "entry_id", "file", "sender", pl.col("received_at").str.to_datetime(), "sheet", "row",
        "structure_id", "structure_type", "state", "rule", "detail",
    )  # fmt: skip


def _messages(registry: Registry) -> tuple[dict[str, str], dict[str, str]]:
    return (
        {rule: edit.message_fr for rule, edit in registry.edits.items()},
        {rule: edit.severity for rule, edit in registry.edits.items()},
    )


def _answer_detail(registry: Registry) -> pl.Expr:
    """Why an answer is set aside: the bound, the broken relation, or that its text is only kept."""
    import polars as pl

    known = {rule: edit.expression for rule, edit in registry.edits.items() if edit.check == "sql"} | ANSWER_DETAILS
    return pl.col("rule").replace_strict(known, default=KEPT_AS_RECEIVED, return_dtype=pl.String)


def _edits(
    registry: Registry,
    campaign: int,
    read: ReadFrames,
    rows: pl.DataFrame,
    placed: pl.DataFrame,
    notes: pl.DataFrame,
    decided: list[Response],
    questions: pl.DataFrame,
) -> pl.DataFrame:
    import polars as pl

    messages, severities = _messages(registry)
    marks = pl.concat(
        [
            placed.filter("approximate").select("row_id", "variable", rule=pl.lit("T05")),
            placed.filter("unit_removed").select("row_id", "variable", rule=pl.lit("T06")),
        ]
    )
    on_answers = (
        pl.concat([notes, marks])
        .join(rows, on="row_id", how="left")
        .drop("rule_right", "sheet")
        .join(
            placed.select("row_id", "variable", "raw", "cell", "sheet"), on=["row_id", "variable"], how="left"
        )
        .join(questions, on=["structure_type", "variable"], how="left")
        .join(_first_columns(read), on=["entry_id", "structure_type", "question_code"], how="left")
        .with_columns(
            sheet=pl.coalesce("sheet", "asked_sheet"),
            cell=pl.coalesce("cell", _address("asked_line", "asked_column")),
            detail=pl.when(pl.col("rule").str.slice(0, 1).is_in(["E", "R"]))
            .then(pl.col("rule").replace_strict(severities, return_dtype=pl.String))
            .otherwise(pl.col("rule").replace_strict(EDIT_DETAILS, default="", return_dtype=pl.String)),
        )
    )  # fmt: skip
    on_rows = pl.DataFrame(
        [(response.row_id, *edit) for response in decided for edit in response.edits],
        schema={"row_id": pl.Int32, "rule": pl.String, "raw": pl.String, "detail": pl.String},
        orient="row",
    ).join(rows.drop("rule", "detail"), on="row_id", how="left")
    on_rows = on_rows.with_columns(
        variable=pl.lit(""), question_code=pl.lit(""), question_label_fr=pl.lit(""), cell=_address_of_row()
    )
    columns = ["entry_id", "sender", "file", "sheet", "cell", "structure_id", "structure_type", "variable",
               "question_code", "question_label_fr", "rule", "raw", "detail", "state"]  # fmt: skip
    found = pl.concat([on_answers.select(columns), on_rows.select(columns), _on_files(read).select(columns)])
    severity = pl.col("rule").replace_strict(severities, return_dtype=pl.String)
    current = pl.col("state") == ACCEPTED
    return found.select(
        pl.lit(campaign, pl.Int32).alias("campaign"),
        *columns[:11],
        severity.alias("severity"),
        pl.col("raw").fill_null(""),
        pl.col("rule").replace_strict(messages, return_dtype=pl.String).alias("message_fr"),
        "detail",
        current.alias("current"),
        (current & (severity == "confirm")).alias("open"),
    ).sort("file", "structure_id", "rule", "variable", "sheet", "cell", nulls_last=False)


def _first_columns(read: ReadFrames) -> pl.DataFrame:
    """Where a question stands in a file, to point at it when its answer is missing (the column's header)."""
    import polars as pl

    return (
        read.columns.group_by("entry_id", "structure_type", "question_code", maintain_order=True)
        .agg(asked_sheet=pl.col("sheet").first(), asked_column=pl.col("column").first())
        .with_columns(asked_line=pl.lit(None, pl.Int32))
    )


def _on_files(read: ReadFrames) -> pl.DataFrame:
    """I10, I12 and I13: what was ignored in a file, column by column, row by row."""
    import polars as pl

    unknown = read.unknown.with_columns(rule=pl.lit("I10"), raw=pl.col("header"))
    ignored = read.ignored.with_columns(cell=pl.lit(""))
    both = pl.concat([frame.select("entry_id", "sheet", "cell", "rule", "raw") for frame in (unknown, ignored)])
    empty = dict.fromkeys(
        ("structure_id", "structure_type", "variable", "question_code", "question_label_fr", "detail"), pl.lit("")
    )
    return both.join(read.files.select("entry_id", "sender", "file"), on="entry_id", how="left").with_columns(
        **empty, state=pl.lit("")
    )


def _rejects(
    registry: Registry,
    campaign: int,
    read: ReadFrames,
    rows: pl.DataFrame,
    placed: pl.DataFrame,
    questions: pl.DataFrame,
) -> pl.DataFrame:
    import polars as pl

    messages, _ = _messages(registry)
    files = read.files.filter(pl.col("verdict") == "rejected").select(
        "entry_id", "sender", "file", "rule", "message_fr", level=pl.lit("file")
    )
    set_aside = rows.filter(pl.col("state").is_in([REJECTED, DROPPED])).select(
        "entry_id", "sender", "file", "sheet", "structure_id", "rule", "detail", level=pl.lit("row"),
        cell=_address_of_row(), raw=pl.col("identifier"),
    )  # fmt: skip
    answers = (
        placed.filter(pl.col("status") == "rejected")
        .join(questions.drop("question_code"), on=["structure_type", "variable"], how="left")
        .select("entry_id", "sender", "file", "sheet", "cell", "structure_id", "variable", "question_code",
                "question_label_fr", "rule", "raw", level=pl.lit("answer"), detail=_answer_detail(registry))
    )  # fmt: skip
    found = pl.concat([files, set_aside, answers], how="diagonal")
    text = pl.col("rule").replace_strict(messages, default="", return_dtype=pl.String)
    return found.select(
        pl.lit(campaign, pl.Int32).alias("campaign"),
        *(pl.col(name).fill_null("") for name in ("entry_id", "sender", "file", "level", "sheet", "cell",
          "structure_id", "variable", "question_code", "question_label_fr", "rule", "raw")),
        pl.coalesce("message_fr", text).alias("message_fr"),
        pl.col("detail").fill_null(""),
    ).sort("file", "level", "sheet", "structure_id", "variable")  # fmt: skip


def _address_of_row() -> pl.Expr:
    import polars as pl

    letters = {number: cell_address(0, number)[:-1] for number in range(256)}
    return pl.col("column").replace_strict(letters, default="", return_dtype=pl.String) + pl.col("row").cast(pl.String)


def _unmapped(registry: Registry, campaign: int, read: ReadFrames) -> pl.DataFrame:
    import polars as pl

    decisions = {
        (line.sender, folded(line.header)): f"{line.decision} : {line.reason}"
        for line in registry.acknowledged
        if line.campaign == campaign
    }
    found = read.unknown.join(read.files.select("entry_id", "sender", "file"), on="entry_id", how="left")
    decided = [
        decisions.get((sender, folded(header))) or decisions.get(("", folded(header)))
        for sender, header in found.select("sender", "header").iter_rows()
    ]
    return found.with_columns(
        campaign=pl.lit(campaign, pl.Int32), decision=pl.Series("decision", decided, dtype=pl.String)
    ).select(
        "campaign", "entry_id", "sender", "file", "sheet", "cell", "header", "filled", "nearest_question",
        acknowledged=pl.col("decision").is_not_null(), decision=pl.col("decision").fill_null(""),
    )  # fmt: skip


def _events(
    campaign: int, read: ReadFrames, rows: pl.DataFrame, placed: pl.DataFrame, edits: pl.DataFrame, registry: Registry
) -> pl.DataFrame:
    """campaign, file, structure_id, event, variable, rule, raw_value, detail: the lines of intake.csv, in order."""
    import polars as pl

    named_by_row = pl.when(pl.col("state") == REPLACED).then(pl.lit("")).otherwise("identifier")
    of_rows = pl.concat(
        [
            rows.filter(pl.col("state").is_in([ACCEPTED, REPLACED])).select(
                "file",
                "structure_id",
                event=pl.lit(ACCEPTED),
                rule=pl.lit(""),
                raw_value="identifier",
                detail=pl.lit(""),
            ),
            rows.filter(pl.col("state") != ACCEPTED).select(
                "file", "structure_id", event="state", rule="rule", raw_value=named_by_row, detail="detail"
            ),
        ]
    )
    files = read.files.filter(pl.col("verdict") == "rejected").select(
        "file",
        "rule",
        structure_id=pl.lit(""),
        event=pl.lit("file_rejected"),
        raw_value=pl.lit(""),
        detail="message_fr",
    )
    rejected = placed.filter(pl.col("status") == "rejected").select(
        "file", "structure_id", "variable", "rule", event=pl.lit("answer_rejected"), raw_value="raw",
        detail=_answer_detail(registry),
    )  # fmt: skip
    unanswered = placed.filter(pl.col("status").is_in(NON_RESPONSES)).select(
        "file", "structure_id", "variable", event=pl.lit("non_response"), raw_value="raw", detail="status"
    )
    noted = edits.select(
        "file", "structure_id", "variable", "rule", event=pl.lit("edit"), detail="detail",
        raw_value=pl.when(pl.col("rule").str.slice(0, 1).is_in(RAW_SHOWN)).then("raw").otherwise(pl.lit("")),
    )  # fmt: skip
    ranks = {event: rank for rank, event in enumerate(EVENT_ORDER)}
    everything = pl.concat([of_rows, files, rejected, unanswered, noted], how="diagonal").with_columns(
        pl.col("structure_id", "variable", "rule", "raw_value", "detail").fill_null("")
    )
    return (
        everything.with_columns(rank=pl.col("event").replace_strict(ranks, return_dtype=pl.Int32))
        .sort("file", "rank", "structure_id", "rule", "variable", "raw_value", maintain_order=True)
        .select(
            pl.lit(campaign, pl.Int32).alias("campaign"), "file", "structure_id", "event", "variable", "rule",
            "raw_value", "detail",
        )
    )  # fmt: skip


def _receipts(read: ReadFrames, events: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    names = {
        "rows_accepted": ACCEPTED, "rows_replaced": REPLACED, "rows_dropped": DROPPED, "rows_rejected": REJECTED,
        "rows_incomplete": INCOMPLETE, "answers_rejected": "answer_rejected", "non_responses": "non_response",
        "edits": "edit",
    }  # fmt: skip
    counts = events.group_by("file").agg(
        (pl.col("event") == event).sum().cast(pl.Int32).alias(name) for name, event in names.items()
    )
    return (
        read.files.sort("received_at", "file", "sha256")
        .join(counts, on="file", how="left", maintain_order="left")
        .select(
            "campaign", "entry_id", "sender", "file", pl.col("received_at").str.to_datetime(), "sha256", "bytes",
            "verdict", "rule", "message_fr", "form", "demo", *(pl.col(name).fill_null(0) for name in names),
        )
    )  # fmt: skip
