from __future__ import annotations

import shutil
from pathlib import Path

import gate_candidate
import pytest


@pytest.fixture(scope="session")
def sound_candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A candidate that the gate lets through. Not to be changed."""
    return gate_candidate.write_candidate(tmp_path_factory.mktemp("builds") / "sound")


@pytest.fixture
def candidate(sound_candidate: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt by one test."""
    return Path(shutil.copytree(sound_candidate, tmp_path / "candidate"))
