"""The rules applied to parsed answers: what is set aside, what is noted, what the next campaign will compare with."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.corrections.apply import SET_ASIDE
from ingest.values.acceptance import ACCEPTED
from ingest.values.edit_rules import raised_edits
from ingest.values.schema import raised_rules
from registry.model import Registry
from registry.text_rules import text_edits

USABLE = ("declared", "zero", "corrected")
REQUIRED = "R01"


@dataclass
class Checked:
    """`notes`: rules raised that set nothing aside (row_id, variable, rule); `values`: what the next campaign compares
    with (structure_id and variables)."""

    notes: pl.DataFrame
    values: pl.DataFrame


def checked(
    registry: Registry,
    campaign: int,
    counted: pl.DataFrame,
    answers: pl.DataFrame,
    frame: pl.DataFrame,
    previous: pl.DataFrame,
) -> tuple[pl.DataFrame, Checked]:
    """`answers` with position, status and rule, those that break a fatal rule without their value; and the rest.

    T rules first, then the fatal relations, then the others on what is left (see the registry's edits.csv).
    """
    raised = raised_rules(answers, registry)
    fatal = [rule for rule, edit in registry.edits.items() if edit.severity == "fatal"]
    answers = _with_status(answers.with_row_index("position"), raised.filter(pl.col("rule").is_in(fatal)))
    usable = answers.filter(pl.col("status").is_in(USABLE))
    sql_rules = raised_edits(
        registry,
        counted.select("row_id", "structure_id", "structure_type", "campaign", current=pl.col("state") == ACCEPTED),
        usable.select("row_id", "variable", "value_num", "value_text", "value_date"),
        frame,
        previous,
    )
    answers = _without_struck(answers, sql_rules.fatal, registry)
    first_variables = pl.DataFrame(
        [(edit.rule, edit.scope[0]) for edit in registry.edits.values()], schema=["rule", "variable"], orient="row"
    )
    notes = pl.concat(
        [
            raised.filter(~pl.col("rule").is_in(fatal))
            .join(answers.select("position", "row_id", "variable"), on="position")
            .select("row_id", "variable", "rule"),
            text_edits(answers, registry),
            _required_without_answer(counted, answers, registry, campaign),
            sql_rules.other.join(first_variables, on="rule").select("row_id", "variable", "rule"),
        ]
    )
    return answers, Checked(notes, sql_rules.values)


def _with_status(answers: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    first = refused.group_by("position").agg(pl.col("rule").min())
    is_zero = (pl.col("value_num") == 0) & (pl.col("type") != "boolean")
    return answers.join(first, on="position", how="left", maintain_order="left").with_columns(
        rule=pl.when("set_aside").then(pl.lit(SET_ASIDE)).otherwise("rule"),
        status=pl.when(pl.col("rule").is_not_null() | pl.col("set_aside"))
        .then(pl.lit("rejected"))
        .when(pl.col("status").is_not_null())
        .then("status")
        .when(pl.col("decision").is_not_null())
        .then(pl.lit("corrected"))
        .when(is_zero)
        .then(pl.lit("zero"))
        .otherwise(pl.lit("declared")),
    )


def _without_struck(answers: pl.DataFrame, fatal: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """The answers, those that a fatal relation strikes set aside; no value stays on an answer set aside."""
    rejects = {edit.rule: edit.rejects for edit in registry.edits.values()}
    struck = (
        fatal.with_columns(variable=pl.col("rule").replace_strict(rejects, return_dtype=pl.String))
        .rename({"rule": "struck"})
        .unique(["row_id", "variable"], keep="first", maintain_order=True)
    )
    joined = answers.join(struck, on=["row_id", "variable"], how="left", maintain_order="left")
    status = pl.when(pl.col("struck").is_not_null()).then(pl.lit("rejected")).otherwise("status")
    return joined.with_columns(rule=pl.coalesce("rule", "struck"), status=status).with_columns(
        pl.when(pl.col("status").is_in(USABLE)).then(pl.col(name)).alias(name)
        for name in ("value_num", "value_text", "value_date")
    )


def _required_without_answer(
    counted: pl.DataFrame, answers: pl.DataFrame, registry: Registry, campaign: int
) -> pl.DataFrame:
    """R01: each required question of the row's form that has no usable answer."""
    required = pl.DataFrame(
        [(q.structure_type, q.variable, REQUIRED) for q in registry.questions_of(campaign) if q.required],
        schema=dict.fromkeys(("structure_type", "variable", "rule"), pl.String),
        orient="row",
    )
    usable = answers.filter(pl.col("status").is_in(USABLE)).select("row_id", "variable")
    return (
        counted.select("row_id", "structure_type")
        .join(required, on="structure_type")
        .join(usable, on=["row_id", "variable"], how="anti")
        .select("row_id", "variable", "rule")
    )
