"""What the guards found in the columns of a campaign, told to whom it may concern."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.home import Home
from ingest.anomalies.all_guards import findings
from ingest.anomalies.earlier import answers_before
from ingest.anomalies.findings import no_finding
from ingest.anomalies.justified import told_and_justified
from ingest.anomalies.standing import Standing, standing_answers, structure_types, variables
from ingest.anomalies.wording import message
from ingest.corrections.decision import signature
from ingest.store.batch import column_letter
from ingest.survey_frame.frames import lifecycle_of
from ingest.values.panel import predecessors_of
from registry.guard_settings import GuardSettings, guard_settings
from registry.model import Registry

COLUMN = ("unit", "variable")
TOLD = (
    "question_code", "column", "guard", "label_fr", "severity", "n", "message_fr", "next_step_fr", "justification",
)  # fmt: skip


def guards_table(
    home: Home,
    registry: Registry,
    campaign: int,
    tables: dict[str, pl.DataFrame],
    read_columns: pl.DataFrame,
    frame: pl.DataFrame,
) -> pl.DataFrame:
    """``guards.parquet`` (docs/data-contracts.md): at most one finding per unit and question, the one that explains it
    best, with who has justified it; what the decisions on columns become is written in ``tables["decisions"]``.

    `tables`: the intake of the campaign; `read_columns`: entry_id, sheet, structure_type, question_code, line, column;
    `frame`: the campaign's.
    The earlier campaigns must have been taken in. Nothing is found where the registry has no ``guards.csv``.
    """
    settings = guard_settings(registry, campaign)
    standing = standing_answers(registry, tables["responses"], tables["answers"], settings.fewest_structures)
    places = _places(registry, campaign, standing, read_columns)
    found = no_finding()
    if settings.values:
        predecessors = predecessors_of(frame, lifecycle_of(home, registry))
        before = answers_before(home, registry, campaign, standing.members["structure_id"], predecessors)
        found = findings(registry, campaign, standing, before, places, settings)
    return told_and_justified(home, registry, campaign, tables, _told(campaign, found, standing, places, settings))


def columns_told(guards: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """By entry_id, what is `TOLD` of the columns that nobody acknowledged, those that block first."""
    told: dict[str, list[dict[str, Any]]] = {}
    for row in guards.filter(~pl.col("acknowledged")).sort("severity", maintain_order=True).iter_rows(named=True):
        told.setdefault(row["entry_id"], []).append({name: row[name] for name in TOLD})
    return told


def _places(registry: Registry, campaign: int, standing: Standing, read_columns: pl.DataFrame) -> pl.DataFrame:
    """unit, variable, question_code, question_label_fr, sheet, column, position: where a unit's file has a question.

    `column`: its letter, with its line in a form. `position`: its rank in the file, after those the rest of the
    questionnaire.
    """
    questions = pl.DataFrame(
        [
            (q.structure_type, q.variable, q.question_code, q.question_label_fr, q.order)
            for q in registry.questions_of(campaign)
        ],
        schema={
            "structure_type": structure_types(registry),
            "variable": variables(registry),
            "question_code": pl.String,
            "question_label_fr": pl.String,
            "order": pl.Int32,
        },
        orient="row",
    )
    first = (
        read_columns.filter(pl.col("structure_type").is_in(registry.types_asked(campaign)))
        .with_columns(pl.col("structure_type").cast(structure_types(registry)))
        .unique(["entry_id", "structure_type", "question_code"], keep="first", maintain_order=True)
    )
    return (
        standing.units.select("unit", "structure_type", "entry_id")
        .join(questions, on="structure_type")
        .join(first, on=["entry_id", "structure_type", "question_code"], how="left")
        .sort("unit", "sheet", "line", "column", "order", nulls_last=True)
        .with_columns(
            position=pl.int_range(pl.len()).over("unit"),
            column=pl.concat_str(column_letter("column"), pl.col("line").cast(pl.String).fill_null("")),
        )
        .select(*COLUMN, "question_code", "question_label_fr", pl.col("sheet", "column").fill_null(""), "position")
    )


def _told(
    campaign: int,
    found: pl.DataFrame,
    standing: Standing,
    places: pl.DataFrame,
    settings: GuardSettings,
) -> pl.DataFrame:
    places = places.with_columns(pl.col("variable").cast(pl.String))
    others = places.select("unit", other="variable", other_code="question_code", other_label="question_label_fr")
    placed = (
        found.join(standing.units.with_columns(pl.col("sender", "structure_type").cast(pl.String)), on="unit")
        .join(places, on=COLUMN)
        .join(others, on=["unit", "other"], how="left")
        .join(_signatures(standing, found), on=COLUMN, how="left")
        .with_columns(of_files=pl.col("entries").map_elements(_signature_of_files, return_dtype=pl.String))
        .with_columns(pl.col("basis").fill_null(""))
        .sort("sender", "file", "structure_type", "position")
    )
    messages = [message(row, settings) for row in placed.iter_rows(named=True)]
    labels, next_steps = (
        pl.Series(name, [settings.text(guard, name) for guard in placed["guard"]], dtype=pl.String)
        for name in ("label_fr", "next_step_fr")
    )
    return placed.select(
        pl.lit(campaign, pl.Int32).alias("campaign"),
        "entry_id", "sender", "file", "sheet", "structure_type", "question_code", "question_label_fr", "variable",
        "column", "guard", labels, "severity", "observed", "expected", "basis", pl.col("n").cast(pl.Int32),
        pl.Series("message_fr", messages, dtype=pl.String),
        next_steps,
        "about", "of_files",
    )  # fmt: skip


def _signatures(standing: Standing, found: pl.DataFrame) -> pl.DataFrame:
    """unit, variable, about: what is decided on a column is decided on its answers, and holds in any file that says the
    same of the same structures."""
    columns = found.select(COLUMN).unique()
    names = standing.answers.schema["variable"]
    given = standing.answers.join(
        columns.with_columns(pl.col("variable").cast(names)), on=COLUMN, how="semi"
    ).with_columns(pl.col("variable").cast(pl.String))
    said = ("structure_id", "value", "code", "present", "unreadable")
    told = (
        columns.join(standing.members.select("unit", "structure_id"), on="unit")
        .join(given.select(*COLUMN, *said), on=[*COLUMN, "structure_id"], how="left")
        .sort(*COLUMN, "structure_id")
        .group_by(COLUMN, maintain_order=True)
        .agg(pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in said], separator="\t"))
    )
    abouts = [signature({"answers": "\n".join(lines)}) for lines in told["structure_id"]]
    return told.select(COLUMN).with_columns(pl.Series("about", abouts, dtype=pl.String))


def _signature_of_files(entries: str) -> str:
    """What a line of acknowledged_guards.csv may also be about, as long as these are the files."""
    return signature({"entries": entries})
