"""What is under every figure of a campaign at once: as `lineage.trace` has it, for pages that may show any of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from core.home import Home
from lineage.trace import ANSWER_COLUMNS, DECISION_COLUMNS, IMPUTED_COLUMNS, facts_joined
from registry.expressions import columns_of
from registry.figures import FRAME_KINDS, filled_expressions, published_treatment
from registry.model import Registry
from registry.wide import asked_under, computed_under


@dataclass(frozen=True)
class Computation:
    """How a figure is computed, wherever it is: see `lineage.trace.Trace` for the fields. `base` is SQL, '' for all.

    `imputed`: the treatment that is published puts values in the place of missing answers.
    """

    structure_type: str
    indicator: str
    breakdown: str
    variables: tuple[str, ...]
    computed: dict[str, str]
    base: str
    from_frame: bool
    imputed: bool


@dataclass(frozen=True)
class TracedCampaign:
    """Every figure of a campaign and what is under it.

    figures: rows of `figures`. answers: `ANSWER_COLUMNS` but `counted`, current ones under a figure. counted: base →
    the structures that satisfy it as they answered. imputed: `IMPUTED_COLUMNS`. decisions: `DECISION_COLUMNS`.
    """

    campaign: int
    computations: list[Computation]
    figures: pl.DataFrame
    answers: pl.DataFrame
    counted: dict[str, set[str]]
    imputed: pl.DataFrame
    decisions: pl.DataFrame


def traced_campaign(candidate: Path, home: Home, registry: Registry, campaign: int) -> TracedCampaign:
    """Everything that the pages of traces of a campaign show."""
    computations = list(_computations(registry, campaign))
    variables = {variable for computation in computations for variable in computation.variables}
    intake = home.intake / str(campaign)
    number = pl.col("value_num").cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    columns = [name for name in ANSWER_COLUMNS if name != "counted"]
    return TracedCampaign(
        campaign=campaign,
        computations=computations,
        figures=pl.scan_parquet(candidate / "marts" / "figures.parquet").filter(campaign=campaign).collect(),
        answers=pl.scan_parquet(intake / "answers.parquet")
        .filter("current", pl.col("variable").is_in(variables))
        .with_columns(value=pl.coalesce(number, "value_text", pl.col("value_date").cast(pl.String)))
        .select(columns)
        .sort("structure_id", "variable")
        .collect(),
        counted=_counted(candidate, campaign, {computation.base for computation in computations}),
        imputed=pl.read_parquet(candidate / "quality" / "imputed.parquet")
        .filter(campaign=campaign)
        .select(IMPUTED_COLUMNS)
        .sort("structure_id", "variable"),
        decisions=pl.read_parquet(intake / "decisions.parquet")
        .select(DECISION_COLUMNS)
        .sort("structure_id", "variable", "decided_at"),
    )


def _computations(registry: Registry, campaign: int) -> Iterable[Computation]:
    below: dict[tuple[frozenset[str], tuple[str, ...]], tuple[tuple[str, ...], dict[str, str]]] = {}
    for indicator in registry.indicators:
        if campaign not in indicator.campaigns:
            continue
        imputed = published_treatment(registry, indicator.indicator, campaign).imputed
        for filled in filled_expressions(registry, indicator, campaign):
            columns = frozenset().union(*(columns_of(text) for text in filled.texts))
            key = columns, filled.types
            if key not in below:
                asked = tuple(asked_under(set(columns), registry, campaign, filled.types))
                below[key] = asked, computed_under(set(columns), registry, campaign, filled.types)
            variables, computed = below[key]
            yield Computation(
                filled.structure_type,
                indicator.indicator,
                filled.choice,
                variables,
                computed,
                filled.base,
                indicator.kind in FRAME_KINDS,
                imputed,
            )


def _counted(candidate: Path, campaign: int, bases: set[str]) -> dict[str, set[str]]:
    """For each base the structures in it, all read in one pass over the facts joined."""
    ordered = sorted(bases)
    tests = ", ".join(f"coalesce(({base or 'true'}), false)" for base in ordered)
    query = f"select structure_id, {tests} from {facts_joined(candidate)} where campaign = $1 and responded = 1"
    with duckdb.connect() as connection:
        rows = connection.execute(query, [campaign]).fetchall() if ordered else []
    return {base: {row[0] for row in rows if row[rank]} for rank, base in enumerate(ordered, start=1)}
