"""What end-to-end tests share: the command, run in this process, and one real run of the demonstration."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from core.home import PROJECT_ROOT, Home

SAMPLES = PROJECT_ROOT / "samples"

# A slow machine is no fault of the code: no example has a deadline.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, then those that can run while its process makes the demonstration, then the others."""
    waiting = {item.path for item in items if "demonstration" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: ("reliability" not in item.path.parts, item.path in waiting))


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document of the standard output."""
        return json.loads(self.out)


Senacs = Callable[..., Outcome]


def run_senacs(home: Path, *arguments: str | Path, questionnaires: Path | None = None) -> Outcome:
    """Run `senacs` in this process under a home of its own."""
    from orchestration.cli import main

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("SENACS_")]:
            patch.delenv(name)
        patch.setenv("SENACS_HOME", str(home))
        if questionnaires:
            patch.setenv("SENACS_QUESTIONNAIRES", str(questionnaires))
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture
def senacs(tmp_path: Path) -> Senacs:
    """`senacs` under an empty home: ``senacs("status", "--json")``."""

    def run(*arguments: str | Path, **options: Any) -> Outcome:
        return run_senacs(tmp_path / "home", *arguments, **options)

    return run


@dataclass(frozen=True)
class Demonstration:
    """A home after `senacs demo`: the candidate, and a release of each sample campaign. Not to be changed."""

    home: Home
    outcome: Outcome

    @property
    def candidate(self) -> Path:
        """The build that the demonstration made."""
        return self.home.candidate.resolve()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The whole chain, run once for all tests on the bundled samples, also where several processes share the tests."""
    session = tmp_path_factory.getbasetemp()
    root = (session.parent if "PYTEST_XDIST_WORKER" in os.environ else session) / "demonstration"
    ended = root.with_suffix(".json")
    with FileLock(root.with_suffix(".lock")):
        if not ended.is_file():
            ended.write_text(json.dumps(asdict(run_senacs(root, "demo", "--json"))))
    outcome = Outcome(**json.loads(ended.read_text()))
    assert outcome.code == 0, outcome.err
    return Demonstration(Home(root), outcome)


def register_samples(home: Path, *campaigns: int) -> None:
    """Register the frames of `campaigns` and the lifecycle events of the samples."""
    for campaign in campaigns:
        frame = SAMPLES / "frames" / f"frame_{campaign}.csv"
        assert run_senacs(home, "frame", frame, "--campaign", str(campaign)).code == 0
    assert run_senacs(home, "lifecycle", SAMPLES / "frames" / "lifecycle.csv").code == 0
