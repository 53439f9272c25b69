"""A command asked to stop ends in one French line, with the exit code that says by whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT, Home
from orchestration.failures import told
from tests.conftest import run_senacs

ASKED = """
import os, sys
from orchestration import cli
from orchestration.cli import inspection

def stopped(options, screen):
    os.kill(os.getpid(), {number})
    sum(range(10**9))

inspection.show_status = stopped
cli.inspection = inspection
sys.exit(cli.main(["status", "2019"]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_request_to_stop_is_one_line_and_its_code(tmp_path: Path, number: int, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ASKED.format(number=int(number))],
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT), "SENACS_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.returncode == code
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "ce qui était en place n'a pas changé" in ended.stderr


def test_status_of_a_read_only_home_writes_nothing_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    (home.archive / "2019").mkdir(parents=True)
    before = sorted(home.root.rglob("*"))
    monkeypatch.setattr(Home, "read_only", property(lambda self: self.root == home.root))
    assert run_senacs(home.root, "status", "--json").code == 0
    assert sorted(home.root.rglob("*")) == before


def test_a_read_only_home_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENACS_HOME", str(tmp_path))
    monkeypatch.setattr(Home, "read_only", True)
    message, code = told(PermissionError(13, "Permission denied"))
    assert code == 1
    assert f"{tmp_path} (SENACS_HOME) est en lecture seule" in message
