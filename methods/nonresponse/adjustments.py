"""The tables on non-response, from the frames, the responses and the answers of all campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from core.atomic import replaced_file
from core.home import Home
from methods.nonresponse.imputation import RUN, earlier_campaign, filled, imputed_table
from methods.nonresponse.masking import masked, masking_report, masking_table
from methods.nonresponse.strata import with_dimensions
from methods.nonresponse.weights import weights_of
from registry.model import Registry
from registry.nonresponse import Imputation

NOT_CONCERNED = "not_concerned"
TABLES = ("weights", "weightings", "imputed", "masking")


def build_adjustments(home: Home, registry: Registry) -> dict[str, pl.DataFrame]:
    """Write ``intake/<table>.parquet`` for each of `TABLES` (docs/data-contracts.md), and return them.

    Answers are read only when a line of imputation.csv asks for it.
    """
    frame = pl.read_parquet(home.intake / "frame.parquet")
    campaigns = [year for year in registry.campaigns if (home.intake / str(year) / "responses.parquet").exists()]
    structures = frame.join(_accepted(home, campaigns), on=["campaign", "structure_id"], how="left").with_columns(
        pl.col("responded").fill_null(0)
    )
    weights, report = weights_of(structures, registry)
    imputed, masking = _imputations(structures, _values(home, registry, campaigns), registry)
    tables = dict(zip(TABLES, (weights, report, imputed, masking), strict=True))
    for name, table in tables.items():
        with replaced_file(home.intake / f"{name}.parquet") as path:
            table.write_parquet(path)
    return tables


def told(tables: dict[str, pl.DataFrame]) -> str:
    """What was done, in French, for the person who waits: a weighting that had to fall back is named."""
    report = tables["weightings"]
    failed = [
        f"{row['weighting']} {row['campaign']} ne converge pas, remplacé par {row['fallback']}"
        for row in report.filter(report["converged"].eq(False)).iter_rows(named=True)
    ]
    return ", ".join([f"{report.height} redressements", f"{tables['imputed'].height} valeurs imputées", *failed])


def _accepted(home: Home, campaigns: list[int]) -> pl.DataFrame:
    """campaign, structure_id, responded (1) of the structures with an accepted response."""
    schema = {"campaign": pl.Int32, "structure_id": pl.String, "responded": pl.Int32}
    tables = [
        pl.read_parquet(home.intake / str(campaign) / "responses.parquet")
        .filter(pl.col("state") == "accepted")
        .select("campaign", "structure_id", responded=pl.lit(1, pl.Int32))
        for campaign in campaigns
    ]
    return pl.concat([pl.DataFrame(schema=schema), *tables])


def _values(home: Home, registry: Registry, campaigns: list[int]) -> pl.DataFrame:
    """campaign, structure_id, variable, value (null when it was not answered), concerned; of the variables that
    imputation.csv names."""
    names = sorted({name for line in registry.imputations for name in (line.variable, line.correlated) if name})
    schema = {
        "campaign": pl.Int32, "structure_id": pl.String, "variable": pl.String, "value": pl.Float64,
        "concerned": pl.Boolean,
    }  # fmt: skip
    tables = [
        pl.scan_parquet(home.intake / str(campaign) / "answers.parquet")
        .filter(pl.col("current"), pl.col("variable").is_in(names))
        .select(
            "campaign",
            "structure_id",
            "variable",
            value=pl.col("value_num").cast(pl.Float64),
            concerned=pl.col("status") != NOT_CONCERNED,
        )
        for campaign in (campaigns if names else [])
    ]
    return pl.concat([pl.DataFrame(schema=schema), *pl.collect_all(tables)])


def _imputations(
    structures: pl.DataFrame, values: pl.DataFrame, registry: Registry
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    found: list[pl.DataFrame] = []
    report: list[dict[str, Any]] = []
    dimensions = [name for line in registry.imputations for name in line.dimensions]
    placed = with_dimensions(structures.filter(structures["responded"] == 1), registry, dimensions)
    for line, campaign in _asked(registry):
        last = earlier_campaign(registry, line, campaign)
        asked = _asked_of(placed, values, registry, line, campaign, last)
        known = asked.filter(asked["now"].is_not_null())
        if not known.height:
            continue
        variable = registry.variables[line.variable]
        report += masking_report(campaign, line.variable, masked(known, line, variable, (campaign, last)))
        if line.active:
            blank = asked.filter(asked["now"].is_null() & asked["concerned"])
            found.append(filled(blank, known, line, variable, (campaign, last)))
    return imputed_table(found), masking_table(report)


def _asked(registry: Registry) -> Iterator[tuple[Imputation, int]]:
    asked = {(question.campaign, question.variable) for question in registry.questions}
    for line in registry.imputations:
        for campaign in line.campaigns:
            if (campaign, line.variable) in asked:
                yield line, campaign


def _asked_of(
    placed: pl.DataFrame, values: pl.DataFrame, registry: Registry, line: Imputation, campaign: int, last: int | None
) -> pl.DataFrame:
    """The respondents whose form has the question: their dimensions, `now`, `concerned`, `earlier`, `other`."""
    types = [
        question.structure_type
        for question in registry.questions_of(campaign)
        if question.variable == line.variable
    ]  # fmt: skip
    respondents = placed.filter(pl.col("campaign") == campaign, pl.col("structure_type").is_in(types)).with_columns(
        pl.lit(0, pl.Int32).alias(RUN), variable=pl.lit(line.variable)
    )
    sources = {"now": (campaign, line.variable), "earlier": (last, line.variable), "other": (campaign, line.correlated)}
    for name, (year, variable) in sources.items():
        of_source = values.filter(pl.col("campaign").eq_missing(year), pl.col("variable") == variable)
        columns = ["structure_id", pl.col("value").alias(name), *(["concerned"] if name == "now" else [])]
        respondents = respondents.join(of_source.select(columns), on="structure_id", how="left", maintain_order="left")
    return respondents.with_columns(pl.col("concerned").fill_null(True))
