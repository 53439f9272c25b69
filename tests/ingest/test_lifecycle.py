"""Lifecycle files that can't be true are refused line by line; the last frame registered counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import Home
from ingest.receive.archive import LIFECYCLE, Archive
from ingest.receive.integrity import check_archive
from ingest.survey_frame.frames import FrameError, frame_of, lifecycle_of, register_frame, register_lifecycle
from registry import Registry
from tests.conftest import SAMPLES, Senacs, run_senacs
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


def events_of(home: Home, registry: Registry) -> set[tuple[str, str]]:
    return set(lifecycle_of(home, registry).select("structure_id", "event").iter_rows())


def test_a_new_file_adds_to_the_events_of_earlier_years(home: Home, registry: Registry, tmp_path: Path) -> None:
    before = lifecycle_of(home, registry)
    receipt = register_lifecycle(
        home,
        registry,
        written(
            tmp_path,
            "CS-62-0005,closure,2019-08-31,,fermée",
            "CS-62-0027,merger,2015-01-01,CS-62-0029,dit autrement",
        ),
    )
    assert (receipt["events"], receipt["added"], receipt["total"]) == (2, 1, before.height + 1)
    after = lifecycle_of(home, registry)
    assert after.head(before.height).drop("note").equals(before.drop("note"))
    assert after["structure_id"].to_list()[-1] == "CS-62-0005"
    assert after.filter(structure_id="CS-62-0027")["note"].to_list() == ["dit autrement"]
    again = register_lifecycle(home, registry, SAMPLES / "frames" / "lifecycle.csv")
    assert (again["added"], again["total"]) == (0, before.height + 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "CS-62-0026,closure,2016-12-31,,",
            "ligne 2 : « CS-62-0026, closure, 31/12/2016 » contredit l'événement enregistré "
            "« CS-62-0026, closure, 31/12/2014 »",
        ),
        ("CS-62-0027,merger,2016-01-01,CS-62-0029,", "contredit l'événement enregistré"),
        ("CS-62-0027,merger,2015-01-01,CS-62-0028,", "contredit l'événement enregistré"),
        ("CS-62-0043,closure,2018-01-01,,", "fermerait le 01/01/2018, avant sa création"),
    ],
)
def test_what_contradicts_the_registered_events_is_named_and_registers_nothing(
    home: Home, registry: Registry, tmp_path: Path, line: str, words: str
) -> None:
    before = events_of(home, registry)
    with pytest.raises(FrameError) as refused:
        register_lifecycle(home, registry, written(tmp_path, line))
    assert words in str(refused.value)
    assert events_of(home, registry) == before


def test_a_file_replaces_the_events_when_asked_to_and_says_which(
    home: Home, registry: Registry, tmp_path: Path
) -> None:
    path = written(tmp_path, "CS-62-0026,closure,2016-12-31,,")
    with pytest.raises(FrameError, match="ajoutez --replace : il remplace les 7 événements enregistrés : CS-62-0026"):
        register_lifecycle(home, registry, path)
    cursor = Archive(home).cursor()
    receipt = register_lifecycle(home, registry, path, replace="A. Martin")
    assert len(receipt["replaced"]) == 7 and receipt["total"] == 1
    assert events_of(home, registry) == {("CS-62-0026", "closure")}
    assert Archive(home).cursor() != cursor
    kept = Archive(home).received(0, LIFECYCLE)
    assert [entry.withdrawn for entry in kept] == [True, False]
    back = register_lifecycle(home, registry, SAMPLES / "frames" / "lifecycle.csv", replace="A. Martin")
    assert back["total"] == 7
    check_archive(home)


def test_the_command_says_what_it_adds_and_asks_before_replacing(home: Home, tmp_path: Path) -> None:
    added = run_senacs(home.root, "lifecycle", written(tmp_path, "CS-62-0005,closure,2019-08-31,,fermée"))
    assert added.code == 0
    assert "1 événements, aucune faute ; 8 en tout" in added.out
    wrong = written(tmp_path, "CS-62-0026,closure,2016-12-31,,", "CS-62-0005,closure,2018-08-31,,")
    refused = run_senacs(home.root, "lifecycle", wrong)
    assert refused.code == 1
    assert "ligne 2 :" in refused.err and "ligne 3 :" in refused.err and "--replace" in refused.err
    preview = run_senacs(home.root, "lifecycle", wrong, "--replace", "--check", "--json")
    assert (preview.document["total"], len(preview.document["replaced"])) == (2, 8)
    replaced = run_senacs(home.root, "lifecycle", wrong, "--replace", "--by", "A. Martin")
    assert "Remplace 8 événement(s) enregistré(s) : CS-62-0026, closure, 31/12/2014" in replaced.out
