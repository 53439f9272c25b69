"""The first returns of a campaign have no past: senders of another size, and remarks left blank, stop nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from ingest.anomalies.table import guards_table
from ingest.survey_frame.frames import frame_of
from registry import Registry

WHOLE = "volunteer_hours"


def found_in(home: Home, registry: Registry, changed: pl.Expr, campaign: int = 2019) -> pl.DataFrame:
    """What the guards find once the answers' numbers are `changed`."""
    folder = home.intake / str(campaign)
    answers = pl.read_parquet(folder / "answers.parquet").with_columns(value_num=changed.cast(pl.Decimal(18, 6)))
    tables = {"answers": answers, "responses": pl.read_parquet(folder / "responses.parquet")}
    columns = pl.read_parquet(folder / "read" / "columns.parquet")
    return guards_table(home, registry, campaign, tables, columns, frame_of(home, registry, campaign))


@pytest.fixture(scope="module")
def first(sample_intake: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """2019, as if nothing had been received before."""
    home = Home(Path(shutil.copytree(sample_intake.root, tmp_path_factory.mktemp("first") / "home")))
    for campaign in (2011, 2017):
        shutil.rmtree(home.intake / str(campaign))
    return home


@pytest.mark.parametrize("sender", ["ucs-13", "fcsb", "fede-npdc"])
def test_a_sender_of_larger_structures_is_told_nothing_of_it(first: Home, registry: Registry, sender: str) -> None:
    number = pl.col("value_num")
    six_times = pl.when(pl.col("sender") == sender).then(number * 6).otherwise(number)
    before = found_in(first, registry, number).filter(pl.col("guard") == "medians")
    found = found_in(first, registry, six_times).filter(pl.col("guard") == "medians")
    assert found.height <= before.height


def test_what_the_others_say_blocks_no_column_of_a_first_campaign(first: Home, registry: Registry) -> None:
    one = (pl.col("sender") == "ucs-13") & (pl.col("variable") == WHOLE)
    found = found_in(first, registry, pl.when(one).then(pl.col("value_num") * 50).otherwise("value_num"))
    told = found.filter(variable=WHOLE, sender="ucs-13").select("severity", "basis").rows()
    assert told == [("warn", "others")]


def test_a_remark_never_released_may_stay_blank(sample_intake: Home, registry: Registry) -> None:
    folder = sample_intake.intake / "2019"
    responses = pl.read_parquet(folder / "responses.parquet")
    asked = {question.variable for question in registry.questions_of(2019)}
    answers = pl.read_parquet(folder / "answers.parquet")
    everyone = responses.filter(state="accepted").select("structure_id", "structure_type", "sender")
    columns = pl.read_parquet(folder / "read" / "columns.parquet")
    gaps = {}
    for variable in ("comments", "other_network"):
        assert variable in asked
        blank = pl.when(pl.col("sender") == "ucs-13").then(pl.lit("blank")).otherwise(pl.lit("declared"))
        said = everyone.with_columns(variable=pl.lit(variable), status=blank, raw=pl.lit("x"), decision=pl.lit(""))
        filled = pl.concat(
            [answers.filter(pl.col("variable") != variable), said.with_columns(current=pl.lit(True))], how="diagonal"
        )
        tables = {"answers": filled, "responses": responses}
        frame = frame_of(sample_intake, registry, 2019)
        found = guards_table(sample_intake, registry, 2019, tables, columns, frame)
        gaps[variable] = found.filter(sender="ucs-13", variable=variable).height
    assert (gaps["comments"], gaps["other_network"] > 0) == (0, True)
