"""A candidate folder as docs/data-contracts.md describes it, from the bundled frames and their expected figures."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl

from registry.export import registry_tables
from registry.load import load_registry
from tests.disclosure_fixture import write_disclosure_by_n

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
BUILD_ID = "20261122T054200-0123abcd"
PUBLISHED_AT = dt.datetime(2026, 11, 22, 6, 0, tzinfo=dt.UTC)
PRINTED = ("fiche", "courte")
"""The plaquettes of the releases of these tests: the quickest."""


def build_candidate(
    folder: Path,
    *,
    demo: bool = True,
    figures: pl.DataFrame | None = None,
    frame: pl.DataFrame | None = None,
) -> Path:
    """Writes the parts of a candidate that publication reads; `figures` and `frame` replace the bundled ones."""
    marts, registry_folder = folder / "marts", folder / "registry"
    marts.mkdir(parents=True)
    registry_folder.mkdir()
    registry = registry_tables(load_registry(ROOT / "questionnaires"))
    for name, table in registry.items():
        table.write_parquet(registry_folder / f"{name}.parquet")
    expected = sample_figures() if figures is None else figures
    structures = sample_frame() if frame is None else frame
    for name, table in _marts(registry, expected, structures).items():
        table.write_parquet(marts / f"{name}.parquet")
    expected.drop("origin").write_csv(folder / "figures.csv")
    manifest = {
        "build_id": BUILD_ID,
        "built_at": "2026-11-22T05:42:00+00:00",
        "code_version": "0.1.0+test",
        "registry_fingerprint": "f" * 64,
        "inputs": [{"entry_id": "2019/fede-npdc/0123456789abcdef", "sha256": "0" * 64}],
        "demo": sorted(set(structures["campaign"].to_list())) if demo else [],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_disclosure_by_n(folder)
    return folder


def passing_verdict(campaign: int, /, **changes: Any) -> dict[str, Any]:
    """A verdict as the gate writes it, without any check."""
    return {
        "campaign": campaign,
        "outcome": "publishable",
        "build_id": BUILD_ID,
        "candidate_hash": "c" * 64,
        "judged_on": "2026-11-22",
        "publications": {},
        "checks": [],
        "suites": [],
    } | changes


def sample_figures() -> pl.DataFrame:
    """The bundled expected figures, as text."""
    return pl.read_csv(SAMPLES / "expected" / "expected_figures.csv", infer_schema=False)


def sample_frame() -> pl.DataFrame:
    """The bundled frames, one under the other; codes as text."""
    frames = [pl.read_csv(path, infer_schema=False) for path in sorted((SAMPLES / "frames").glob("frame_*.csv"))]
    return pl.concat(frames).with_columns(pl.col("campaign", "agreed", "solicited", "fcsf_member").cast(pl.Int32))


def _marts(registry: dict[str, pl.DataFrame], expected: pl.DataFrame, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    territories = registry["territories"].join(registry["territory_levels"], on="level", suffix="_level").select(
        "territory_id", "level", pl.col("label_fr").alias("level_label_fr"), pl.col("order").alias("level_order"),
        "code", "name", "vintage_from", "vintage_to",
    )  # fmt: skip
    bridge = _bridge(registry, territories, frame)
    campaigns = registry["campaigns"]
    structures = frame.with_columns(
        pl.col("campaign").alias("valid_from_campaign"),
        pl.lit(None, pl.Int32).alias("valid_to_campaign"),
        (pl.col("campaign") == pl.col("campaign").max().over("structure_id")).alias("is_latest"),
    )
    centres = frame.select("campaign", "structure_id", "structure_type", "agreed", "solicited", "fcsf_member")
    facts = centres.select("campaign", "structure_id", "structure_type")
    return {
        "dim_campaign": campaigns,
        "dim_territory": territories,
        "dim_structure": structures,
        "bridge_territory_structure": bridge,
        "fct_centres": centres,
        "fct_staff": facts,
        "figures": _figures(registry["indicators"], territories, bridge, expected),
    }


def _bridge(registry: dict[str, pl.DataFrame], territories: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Campaign × territory × structure: members by département (in the campaign's vintage), federation or focus."""
    members = registry["territory_members"].join(territories, on="territory_id")
    departements = territories.filter(pl.col("level") == "departement").select(
        "territory_id",
        pl.lit("departement").alias("member_type"),
        pl.col("code").alias("member_code"),
        "vintage_from",
        "vintage_to",
    )
    members = pl.concat(
        [members.select("territory_id", "member_type", "member_code", "vintage_from", "vintage_to"), departements]
    )
    national = territories.filter(pl.col("level") == "national").select("territory_id")
    keys = ["campaign", "territory_id", "structure_id", "structure_type"]
    by_member = [
        frame.join(members.filter(pl.col("member_type") == kind), left_on=column, right_on="member_code")
        .filter(
            (pl.col("campaign") >= pl.col("vintage_from"))
            & (pl.col("vintage_to").is_null() | (pl.col("campaign") <= pl.col("vintage_to")))
        )
        .select(keys)
        for kind, column in (("departement", "departement"), ("federation", "federation"))
    ]
    return pl.concat([*by_member, frame.join(national, how="cross").select(keys)]).unique().sort(keys)


def _figures(
    indicators: pl.DataFrame, territories: pl.DataFrame, bridge: pl.DataFrame, expected: pl.DataFrame
) -> pl.DataFrame:
    """The expected figures in the shape of the mart, with their value at full precision."""
    known = indicators.select("indicator", "unit", "kind", "decimals")
    in_force = (
        bridge.select("campaign", "territory_id").unique().join(territories, on="territory_id")
        .select("campaign", "territory_id", "level", pl.col("code").alias("territory"))
    )  # fmt: skip
    numerator, denominator = pl.col("numerator").cast(pl.Float64), pl.col("denominator").cast(pl.Float64)
    percentage = pl.when(pl.col("kind").is_in(["share", "distribution", "frame_share"])).then(100.0).otherwise(1.0)
    return (
        expected.with_columns(pl.col("campaign").cast(pl.Int32))
        .join(known, on="indicator")
        .join(in_force, on=["campaign", "level", "territory"], how="left")
        .select(
            "campaign", "territory_id", "level", "territory", "structure_type", "indicator",
            pl.col("breakdown").fill_null(""),
            pl.coalesce(percentage * numerator / denominator, numerator).alias("value"),
            pl.col("value").cast(pl.Decimal(28, 4)).alias("value_rounded"),
            "decimals", "unit", "kind",
            numerator.alias("numerator"), denominator.alias("denominator"),
            pl.col("n_respondents", "n_agreed", "n_solicited", "n_responded").cast(pl.Int64),
            pl.lit("none").alias("mode"),
        )
    )  # fmt: skip
