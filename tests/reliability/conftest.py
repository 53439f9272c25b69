"""The process that runs commands to interrupt them, and small homes to do it in."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.home import PROJECT_ROOT
from orchestration.environment import SILENT
from tests.conftest import SAMPLES
from tests.reliability.interruptions import Interruptions

CAMPAIGNS = ("2011", "2017")
# Threads that a library would start as it is imported; a child of a process with threads may wait for them for ever.
FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def interruptions() -> Iterator[Interruptions]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SENACS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.interruptions"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
        env=environment | FEW_THREADS | SILENT,
    )
    yield Interruptions(process)
    process.stdin.close()
    process.wait(60)


@pytest.fixture(scope="session")
def chance() -> random.Random:
    """Where the runs are killed. ``FAULT_SEED=…`` draws the same points again."""
    seed = int(os.environ.get("FAULT_SEED") or random.SystemRandom().randrange(2**32))
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)


@dataclass(frozen=True)
class Survey:
    """`framed`: a home with the frames of two sample campaigns; `manifest`: what is returned to it."""

    framed: Path
    manifest: Path

    def home(self, at: Path) -> Path:
        """A new home with the frames."""
        shutil.copytree(self.framed, at)
        return at

    @property
    def receive(self) -> tuple[str | Path, ...]:
        """The command that takes everything in."""
        return ("receive", "--manifest", self.manifest, "--root", SAMPLES)


@pytest.fixture(scope="session")
def survey(interruptions: Interruptions, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    folder = tmp_path_factory.mktemp("survey")
    for campaign in CAMPAIGNS:
        frame = SAMPLES / "frames" / f"frame_{campaign}.csv"
        (ending,) = interruptions.run(folder / "home", "frame", frame, "--campaign", campaign)
        assert ending.code == 0, ending.said
    header, *lines = (SAMPLES / "returns" / "manifest.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[1] in CAMPAIGNS]
    (folder / "manifest.csv").write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    return Survey(folder / "home", folder / "manifest.csv")


@pytest.fixture(scope="session")
def built(interruptions: Interruptions, survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a candidate, made without disturbance. Not to be changed."""
    home = survey.home(tmp_path_factory.mktemp("built") / "home")
    for command in (survey.receive, ("build",)):
        (ending,) = interruptions.run(home, *command)
        assert ending.code == 0, ending.said
    return home
