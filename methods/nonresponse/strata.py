"""Classes of structures: what they are crossed from, and how those too small are put together."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from registry.model import Registry

ABSENT = "?"


def with_dimensions(frame: pl.DataFrame, registry: Registry, names: Sequence[str]) -> pl.DataFrame:
    """`frame` (lines of one campaign or several) with each dimension of `names` as text.

    A dimension that is a level of territory comes from the members of its territories in the vintage of the campaign.
    What has no value is `ABSENT`: a class of its own.
    """
    levels = {str(level["level"]) for level in registry.territory_levels}
    for name in dict.fromkeys(names):
        if name not in frame.columns and name in levels:
            frame = _with_territory(frame, registry, name)
    return frame.with_columns(
        pl.col(name).cast(pl.String).replace("", None).fill_null(ABSENT) for name in dict.fromkeys(names)
    )


def crossed(level: str) -> pl.Expr:
    """The class of a structure at a level (``structure_type+departement``), as ``structure_type=CS;departement=62``."""
    return pl.concat_str([pl.format(name + "={}", pl.col(name)) for name in level.split("+")], separator=";")


def collapsed_strata(
    structures: pl.DataFrame, levels: Sequence[str], min_respondents: int, min_rate: float
) -> pl.DataFrame:
    """`structures` with `stratum` (the class at the finest level) and `collapsed_into` (the class that serves).

    `structures` are the population to represent, with `responded` (0/1) and the dimensions of `levels`, finest first. A
    class serves when it has `min_respondents` respondents, or a response rate above `min_rate`. The structures of those
    that don't are put together at the next level. What is left at the last one joins the class with fewest respondents
    among those that serve in it; where none does, it serves as it is.
    """
    waiting = structures.with_columns(stratum=crossed(levels[0]))
    settled = []
    for level in levels:
        waiting = waiting.with_columns(
            collapsed_into=crossed(level), respondents=pl.col("responded").sum().over(crossed(level))
        )
        enough = (pl.col("respondents") >= min_respondents) | (
            pl.col("respondents") > min_rate * pl.len().over("collapsed_into")
        )
        waiting = waiting.with_columns(enough=enough)
        settled.append(waiting.filter("enough"))
        waiting = waiting.filter(~pl.col("enough"))
    served = pl.concat(settled)
    if waiting.height:
        smallest = (
            served.with_columns(whole=crossed(levels[-1]))
            .sort("respondents", "collapsed_into")
            .unique("whole", keep="first", maintain_order=True)
            .select("whole", joined="collapsed_into")
        )
        waiting = waiting.join(smallest, left_on="collapsed_into", right_on="whole", how="left").with_columns(
            collapsed_into=pl.coalesce("joined", "collapsed_into")
        )
        served = pl.concat([served, waiting.drop("joined")])
    return served.drop("respondents", "enough")


def _with_territory(frame: pl.DataFrame, registry: Registry, level: str) -> pl.DataFrame:
    territories = {line.territory_id: line for line in registry.territories if line.level == level}
    lines = [
        (campaign, member.member_type, member.member_code, territory.code)
        for campaign in registry.campaigns
        for member in registry.territory_members
        if (territory := territories.get(member.territory_id))
        and (territory.vintage_from or campaign) <= campaign <= (territory.vintage_to or campaign)
    ]
    schema = {"campaign": pl.Int32, "kind": pl.String, "code": pl.String, level: pl.String}
    members = pl.DataFrame(lines, schema=schema, orient="row")
    found = pl.lit(None, pl.String)
    for kind in sorted(set(members["kind"]) & set(frame.columns)):
        of_kind = members.filter(kind=kind).unique(["campaign", "code"], keep="first", maintain_order=True)
        renamed = of_kind.select("campaign", pl.col("code").alias(kind), pl.col(level).alias(f"by_{kind}"))
        frame = frame.join(renamed, on=["campaign", kind], how="left", maintain_order="left")
        found = pl.coalesce(found, f"by_{kind}")
    return frame.with_columns(found.alias(level)).drop(pl.selectors.starts_with("by_"))
