"""Walk a figure back to the cells that it rests on: figure, indicator, answers, file, sheet, cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.home import Home
from registry.computed import Indicator
from registry.expressions import columns_of
from registry.figures import FRAME_KINDS, Filled, filled_expressions, published_treatment
from registry.model import Registry
from registry.wide import asked_under, computed_under

FACTS = ("fct_centres", "fct_governance", "fct_volunteers", "fct_staff", "fct_finances", "fct_actions")
STATUS_WORDS = {
    "declared": "déclarée",
    "zero": "zéro",
    "blank": "sans réponse",
    "refused": "ne souhaite pas répondre",
    "not_concerned": "non concerné",
    "dont_know": "ne sait pas",
    "rejected": "écartée",
    "corrected": "corrigée",
}
ANSWER_COLUMNS = (
    *("structure_id", "variable", "status", "raw", "value", "counted", "sender", "file", "sheet", "cell"),
    *("question_code", "received", "decision"),
)
IMPUTED_COLUMNS = (
    *("structure_id", "variable", "value_num", "method", "donor_campaign", "donor_variable", "donor_value"),
    *("factor", "donors", "stratum"),
)
WEIGHT_COLUMNS = ("structure_id", "weighting", "mode", "weight", "stratum", "collapsed_into", "capped")
DECISION_COLUMNS = (
    *("structure_id", "variable", "rule", "action", "value", "reason", "comment", "sender", "author", "decided_at"),
    *("state", "file", "sheet", "cell"),
)


class TraceError(Exception):
    """The figure or the cell asked for doesn't exist; the text says what does, in French."""


@dataclass(frozen=True)
class FigureAddress:
    """A figure as pages refer to it: ``2019/DEP-62/CS/fte_total``, with ``/<breakdown>`` where it has one."""

    campaign: int
    territory_id: str
    structure_type: str
    indicator: str
    breakdown: str = ""

    @classmethod
    def parsed(cls, text: str) -> FigureAddress:
        """The address written in `text`. Raises `TraceError`."""
        campaign, *others = text.strip().split("/")
        if not (campaign.isdecimal() and len(others) in (3, 4) and all(others)):
            raise TraceError(
                f"Adresse de chiffre illisible : « {text} ». Attendu : CAMPAGNE/TERRITOIRE/TYPE/INDICATEUR[/MODALITÉ], "
                "comme l'attribut data-figure des pages."
            )
        return cls(int(campaign), *others)

    def __str__(self) -> str:
        """The address, as pages print it."""
        parts = (str(self.campaign), self.territory_id, self.structure_type, self.indicator, self.breakdown)
        return "/".join(part for part in parts if part)


@dataclass
class Trace:
    """A figure (its line of `figures`) and what is under it, down to the answers.

    `variables`: those asked. `computed`: column derived from them → its SQL. `from_frame`: the figure counts structures
    of the frame, no answer is under it. `answers`: one row per structure and variable (`ANSWER_COLUMNS`; `counted`: the
    structure satisfies the figure's base as it answered). `imputed` (`IMPUTED_COLUMNS`): the values put in the place of
    missing answers. `weights` (`WEIGHT_COLUMNS`): for how many each structure stands, where the figure is weighted.
    `decisions` (`DECISION_COLUMNS`): those taken on these answers, whatever became of them.
    """

    address: FigureAddress
    figure: dict[str, Any]
    label_fr: str
    base_label: str
    variables: list[str]
    computed: dict[str, str]
    from_frame: bool
    answers: pl.DataFrame
    imputed: pl.DataFrame
    weights: pl.DataFrame
    decisions: pl.DataFrame

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {
            "address": str(self.address),
            "figure": self.figure,
            "label_fr": self.label_fr,
            "base_label": self.base_label,
            "variables": self.variables,
            "computed": self.computed,
            "from_frame": self.from_frame,
            "answers": self.answers.to_dicts(),
            "imputed": self.imputed.to_dicts(),
            "weights": self.weights.to_dicts(),
            "decisions": self.decisions.to_dicts(),
        }


def trace_figure(candidate: Path, home: Home, registry: Registry, address: FigureAddress) -> Trace:
    """The figure of `candidate` and what is under it. Raises `TraceError`."""
    campaign = address.campaign
    definition = next((line for line in registry.indicators if line.indicator == address.indicator), None)
    if definition is None:
        raise TraceError(
            f"Indicateur inconnu : {address.indicator}. Les indicateurs sont dans questionnaires/indicators.csv."
        )
    figure = _figure(candidate, address)
    filled = _filled(registry, definition, address)
    columns = set().union(*(columns_of(text) for text in filled.texts))
    variables = asked_under(columns, registry, campaign, filled.types)
    structures = _structures(candidate, address, filled.types)
    under = pl.col("structure_id").is_in(structures) & pl.col("variable").is_in(variables)
    counted = in_base(candidate, campaign, filled.base)
    intake = home.intake / str(campaign)
    number = pl.col("value_num").cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    answers = pl.read_parquet(intake / "answers.parquet").filter("current", under)
    decided = under | (pl.col("structure_id").is_in(structures) & (pl.col("variable") == ""))
    treatment = published_treatment(registry, address.indicator, campaign)
    imputed = pl.read_parquet(candidate / "quality" / "imputed.parquet").filter(
        under, pl.col("campaign") == campaign, treatment.imputed
    )
    weights = pl.read_parquet(candidate / "quality" / "weights.parquet").filter(
        pl.col("structure_id").is_in(structures),
        pl.col("campaign") == campaign,
        pl.col("weighting") == treatment.weighting,
    )
    return Trace(
        address=address,
        figure=figure,
        label_fr=definition.label_fr,
        base_label=definition.base_label,
        variables=variables,
        computed=computed_under(columns, registry, campaign, filled.types),
        from_frame=definition.kind in FRAME_KINDS,
        answers=answers.with_columns(
            value=pl.coalesce(number, pl.col("value_text"), pl.col("value_date").cast(pl.String)),
            counted=pl.col("structure_id").is_in(counted),
        )
        .select(ANSWER_COLUMNS)
        .sort("structure_id", "variable"),
        imputed=_as_numbers(imputed.select(IMPUTED_COLUMNS).sort("structure_id", "variable")),
        weights=_as_numbers(weights.select(WEIGHT_COLUMNS).sort("structure_id")),
        decisions=pl.read_parquet(intake / "decisions.parquet")
        .filter(decided)
        .select(DECISION_COLUMNS)
        .sort("structure_id", "variable", "decided_at"),
    )


def _as_numbers(table: pl.DataFrame) -> pl.DataFrame:
    """The table with its decimals as floats: what JSON, a page and a screen can write."""
    return table.with_columns(pl.selectors.decimal().cast(pl.Float64))


def address_at(
    candidate: Path, campaign: int, indicator: str, level: str, code: str, structure_type: str, breakdown: str = ""
) -> FigureAddress:
    """The address of a figure whose territory is told by its level and code. Raises `TraceError`."""
    territories = pl.read_parquet(candidate / "marts" / "dim_territory.parquet")
    found = territories.filter(pl.col("level") == level, pl.col("code") == code)["territory_id"]
    if found.is_empty():
        levels = ", ".join(territories["level"].unique().sort())
        raise TraceError(f"Territoire inconnu : {level}:{code}. Niveaux : {levels}.")
    return FigureAddress(campaign, found[0], structure_type, indicator, breakdown)


def in_base(candidate: Path, campaign: int, base: str) -> list[str]:
    """The structures of a campaign that satisfy `base` as they answered, over the facts joined."""
    query = f"select structure_id from {facts_joined(candidate)} where campaign = {int(campaign)} and responded = 1"
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(f"{query} and ({base or 'true'})").fetchall()]


def facts_joined(candidate: Path) -> str:
    """The SQL of one row per campaign and structure of the frame, with the columns of every fact."""
    first, *others = ((candidate / "marts" / f"{name}.parquet").as_posix() for name in FACTS)
    joins = " ".join(
        f"left join read_parquet('{path}') f{number} using (campaign, structure_id, structure_type)"
        for number, path in enumerate(others, start=1)
    )
    return f"read_parquet('{first}') {joins}"


def _figure(candidate: Path, address: FigureAddress) -> dict[str, Any]:
    figures = pl.scan_parquet(candidate / "marts" / "figures.parquet")
    of_territory = figures.filter(
        pl.col("campaign") == address.campaign,
        pl.col("territory_id") == address.territory_id,
        pl.col("structure_type") == address.structure_type,
        pl.col("indicator") == address.indicator,
    ).collect()
    found = of_territory.filter(pl.col("breakdown") == address.breakdown)
    if found.height:
        return found.row(0, named=True)
    if of_territory.height:
        choices = ", ".join(of_territory["breakdown"].unique().sort())
        raise TraceError(f"Pas de chiffre {address} pour la modalité « {address.breakdown} ». Modalités : {choices}.")
    raise TraceError(f"Pas de chiffre {address} : personne n'a répondu, ou l'indicateur n'y est pas calculé.")


def _filled(registry: Registry, definition: Indicator, address: FigureAddress) -> Filled:
    for filled in filled_expressions(registry, definition, address.campaign):
        if (filled.structure_type, filled.choice) == (address.structure_type, address.breakdown):
            return filled
    raise TraceError(f"{address} ne se calcule plus ainsi : questionnaires/ a changé depuis. Refaites senacs build.")


def _structures(candidate: Path, address: FigureAddress, types: Iterable[str]) -> list[str]:
    bridge = pl.scan_parquet(candidate / "marts" / "bridge_territory_structure.parquet")
    return (
        bridge.filter(
            pl.col("campaign") == address.campaign,
            pl.col("territory_id") == address.territory_id,
            pl.col("structure_type").is_in(list(types)),
        )
        .select("structure_id")
        .collect()["structure_id"]
        .to_list()
    )
