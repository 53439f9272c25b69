"""Columns of one level that were exchanged, or slipped: no median tells, each structure's own past does."""

from __future__ import annotations

import random

import polars as pl
import pytest

from ingest.anomalies.earlier import Before
from ingest.anomalies.exchanged import exchanged_findings
from ingest.anomalies.standing import Standing, variables
from registry import Registry
from registry.guard_settings import guard_settings

COLUMNS = ["income_state", "income_users", "income_other", "income_epci"]
AS_ASKED = {name: name for name in COLUMNS}


def found(
    registry: Registry, places: dict[str, str], structures: int = 12, growth: float = 1.0, noise: float = 0.1
) -> dict[str, tuple[str, str]]:
    """variable -> (guard, other column) where each column holds what `places` says; all have the same median."""
    rng = random.Random(7)
    names = variables(registry)
    before = {(f"S{n}", name): rng.lognormvariate(10, 0.8) for n in range(structures) for name in COLUMNS}
    now = [
        (0, structure, column, "money", before[structure, places[column]] * growth * rng.lognormvariate(0, noise))
        for structure, column in before
        if column in places
    ]
    answers = pl.DataFrame(
        now,
        schema={
            "unit": pl.UInt32,
            "structure_id": pl.String,
            "variable": names,
            "type": pl.String,
            "value": pl.Float64,
        },
        orient="row",
    )
    units = pl.DataFrame({"unit": [0], "structures": [structures]}, schema_overrides={"unit": pl.UInt32})
    earlier = pl.DataFrame(
        [(*key, value) for key, value in before.items()],
        schema={"structure_id": pl.String, "variable": names, "before": pl.Float64},
        orient="row",
    )
    positions = pl.DataFrame(
        [(0, name, place) for place, name in enumerate(COLUMNS)],
        schema={"unit": pl.UInt32, "variable": names, "position": pl.Int64},
        orient="row",
    )
    nothing = pl.DataFrame()
    standing = Standing(units, nothing, answers)
    settings = guard_settings(registry, max(registry.campaigns))
    table = exchanged_findings(standing, Before(earlier, nothing, nothing, nothing), positions, settings)
    assert set(table["severity"]) <= {"block"}
    return {row["variable"]: (row["guard"], row["other"]) for row in table.iter_rows(named=True)}


def test_two_columns_of_one_level_are_told_apart_by_last_year(registry: Registry) -> None:
    one, other = COLUMNS[:2]
    swapped = found(registry, AS_ASKED | {one: other, other: one})
    assert swapped == {one: ("swapped", other), other: ("swapped", one)}


def test_a_block_that_slipped_by_one_is_told_apart_from_two_exchanged_columns(registry: Registry) -> None:
    places = {COLUMNS[number]: COLUMNS[number - 1] for number in (1, 2, 3)}
    assert found(registry, places) == {here: ("shifted", there) for here, there in places.items()}


@pytest.mark.parametrize("growth", [0.5, 1.0, 1.5, 3.0])
def test_columns_that_all_grew_or_shrank_are_sound(registry: Registry, growth: float) -> None:
    assert found(registry, AS_ASKED, growth=growth) == {}


def test_too_few_structures_or_no_likeness_with_the_past_say_nothing(registry: Registry) -> None:
    one, other = COLUMNS[:2]
    assert found(registry, AS_ASKED | {one: other, other: one}, structures=5) == {}
    assert found(registry, AS_ASKED, structures=40, noise=2.0) == {}
