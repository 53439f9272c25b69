"""The dates of a column are in one order: decided as a whole, or refused where nothing tells which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.store.intake import Intake
from ingest.values.parsing import answers_of
from registry import Registry

CODE = "Q1.09"
TakeIn = Callable[..., Intake]


def dates_of(registry: Registry, *texts: str, entries: list[str] | None = None) -> list[dt.date | None]:
    """The dates read in one column; in a file of its own each, where `entries` says so."""
    count = len(texts)
    cells = pl.DataFrame(
        {"row_id": range(count), "entry_id": entries or ["a"] * count, "structure_type": ["CS"] * count,
         "question_code": [CODE] * count, "option": [""] * count, "sheet": [""] * count, "line": range(count),
         "column": [1] * count, "text": texts},
        schema_overrides={"row_id": pl.Int32},
    )  # fmt: skip
    return answers_of(cells, registry, 2019)["value_date"].to_list()


@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_a_column_that_is_month_first_is_refused(registry: Registry, sign: str) -> None:
    texts = [text.replace("/", sign) for text in ("03/04/1968", "12/25/1972", "07/09/1985", "02/02/1990")]
    assert dates_of(registry, *texts) == [None, None, None, dt.date(1990, 2, 2)]


def test_one_slip_among_days_that_are_sure_is_refused_alone(registry: Registry) -> None:
    found = dates_of(registry, "13/05/1970", "28/02/1980", "05/13/1971", "03/04/1968", "31/13/1972")
    assert found == [dt.date(1970, 5, 13), dt.date(1980, 2, 28), None, dt.date(1968, 4, 3), None]


def test_a_column_of_two_orders_keeps_what_is_sure(registry: Registry) -> None:
    found = dates_of(registry, "13/05/1970", "05/13/1971", "12/25/1972", "03/04/1968", "1968-04-03", "1 mars 1969")
    assert found == [dt.date(1970, 5, 13), None, None, None, dt.date(1968, 4, 3), dt.date(1969, 3, 1)]


def test_one_file_says_nothing_of_another(registry: Registry) -> None:
    assert dates_of(registry, "12/25/1972", "03/04/1968", entries=["a", "b"]) == [None, dt.date(1968, 4, 3)]


def test_each_date_in_doubt_is_refused_by_its_cell(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", CODE: "03/04/1968"}, {"IDENT": "CS-59-0006", CODE: "12/25/1972"}])
    rejects = intake.tables["rejects"].filter(pl.col("level") == "answer")
    assert rejects.select("rule", "cell", "structure_id").rows() == [
        ("T01", "B2", "CS-59-0005"), ("T01", "B3", "CS-59-0006"),
    ]  # fmt: skip


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), min_size=1, max_size=8))
def test_a_column_that_is_month_first_never_gives_another_date(registry: Registry, days: list[dt.date]) -> None:
    found = dates_of(registry, *(day.strftime("%m/%d/%Y") for day in days))
    if any(day.day > 12 for day in days):
        assert all(read is None or read == day for read, day in zip(found, days, strict=True))


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), min_size=1, max_size=8))
def test_a_column_that_is_day_first_is_read_whole(registry: Registry, days: list[dt.date]) -> None:
    assert dates_of(registry, *(day.strftime("%d/%m/%Y") for day in days)) == days
