"""Imputed values, and what hiding known ones says of them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl
import pytest

from core.home import PROJECT_ROOT
from methods.nonresponse.imputation import earlier_campaign, filled, imputed_table
from methods.nonresponse.masking import masked, masking_report
from registry import Registry, load_registry
from registry.computed import Break
from registry.model import Variable
from registry.nonresponse import Imputation

LINE = Imputation("places", (2032,), True, ("kind+dep", "kind"), 2, 4, 0.5, 2.0, "rooms")
PLACES = Variable("places", "publics", ("CS",), "integer", "persons", "", 0, 500, False, "mart", "Places")
CAMPAIGNS = (2032, 2031)


def table(*rows: tuple[str, str, float | None, float | None, float | None]) -> pl.DataFrame:
    """structure_id, dep, earlier, other, now."""
    schema = {"structure_id": pl.String, "dep": pl.String, **dict.fromkeys(("earlier", "other", "now"), pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(kind=pl.lit("CS"), run=pl.lit(0, pl.Int32))


DONORS = table(("a", "1", 10, 2, 11), ("b", "1", 30, 4, 37), ("c", "2", 10, 5, 10), ("d", "3", None, 4, 30))


def imputed(*targets: tuple[str, str, float | None, float | None], line: Imputation = LINE) -> list[dict[str, object]]:
    missing = table(*((*target, None) for target in targets))
    return filled(missing, DONORS, line, PLACES, CAMPAIGNS).to_dicts()


def test_the_earlier_value_grows_like_the_structures_of_its_stratum() -> None:
    (found,) = imputed(("t", "1", 20, 9))
    assert (found["value"], found["method"], found["donor_campaign"]) == (24, "growth", 2031)
    assert (found["factor"], found["donors"], found["stratum"]) == (pytest.approx(48 / 40), 2, "kind=CS;dep=1")


def test_a_stratum_without_donors_enough_gives_way_to_the_next() -> None:
    (found,) = imputed(("t", "2", 50, None))
    assert (found["value"], found["donors"], found["stratum"]) == (58, 3, "kind=CS")


def test_without_an_earlier_value_the_correlated_item_serves() -> None:
    (found,) = imputed(("t", "1", None, 3))
    assert (found["value"], found["method"], found["donor_variable"]) == (24, "ratio", "rooms")
    assert (found["donor_campaign"], found["donor_value"], found["factor"]) == (2032, 3, 8)


def test_a_growth_out_of_its_bounds_is_not_used() -> None:
    (found,) = imputed(("t", "1", 20, 3), line=dataclasses.replace(LINE, max_growth=1.1))
    assert found["method"] == "ratio"


def test_a_value_that_the_question_would_refuse_is_not_imputed() -> None:
    (found,) = imputed(("t", "1", 480, None))
    assert (found["value"], found["method"]) == (None, None)


def test_nothing_to_impute_from_leaves_the_blank() -> None:
    missing = table(("t", "1", None, None, None)).with_columns(
        campaign=pl.lit(2032), structure_type=pl.lit("CS"), variable=pl.lit("places")
    )
    found = filled(missing, DONORS, LINE, PLACES, CAMPAIGNS)
    assert found["value"].to_list() == [None]
    assert imputed_table([found]).height == 0


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PROJECT_ROOT / "questionnaires")


def test_an_earlier_campaign_too_old_or_behind_a_break_is_not_used(registry: Registry) -> None:
    before, last = registry.campaigns[-2:]
    line = dataclasses.replace(LINE, variable="fte_total")
    assert earlier_campaign(registry, line, last) == before
    assert earlier_campaign(registry, dataclasses.replace(line, max_age_years=1), last) is None
    broken = Break("fte_total", before, last, (), "question changed", "test", dt.date(2032, 1, 1))
    assert earlier_campaign(dataclasses.replace(registry, breaks=(broken,)), line, last) is None


def known_values(number: int) -> pl.DataFrame:
    rows = [(f"CS-{n}", "1", 10.0 + n, 5.0, 2.0 * (10 + n)) for n in range(number)]
    return table(*rows)


def test_masking_hides_each_value_and_finds_it_again_where_growth_is_the_same_everywhere() -> None:
    tested = masked(known_values(40), LINE, PLACES, CAMPAIGNS)
    assert tested["value"].to_list() == tested["now"].to_list()
    lines = masking_report(2032, "places", tested)
    assert [line["method"] for line in lines] == ["all", "growth"]
    assert (lines[0]["hidden"], lines[0]["imputed"], lines[0]["relative_error"], lines[0]["mape"]) == (40, 40, 0, 0)


def test_masking_measures_the_error_that_imputation_makes() -> None:
    tested = known_values(40).with_columns(value=pl.col("now") * 1.1, method=pl.lit("growth"))
    (line, _) = masking_report(2032, "places", tested)
    assert line["relative_error"] == pytest.approx(0.1)
    assert line["mape"] == pytest.approx(0.1)


def test_a_hidden_value_is_not_among_its_own_donors() -> None:
    known = known_values(40).with_columns(now=pl.when(pl.col("structure_id") == "CS-7").then(100.0).otherwise("now"))
    tested = masked(known, LINE, PLACES, CAMPAIGNS)
    assert tested.filter(structure_id="CS-7")["value"].to_list() == [34]
