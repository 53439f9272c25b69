"""A survey of six structures, two campaigns and two forms, as ingest would write it: small enough to compute by hand.

Its questions are not SENACS's: the dbt project takes every name from the registry.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

CAMPAIGNS = [(2031, 2030), (2032, 2031)]

# variable, section, type, forms that ask it, release, label
VARIABLES: list[tuple[str, str, str, tuple[tuple[int, str], ...], str, str]] = [
    ("title", "identity", "text", ((2031, "CS"), (2032, "CS"), (2032, "EVS")), "directory", "Nom : l'enseigne"),
    ("fcsf_member", "identity", "integer", ((2031, "CS"), (2032, "CS")), "mart", "Adhérent"),
    ("remarks", "identity", "text", ((2032, "CS"), (2032, "EVS")), "never", "Remarques"),
    ("members", "governance", "integer", ((2031, "CS"), (2032, "CS"), (2032, "EVS")), "mart", "Membres"),
    ("regulars", "volunteers", "integer", ((2031, "CS"),), "mart", "Bénévoles réguliers"),
    ("occasionals", "volunteers", "integer", ((2031, "CS"),), "mart", "Bénévoles occasionnels"),
    ("helpers", "volunteers", "integer", ((2032, "CS"), (2032, "EVS")), "mart", "Bénévoles"),
    ("fte", "staff", "decimal", ((2031, "CS"), (2032, "CS")), "mart", "ETP"),
    ("budget", "finances", "decimal", ((2031, "CS"), (2032, "CS")), "mart", "Budget"),
    ("hidden_cost", "finances", "decimal", ((2032, "CS"), (2032, "EVS")), "never", "Coût salarial"),
    ("topics", "actions", "text", ((2032, "CS"),), "mart", "Thèmes"),
    ("opened_on", "publics", "date", ((2032, "CS"),), "mart", "Ouverture"),
]

OPTIONS = {"topics": ("art", "sport")}

DERIVED = [
    ("helpers", "volunteers", "integer", "case when campaign in (2031) then (regulars + occasionals) else helpers end"),
    ("people", "volunteers", "integer", "case when campaign in (2031, 2032) then (members + helpers) end"),
]

TERRITORIES = [
    ("FR", "national", "FR", "France", 2031, None),
    ("REG-OLD", "region", "31", "Ancienne région", 2030, 2031),
    ("REG-NEW", "region", "32", "Nouvelle région", 2032, None),
    ("DEP-59", "departement", "59", "Nord", 2031, None),
    ("DEP-62", "departement", "62", "Pas-de-Calais", 2031, None),
    ("FED-A", "federation", "A", "Fédération A", 2031, None),
    ("FOC-SEA", "focus", "SEA", "Littoral", 2031, None),
]

MEMBERS = [
    ("REG-OLD", "departement", "59"),
    ("REG-OLD", "departement", "62"),
    ("REG-NEW", "departement", "59"),
    ("REG-NEW", "departement", "62"),
    ("FED-A", "federation", "A"),
]

LEVELS = [
    ("national", "France", 1, True),
    ("region", "Région", 2, True),
    ("departement", "Département", 3, True),
    ("federation", "Fédération", 4, True),
    ("focus", "Territoire d'étude", 5, False),
]

# campaign, structure, type, département, federation, focus, solicited
FRAME = [
    (2031, "CS-1", "CS", "62", "A", "", 1),
    (2031, "CS-2", "CS", "59", "", "", 1),
    (2032, "CS-1", "CS", "62", "A", "SEA", 1),
    (2032, "CS-2", "CS", "59", "B", "", 1),
    (2032, "EVS-1", "EVS", "62", "A", "SEA;HILL", 0),
    (2032, "EVS-2", "EVS", "59", "", "", 1),
]

# campaign, structure, type, state, sender
RESPONSES = [
    (2031, "CS-1", "CS", "accepted", "fede-a"),
    (2031, "CS-2", "CS", "incomplete", "fede-a"),
    (2032, "CS-1", "CS", "replaced", "fede-a"),
    (2032, "CS-1", "CS", "accepted", "fede-a"),
    (2032, "CS-2", "CS", "accepted", "caf-59"),
    (2032, "EVS-1", "EVS", "accepted", "fede-a"),
]

# campaign, structure, type, variable, status, value, still standing
ANSWERS: list[tuple[int, str, str, str, str, Any, bool]] = [
    (2031, "CS-1", "CS", "title", "declared", "La Source", True),
    (2031, "CS-1", "CS", "fcsf_member", "declared", 0, True),
    (2031, "CS-1", "CS", "members", "declared", 12, True),
    (2031, "CS-1", "CS", "regulars", "declared", 7, True),
    (2031, "CS-1", "CS", "occasionals", "zero", 0, True),
    (2031, "CS-1", "CS", "budget", "refused", None, True),
    (2032, "CS-1", "CS", "helpers", "declared", 99, False),
    (2032, "CS-1", "CS", "helpers", "declared", 10, True),
    (2032, "CS-1", "CS", "members", "declared", 5, True),
    (2032, "CS-1", "CS", "budget", "declared", 1000.25, True),
    (2032, "CS-1", "CS", "fte", "declared", 2.5, True),
    (2032, "CS-1", "CS", "hidden_cost", "declared", 40000, True),
    (2032, "CS-1", "CS", "topics", "declared", "art|sport", True),
    (2032, "CS-1", "CS", "opened_on", "declared", dt.date(1998, 9, 1), True),
    (2032, "CS-1", "CS", "remarks", "declared", "Appeler Mme Martin", True),
    (2032, "CS-2", "CS", "helpers", "dont_know", None, True),
    (2032, "CS-2", "CS", "members", "declared", 3, True),
    (2032, "CS-2", "CS", "budget", "declared", 1000.76, True),
    (2032, "CS-2", "CS", "topics", "declared", "sport", True),
    (2032, "EVS-1", "EVS", "helpers", "declared", 4, True),
    (2032, "EVS-1", "EVS", "hidden_cost", "declared", 10000, True),
]


def _answered(variable: str) -> str:
    return f"COUNT(CASE WHEN {variable} IS NOT NULL THEN 1 END)"


def _sum(variable: str) -> str:
    return f"SUM(CASE WHEN {variable} IS NOT NULL THEN {variable} END)"


_AGREED = "COUNT(CASE WHEN agreed = 1 THEN 1 END)"
_FRAME = ("SUM(CASE WHEN agreed = 1 THEN responded END)", "SUM(CASE WHEN agreed = 1 THEN agreed END)", _AGREED)

# indicator, breakdown, (campaign, type)..., population, (numerator, denominator, n), kind, factor, decimals, unit
INDICATORS: list[tuple[str, str, tuple[tuple[int, str], ...], str, tuple[str, str | None, str], str, int, int, str]] = [
    ("agreed", "", ((2031, "CS"), (2032, "CS"), (2032, "EVS"), (2032, "ALL")), "frame",
     ("SUM(CASE WHEN agreed = 1 THEN agreed END)", None, _AGREED), "frame", 1, 0, "structures"),
    ("response_rate", "", ((2031, "CS"), (2032, "CS"), (2032, "EVS"), (2032, "ALL")), "frame",
     _FRAME, "frame_share", 100, 1, "percent"),
    ("helpers_total", "", ((2031, "CS"), (2032, "CS"), (2032, "EVS"), (2032, "ALL")), "respondents",
     (_sum("helpers"), None, _answered("helpers")), "sum", 1, 0, "persons"),
    ("budget_mean", "", ((2031, "CS"), (2032, "CS")), "respondents",
     (_sum("budget"), _answered("budget"), _answered("budget")), "mean", 1, 2, "EUR"),
    ("cost_total", "", ((2032, "CS"), (2032, "EVS"), (2032, "ALL")), "respondents",
     (_sum("hidden_cost"), None, _answered("hidden_cost")), "sum", 1, 0, "EUR"),
    *(
        ("topics_share", option, ((2032, "CS"),), "respondents",
         (f"SUM(CASE WHEN topics IS NOT NULL THEN topics__{option} END)", _answered("topics"), _answered("topics")),
         "share", 100, 0, "percent")
        for option in OPTIONS["topics"]
    ),
]  # fmt: skip


# The weights of 2032: CS-1 stands for itself, CS-2 for two, EVS-1 for one and a half.
WEIGHTS = [(2032, "CS-1", "1.000000"), (2032, "CS-2", "2.000000"), (2032, "EVS-1", "1.500000")]

# What CS-2 did not know in 2032, imputed.
IMPUTED = [(2032, "CS-2", "CS", "helpers", "6.000000")]

_HELPERS = "CASE WHEN helpers IS NOT NULL THEN"
_WEIGHTED_SUM = f"SUM({_HELPERS} weight__by_type * (helpers) END)"
_IMPUTED = f"COUNT({_HELPERS} CASE WHEN helpers__status = 'imputed' THEN 1 END END)"

# The sum of the helpers, by treatment of non-response: weighting, imputed, numerator, count of imputed rows.
TREATMENTS: list[tuple[str, bool, str, str | None]] = [
    ("none", False, f"SUM({_HELPERS} helpers END)", None),
    ("by_type", False, _WEIGHTED_SUM, None),
    ("none", True, f"SUM({_HELPERS} helpers END)", _IMPUTED),
    ("by_type", True, _WEIGHTED_SUM, _IMPUTED),
]


def wide_columns() -> list[dict[str, Any]]:
    """The lines of ``registry/wide_columns.parquet``."""
    lines: list[dict[str, Any]] = []

    def add(column: str, variable: str, choice: str | None, kind: str, sql_type: str, section: str,
            expression: str | None, label: str, release: str) -> None:  # fmt: skip
        lines.append(
            {"position": len(lines) + 1, "column": column, "variable": variable, "choice": choice, "kind": kind,
             "sql_type": sql_type, "section": section, "expression": expression, "label_fr": label, "release": release}
        )  # fmt: skip

    for variable, section, sql_type, _, release, label in VARIABLES:
        add(variable, variable, None, "answer", sql_type, section, None, label, release)
    for variable, options in OPTIONS.items():
        for option in options:
            ticked = f"'|' || {variable} || '|' like '%|{option}|%'"
            expression = f"case when {variable} is null then null when {ticked} then 1 else 0 end"
            add(f"{variable}__{option}", variable, option, "option", "integer", "actions", expression, option, "mart")
    for variable, section, sql_type, expression in DERIVED:
        add(variable, variable, None, "derived", sql_type, section, expression, variable, "mart")
    return lines


def write_registry(folder: Path) -> None:
    """Write the part of ``registry/`` that dbt reads."""
    folder.mkdir(parents=True)
    tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {
        "campaigns": (
            ["campaign", "data_year", "opens_on", "closes_on"],
            [(year, data, dt.date(year, 3, 1), dt.date(year, 9, 30)) for year, data in CAMPAIGNS],
        ),
        "questions": (
            ["campaign", "structure_type", "variable"],
            [(year, form, variable) for variable, _, _, forms, _, _ in VARIABLES for year, form in forms],
        ),
        "territory_levels": (["level", "label_fr", "order", "combines_types"], list(LEVELS)),
        "territories": (["territory_id", "level", "code", "name", "vintage_from", "vintage_to"], list(TERRITORIES)),
        "territory_members": (["territory_id", "member_type", "member_code"], list(MEMBERS)),
        "figure_expressions": (
            ["campaign", "structure_type", "indicator", "breakdown", "position", "population", "numerator",
             "denominator", "n", "kind", "factor", "decimals", "unit", "weighting", "n_imputed"],
            [
                (year, form, indicator, breakdown, position, population, *sql, kind, factor, decimals, unit,
                 "none", None)
                for position, (indicator, breakdown, forms, population, sql, kind, factor, decimals, unit) in enumerate(
                    INDICATORS
                )
                for year, form in forms
            ],
        ),
    }  # fmt: skip
    for name, (columns, rows) in tables.items():
        table = pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None)
        table.with_columns(pl.col(pl.Null).cast(pl.String)).write_parquet(folder / f"{name}.parquet")
    _adjusted_expressions().write_parquet(folder / "adjusted_expressions.parquet")
    pl.DataFrame(wide_columns(), infer_schema_length=None).write_parquet(folder / "wide_columns.parquet")


def _adjusted_expressions() -> pl.DataFrame:
    weights = {
        "weights": f"SUM({_HELPERS} weight__by_type END)",
        "squares": f"SUM({_HELPERS} weight__by_type * weight__by_type END)",
        "lightest": f"MIN({_HELPERS} weight__by_type END)",
        "heaviest": f"MAX({_HELPERS} weight__by_type END)",
    }
    lines = [
        {
            "campaign": 2032, "structure_type": form, "indicator": "helpers_total", "breakdown": "",
            "position": position, "population": "completed" if imputed else "respondents",
            "numerator": numerator, "denominator": None, "n": f"COUNT({_HELPERS} 1 END)", "kind": "sum",
            "factor": 1, "decimals": 0, "unit": "persons", "weighting": weighting, "n_imputed": n_imputed,
            "imputed": imputed, "published": False,
            **(weights if weighting != "none" else dict.fromkeys(weights)),
        }
        for position, (weighting, imputed, numerator, n_imputed) in enumerate(TREATMENTS)
        for form in ("CS", "EVS", "ALL")
    ]  # fmt: skip
    return pl.DataFrame(lines, infer_schema_length=None).with_columns(pl.col("denominator").cast(pl.String))


def write_intake(folder: Path) -> None:
    """Write the part of ``intake/`` that dbt reads."""
    folder.mkdir(parents=True)
    frame = pl.DataFrame(
        FRAME,
        schema=["campaign", "structure_id", "structure_type", "departement", "federation", "focus_territories",
                "solicited"],
        orient="row",
    )  # fmt: skip
    texts = ("commune_code", "commune_name", "caf", "manager_name", "manager_siren", "management_mode", "previous_ids")
    frame.with_columns(
        *(pl.lit("").alias(name) for name in texts),
        name=pl.col("structure_id").str.to_lowercase(),
        first_agreement_date=pl.lit(dt.date(1990, 1, 1)),
        agreement_end=pl.lit(None, pl.Date),
        agreed=pl.lit(1, pl.Int32),
        fcsf_member=pl.lit(1, pl.Int32),
    ).write_parquet(folder / "frame.parquet")
    pl.DataFrame(
        [("CS-2", "renamed", dt.date(2031, 12, 1))], schema=["structure_id", "event", "date"], orient="row"
    ).write_parquet(folder / "lifecycle.parquet")
    _write_adjustments(folder)
    for year, _ in CAMPAIGNS:
        (folder / str(year)).mkdir()
        responses_table().filter(campaign=year).write_parquet(folder / str(year) / "responses.parquet")
        answers_table().filter(campaign=year).write_parquet(folder / str(year) / "answers.parquet")


def _write_adjustments(folder: Path) -> None:
    weights = pl.DataFrame(WEIGHTS, schema=["campaign", "structure_id", "weight"], orient="row")
    weights.with_columns(
        pl.col("weight").str.to_decimal(scale=6).cast(pl.Decimal(9, 6)),
        weighting=pl.lit("by_type"),
        mode=pl.lit("ratio"),
        stratum=pl.lit("structure_type=CS"),
        collapsed_into=pl.lit(None, pl.String),
        capped=pl.lit(False),
    ).write_parquet(folder / "weights.parquet")
    texts = ("fallback", "reason_fr")
    counts = ("iterations", "in_population", "respondents", "strata", "strata_collapsed", "capped")
    numbers = ("largest_gap", "weights_sum", "weight_min", "weight_max", "effective_n")
    pl.DataFrame(
        {"campaign": [2032], "weighting": ["by_type"], "mode_asked": ["raking"], "mode": ["ratio"]}
    ).with_columns(
        pl.lit(False).alias("converged"),
        *(pl.lit(None, pl.String).alias(name) for name in texts),
        *(pl.lit(None, pl.Int32).alias(name) for name in counts),
        *(pl.lit(None, pl.Float64).alias(name) for name in numbers),
    ).write_parquet(folder / "weightings.parquet")
    imputed = ["campaign", "structure_id", "structure_type", "variable", "value_num"]
    pl.DataFrame(IMPUTED, schema=imputed, orient="row").with_columns(
        pl.col("value_num").str.to_decimal(scale=6).cast(pl.Decimal(18, 6)),
        method=pl.lit("growth"),
        donor_campaign=pl.lit(2031, pl.Int32),
        donor_variable=pl.lit("helpers"),
        donor_value=pl.lit(None, pl.Decimal(18, 6)),
        factor=pl.lit(1.0),
        donors=pl.lit(15, pl.Int32),
        stratum=pl.lit("structure_type=CS"),
    ).write_parquet(folder / "imputed.parquet")


def responses_table() -> pl.DataFrame:
    """``responses.parquet`` of all campaigns."""
    return pl.DataFrame(
        RESPONSES, schema=["campaign", "structure_id", "structure_type", "state", "sender"], orient="row"
    ).with_columns(received_at=pl.lit(dt.datetime(2032, 4, 1, 12)))


def answers_table() -> pl.DataFrame:
    """``answers.parquet`` of all campaigns."""
    numbers, texts, dates = (int, float), str, dt.date
    rows = [
        (
            *identity,
            value if isinstance(value, numbers) else None,
            value if isinstance(value, texts) else None,
            value if isinstance(value, dates) else None,
            current,
        )
        for *identity, value, current in ANSWERS
    ]
    return pl.DataFrame(
        rows,
        schema={
            "campaign": pl.Int32, "structure_id": pl.String, "structure_type": pl.String, "variable": pl.String,
            "status": pl.String, "value_num": pl.Decimal(18, 6), "value_text": pl.String, "value_date": pl.Date,
            "current": pl.Boolean,
        },
        orient="row",
        strict=False,
    )  # fmt: skip
