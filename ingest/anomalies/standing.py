"""The answers that stand in a campaign, by unit: what the guards judge together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.values.acceptance import ACCEPTED
from ingest.values.parsing import read_number
from registry.model import NUMERIC_TYPES, Registry

UNANSWERED = ("blank", "refused", "dont_know")
REJECTED = "rejected"
BOOLEAN = "boolean"
SEVERAL_FILES = "{} fichiers"


@dataclass(frozen=True)
class Standing:
    """`units`: unit, sender, structure_type, entry_id, file, entries, structures (their number). A unit is a file that
    has enough structures of a type, or all the smaller files of a sender together; `entry_id` is then the first one of
    its `entries`.

    `members`: unit, sender, structure_type, structure_id. `answers`: those columns and variable, type, measure (unit of
    measure), value (double), code (options joined by bars), present (answered, whatever the value), unreadable.
    Senders, types and variables are enumerations: there are few, and everything is joined on them.
    """

    units: pl.DataFrame
    members: pl.DataFrame
    answers: pl.DataFrame


def standing_answers(
    registry: Registry, responses: pl.DataFrame, answers: pl.DataFrame, fewest_structures: float
) -> Standing:
    """`responses`, `answers`: the tables of the intake. Files with `fewest_structures` rows of a type stand alone."""
    alone = pl.len().over("sender", "structure_type", "entry_id") >= fewest_structures
    rows = responses.filter(pl.col("state") == ACCEPTED).with_columns(
        pl.col("sender").cast(pl.Enum(responses["sender"].unique().sort())),
        pl.col("structure_type").cast(structure_types(registry)),
        batch=pl.when(alone).then("entry_id").otherwise(pl.lit("")),
    )
    keys = ("sender", "structure_type", "batch")
    files = pl.col("file").n_unique()
    units = (
        rows.sort("received_at", "file")
        .group_by(keys, maintain_order=True)
        .agg(
            entry_id=pl.col("entry_id").first(),
            file=pl.when(files > 1).then(pl.format(SEVERAL_FILES, files)).otherwise(pl.col("file").first()),
            entries=pl.col("entry_id").unique().sort().str.join(" "),
            structures=pl.len(),
        )
        .sort(keys)
        .with_row_index("unit")
    )
    members = rows.join(units.select(*keys, "unit"), on=keys).select("unit", "sender", "structure_type", "structure_id")
    return Standing(units.drop("batch"), members, _answers(registry, members, answers))


def structure_types(registry: Registry) -> pl.Enum:
    """The structure types, as an enumeration."""
    return pl.Enum([kind.structure_type for kind in registry.structure_types])


def variables(registry: Registry) -> pl.Enum:
    """The variables, as an enumeration."""
    return pl.Enum(list(registry.variables))


def _answers(registry: Registry, members: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    refused = (pl.col("status") == REJECTED) & (pl.col("decision") == "")
    current = (
        answers.lazy()
        .filter("current")
        .select(
            "structure_id", pl.col("variable").cast(variables(registry)), "raw", code="value_text",
            value=pl.col("value_num").cast(pl.Float64), refused=refused,
            present=~pl.col("status").is_in(UNANSWERED),
        )
        .collect()
    )  # fmt: skip
    numbers = _numbers_refused(registry, current.filter("refused"))
    return (
        current.join(numbers, on=["variable", "raw"], how="left")
        .join(members, on="structure_id")
        .join(_variable_types(registry), on="variable")
        .with_columns(value=pl.when("refused").then("number").otherwise("value"))
        .with_columns(unreadable=pl.col("refused") & pl.col("value").is_null())
        .with_columns(present=pl.col("present") & ~pl.col("unreadable"))
        .drop("raw", "number", "refused", "structure_id_right", strict=False)
    )


def _variable_types(registry: Registry) -> pl.DataFrame:
    """variable, type, measure (its unit)."""
    return pl.DataFrame(
        [(variable.variable, variable.type, variable.unit) for variable in registry.variables.values()],
        schema={"variable": variables(registry), "type": pl.Categorical, "measure": pl.Categorical},
        orient="row",
    )


def _numbers_refused(registry: Registry, refused: pl.DataFrame) -> pl.DataFrame:
    """variable, raw, number: a number may be refused (a fraction of a person, more managers than staff) and still tell
    which column it comes from."""
    found = []
    for variable, raw in refused.select("variable", "raw").unique().iter_rows():
        known = registry.variables[variable]
        reading = read_number(raw, known.unit, registry) if known.type in NUMERIC_TYPES else None
        if reading:
            found.append((variable, raw, reading.value))
    schema: dict[str, Any] = {"variable": variables(registry), "raw": pl.String, "number": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row")
