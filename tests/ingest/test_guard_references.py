"""What a column is compared with, and the settings of the guards."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.home import PROJECT_ROOT, Home
from ingest.anomalies.earlier import Before, answers_before
from ingest.anomalies.references import medians_elsewhere
from ingest.anomalies.standing import Standing
from ingest.anomalies.wording import french_number
from registry import Registry, RegistryError, load_registry
from registry.computed import Break
from registry.guard_settings import GuardSettings, guard_settings

NUMBERS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 50)), min_size=1, max_size=40)


@given(NUMBERS)
@settings(max_examples=60, deadline=None)
def test_each_of_the_other_senders_has_one_vote(numbers: list[tuple[str, int]]) -> None:
    answers = pl.DataFrame(
        [(sender, "CS", "x", "integer", float(value)) for sender, value in numbers],
        schema=["sender", "structure_type", "variable", "type", "value"],
        orient="row",
    )
    units = answers.select("sender", "structure_type").unique()
    before = pl.DataFrame(
        schema={"structure_type": pl.String, "variable": pl.String, "n": pl.UInt32, "median": pl.Float64}
    )
    nothing = pl.DataFrame()
    known = GuardSettings({("common", "min_answers"): "1", ("common", "min_others"): "1"})
    found = medians_elsewhere(Standing(units, nothing, answers), Before(nothing, nothing, nothing, before), known)
    medians = dict(answers.group_by("sender").agg(pl.col("value").median()).iter_rows())
    expected = {}
    for sender in medians:
        others = sorted(median for other, median in medians.items() if other != sender)
        if others:
            expected[sender] = (others[(len(others) - 1) // 2], others[len(others) // 2])
    assert {row["sender"]: (row["low"], row["high"]) for row in found.iter_rows(named=True)} == expected


def earlier_home(root: Path, rows: list[tuple[str, str, float | None]]) -> Home:
    """A home where only 2017 was taken in: structure, variable, value."""
    home = Home(root)
    (home.intake / "2017").mkdir(parents=True)
    pl.DataFrame(
        [("caf-04", "CS", *row, "declared", None, True) for row in rows],
        schema={
            "sender": pl.String, "structure_type": pl.String, "structure_id": pl.String, "variable": pl.String,
            "value_num": pl.Float64, "status": pl.String, "value_text": pl.String, "current": pl.Boolean,
        },
        orient="row",
    ).write_parquet(home.intake / "2017" / "answers.parquet")  # fmt: skip
    return home


def test_a_merged_structure_is_compared_with_the_sum_of_its_predecessors(registry: Registry, tmp_path: Path) -> None:
    rows = [("CS-1", "fte_total", 4.0), ("CS-2", "fte_total", 6.0), ("CS-1", "employees", 9.0)]
    home = earlier_home(tmp_path, [*rows, ("CS-9", "fte_total", 5.0)])
    links = {"CS-3": ["CS-1", "CS-2"]}
    before = answers_before(home, registry, 2019, pl.Series(["CS-3", "CS-9"]), links).answers
    assert before.sort("structure_id").select("structure_id", "variable", "before").rows() == [
        ("CS-3", "fte_total", 10.0),
        ("CS-9", "fte_total", 5.0),
    ]


def test_no_value_crosses_a_declared_break(registry: Registry, tmp_path: Path) -> None:
    home = earlier_home(tmp_path, [("CS-9", "fte_total", 5.0)])
    rewording = Break("fte_total", 2017, 2019, (), "reformulée", "équipe", dt.date(2019, 1, 1))
    broken = dataclasses.replace(registry, breaks=(*registry.breaks, rewording))
    (row,) = answers_before(home, broken, 2019, pl.Series(["CS-9"]), {}).answers.iter_rows(named=True)
    assert (row["before"], row["present_before"]) == (None, True)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "guards.csv",
            "medians,warn_ratio,3,",
            "medians,warn_ratio,trois,",
            "warn_ratio : « trois » n'est pas un nombre",
        ),
        (
            "guards.csv",
            "medians,warn_ratio,",
            "medians,warning_ratio,",
            "medians n'a pas de paramètre « warning_ratio »",
        ),
        (
            "guards.csv",
            "medians,warn_ratio,3,,",
            "medians,warn_ratio,3,2019,",
            "il manque la ligne medians,warn_ratio pour 2011",
        ),
        ("guards.csv", "charges_total = ", "charges_totales = ", "« charges_totales » absente(s) de variables.csv"),
        (
            "guards.csv",
            "médiane {observed}",
            "médiane {value}",
            "message_fr ne peut nommer entre accolades que question, other",
        ),
        (
            "acknowledged_guards.csv",
            "author,date\n",
            "author,date\n2019,ucs-13,Q99,swapped,0a1b2c,vu,a.martin,2019-07-01\n",
            "la question « Q99 » n'est pas posée en 2019",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    folder = Path(shutil.copytree(PROJECT_ROOT / "questionnaires", tmp_path / "questionnaires"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError) as failure:
        load_registry(folder)
    assert any(file in problem and expected in problem for problem in failure.value.problems)


def test_a_setting_holds_from_its_campaign_on(registry: Registry) -> None:
    line = next(line for line in registry.guard_lines if (line.guard, line.parameter) == ("medians", "warn_ratio"))
    later = dataclasses.replace(line, value="5", from_campaign=2019)
    known = dataclasses.replace(registry, guard_lines=(*registry.guard_lines, later))
    assert [guard_settings(known, campaign).number("medians", "warn_ratio") for campaign in (2017, 2019)] == [3, 5]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567.0, "1\u202f234\u202f567"),
        (22406.5, "22\u202f407"),
        (0.25, "0,25"),
        (17.0, "17"),
        (2.5, "2,5"),
        (None, "?"),
    ],
)
def test_numbers_are_french(value: Any, text: str) -> None:
    assert french_number(value) == text
