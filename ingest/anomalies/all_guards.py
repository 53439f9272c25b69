"""Every guard put to the columns of a campaign: of what they find in a column, what explains it best."""

from __future__ import annotations

import dataclasses

import polars as pl

from ingest.anomalies.balances import balance_findings
from ingest.anomalies.earlier import Before
from ingest.anomalies.exchanged import exchanged_findings
from ingest.anomalies.findings import BLOCK, OTHERS, WARN
from ingest.anomalies.gaps import constant_findings, gap_findings
from ingest.anomalies.levels import level_findings
from ingest.anomalies.order import order_findings
from ingest.anomalies.references import medians_elsewhere
from ingest.anomalies.shares import share_findings
from ingest.anomalies.standing import Standing, variables
from registry.guard_settings import NUMBERS, UNREADABLE, GuardSettings
from registry.model import Registry

COLUMN = ("unit", "variable")


def findings(
    registry: Registry,
    campaign: int,
    standing: Standing,
    before: Before,
    places: pl.DataFrame,
    settings: GuardSettings,
) -> pl.DataFrame:
    """The findings of every guard (their columns: see `findings.finding`), one per unit and variable."""
    positions = places.select(*COLUMN, "position")
    others = [
        gap_findings(registry, campaign, standing, before, settings),
        constant_findings(standing, before, settings),
        share_findings(standing, before, settings),
    ]

    def together(numbers: pl.DataFrame) -> pl.DataFrame:
        found = pl.concat([numbers, *others])
        return pl.concat([found, balance_findings(registry, campaign, standing, found, settings)])

    found = together(_of_numbers(standing, standing, before, positions, settings))
    wrong = _wrong_for_certain(found, variables(registry))
    if wrong.height:
        sound = dataclasses.replace(standing, answers=standing.answers.join(wrong, on=COLUMN, how="anti"))
        found = together(_of_numbers(standing, sound, before, positions, settings))
    ranks = {guard: rank for rank, guard in enumerate(NUMBERS)}
    return (
        found.with_columns(rank=pl.col("guard").replace_strict(ranks, return_dtype=pl.Int32))
        .sort("severity", "rank", "other")
        .unique(COLUMN, keep="first", maintain_order=True)
        .drop("rank")
        .with_columns(severity=_severity(before))
    )


def _severity(before: Before) -> pl.Expr:
    """The first campaign of all has no past: senders differ by nature, and what the others say of a column is a reason
    to look at it, not to wait for it."""
    if before.medians.height:
        return pl.col("severity")
    against_others = (pl.col("basis") == OTHERS) & (pl.col("guard") != UNREADABLE)
    return pl.when(against_others).then(pl.lit(WARN)).otherwise("severity")


def _of_numbers(
    standing: Standing, sound: Standing, before: Before, positions: pl.DataFrame, settings: GuardSettings
) -> pl.DataFrame:
    """The findings of the guards on numbers; the other senders' medians are those of `sound`."""
    elsewhere = medians_elsewhere(sound, before, settings)
    return pl.concat(
        [
            order_findings(standing, before, elsewhere, positions, settings),
            exchanged_findings(standing, before, positions, settings),
            level_findings(standing, before, elsewhere, settings),
        ]
    )


def _wrong_for_certain(found: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """unit, variable: what is blocked on its own past, its parts or what is required of it, and what it was exchanged
    with. Such a column is no reference: where senders are few, it would make a sound one look wrong."""
    certain = found.filter(pl.col("severity") == BLOCK, pl.col("basis") != OTHERS)
    both = pl.concat([certain.select(COLUMN), certain.select("unit", variable="other")])
    return both.select("unit", pl.col("variable").cast(names, strict=False)).drop_nulls().unique()
