"""Walk a figure back to the cells that it rests on: figure, indicator, answers, file, sheet, cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.home import Home
from ingest.registry.expressions import columns_of, filled_template
from ingest.registry.figures import ALL_TYPES, breakdown_options
from ingest.registry.model import Indicator, Registry
from ingest.registry.wide import asked_under

if TYPE_CHECKING:
    import polars as pl

FACTS = ("fct_centres", "fct_governance", "fct_volunteers", "fct_staff", "fct_finances", "fct_actions")
ANSWER_COLUMNS = ("structure_id", "variable", "status", "raw", "value", "counted", "sender", "file", "sheet", "cell")


class TraceError(Exception):
    """The figure asked for doesn't exist; the text says what does, in French."""


@dataclass
class Trace:
    """A figure (its line of `figures`) and its answers: one row per structure and variable (`ANSWER_COLUMNS`).

    `counted`: the structure satisfies the figure's base.
    """

    figure: dict[str, Any]
    label_fr: str
    base_label: str
    variables: list[str]
    answers: pl.DataFrame


def trace_figure(
    candidate: Path,
    home: Home,
    registry: Registry,
    campaign: int,
    indicator: str,
    level: str,
    code: str,
    structure_type: str,
    breakdown: str = "",
) -> Trace:
    """The figure of `candidate` and the answers under it. Raises `TraceError`."""
    import polars as pl

    definition = next((line for line in registry.indicators if line.indicator == indicator), None)
    if definition is None:
        raise TraceError(f"Indicateur inconnu : {indicator}. Les indicateurs sont dans questionnaires/indicators.csv.")
    figure = _figure(candidate, campaign, indicator, level, code, structure_type, breakdown)
    types = registry.types_asked(campaign) if structure_type == ALL_TYPES else [structure_type]
    options = breakdown_options(registry, definition.breakdown, campaign, types)
    parameters = registry.parameters_of(campaign)
    columns = _columns(definition, breakdown, options, parameters)
    variables = asked_under(columns, registry, campaign)
    structures = _structures(candidate, figure, types)
    counted = _in_base(candidate, campaign, filled_template(definition.base, breakdown, options, parameters))
    answers = pl.read_parquet(home.intake / str(campaign) / "answers.parquet").filter(
        "current", pl.col("variable").is_in(variables), pl.col("structure_id").is_in(structures)
    )
    number = pl.col("value_num").cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    table = answers.with_columns(
        value=pl.coalesce(number, pl.col("value_text"), pl.col("value_date").cast(pl.String)),
        counted=pl.col("structure_id").is_in(counted),
    )
    return Trace(
        figure,
        definition.label_fr,
        definition.base_label,
        variables,
        table.select(ANSWER_COLUMNS).sort("structure_id", "variable"),
    )


def _figure(
    candidate: Path, campaign: int, indicator: str, level: str, code: str, structure_type: str, breakdown: str
) -> dict[str, Any]:
    import polars as pl

    figures = pl.scan_parquet(candidate / "marts" / "figures.parquet")
    of_indicator = figures.filter(pl.col("campaign") == campaign, pl.col("indicator") == indicator).collect()
    of_territory = of_indicator.filter(
        pl.col("level") == level, pl.col("territory") == code, pl.col("structure_type") == structure_type
    )
    found = of_territory.filter(pl.col("breakdown") == breakdown)
    if found.height:
        return found.row(0, named=True)
    wanted = f"{indicator}, {level}:{code}, {structure_type}, campagne {campaign}"
    if of_territory.height:
        choices = ", ".join(of_territory["breakdown"].unique().sort())
        raise TraceError(f"Pas de chiffre pour {wanted} et la modalité « {breakdown} ». Modalités : {choices}.")
    raise TraceError(f"Pas de chiffre pour {wanted} : personne n'a répondu, ou l'indicateur n'y est pas calculé.")


def _columns(definition: Indicator, breakdown: str, options: list[str], parameters: dict[str, str]) -> set[str]:
    texts = (definition.numerator, definition.denominator, definition.base)
    filled = (filled_template(text, breakdown, options, parameters) for text in texts)
    return set().union(*(columns_of(text) for text in filled))


def _structures(candidate: Path, figure: dict[str, Any], types: list[str]) -> list[str]:
    import polars as pl

    bridge = pl.scan_parquet(candidate / "marts" / "bridge_territory_structure.parquet")
    return (
        bridge.filter(
            pl.col("campaign") == figure["campaign"],
            pl.col("territory_id") == figure["territory_id"],
            pl.col("structure_type").is_in(types),
        )
        .select("structure_id")
        .collect()["structure_id"]
        .to_list()
    )


def _in_base(candidate: Path, campaign: int, base: str) -> list[str]:
    """The structures of a campaign that satisfy `base`, over the facts joined."""
    import duckdb

    first, *others = ((candidate / "marts" / f"{name}.parquet").as_posix() for name in FACTS)
    joins = " ".join(
        f"left join read_parquet('{path}') f{number} using (campaign, structure_id, structure_type)"
        for number, path in enumerate(others, start=1)
    )
    query = (
        f"select structure_id from read_parquet('{first}') {joins} "
        f"where campaign = {int(campaign)} and responded = 1 and ({base or 'true'})"
    )
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(query).fetchall()]
