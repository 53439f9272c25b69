"""What a well-formed answer is: a pandera schema made from the registry, applied once to all the answers of a batch.

Each check bears the name of its rule (T01-T04, T10 to T12 of edits.csv); its failures are the rows where the rule is
raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ingest.returns.seen_cells import REFUSED
from ingest.values.choice_cells import UNKNOWN_OPTION, UNREADABLE
from registry.model import Registry

if TYPE_CHECKING:
    import pandera.polars as pa


class SchemaFaultError(Exception):
    """The frame itself is not what the schema promises (a column, a type, a key): an engine error, not bad data."""


def answer_schema() -> pa.DataFrameSchema:
    """Columns row_id, question_code, fault, value_num, min, max: one row per answer."""
    import pandera.polars as pa

    def unless_fault(fault: str) -> pl.Expr:
        return pl.col("fault").is_null() | (pl.col("fault") != fault)

    def rule(name: str, holds: pl.Expr) -> pa.Check:
        return pa.Check(lambda data: data.lazyframe.select(holds.fill_null(True)), name=name)

    return pa.DataFrameSchema(
        {
            "row_id": pa.Column(pl.Int32),
            "question_code": pa.Column(pl.String),
            "fault": pa.Column(pl.String, nullable=True),
            "value_num": pa.Column(pl.Float64, nullable=True),
            "min": pa.Column(pl.Float64, nullable=True),
            "max": pa.Column(pl.Float64, nullable=True),
        },
        checks=[
            rule("T01", unless_fault(UNREADABLE)),
            rule("T02", unless_fault(UNKNOWN_OPTION)),
            rule("T03", pl.col("value_num") >= pl.col("min")),
            rule("T04", pl.col("value_num") <= pl.col("max")),
            *(rule(name, unless_fault(name)) for name in REFUSED),
        ],
        unique=["row_id", "question_code"],
        strict=True,
    )


def raised_rules(answers: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """The T rules that `answers` raise: position (in `answers`), rule. Raises `SchemaFaultError`."""
    from pandera.errors import SchemaErrors

    bounds = pl.DataFrame(
        [(variable.variable, variable.min, variable.max) for variable in registry.variables.values()],
        schema={"variable": pl.String, "min": pl.Float64, "max": pl.Float64},
        orient="row",
    )
    frame = answers.join(bounds, on="variable", how="left", maintain_order="left").select(
        "row_id", "question_code", "fault", "value_num", "min", "max"
    )
    try:
        answer_schema().validate(frame, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
        rules = failures.filter(pl.col("check").is_in(list(registry.edits)))
        if rules.height != failures.height:
            wrong = failures.join(rules, on="check", how="anti")["check"].unique().to_list()
            raise SchemaFaultError(f"the answers break the schema itself: {', '.join(map(str, wrong))}") from None
        return rules.select(position=pl.col("index").cast(pl.UInt32), rule="check")
    return pl.DataFrame(schema={"position": pl.UInt32, "rule": pl.String})
