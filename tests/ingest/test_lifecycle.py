"""Lifecycle files that can't be true are refused line by line; the last frame registered counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.archive import LIFECYCLE, Archive
from ingest.frames import FrameError, frame_of, register_frame, register_lifecycle
from ingest.home import Home
from ingest.registry import Registry
from tests.conftest import SAMPLES, Senacs
from tests.ingest.conftest import with_frames

HEADER = "structure_id,event,date,other_ids,note"


@pytest.fixture
def home(tmp_path: Path, registry: Registry) -> Home:
    home = Home(tmp_path / "home")
    with_frames(home, registry)
    return home


def written(folder: Path, *lines: str) -> Path:
    path = folder / "events.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            ["CS-62-0001,fermeture,2018-01-01,,"],
            "ligne 2 : événement « fermeture » inconnu (attendu : created",
        ),
        (["CS-62-9999,closure,2018-01-01,,"], "ligne 2 : CS-62-9999 n'est dans aucun référentiel enregistré"),
        (["CS-62-0001,merger,2015-01-01,CS-62-9999,"], "ligne 2 : CS-62-9999 n'est dans aucun référentiel"),
        (["CS-62-0001,merger,2015-01-01,le voisin,"], "identifiant « LEVOISIN » invalide"),
        (["CS-62-0001,closure,2018-01-01,,"] * 2, "ligne 3 : le même événement de CS-62-0001 figure déjà ligne 2"),
        (["CS-62-0001,closure,2999-01-01,,"], "ligne 2 : date « 01/01/2999 » impossible"),
        (["CS-62-0001,closure,0218-01-01,,"], "impossible"),
        (["CS-62-0001,closure,2018-02-30,,"], "ligne 2 : date « 2018-02-30 » illisible"),
        (
            ["CS-62-0001,created,2016-01-01,,", "CS-62-0001,closure,2015-01-01,,"],
            "ligne 3 : CS-62-0001 fermerait le 01/01/2015, avant sa création le 01/01/2016",
        ),
        (["CS-62-0001,merger,2015-01-01,CS-62-0001,"], "CS-62-0001 est aussi dans other_ids"),
    ],
)
def test_what_can_t_be_is_refused_with_its_line_and_nothing_is_registered(
    home: Home, registry: Registry, tmp_path: Path, lines: list[str], reason: str
) -> None:
    before = Archive(home).entries(0, LIFECYCLE)
    with pytest.raises(FrameError) as raised:
        register_lifecycle(home, registry, written(tmp_path, *lines))
    assert reason in str(raised.value)
    assert Archive(home).entries(0, LIFECYCLE) == before


def test_a_structure_that_no_frame_can_know_yet_is_no_fault(home: Home, registry: Registry, tmp_path: Path) -> None:
    events = written(tmp_path, "CS-62-9999,created,2020-05-01,,", "CS-62-9999,renamed,2021-05-01,,")
    assert register_lifecycle(home, registry, events)["events"] == 2


def test_the_command_checks_without_registering(senacs: Senacs, tmp_path: Path) -> None:
    checked = senacs("lifecycle", SAMPLES / "frames" / "lifecycle.csv", "--check", "--json")
    assert checked.document["registered"] is False
    assert senacs("lifecycle", written(tmp_path, "CS-62-0001,fermeture,2018-01-01,,"), "--check").code == 1


def test_of_two_frames_registered_at_once_the_last_one_counts(tmp_path: Path, registry: Registry) -> None:
    home = Home(tmp_path / "home")
    header, *lines = (SAMPLES / "frames" / "frame_2019.csv").read_text(encoding="utf-8").splitlines()
    for name, count in (("z.csv", 3), ("a.csv", 2), ("m.csv", 1)):
        path = tmp_path / name
        path.write_text("\n".join([header, *lines[:count], ""]), encoding="utf-8")
        register_frame(home, registry, path, 2019)
        assert frame_of(home, registry, 2019).height == count
