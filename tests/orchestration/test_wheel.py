"""An installed package works where there is no clone: its data are with it, and nothing is written beside its code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT

DATA = ("dbt_project", "editorial", "expectations", "publication", "questionnaires", "samples")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, installed in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    source, wheels, target = folder / "source", folder / "wheels", folder / "installed"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        if (PROJECT_ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((PROJECT_ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, source], check=True)
    subprocess.run([*pip, "install", "-q", "--no-deps", "--target", target, *wheels.iterdir()], check=True)
    return target


def _files(folder: Path) -> set[str]:
    generated = {"__pycache__", "target", "logs"}
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not generated & set(path.relative_to(folder).parts) and not path.name.startswith(".")
    }


@pytest.mark.parametrize("room", DATA)
def test_a_wheel_carries_the_data_of_the_tree(installed: Path, room: str) -> None:
    assert _files(installed / room) == _files(PROJECT_ROOT / room)


def test_the_demonstration_runs_from_a_wheel_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    before = _files(installed)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SENACS_")}
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "demo"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "var" / "releases" / "2019" / "P1" / "national.pdf").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    assert _files(installed) == before
