"""What a file is worth on reception is what the build then says of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.home import Home
from ingest.anomalies.table import columns_told
from ingest.receive.reception import FileAnswer, deliveries_from_manifest, receive
from ingest.store.intake import build_intake
from registry import Registry
from tests.ingest.conftest import SAMPLES, with_frames


def said(answer: FileAnswer) -> tuple[int, list[dict[str, Any]]]:
    return answer.counts.get("to_confirm", 0), answer.columns_to_check


def built(home: Home, answer: FileAnswer) -> tuple[int, list[dict[str, Any]]]:
    folder = home.intake / str(answer.campaign)
    edits = pl.read_parquet(folder / "edits.parquet").filter("open", entry_id=answer.entry_id)
    columns = columns_told(pl.read_parquet(folder / "guards.parquet"))
    return edits.height, columns.get(answer.entry_id, [])


def test_files_received_in_turn_are_told_what_the_build_says(tmp_path: Path, registry: Registry) -> None:
    home = Home(tmp_path / "home")
    with_frames(home, registry)
    for delivery in deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv"):
        (answer,) = receive(home, registry, [delivery])
        before = said(answer)
        for campaign in sorted(registry.campaigns):
            build_intake(home, registry, campaign)
        if answer.verdict == "accepted":
            assert before == built(home, answer), delivery.label


def test_a_campaign_received_and_not_built_is_compared_with(
    sample_intake: Home, registry: Registry, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(sample_intake.root, tmp_path / "home")))
    shutil.rmtree(home.intake)
    (delivery,) = [
        one for one in deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv") if one.label.endswith("NPDC.xlsx")
        and one.campaign == 2019
    ]  # fmt: skip
    (answer,) = receive(home, registry, [delivery])
    assert said(answer) == built(sample_intake, answer)
    assert answer.counts["to_confirm"] > 0


def test_a_campaign_that_can_not_be_looked_at_is_named(
    sample_intake: Home, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(Path(shutil.copytree(sample_intake.root, tmp_path / "home")))
    shutil.rmtree(home.intake)

    def broken(home: Home, registry: Registry, campaign: int, **options: Any) -> dict[str, Any]:
        if campaign == 2017:
            raise RuntimeError("broken")
        return build_intake(home, registry, campaign, **options)

    monkeypatch.setattr("ingest.store.intake.build_intake", broken)
    delivery = next(
        one for one in deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv") if one.campaign == 2019
    )
    (answer,) = receive(home, registry, [delivery])
    assert answer.verdict == "accepted"
    assert answer.message.endswith("Non comparé à la campagne 2017, qui n'a pas pu être relue : d'autres points peuvent apparaître.")  # fmt: skip # noqa: E501
