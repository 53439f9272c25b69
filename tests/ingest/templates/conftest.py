"""The workbooks of the sample campaign, and a home that receives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.home import Home
from ingest.forms import write_templates
from ingest.receive.archive import Archive
from ingest.receive.reception import Delivery, receive
from ingest.store.intake import Intake, intake_of, previous_values
from ingest.store.read_store import read_frames
from ingest.survey_frame.frames import frame_of
from registry import Registry
from tests.ingest.conftest import with_frames
from tests.ingest.templates.filling import (
    CAMPAIGN,
    QUESTIONNAIRES,
)


@pytest.fixture(scope="session")
def sent(sample_intake: Home, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbooks of the campaign, by sender; earlier campaigns have been returned."""
    folder = tmp_path_factory.mktemp("sent")
    written = write_templates(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, folder)
    return {one.sender: one.file for one in written}


@pytest.fixture
def returned(tmp_path: Path, registry: Registry) -> Callable[..., Intake]:
    """Receive filled workbooks in a home that has the frames and nothing else; what they became."""

    def taken(*files: Path, campaign: int = CAMPAIGN) -> Intake:
        home = Home(tmp_path / "home")
        with_frames(home, registry)
        answers = receive(home, registry, [Delivery(file, file.name, campaign, "caf-04") for file in files])
        assert [answer.verdict for answer in answers] == ["accepted"] * len(files), answers
        read = read_frames(Archive(home).entries(campaign), registry, campaign)
        frame = frame_of(home, registry, campaign)
        return intake_of(registry, campaign, read, frame, previous_values(home, registry, campaign))

    return taken
