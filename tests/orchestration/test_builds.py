"""The folders of builds, the lock, the stopwatch: the small parts that keep a run safe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT, Home
from orchestration.builds import KEPT, NoCandidateError, build_of_run, current_candidate, new_build, promote
from orchestration.stages import Stages
from orchestration.writer_lock import WriterBusyError, WriterLock

RUNS = [f"{number:08d}" for number in range(KEPT + 2)]


def whole_build(home: Home, run_id: str) -> Path:
    build = new_build(home, run_id)
    (build.partial / "figures.csv").write_text(run_id, encoding="utf-8")
    return build.completed()


def test_without_a_build_there_is_no_candidate(tmp_path: Path) -> None:
    with pytest.raises(NoCandidateError, match="senacs build"):
        current_candidate(Home(tmp_path))
    with pytest.raises(NoCandidateError):
        build_of_run(Home(tmp_path), RUNS[0])


def test_a_build_is_the_candidate_once_promoted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    promote(home, whole_build(home, RUNS[0]))
    assert (home.candidate / "figures.csv").read_text(encoding="utf-8") == RUNS[0]
    folder = whole_build(home, RUNS[1])
    assert (home.candidate / "figures.csv").read_text(encoding="utf-8") == RUNS[0]
    promote(home, folder)
    assert current_candidate(home) == folder
    assert not home.candidate.readlink().is_absolute()


def test_a_home_can_be_moved(tmp_path: Path) -> None:
    home = Home(tmp_path / "before")
    promote(home, whole_build(home, RUNS[0]))
    home.root.rename(tmp_path / "after")
    assert (tmp_path / "after" / "candidate" / "figures.csv").is_file()


def test_old_builds_go_and_the_candidate_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folders = [whole_build(home, run_id) for run_id in RUNS]
    promote(home, folders[0])
    kept = {path.name for path in home.builds.iterdir()}
    assert len(kept) == KEPT
    assert folders[0].name in kept
    assert folders[-1].name in kept


def test_what_a_dead_run_left_is_removed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    dead = new_build(home, RUNS[0])
    alive = new_build(home, RUNS[1])
    assert not dead.partial.exists()
    assert build_of_run(home, RUNS[1]).partial == alive.partial


def test_the_lock_is_taken_again_by_its_holder_and_refused_to_others(tmp_path: Path) -> None:
    path = tmp_path / "home" / "writer.lock"
    mine, other = WriterLock(path), WriterLock(path, patience=0.0)
    mine.acquire()
    mine.acquire()
    told: list[str] = []
    with pytest.raises(WriterBusyError, match=str(os.getpid())):
        other.acquire(told.append)
    assert len(told) <= 1
    mine.release()
    other.acquire()
    other.release()


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    script = (
        "import os, pathlib\nfrom orchestration.writer_lock import WriterLock\n"
        f"WriterLock(pathlib.Path({str(path)!r})).acquire()\nos.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, check=False).returncode == -9
    lock = WriterLock(path, patience=0.0)
    lock.acquire()
    lock.release()


def test_stages_are_timed_and_told_in_order() -> None:
    heard: list[str] = []

    class Ear:
        def started(self, label: str) -> None:
            heard.append(f"> {label}")

        def advanced(self, detail: str) -> None:
            heard.append(detail)

        def ended(self, label: str, seconds: float, detail: str) -> None:
            heard.append(f"< {label} {detail}")
            assert seconds >= 0

    stages = Stages(Ear())
    with stages.stage("read", "Lecture") as stage:
        stage.count("a.csv", 1, 2)
        stage.tell("2 fichiers")
    assert heard == ["> Lecture", "1/2 a.csv", "2 fichiers", "< Lecture 2 fichiers"]
    assert list(stages.seconds) == ["read"]
