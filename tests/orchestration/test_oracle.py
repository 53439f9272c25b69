"""The bundled samples through the whole chain: every figure and every event of the oracle."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.conftest import SAMPLES, Demonstration

KEY = ("campaign", "level", "territory", "structure_type", "indicator", "breakdown")
NUMBERS = ("value", "numerator", "denominator", "n_respondents", "n_agreed", "n_solicited", "n_responded")


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def figures_by_key(path: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    return {
        tuple(line[name] for name in KEY): {name: Decimal(line[name]) if line[name] else None for name in NUMBERS}
        for line in lines(path)
    }


def test_every_figure_is_that_of_the_oracle(demonstration: Demonstration) -> None:
    expected = figures_by_key(SAMPLES / "expected" / "expected_figures.csv")
    computed = figures_by_key(demonstration.candidate / "figures.csv")
    assert len(expected) == 6222
    assert {key: (computed.get(key), value) for key, value in expected.items() if computed.get(key) != value} == {}
    assert sorted(set(computed) - set(expected)) == []


def test_values_are_written_as_the_oracle_writes_them(demonstration: Demonstration) -> None:
    expected = {tuple(line[n] for n in KEY): line["value"] for line in lines(SAMPLES / "expected/expected_figures.csv")}
    computed = {tuple(line[n] for n in KEY): line["value"] for line in lines(demonstration.candidate / "figures.csv")}
    assert computed == expected


def test_every_event_of_the_intake_is_that_of_the_oracle(demonstration: Demonstration) -> None:
    expected = [tuple(line.values()) for line in lines(SAMPLES / "expected" / "expected_intake.csv")]
    computed = [tuple(line.values()) for line in lines(demonstration.candidate / "intake.csv")]
    assert sorted(computed) == sorted(expected)


def test_the_two_files_have_the_columns_that_are_checked(demonstration: Demonstration) -> None:
    for name in ("figures", "intake"):
        expected = [column for column in lines(SAMPLES / f"expected/expected_{name}.csv")[0] if column != "origin"]
        assert list(lines(demonstration.candidate / f"{name}.csv")[0]) == expected
