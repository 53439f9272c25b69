"""What the structures of a campaign had answered before, question by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from core.home import Home
from ingest.anomalies.standing import REJECTED, UNANSWERED, structure_types, variables
from registry.model import NUMERIC_TYPES, Registry

SHARE_OF_A_WHOLE = "percent"


@dataclass(frozen=True)
class Before:
    """The latest earlier campaign that each structure answered.

    `answers`: structure_id, variable, before (double), code_before, present_before (answered, whatever the value).
    `forms`: structure_id, form (what it was asked then); `asked`: form, variable. `medians`: structure_type, variable,
    n, median of the magnitudes that are not zero, a row per sender of the latest earlier campaign of the type.
    A structure that comes from others has the sums of their numbers (see `ingest.values.panel`), and no form. A
    variable that is not comparable (``breaks.csv``) has no value, only `present_before`.
    """

    answers: pl.DataFrame
    forms: pl.DataFrame
    asked: pl.DataFrame
    medians: pl.DataFrame


def answers_before(
    home: Home, registry: Registry, campaign: int, structures: pl.Series, predecessors: Mapping[str, list[str]]
) -> Before:
    """What `structures` answered before `campaign`, out of the intakes of the earlier campaigns.

    `predecessors`: the structures that some of them come from.
    """
    names = variables(registry)
    schema: dict[str, Any] = {
        "structure_id": pl.String, "variable": names, "before": pl.Float64, "code_before": pl.String,
        "present_before": pl.Boolean,
    }  # fmt: skip
    answers = [pl.DataFrame(schema=schema)]
    forms = [pl.DataFrame(schema={"structure_id": pl.String, "form": pl.String})]
    medians = [
        _medians(pl.DataFrame(schema={"structure_type": structure_types(registry), "sender": pl.String, **schema}))
    ]
    asked = []
    waiting = structures.unique()
    links = _links(predecessors)
    for year in sorted((year for year in registry.campaigns if year < campaign), reverse=True):
        path = home.intake / str(year) / "answers.parquet"
        if not path.exists():
            continue
        given = _given(registry, path, year, campaign)
        own = given.filter(pl.col("structure_id").is_in(waiting.implode()))
        waiting = waiting.filter(~waiting.is_in(own["structure_id"].unique().implode()))
        summed = _summed(registry, given, links.filter(pl.col("structure_id").is_in(waiting.implode())))
        waiting = waiting.filter(~waiting.is_in(summed["structure_id"].unique().implode()))
        answers += [own.select(list(schema)), summed.select(list(schema))]
        forms.append(own.select("structure_id", "form").unique("structure_id"))
        known = pl.concat(medians).select("structure_type").unique()
        medians.append(_medians(given.join(known, on="structure_type", how="anti")))
        asked += [(_form(year, question.structure_type), question.variable) for question in registry.questions_of(year)]
    return Before(
        pl.concat(answers),
        pl.concat(forms),
        pl.DataFrame(asked, schema={"form": pl.String, "variable": names}, orient="row"),
        pl.concat(medians),
    )


def _medians(given: pl.DataFrame) -> pl.DataFrame:
    return (
        given.filter(pl.col("before") != 0)
        .group_by("structure_type", "variable", "sender")
        .agg(n=pl.len(), median=pl.col("before").abs().median())
        .drop("sender")
    )


def _form(year: int, structure_type: str) -> str:
    return f"{year} {structure_type}"


def _given(registry: Registry, path: Path, year: int, campaign: int) -> pl.DataFrame:
    """The standing answers of `year`: structure_id, structure_type, form, sender, variable, before, code_before,
    present_before."""
    broken = [line.variable for line in registry.breaks if year < line.to_campaign <= campaign]
    comparable = ~pl.col("variable").is_in(broken)
    forms = {kind.structure_type: _form(year, kind.structure_type) for kind in registry.structure_types}
    return (
        pl.scan_parquet(path)
        .filter("current")
        .select(
            "structure_id",
            "sender",
            pl.col("structure_type").cast(structure_types(registry)),
            pl.col("structure_type").replace_strict(forms, return_dtype=pl.String).alias("form"),
            pl.col("variable").cast(variables(registry)),
            before=pl.when(comparable).then(pl.col("value_num").cast(pl.Float64)),
            code_before=pl.when(comparable).then("value_text"),
            present_before=~pl.col("status").is_in([*UNANSWERED, REJECTED]),
        )
        .collect()
    )


def _links(predecessors: Mapping[str, list[str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(structure, other, len(others)) for structure, others in predecessors.items() for other in others],
        schema={"structure_id": pl.String, "predecessor": pl.String, "number": pl.UInt32},
        orient="row",
    )


def _summed(registry: Registry, given: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The sums of the predecessors' numbers, where all of them gave one."""
    additive = [
        variable.variable
        for variable in registry.variables.values()
        if variable.type in NUMERIC_TYPES and variable.unit != SHARE_OF_A_WHOLE
    ]
    numbers = given.filter(pl.col("before").is_not_null(), pl.col("variable").is_in(additive))
    return (
        links.join(numbers, left_on="predecessor", right_on="structure_id")
        .group_by("structure_id", "variable")
        .agg(pl.col("before").sum(), pl.col("number").first(), present=pl.len())
        .filter(pl.col("present") == pl.col("number"))
        .with_columns(code_before=pl.lit(None, pl.String), present_before=pl.lit(None, pl.Boolean))
    )
