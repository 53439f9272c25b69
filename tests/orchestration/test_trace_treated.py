"""The trace of figures that non-response treats: weights, imputed values, and the decisions taken on answers."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT
from lineage.trace import FigureAddress, Trace, trace_figure
from publication.documents.plans import read_house
from publication.follow_up.trace_page import trace_page
from registry import Registry, load_registry
from registry.nonresponse import Treatment
from tests.conftest import Demonstration

FIGURE = FigureAddress(2019, "DEP-62", "CS", "fte_total")
WEIGHTING = "ratio_departement"
IMPUTED = {
    "campaign": 2019, "structure_id": "CS-62-0001", "structure_type": "CS", "variable": "fte_total", "value_num": 12.5,
    "method": "growth", "donor_campaign": 2017, "donor_variable": "fte_total", "donor_value": 10.0, "factor": 1.25,
    "donors": 30, "stratum": "structure_type=CS",
}  # fmt: skip


def treated(weighting: str, *, imputed: bool) -> Registry:
    """The registry of the project, with a treatment of its own for the figure."""
    registry = load_registry(PROJECT_ROOT / "questionnaires")
    line = Treatment(FIGURE.indicator, (FIGURE.campaign,), weighting, imputed, "published")
    return dataclasses.replace(registry, treatments=(line,))


@pytest.fixture
def candidate(demonstration: Demonstration, tmp_path: Path) -> Path:
    """The candidate of the demonstration, one answer of which is imputed."""
    copy = tmp_path / "candidate"
    for room in ("marts", "quality"):
        shutil.copytree(demonstration.candidate / room, copy / room)
    path = copy / "quality" / "imputed.parquet"
    schema = pl.read_parquet(path).schema
    pl.DataFrame([IMPUTED]).select(pl.col(name).cast(kind) for name, kind in schema.items()).write_parquet(path)
    return copy


def page_text(trace: Trace) -> str:
    sections = trace_page(trace.as_dict(), read_house(), demo=True).sections
    return json.dumps([[section.heading, *map(list, section.rows)] for section in sections], ensure_ascii=False)


def test_a_weighted_figure_shows_for_how_many_each_structure_stands(
    candidate: Path, demonstration: Demonstration
) -> None:
    trace = trace_figure(candidate, demonstration.home, treated(WEIGHTING, imputed=False), FIGURE)

    answers = trace.answers.filter("counted").select("structure_id", pl.col("value").cast(pl.Float64))
    weighted = answers.join(trace.weights, on="structure_id")
    assert weighted.height == answers.height and set(trace.weights["weighting"]) == {WEIGHTING}
    adjusted = pl.read_parquet(candidate / "quality" / "figures_adjusted.parquet").filter(
        pl.col("campaign") == FIGURE.campaign, pl.col("territory_id") == FIGURE.territory_id,
        pl.col("structure_type") == "CS", pl.col("indicator") == FIGURE.indicator, pl.col("weighting") == WEIGHTING,
    )  # fmt: skip
    total = (weighted["value"] * weighted["weight"]).sum()
    assert total == pytest.approx(adjusted["value"][0])
    assert "Poids des structures" in page_text(trace) and trace.imputed.is_empty()


def test_an_imputed_value_is_traced_to_its_donor(candidate: Path, demonstration: Demonstration) -> None:
    trace = trace_figure(candidate, demonstration.home, treated("none", imputed=True), FIGURE)

    (found,) = json.loads(json.dumps(trace.as_dict()["imputed"]))
    assert (found["structure_id"], found["value_num"], found["method"]) == ("CS-62-0001", 12.5, "growth")
    assert (found["donor_campaign"], found["donor_value"], found["donors"]) == (2017, 10.0, 30)
    assert "évolution des semblables" in page_text(trace) and trace.weights.is_empty()


def test_a_figure_that_nothing_treats_shows_neither(candidate: Path, demonstration: Demonstration) -> None:
    trace = trace_figure(candidate, demonstration.home, treated("none", imputed=False), FIGURE)

    assert trace.imputed.is_empty() and trace.weights.is_empty()
    assert "Valeurs imputées" not in page_text(trace).replace("Valeurs imputées (0)", "")


def test_decisions_on_answers_are_shown_with_their_reason(demonstration: Demonstration) -> None:
    registry = load_registry(PROJECT_ROOT / "questionnaires")
    decided = pl.read_parquet(demonstration.home.intake / "2019" / "decisions.parquet").filter(state="applied")
    line = decided.filter(pl.col("variable") != "", pl.col("structure_id") != "").row(0, named=True)
    used = next(
        i.indicator for i in registry.indicators if line["variable"] in i.numerator.lower() and i.breakdown == "none"
    )
    kind = line["structure_id"].split("-")[0]

    trace = trace_figure(demonstration.candidate, demonstration.home, registry, FigureAddress(2019, "FR", kind, used))

    told = trace.decisions.filter(structure_id=line["structure_id"], variable=line["variable"])
    assert told["action"].to_list() and set(told["state"]) <= {"applied", "dead", "refused"}
    assert line["structure_id"] in page_text(trace)
