"""The folders of builds: private while they grow, whole while they have their name, current when they are judged.

``builds/<id>.partial`` becomes ``builds/<id>`` by one rename; ``candidate`` points at it by another. A process killed
at any moment leaves the last candidate whole, and a partial folder that the next build removes; a build that is
forgotten loses its name first.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.home import Home

KEPT = 3
PARTIAL = ".partial"


class NoCandidateError(Exception):
    """There is no candidate yet, or the step of a run is asked for without those before it."""


@dataclass(frozen=True)
class Build:
    """The build of one run. Its id sorts by time; its last part names the run."""

    home: Home
    build_id: str

    @property
    def partial(self) -> Path:
        """Where the run works."""
        return self.home.builds / f"{self.build_id}{PARTIAL}"

    @property
    def whole(self) -> Path:
        """Where the build is once complete."""
        return self.home.builds / self.build_id

    def completed(self) -> Path:
        """Give the folder its final name. Everything in it is written and closed."""
        _flush(self.partial)
        self.partial.rename(self.whole)
        _flush_folder(self.home.builds)
        return self.whole


def new_build(home: Home, run_id: str, now: dt.datetime | None = None) -> Build:
    """An empty partial folder for a run. Those of dead runs are removed: the caller holds the writer's lock."""
    _remove_leftovers(home)
    moment = now or dt.datetime.now(dt.UTC)
    build = Build(home, f"{moment:%Y%m%dT%H%M%SZ}-{run_id[:8]}")
    build.partial.mkdir(parents=True)
    return build


def build_of_run(home: Home, run_id: str) -> Build:
    """The build that an earlier step of the same run began. Raises `NoCandidateError`."""
    if build := build_begun(home, run_id):
        return build
    raise NoCandidateError("this step continues a build: run the job `build`, from the answers to the verdict")


def build_begun(home: Home, run_id: str) -> Build | None:
    """The build that an earlier step of the same run began, if any did."""
    return next(
        (Build(home, folder.name.removesuffix(PARTIAL)) for folder in home.builds.glob(f"*-{run_id[:8]}*")), None
    )


def current_candidate(home: Home) -> Path:
    """The folder of the last whole build. Raises `NoCandidateError`."""
    if not home.candidate.exists():
        raise NoCandidateError("aucune construction n'existe encore : lancez d'abord « senacs build »")
    return home.candidate.resolve()


def promote(home: Home, folder: Path) -> None:
    """Make a whole build the candidate, in one rename, and forget the builds before the last ones and those cut short.

    The caller holds the writer's lock: a link of that name was left by a dead run.
    """
    link = home.root / ".candidate.partial"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(home.root))
    link.replace(home.candidate)
    _flush_folder(home.root)
    whole = sorted(path for path in home.builds.iterdir() if path.is_dir() and not path.name.endswith(PARTIAL))
    for old in [path for path in whole if path != folder][: -(KEPT - 1)]:
        old.rename(old.with_name(f"{old.name}{PARTIAL}"))
    _remove_leftovers(home)


def _remove_leftovers(home: Home) -> None:
    for leftover in home.builds.glob(f"*{PARTIAL}"):
        shutil.rmtree(leftover)


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            _flush_file(path)
        else:
            _flush_folder(path)
    _flush_folder(folder)


def _flush_file(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _flush_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
