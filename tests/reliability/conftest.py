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

from core.home import PROJECT_ROOT, Home, questionnaires_folder
from orchestration.environment import SILENT
from orchestration.sign_off import sign_as_demonstration
from tests.conftest import SAMPLES
from tests.reliability.interruptions import Ending, Interruptions

SMALL = "2011"
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
    """`framed`: a home with the frames of some sample campaigns; `manifests`: what is returned to it."""

    framed: Path
    manifests: tuple[Path, ...]

    def home(self, at: Path) -> Path:
        """A new home with the frames."""
        shutil.copytree(self.framed, at)
        return at

    @property
    def receive(self) -> tuple[str | Path, ...]:
        """The command that takes the returns in."""
        return ("receive", "--manifest", self.manifests[0], "--root", SAMPLES)

    @property
    def receive_reports(self) -> tuple[str | Path, ...]:
        """The command that takes in what senders confirm."""
        return ("receive", "--manifest", self.manifests[1], "--root", SAMPLES)


def surveyed(interruptions: Interruptions, folder: Path, *campaigns: str) -> Survey:
    """A survey of some of the sample campaigns."""
    for campaign in campaigns:
        frame = SAMPLES / "frames" / f"frame_{campaign}.csv"
        succeed(interruptions, folder / "home", "frame", frame, "--campaign", campaign)
    manifests = []
    for kind in ("returns", "reports"):
        header, *lines = (SAMPLES / kind / "manifest.csv").read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(",")[1] in campaigns]
        manifests.append(folder / f"{kind}.csv")
        manifests[-1].write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    return Survey(folder / "home", tuple(manifests))


def succeed(interruptions: Interruptions, home: Path, *arguments: str | Path) -> Ending:
    """The ending of a command that nothing disturbs."""
    (ending,) = interruptions.run(home, *arguments)
    assert ending.code == 0, ending.said
    return ending


@pytest.fixture(scope="session")
def survey(interruptions: Interruptions, tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """Of two campaigns: many files to receive."""
    return surveyed(interruptions, tmp_path_factory.mktemp("survey"), "2011", "2017")


@dataclass(frozen=True)
class Undisturbed:
    """A home after a command that nothing disturbed, not to be changed, and how the command ended."""

    home: Path
    ending: Ending

    def copy(self, at: Path) -> Path:
        """The same home, to be changed."""
        shutil.copytree(self.home, at, symlinks=True)
        return at


@pytest.fixture(scope="session")
def received(interruptions: Interruptions, survey: Survey, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Everything of the survey is received."""
    home = survey.home(tmp_path_factory.mktemp("received") / "home")
    return Undisturbed(home, succeed(interruptions, home, *survey.receive))


@pytest.fixture(scope="session")
def built(interruptions: Interruptions, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A candidate of one small campaign, signed."""
    folder = tmp_path_factory.mktemp("built")
    small = surveyed(interruptions, folder, SMALL)
    home = small.home(folder / "built")
    for command in (small.receive, small.receive_reports):
        succeed(interruptions, home, *command)
    ending = succeed(interruptions, home, "build")
    sign_as_demonstration(Home(home), questionnaires_folder(), (home / "candidate").resolve(), int(SMALL))
    return Undisturbed(home, ending)


@pytest.fixture(scope="session")
def built_by_two(
    interruptions: Interruptions, built: Undisturbed, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Ending]]:
    """The same home after two builds that began together."""
    home = built.copy(tmp_path_factory.mktemp("two") / "home")
    return home, interruptions.run(home, "build", "--fresh", times=2)


@pytest.fixture(scope="session")
def published(
    interruptions: Interruptions, built: Undisturbed, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """A first vintage of it, with plaquettes enough for several processes."""
    home = built.copy(tmp_path_factory.mktemp("published") / "home")
    return Undisturbed(home, succeed(interruptions, home, "publish", SMALL, "--vintage", "P1"))
