"""What the tests of intake share: the registry, a home with the sample frames, small returns made in a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT, Home
from ingest.receive.archive import Archive
from ingest.receive.reception import Delivery, deliveries_from_manifest, receive
from ingest.store.intake import Intake, build_intake, intake_of, previous_values
from ingest.store.read_store import read_frames
from ingest.survey_frame.frames import frame_of, register_frame, register_lifecycle
from registry import Registry, load_registry
from tests.ingest.exchange import Exchange

SAMPLES = PROJECT_ROOT / "samples"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(PROJECT_ROOT / "questionnaires")


@pytest.fixture(scope="session")
def sample_intake(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Home:
    """The sample returns, received and taken in."""
    home = Home(tmp_path_factory.mktemp("samples"))
    with_frames(home, registry)
    receive(home, registry, deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv"))
    for campaign in registry.campaigns:
        build_intake(home, registry, campaign)
    return home


@pytest.fixture
def framed_home(tmp_path: Path, registry: Registry) -> Home:
    home = Home(tmp_path / "home")
    with_frames(home, registry)
    return home


def with_frames(home: Home, registry: Registry) -> None:
    for campaign in registry.campaigns:
        register_frame(home, registry, SAMPLES / "frames" / f"frame_{campaign}.csv", campaign)
    register_lifecycle(home, registry, SAMPLES / "frames" / "lifecycle.csv")


@pytest.fixture
def take_in(tmp_path: Path, framed_home: Home, registry: Registry) -> Callable[..., Intake]:
    """Take in one CSV made of `rows` (dicts by header), sent for `campaign` by `sender`."""

    def taken(rows: list[dict[str, str]], campaign: int = 2019, sender: str = "caf-59", delimiter: str = ";") -> Intake:
        stream = io.StringIO()
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "retour.csv"
        path.write_text(stream.getvalue(), encoding="utf-8")
        receive(framed_home, registry, [Delivery(path, "retour.csv", campaign, sender)])
        read = read_frames(Archive(framed_home).entries(campaign), registry, campaign)
        frame = frame_of(framed_home, registry, campaign)
        return intake_of(registry, campaign, read, frame, previous_values(framed_home, registry, campaign))

    return taken


@pytest.fixture
def take_in_file(tmp_path: Path, framed_home: Home, registry: Registry) -> Callable[..., Intake]:
    """Take in the bytes of one file, under `known` (another registry) where given."""

    def taken(content: bytes, name: str, known: Registry = registry, campaign: int = 2019) -> Intake:
        path = tmp_path / name
        path.write_bytes(content)
        receive(framed_home, known, [Delivery(path, name, campaign, "caf-59")])
        read = read_frames(Archive(framed_home).entries(campaign), known, campaign)
        frame = frame_of(framed_home, known, campaign)
        return intake_of(known, campaign, read, frame, previous_values(framed_home, known, campaign))

    return taken


@pytest.fixture
def exchange(framed_home: Home, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    monkeypatch.setenv("SENACS_CORRECTIONS", str(tmp_path / "corrections"))
    return Exchange(framed_home, registry, tmp_path)


def answer(intake: Intake, variable: str) -> dict[str, object]:
    """The one answer to a variable."""
    return intake.tables["answers"].filter(pl.col("variable") == variable).row(0, named=True)


def rules(intake: Intake, variable: str) -> list[str]:
    """The rules raised on a variable, rejections included, R01 left out."""
    found = [
        *intake.tables["edits"].filter(pl.col("variable") == variable)["rule"],
        *intake.tables["rejects"].filter(pl.col("variable") == variable)["rule"],
    ]
    return sorted(rule for rule in found if rule != "R01")
