"""Structures through time: predecessors' sums, contradictions, what a new frame changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from ingest.store.intake import previous_values
from ingest.survey_frame.frames import register_frame, register_lifecycle
from ingest.values.panel import contradictions, with_predecessors
from registry import Registry
from tests.ingest.conftest import SAMPLES


def values(**incomes: int | None) -> pl.DataFrame:
    rows = [(name.replace("_", "-"), income) for name, income in incomes.items()]
    return pl.DataFrame(rows, schema={"structure_id": pl.String, "income": pl.Decimal(18, 6)}, orient="row")


def test_the_value_of_a_merged_structure_is_the_sum_of_its_predecessors() -> None:
    found = with_predecessors([values(A=10, B=20, C=5)], {"M": ["A", "B"]}, ["income"])
    assert dict(found.iter_rows()) == {"A": 10, "B": 20, "C": 5, "M": 30}


@pytest.mark.parametrize("earlier", [values(A=10), values(A=10, B=None)])
def test_a_part_of_a_sum_compares_with_nothing(earlier: pl.DataFrame) -> None:
    found = dict(with_predecessors([earlier], {"M": ["A", "B"]}, ["income"]).iter_rows())
    assert found.get("M") is None


def test_the_latest_campaign_counts_and_a_structure_s_own_value_first() -> None:
    found = dict(
        with_predecessors([values(M=7, A=1, B=2), values(A=10, B=20, D=4)], {"M": ["A", "B"]}, ["income"]).iter_rows()
    )
    assert (found["M"], found["A"], found["D"]) == (7, 1, 4)


def test_the_samples_merger(sample_intake: Home, registry: Registry) -> None:
    previous = previous_values(sample_intake, registry, 2017)
    merged = previous.filter(pl.col("structure_id") == "CS-62-0029").row(0, named=True)
    assert merged["income_total"] == Decimal(725_412 + 760_542)
    assert merged["fte_total"] is None


def event(structure: str, kind: str, others: str = "", year: int = 2018) -> dict[str, object]:
    return {"structure_id": structure, "event": kind, "date": dt.date(year, 1, 1), "other_ids": others, "note": ""}


def row(previous: str = "", campaign: int = 2019) -> dict[str, object]:
    return {"previous_ids": previous, "campaign": campaign}


@pytest.mark.parametrize(
    ("frame", "earlier", "events", "expected"),
    [
        ({"A": row()}, {"A": row()}, [], []),
        ({"A": row()}, {"A": row()}, [event("A", "closure")], ["fermée le 01/01/2018"]),
        ({"A": row(), "M": row("A")}, {"A": row()}, [], ["avec M, qui lui succède"]),
        ({"M": row("A;B")}, {"A": row(), "B": row()}, [], []),
        ({"M": row()}, {"A": row(), "B": row()}, [event("M", "merger", "A;B")], []),
        ({}, {"A": row()}, [], ["n'y est plus"]),
        ({}, {"A": row()}, [event("A", "closure")], []),
    ],
)
def test_two_sources_that_contradict_each_other_are_reported(
    frame: dict[str, dict[str, object]],
    earlier: dict[str, dict[str, object]],
    events: list[dict[str, object]],
    expected: list[str],
) -> None:
    found = contradictions(frame, earlier, events)
    assert len(found) == len(expected)
    assert all(words in line.message_fr for words, line in zip(expected, found, strict=True))


def test_a_new_frame_says_what_it_changes(tmp_path: Path, registry: Registry) -> None:
    home = Home(tmp_path)
    register_lifecycle(home, registry, SAMPLES / "frames" / "lifecycle.csv")
    first = register_frame(home, registry, SAMPLES / "frames" / "frame_2011.csv", 2011)
    assert first["changes"] == ["Premier référentiel : rien à comparer."]
    second = register_frame(home, registry, SAMPLES / "frames" / "frame_2017.csv", 2017)["changes"]
    assert second[0].startswith("Par rapport au référentiel 2011")
    assert "+ CS-62-0029" in second
    assert "- CS-62-0026" in second
    assert not [line for line in second if line.startswith("! CS-62-002")]
