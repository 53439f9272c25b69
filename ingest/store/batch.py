"""A campaign's returns, decided and parsed: what the tables of the intake are written from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

from ingest.corrections.settle import Settled
from ingest.readers import cell_address
from ingest.returns.read_tables import ReadFrames
from ingest.values.acceptance import ACCEPTED, Response
from registry.model import Registry

LARGEST_COLUMN = 16_384


@dataclass(frozen=True)
class Batch:
    """`rows`: a row per structure row with its state and place; `answers`: parsed, with status and rule; `notes`:
    rules raised that set nothing aside (row_id, variable, rule); `decided`: the responses with the rules on rows;
    `settled`: the decisions."""

    registry: Registry
    campaign: int
    read: ReadFrames
    rows: pl.DataFrame
    answers: pl.DataFrame
    notes: pl.DataFrame
    decided: list[Response]
    settled: Settled

    @cached_property
    def placed(self) -> pl.DataFrame:
        """The answers with their structure, file and cell; `current`: the response still stands."""
        places = self.rows.select("row_id", "structure_id", "entry_id", "file", "sender", "state")
        line = pl.col("line") + 1
        return self.answers.join(places, on="row_id", how="left", maintain_order="left").with_columns(
            cell=cell_range(line, "column", "last_column"), current=pl.col("state") == ACCEPTED
        )

    @cached_property
    def questions(self) -> pl.DataFrame:
        """structure_type, variable, question_code, question_label_fr of the campaign."""
        asked = self.registry.questions_of(self.campaign)
        return pl.DataFrame(
            [(q.structure_type, q.variable, q.question_code, q.question_label_fr) for q in asked],
            schema=["structure_type", "variable", "question_code", "question_label_fr"],
            orient="row",
        )

    def texts(self, attribute: str) -> pl.Expr:
        """For each `rule`, an attribute of its line in edits.csv (message_fr, severity)."""
        table = {rule: getattr(edit, attribute) for rule, edit in self.registry.edits.items()}
        return pl.col("rule").replace_strict(table, default="", return_dtype=pl.String)

    @property
    def campaign_column(self) -> pl.Expr:
        """The campaign, as a column."""
        return pl.lit(self.campaign, pl.Int32).alias("campaign")


@lru_cache(maxsize=1)
def _letters() -> dict[int, str]:
    return {number: cell_address(0, number)[:-1] for number in range(LARGEST_COLUMN)}


def column_letter(column: str) -> pl.Expr:
    """``C``: `column` counts from 0."""
    return pl.col(column).replace_strict(_letters(), default=None, return_dtype=pl.String)


def cell(line: pl.Expr, column: str) -> pl.Expr:
    """``C12``: `line` counts from 1, `column` from 0."""
    return column_letter(column) + line.cast(pl.String)


def cell_range(line: pl.Expr, column: str, last_column: str) -> pl.Expr:
    """``C12``, or ``C12:F12`` for an answer spread over several columns."""
    spread = pl.col(last_column) > pl.col(column)
    return pl.when(spread).then(cell(line, column) + ":" + cell(line, last_column)).otherwise(cell(line, column))
