"""Files as read, as tables: one frame for all the files of a batch, so that everything after is set-wise."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from core.refusals import Refusal
from ingest.corrections.read_report import ReadDecision
from ingest.receive.archive import Entry
from ingest.returns.as_read import ReadFile, ReadRow

FILES = {
    "entry_id": pl.String, "campaign": pl.Int32, "sender": pl.String, "file": pl.String, "received_at": pl.String,
    "sha256": pl.String, "bytes": pl.Int64, "demo": pl.Boolean, "verdict": pl.String, "rule": pl.String,
    "message_fr": pl.String, "form": pl.String, "number": pl.Int64, "first": pl.String,
}  # fmt: skip
ROWS = {
    "row_id": pl.Int32, "entry_id": pl.String, "member": pl.String, "sheet": pl.String, "row": pl.Int32,
    "column": pl.Int32,
    "structure_type": pl.String, "form_type": pl.String, "form_known": pl.Boolean, "identifier": pl.String,
    "name": pl.String, "commune_code": pl.String, "commune_name": pl.String, "submitted": pl.Boolean,
    "superseded": pl.Boolean, "hidden": pl.Boolean, "broken": pl.Boolean,
}  # fmt: skip
CELLS = {
    "row_id": pl.Int32, "question_code": pl.String, "option": pl.String, "sheet": pl.String, "line": pl.Int32,
    "column": pl.Int32, "text": pl.String,
}  # fmt: skip
COLUMNS = {
    "entry_id": pl.String, "member": pl.String, "sheet": pl.String, "structure_type": pl.String,
    "question_code": pl.String, "line": pl.Int32, "column": pl.Int32,
}  # fmt: skip
UNKNOWN = {
    "entry_id": pl.String, "sheet": pl.String, "cell": pl.String, "header": pl.String, "filled": pl.Int32,
    "nearest_question": pl.String,
}  # fmt: skip
UNKNOWN_VALUES = {
    "entry_id": pl.String, "row_id": pl.Int32, "sheet": pl.String, "cell": pl.String, "header": pl.String,
    "text": pl.String,
}  # fmt: skip
REFUSED = {"entry_id": pl.String, "member": pl.String, "rule": pl.String, "message_fr": pl.String}
DECISIONS = dict.fromkeys(
    (
        "entry_id", "sender", "author", "decided_at", "structure_id", "rule", "variable", "about", "action", "value",
        "reason", "comment", "file", "sheet", "cell", "fault",
    ),
    pl.String,
)  # fmt: skip
MARKS = {"row_id": pl.Int32, "question_code": pl.String, "rule": pl.String}
IGNORED = {"entry_id": pl.String, "rule": pl.String, "sheet": pl.String, "line": pl.String, "raw": pl.String}


@dataclass
class ReadFrames:
    """The files of a campaign as read (the tables: the constants above)."""

    files: pl.DataFrame
    rows: pl.DataFrame
    cells: pl.DataFrame
    columns: pl.DataFrame
    unknown: pl.DataFrame
    unknown_values: pl.DataFrame
    refused: pl.DataFrame
    ignored: pl.DataFrame
    marks: pl.DataFrame
    decisions: pl.DataFrame

    def without(self, entries: Iterable[str]) -> ReadFrames:
        """The same but for what came in some entries."""
        left_out = list(entries)
        if not left_out:
            return self
        kept = {
            name: table.filter(~pl.col("entry_id").is_in(left_out))
            for name, table in vars(self).items()
            if "entry_id" in table.columns
        }
        rows = kept["rows"].select("row_id")
        of_rows = {
            name: getattr(self, name).join(rows, on="row_id", how="semi", maintain_order="left")
            for name in ("cells", "marks")
        }
        return ReadFrames(**{**vars(self), **kept, **of_rows})


FILES_AT_ONCE = 40


class GatheredFiles:
    """Files as read, put into tables as they come: the texts of their cells weigh several times as much in Python."""

    def __init__(self, first_row_id: int = 0) -> None:
        self._next_row_id = first_row_id
        self._waiting: list[tuple[Entry, ReadFile | Refusal]] = []
        self._parts: list[ReadFrames] = []

    def add(self, entry: Entry, outcome: ReadFile | Refusal) -> None:
        """One more file, after those before it."""
        self._waiting.append((entry, outcome))
        if len(self._waiting) >= FILES_AT_ONCE:
            self._put_into_tables()

    def tables(self) -> ReadFrames:
        """The tables of all the files so far."""
        if self._waiting or not self._parts:
            self._put_into_tables()
        return ReadFrames(
            **{name: pl.concat([getattr(part, name) for part in self._parts]) for name in vars(self._parts[0])}
        )

    def _put_into_tables(self) -> None:
        part = frames_of(self._waiting, self._next_row_id)
        self._next_row_id += part.rows.height
        self._parts.append(part)
        self._waiting = []


def frames_of(read: list[tuple[Entry, ReadFile | Refusal]], first_row_id: int = 0) -> ReadFrames:
    """The tables of `read` (their columns: the constants of this module)."""
    files, rows, columns, unknown, ignored, decisions = [], [], [], [], [], []
    unknown_values, refused_members, marks = [], [], []
    cells: dict[str, Any] = {name: [] for name in CELLS}
    cells["row_id"], cells["line"], cells["column"] = array("i"), array("i"), array("i")
    next_id = first_row_id
    for entry, outcome in read:
        refused = outcome if isinstance(outcome, Refusal) else None
        files.append(
            (entry.entry_id, entry.campaign, entry.sender, entry.file, entry.received_at, entry.sha256, entry.size,
             entry.demo, "rejected" if refused else "accepted", refused.rule if refused else "",
             refused.message_fr if refused else "", "" if isinstance(outcome, Refusal) else outcome.form,
             entry.number, first_order(entry))
        )  # fmt: skip
        if isinstance(outcome, Refusal):
            continue
        rows += [_row(next_id + number, entry, row, outcome.member_of) for number, row in enumerate(outcome.rows)]
        cells["row_id"].extend(next_id + number for number in outcome.cell_row)
        for name, values in (
            ("question_code", outcome.cell_question), ("option", outcome.cell_option), ("sheet", outcome.cell_sheet),
            ("line", outcome.cell_line), ("column", outcome.cell_column), ("text", outcome.cell_text),
        ):  # fmt: skip
            cells[name].extend(values)
        columns += [(entry.entry_id, outcome.member_of.get(column[0], ""), *column) for column in outcome.columns]
        unknown += [(entry.entry_id, *dataclasses.astuple(column)) for column in outcome.unknown]
        unknown_values += [
            (entry.entry_id, next_id + row if row >= 0 else None, *value) for row, *value in outcome.unknown_values
        ]
        refused_members += [(entry.entry_id, *member) for member in outcome.refused]
        marks += [(next_id + row, question, rule) for row, question, rule in outcome.marks]
        ignored += [(entry.entry_id, *item) for item in outcome.ignored]
        decisions += [_decision(entry, decision) for decision in outcome.decisions]
        next_id += len(outcome.rows)
    return ReadFrames(
        files=pl.DataFrame(files, schema=FILES, orient="row"),
        rows=pl.DataFrame(rows, schema=ROWS, orient="row"),
        cells=pl.DataFrame(
            {name: pl.Series(name, values, dtype=CELLS[name]) for name, values in cells.items()}, schema=CELLS
        ),
        columns=pl.DataFrame(columns, schema=COLUMNS, orient="row").unique(
            ["entry_id", "sheet", "structure_type", "question_code"], keep="first", maintain_order=True
        ),
        unknown=pl.DataFrame(unknown, schema=UNKNOWN, orient="row"),
        unknown_values=pl.DataFrame(unknown_values, schema=UNKNOWN_VALUES, orient="row"),
        refused=pl.DataFrame(refused_members, schema=REFUSED, orient="row"),
        ignored=pl.DataFrame(ignored, schema=IGNORED, orient="row"),
        marks=pl.DataFrame(marks, schema=MARKS, orient="row"),
        decisions=pl.DataFrame(decisions, schema=DECISIONS, orient="row"),
    )


def first_order(entry: Entry) -> str:
    """A text that sorts entries by their first reception."""
    moment, number = entry.first
    return f"{moment} {number:09d} {entry.file} {entry.sha256}"


def _row(row_id: int, entry: Entry, row: ReadRow, member_of: dict[str, str]) -> tuple[Any, ...]:
    return (
        row_id, entry.entry_id, member_of.get(row.sheet, ""), row.sheet, row.row, row.column, row.structure_type,
        row.form_type, row.form_known, row.identifier, row.name, row.commune_code, row.commune_name,
        row.submitted, row.superseded, row.hidden, row.broken,
    )  # fmt: skip


def _decision(entry: Entry, decision: ReadDecision) -> dict[str, str]:
    of_entry = {"entry_id": entry.entry_id, "sender": entry.sender, "decided_at": entry.received_at, "file": entry.file}
    return {**dataclasses.asdict(decision), **of_entry}
