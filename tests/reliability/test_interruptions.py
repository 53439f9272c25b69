"""Killed, out of disk, twice at once, altered: no lost receipt, no half release, and the next run is right."""

import random
import shutil
from pathlib import Path

import pytest

from orchestration.exit_codes import ExitCode
from tests.reliability.conftest import SMALL, Survey, Undisturbed, succeed
from tests.reliability.homes import archived, candidate_files, leftovers, releases
from tests.reliability.interruptions import Ending, Interruptions

KILLED = -9
RECEPTIONS, SIGNATURES, BUILDS, PUBLICATIONS = 17, 25, 5, 3
SMALL_FILE = 4096
PUBLISH = ("publish", SMALL, "--vintage")


def points(chance: random.Random, whole: Ending, many: int) -> list[dict[str, float]]:
    """Where to kill: half at a change made to the disk, half at a moment."""
    return [
        {"fatal_seconds": chance.uniform(0, 0.9 * whole.seconds)}
        if number % 2
        else {"fatal_change": chance.randint(1, whole.changes)}
        for number in range(many)
    ]


def test_a_killed_reception_loses_no_receipt_and_the_next_one_takes_everything_in(
    interruptions: Interruptions, survey: Survey, received: Undisturbed, chance, tmp_path: Path
):
    expected = archived(received.home)
    for number, point in enumerate(points(chance, received.ending, RECEPTIONS)):
        home = survey.home(tmp_path / str(number))
        (killed,) = interruptions.run(home, *survey.receive, **point)
        assert killed.code == KILLED or "fatal_seconds" in point
        kept = archived(home)
        assert kept.items() <= expected.items()
        succeed(interruptions, home, *survey.receive)
        assert archived(home) == expected


def test_a_killed_signature_is_there_or_is_not(
    interruptions: Interruptions, built: Undisturbed, chance, tmp_path: Path
):
    home = built.copy(tmp_path / "home")
    before = archived(home)
    sign = ("sign", SMALL, "--territory", "national:FR", "--as", "national", "--author")
    whole = succeed(interruptions, home, *sign, "0")
    for number, point in enumerate(points(chance, whole, SIGNATURES), start=1):
        interruptions.run(home, *sign, str(number), **point)
        found = archived(home)
        assert before.items() <= found.items()
        before = found
    succeed(interruptions, home, *sign, "the last")
    assert len(archived(home)) == len(before) + 1


def test_interrupted_builds_leave_the_candidate_and_the_next_one_gives_the_same_figures(
    interruptions: Interruptions, built: Undisturbed, built_by_two, chance, tmp_path: Path
):
    home = built.copy(tmp_path / "home")
    expected, receipts = candidate_files(home), archived(home)
    candidate = (home / "candidate").resolve()
    (full,) = interruptions.run(home, "build", "--fresh", largest_file=SMALL_FILE * 50)
    assert full.code == ExitCode.FAILURE and (home / "candidate").resolve() == candidate
    whole = min(built_by_two[1], key=lambda ending: ending.seconds)
    for point in points(chance, whole, BUILDS):
        (ending,) = interruptions.run(home, "build", "--fresh", **point)
        assert not ending.orphans
        assert candidate_files(home) == expected and archived(home) == receipts
    succeed(interruptions, home, "build")
    assert candidate_files(home) == expected and archived(home) == receipts
    assert not leftovers(home)


def test_two_builds_at_once_wait_for_each_other(built: Undisturbed, built_by_two: tuple[Path, list[Ending]]):
    home, endings = built_by_two
    assert [ending.code for ending in endings] == [ExitCode.OK, ExitCode.OK]
    assert candidate_files(home) == candidate_files(built.home)
    assert len(list(home.glob("builds/*"))) == len(list(built.home.glob("builds/*"))) + 2
    assert not leftovers(home)


def test_interrupted_publications_leave_no_half_release_and_no_process(
    interruptions: Interruptions, published: Undisturbed, chance, tmp_path: Path
):
    home = published.copy(tmp_path / "home")
    known = releases(home)
    ((first, complete),) = known.items()
    (full,) = interruptions.run(home, *PUBLISH, "P2", largest_file=SMALL_FILE * 50)
    assert full.code == ExitCode.FAILURE and not full.orphans
    assert releases(home) == known
    for point in points(chance, published.ending, PUBLICATIONS):
        (ending,) = interruptions.run(home, *PUBLISH, f"P{len(known) + 1}", **point)
        assert not ending.orphans
        found = releases(home)
        assert known.items() <= found.items()
        known = found
    endings = interruptions.run(home, *PUBLISH, "F", times=2)
    assert sorted(ending.code for ending in endings) == [ExitCode.OK, ExitCode.VINTAGE_EXISTS]
    last = releases(home)[str(Path(first).with_name("F"))]
    comparison = {name for name in last if name.startswith("differences")}
    assert {name.replace("_F.", "_P1.") for name in last.keys() - comparison} == set(complete)
    assert archived(home) == archived(published.home) and not leftovers(home)


def test_a_full_disk_stops_a_reception_and_the_next_one_takes_everything_in(
    interruptions: Interruptions, survey: Survey, received: Undisturbed, tmp_path: Path
):
    home = survey.home(tmp_path / "home")
    (full,) = interruptions.run(home, *survey.receive, largest_file=SMALL_FILE)
    assert full.code == ExitCode.FAILURE
    assert "n'a pas pu être archivé" in full.said and "Libérez de la place" in full.said
    assert archived(home).items() <= archived(received.home).items()
    succeed(interruptions, home, *survey.receive)
    assert archived(home) == archived(received.home)


def test_two_receptions_at_once_archive_each_file_once(
    interruptions: Interruptions, survey: Survey, received: Undisturbed, tmp_path: Path
):
    home = survey.home(tmp_path / "home")
    endings = interruptions.run(home, *survey.receive, times=2)
    assert [ending.code for ending in endings] == [ExitCode.OK, ExitCode.OK]
    assert archived(home) == archived(received.home)


def altered(entry: Path) -> None:
    """One bit of the file is not what was received."""
    (file,) = (path for path in entry.iterdir() if path.name != "receipt.json")
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def without_its_file(entry: Path) -> None:
    for path in entry.iterdir():
        if path.name != "receipt.json":
            path.unlink()


def with_another_receipt(entry: Path) -> None:
    (entry / "receipt.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("spoil", [altered, without_its_file, with_another_receipt])
def test_an_entry_that_is_not_what_was_received_is_named_and_blocks(
    interruptions: Interruptions, published: Undisturbed, tmp_path: Path, spoil
):
    home = published.copy(tmp_path / "home")
    candidate, before, receipts = (home / "candidate").resolve(), releases(home), archived(home)
    entry = min((home / "archive" / "returns").rglob("receipt.json")).parent
    saved = shutil.copytree(entry, tmp_path / "saved")
    spoil(entry)
    for command in (("build",), (*PUBLISH, "P2")):
        (ending,) = interruptions.run(home, *command)
        assert ending.code == ExitCode.FAILURE
        assert f"Archive altérée : {entry.relative_to(home)}" in ending.said
    assert (home / "candidate").resolve() == candidate and releases(home) == before
    shutil.rmtree(entry)
    shutil.copytree(saved, entry)
    assert archived(home) == receipts
