"""Weights against non-response, on frames small enough to compute by hand."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.home import PROJECT_ROOT
from methods.nonresponse.raking import raked_weights
from methods.nonresponse.ratio import ratio_weights
from methods.nonresponse.weights import weights_of
from registry import Registry, load_registry
from registry.nonresponse import Treatment, Weighting

RATIO = Weighting(
    "ratio", "ratio", "solicited", ("kind+dep", "kind+reg", "kind"), 4, 0.75, (), None, 3.0, None, None, "", "Ratio"
)
RAKING = Weighting(
    "raking", "raking", "solicited", (), None, None, ("kind+dep", "mode"), 0.5, 2.5, 0.0001, 200, "ratio", "Calage"
)


def frame(**cells: tuple[int, int]) -> pl.DataFrame:
    """Structures of one type: ``A1=(3, 5)`` means that in département 1 of region A, 3 of 5 responded."""
    rows = [
        (f"CS-{place}-{number}", "CS", place[1:], place[0], "x" if number % 2 else "y", int(number < responded))
        for place, (responded, agreed) in cells.items()
        for number in range(agreed)
    ]
    texts = dict.fromkeys(("structure_id", "kind", "dep", "reg", "mode"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "responded": pl.Int32}, orient="row")


def by_place(weights: pl.DataFrame) -> dict[str, set[float]]:
    """The weights of each département."""
    places: dict[str, set[float]] = {}
    for row in weights.iter_rows(named=True):
        places.setdefault(row["structure_id"].split("-")[1], set()).add(row["weight"])
    return places


def test_in_a_stratum_with_respondents_enough_they_stand_for_all_of_it() -> None:
    weights = ratio_weights(frame(A1=(4, 6), A2=(5, 10)), RATIO)
    assert by_place(weights) == {"A1": {1.5}, "A2": {2.0}}
    assert weights["collapsed_into"].null_count() == weights.height


def test_a_small_stratum_serves_when_more_than_the_rate_of_it_responded() -> None:
    assert by_place(ratio_weights(frame(A1=(2, 2), A2=(4, 8)), RATIO)) == {"A1": {1.0}, "A2": {2.0}}


def test_the_rate_itself_is_not_enough() -> None:
    weights = ratio_weights(frame(A1=(3, 4), A2=(3, 5), A3=(9, 9)), RATIO)
    assert by_place(weights) == {"A1": {1.5}, "A2": {1.5}, "A3": {1.0}}


def test_strata_too_small_collapse_into_their_region_then_into_their_type() -> None:
    weights = ratio_weights(frame(A1=(1, 3), A2=(3, 5), B3=(2, 5), C4=(2, 5), B5=(8, 8)), RATIO)
    assert by_place(weights) == {"A1": {2.0}, "A2": {2.0}, "B3": {2.5}, "C4": {2.5}, "B5": {1.0}}
    into = {row["stratum"]: row["collapsed_into"] for row in weights.iter_rows(named=True)}
    assert into["kind=CS;dep=1"] == "kind=CS;reg=A"
    assert into["kind=CS;dep=3"] == into["kind=CS;dep=4"] == "kind=CS"
    assert into["kind=CS;dep=5"] is None


def test_what_is_left_joins_the_stratum_with_fewest_respondents_and_speaks_for_it_too() -> None:
    weights = ratio_weights(frame(A1=(1, 4), A2=(4, 8), B3=(20, 20)), RATIO)
    assert by_place(weights) == {"A1": {12 / 5}, "A2": {12 / 5}, "B3": {1.0}}
    assert weights["weight"].sum() == pytest.approx(32)


def test_a_weight_over_the_cap_is_cut_and_flagged() -> None:
    weights = ratio_weights(frame(A1=(4, 20), A2=(4, 8)), RATIO)
    assert by_place(weights) == {"A1": {3.0}, "A2": {2.0}}
    assert weights.filter("capped")["structure_id"].str.slice(0, 5).unique().to_list() == ["CS-A1"]


@given(
    cells=st.lists(
        st.integers(0, 12).flatmap(lambda agreed: st.tuples(st.integers(0, agreed), st.just(agreed))),
        min_size=1,
        max_size=8,
    )
)
def test_ratio_weights_add_up_to_the_frame_unless_one_is_capped(cells: list[tuple[int, int]]) -> None:
    structures = frame(**{f"{'AB'[number % 2]}{number}": cell for number, cell in enumerate(cells)})
    weights = ratio_weights(structures, RATIO)
    assert weights.height == structures["responded"].sum()
    if weights.height and not weights["capped"].any():
        assert weights["weight"].sum() == pytest.approx(structures.height)
    assert (weights["weight"] >= 1).all()


def test_raking_meets_both_margins_within_its_tolerance_and_bounds() -> None:
    structures = frame(A1=(6, 9), A2=(9, 10), B3=(5, 8))
    raked = raked_weights(structures, RAKING)
    assert raked.converged
    assert raked.weights["weight"].is_between(0.5, 2.5).all()
    weighted = raked.weights.join(structures, on="structure_id")
    for margin in ("dep", "mode"):
        reached = dict(weighted.group_by(margin).agg(pl.col("weight").sum()).iter_rows())
        wanted = dict(structures.group_by(margin).len().iter_rows())
        assert reached == pytest.approx(wanted, rel=0.0001)


def test_raking_against_bounds_too_narrow_says_so_and_by_how_much() -> None:
    raked = raked_weights(frame(A1=(2, 10), A2=(9, 10)), RAKING)
    assert not raked.converged
    assert raked.worst == "kind=CS;dep=1"
    assert "écart de 50 % pour kind=CS;dep=1" in raked.reason_fr
    assert "0,5 et 2,5" in raked.reason_fr


def test_raking_names_the_margins_where_nobody_responded() -> None:
    raked = raked_weights(frame(A1=(0, 3), A2=(9, 10)), RAKING)
    assert (raked.converged, raked.reason_fr) == (False, "aucun répondant pour kind=CS;dep=1")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT_ROOT / "questionnaires")


def survey(registry: Registry, fallback: str = "by_departement") -> Registry:
    """The registry with one raking and its fallback, asked for in its last campaign."""
    ratio = dataclasses.replace(RATIO, weighting="by_departement", strata=("structure_type+departement",))
    raking = dataclasses.replace(RAKING, margins=("structure_type+departement",), fallback=fallback)
    asked = Treatment("fte_total", (registry.campaigns[-1],), "raking", False, "compared")
    return dataclasses.replace(registry, weightings=(ratio, raking), treatments=(asked,))


def campaign_frame(registry: Registry, **cells: tuple[int, int]) -> pl.DataFrame:
    """`frame` as the intake has it, with an unsolicited respondent."""
    structures = frame(**cells).rename({"kind": "structure_type", "dep": "departement"})
    whole = structures.with_columns(campaign=pl.lit(registry.campaigns[-1], pl.Int32), solicited=pl.lit(1))
    stranger = whole.head(1).with_columns(structure_id=pl.lit("CS-new"), solicited=pl.lit(0), responded=pl.lit(1))
    return pl.concat([whole, stranger.cast(dict(whole.schema))])


def test_raking_that_does_not_converge_falls_back_in_sight(registry: Registry) -> None:
    structures = campaign_frame(registry, A1=(4, 20), A2=(9, 10))
    weights, report = weights_of(structures, survey(registry))
    line = report.row(0, named=True)
    assert (line["mode_asked"], line["mode"], line["fallback"]) == ("raking", "ratio", "by_departement")
    assert line["reason_fr"].startswith("marges non atteintes")
    assert weights["mode"].unique().to_list() == ["ratio"]
    assert float(weights.filter(structure_id="CS-A1-0")["weight"][0]) == 3.0


def test_without_a_fallback_nobody_is_weighted_and_the_mode_says_none(registry: Registry) -> None:
    weights, report = weights_of(campaign_frame(registry, A1=(4, 20), A2=(9, 10)), survey(registry, fallback=""))
    assert report["mode"].to_list() == ["none"]
    assert set(weights["weight"].cast(float)) == {1.0}


def test_a_respondent_outside_the_population_stands_for_itself_alone(registry: Registry) -> None:
    weights, report = weights_of(campaign_frame(registry, A1=(4, 8), A2=(5, 10)), survey(registry))
    assert float(weights.filter(structure_id="CS-new")["weight"][0]) == 1.0
    assert report.select("in_population", "respondents", "weights_sum").row(0) == (18, 9, pytest.approx(18))


def test_without_a_line_nothing_is_weighted(registry: Registry) -> None:
    silent = dataclasses.replace(registry, treatments=())
    weights, report = weights_of(campaign_frame(registry, A1=(4, 8)), silent)
    assert (weights.height, report.height) == (0, 0)
