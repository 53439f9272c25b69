import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from publication.release.publish import VintageExists, publish
from publication.release.vintages import VintageOrderError, new_vintage
from tests.publication.candidate_fixture import passing_verdict

ROOT = Path(__file__).resolve().parents[2]


def written(releases: Path, vintage: str, content: str = "whole") -> Path:
    with new_vintage(releases, 2019, vintage) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text(content)
    return releases / "2019" / vintage


def test_appears_whole_under_its_name(tmp_path: Path) -> None:
    folder = written(tmp_path, "P1")
    assert (folder / "sub" / "a.txt").read_text() == "whole"
    assert list((tmp_path / "2019").glob("*.partial")) == []
    assert list((tmp_path / "2019").glob(".*.partial")) == []


def test_is_never_written_twice(tmp_path: Path) -> None:
    folder = written(tmp_path, "P1")
    with pytest.raises(VintageExists, match="déjà publié"):
        written(tmp_path, "P1", "other")
    assert (folder / "sub" / "a.txt").read_text() == "whole"


@pytest.mark.parametrize(
    ("published", "vintage", "said"),
    [
        ([], "P2", "trop tôt"),
        (["P1"], "P3", "trop tôt"),
        (["P1", "F"], "P2", "trop tard"),
        (["P1"], "F1", "trop tôt"),
        (["F", "F2"], "F1", "trop tard"),
    ],
)
def test_vintages_follow_each_other(tmp_path: Path, published: list[str], vintage: str, said: str) -> None:
    for name in published:
        written(tmp_path, name)
    with pytest.raises(VintageOrderError, match=said):
        written(tmp_path, vintage)
    assert not (tmp_path / "2019" / vintage).exists()


@pytest.mark.parametrize("vintages", [["P1", "P2", "F", "F1", "F2"], ["F", "F2"]])
def test_vintages_in_their_order_are_published(tmp_path: Path, vintages: list[str]) -> None:
    assert [written(tmp_path, name).name for name in vintages] == vintages


def test_of_two_at_once_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    inside = threading.Barrier(2)
    outcomes: list[str] = []

    def write(content: str) -> None:
        try:
            with new_vintage(tmp_path, 2019, "P1") as folder:
                (folder / "a.txt").write_text(content)
                inside.wait()
            outcomes.append(content)
        except VintageExists:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(content,)) for content in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = (tmp_path / "2019" / "P1" / "a.txt").read_text()
    assert sorted(outcomes) == sorted([winner, "refused"])
    assert list((tmp_path / "2019").glob(".*.partial")) == []


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no room"), new_vintage(tmp_path, 2019, "P1") as folder:
        (folder / "a.txt").write_text("half")
        raise OSError("no room")
    assert [path.name for path in (tmp_path / "2019").iterdir()] == []


@pytest.mark.parametrize(
    "name", ["", "p1", "../P1", "P1/x", "P 1", "1P", "P1\n", "ABCDEFGHI", "P", "P0", "P01", "X", "FX", "F0", "P1000"]
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="nom de millésime"), new_vintage(tmp_path, 2019, name):
        pass
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal
from pathlib import Path
from tests.publication.candidate_fixture import passing_verdict
from publication.release.publish import publish

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

moment = {moment!r}
if moment == "sealed":
    Path.rename = die
publish(Path({candidate!r}), passing_verdict(2011), 2011, "P2", Path({releases!r}), plaquettes=(),
        progress=lambda label, done, total: die() if moment in (str(done), label) else None)
"""


@pytest.mark.parametrize("moment", ["1", "France", "sommaire et empreintes", "sealed"])
def test_a_kill_leaves_earlier_releases_whole_and_the_next_run_right(
    candidate: Path, tmp_path: Path, moment: str
) -> None:
    earlier = tmp_path / "2011" / "P1"
    earlier.mkdir(parents=True)
    (earlier / "a.txt").write_text("published")
    code = KILLED.format(candidate=str(candidate), releases=str(tmp_path), moment=moment)
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / "2011" / "P2").exists()
    assert (earlier / "a.txt").read_text() == "published"
    assert len(list((tmp_path / "2011").glob(".P2.*.partial"))) == 1

    folder = publish(candidate, passing_verdict(2011), 2011, "P2", tmp_path, plaquettes=())
    assert (folder / "SHA256SUMS").is_file()
    assert sorted(path.name for path in (tmp_path / "2011").iterdir()) == ["P1", "P2"]
