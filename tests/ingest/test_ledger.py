"""The ledger: the last reception counts, a removed entry is missed, a killed reception leaves nothing for long."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from core.ledger import NO_LINE, Ledger, chained
from ingest.receive.archive import FRAMES, Archive
from ingest.receive.integrity import AlteredArchiveError, check_archive
from ingest.receive.reception import Delivery, ReceptionError, receive
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import frame_of, register_frame
from registry import Registry
from tests.ingest.conftest import SAMPLES

ONE, OTHER = "CS-59-0005", "CS-59-0006"
FRAME = (SAMPLES / "frames" / "frame_2019.csv").read_text(encoding="utf-8")


def sent(home: Home, registry: Registry, folder: Path, name: str, text: str, sender: str = "caf-59") -> bool:
    """Receive a small file now; whether it was received already."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return receive(home, registry, [Delivery(path, name, 2019, sender)])[0].already_received


def standing(home: Home, registry: Registry) -> dict[str, float]:
    """The employees of each structure, from the responses that count."""
    build_intake(home, registry, 2019)
    answers = pl.read_parquet(home.intake / "2019" / "answers.parquet").filter("current", variable="employees")
    return {structure: float(value) for structure, value in answers.select("structure_id", "value_num").iter_rows()}


def test_a_file_that_comes_back_after_another_counts_again(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    first, second = f"IDENT;Q7.01\n{ONE};12\n{OTHER};5\n", f"IDENT;Q7.01\n{ONE};13\n"
    assert not sent(framed_home, registry, tmp_path, "z.csv", first)
    assert not sent(framed_home, registry, tmp_path, "a.csv", second)
    assert standing(framed_home, registry) == {ONE: 13, OTHER: 5}
    sent(framed_home, registry, tmp_path, "b.csv", f"IDENT;Q7.01\n{OTHER};7\n", "fede-npdc")
    cursor = Archive(framed_home).cursor()
    assert not sent(framed_home, registry, tmp_path, "z.csv", first)
    assert standing(framed_home, registry) == {ONE: 12, OTHER: 5}
    assert Archive(framed_home).cursor() != cursor
    assert sent(framed_home, registry, tmp_path, "z.csv", first)
    assert len(Archive(framed_home).entries(2019)) == 3
    check_archive(framed_home)


def test_a_frame_registered_again_counts_again(tmp_path: Path, registry: Registry) -> None:
    home, path = Home(tmp_path / "home"), tmp_path / "frame.csv"
    without_last = "\n".join(FRAME.splitlines()[:-1]) + "\n"
    heights = []
    for text in (FRAME, without_last, FRAME, FRAME):
        path.write_text(text, encoding="utf-8")
        register_frame(home, registry, path, 2019)
        heights.append(frame_of(home, registry, 2019).height)
    assert heights == [heights[0], heights[0] - 1, heights[0], heights[0]]
    assert len(Archive(home).entries(2019, FRAMES)) == 2
    assert len(Ledger(home.archive).lines()) == 3


def test_an_entry_removed_with_its_folder_is_missed(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    check_archive(framed_home)
    folder = Archive(framed_home).entries(2019)[0].folder
    kept = tmp_path / "kept"
    shutil.move(folder, kept)
    with pytest.raises(AlteredArchiveError, match=f"{folder.name} : cette entrée, reçue le .* a disparu"):
        check_archive(framed_home)
    shutil.move(kept, folder)
    check_archive(framed_home)


def test_a_ledger_rewritten_or_gone_is_told(framed_home: Home) -> None:
    ledger = Ledger(framed_home.archive).path
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    for fault, words in ((lines[:1] + lines[2:], "ligne 2"), (["{}\n", *lines], "plus lisible"), (None, "manque")):
        ledger.write_text("".join(fault), encoding="utf-8") if fault else ledger.unlink()
        with pytest.raises(AlteredArchiveError, match=words):
            check_archive(framed_home)
    ledger.write_text("".join(lines), encoding="utf-8")
    check_archive(framed_home)


def test_what_a_killed_reception_left_is_mended(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    ledger = Ledger(framed_home.archive)
    known = len(ledger.lines())
    ledger.path.write_bytes(ledger.path.read_bytes()[:-20])
    left = framed_home.archive / ".incoming" / "left"
    left.mkdir(parents=True)
    partial = framed_home.intake / "2019" / ".answers.parquet.0.partial"
    partial.parent.mkdir(parents=True)
    partial.touch()
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    build_intake(framed_home, registry, 2019)
    check_archive(framed_home)
    assert not left.exists()
    assert not partial.exists()
    assert len(ledger.lines()) == known + 1


def test_an_archive_from_before_the_ledger_is_entered_in_it(framed_home: Home) -> None:
    ledger = Ledger(framed_home.archive)
    known = {line.entry for line in ledger.lines()}
    ledger.path.unlink()
    ledger.head_path.unlink()
    for receipt in framed_home.archive.rglob("receipt.json"):
        text = receipt.read_text(encoding="utf-8")
        assert '"listed": true' in text
        receipt.write_text(text[: text.rindex(",")] + "\n}", encoding="utf-8")
    check_archive(framed_home)
    assert {line.entry for line in ledger.lines()} == known


def _receipt_edited(home: Home, name: str, value: object) -> Path:
    """A receipt of a return where one value was changed by hand."""
    path = Archive(home).entries(2019)[0].folder / "receipt.json"
    receipt = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(receipt | {name: value}, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("received_at", "2019-04-01T00:00:00"),
        ("sender", "fede-npdc"),
        ("campaign", 2017),
        ("demo", True),
        ("file", "b.csv"),
    ],
)
def test_a_receipt_edited_in_place_is_named(
    framed_home: Home, registry: Registry, tmp_path: Path, name: str, value: object
) -> None:
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    check_archive(framed_home)
    path = _receipt_edited(framed_home, name, value)
    with pytest.raises(AlteredArchiveError, match=f"{path.parent.name} : le reçu receipt.json a été modifié depuis"):
        check_archive(framed_home)


def test_what_no_reception_wrote_is_named(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    entry = Archive(framed_home).entries(2019)[0]
    assert entry.path is not None
    elsewhere = tmp_path / "ailleurs"
    for stranger in (entry.folder / "note.txt", entry.folder / "sous-dossier", entry.folder.parent / "note.txt"):
        stranger.mkdir() if stranger.name == "sous-dossier" else stranger.write_text("x", encoding="utf-8")
        with pytest.raises(AlteredArchiveError, match=f"{stranger.name} : aucune réception ne l'y a mis"):
            check_archive(framed_home)
        stranger.rmdir() if stranger.is_dir() else stranger.unlink()
    for path in (entry.path, entry.folder, entry.folder.parent):
        shutil.move(path, elsewhere)
        path.symlink_to(elsewhere, target_is_directory=elsewhere.is_dir())
        with pytest.raises(AlteredArchiveError, match=f"{path.name} : c'est un lien"):
            check_archive(framed_home)
        path.unlink()
        shutil.move(elsewhere, path)
    copy = entry.folder.with_name("0123456789abcdef")
    shutil.copytree(entry.folder, copy)
    with pytest.raises(AlteredArchiveError, match="n'est plus celui du fichier reçu"):
        check_archive(framed_home)
    shutil.rmtree(copy)
    check_archive(framed_home)


def test_a_ledger_emptied_or_cut_short_is_named_and_nothing_more_is_received(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    first, second = f"IDENT;Q7.01\n{ONE};12\n", f"IDENT;Q7.01\n{ONE};13\n"
    for name, text in (("a.csv", first), ("b.csv", second), ("a.csv", first)):
        sent(framed_home, registry, tmp_path, name, text)
    ledger = Ledger(framed_home.archive)
    whole = ledger.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    for kept in (0, 1, len(lines) - 1):
        ledger.path.write_bytes(b"".join(lines[:kept]))
        with pytest.raises(AlteredArchiveError, match=rf"raccourci .* il y manque {len(lines) - kept} réception"):
            check_archive(framed_home)
        with pytest.raises(ReceptionError, match="a été raccourci"):
            sent(framed_home, registry, tmp_path, "c.csv", f"IDENT;Q7.01\n{ONE};14\n")
    ledger.path.write_bytes(whole)
    check_archive(framed_home)
    ledger.head_path.unlink()
    with pytest.raises(AlteredArchiveError, match="la tête du registre des réceptions manque"):
        check_archive(framed_home)


def test_entries_out_of_a_ledger_whose_head_was_removed_too_are_named(framed_home: Home) -> None:
    ledger = Ledger(framed_home.archive)
    ledger.path.write_bytes(b"")
    ledger.head_path.unlink()
    with pytest.raises(AlteredArchiveError, match="n'est pas au registre des réceptions"):
        check_archive(framed_home)


def test_a_reception_killed_at_any_moment_is_finished_or_forgotten(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    ledger = Ledger(framed_home.archive)
    before = ledger.path.read_bytes()
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    after, folder = ledger.path.read_bytes(), Archive(framed_home).entries(2019)[0].folder
    announced = {"last": vars(ledger.lines()[-2]), "following": vars(ledger.lines()[-1])}
    for text in (before, after[:-5], after):
        ledger.path.write_bytes(text)
        ledger.head_path.write_text(json.dumps(announced), encoding="utf-8")
        check_archive(framed_home)
        assert ledger.path.read_bytes() == after
    ledger.path.write_bytes(before)
    ledger.head_path.write_text(json.dumps(announced), encoding="utf-8")
    shutil.rmtree(folder)
    check_archive(framed_home)
    assert ledger.path.read_bytes() == before


def test_a_ledger_from_before_receipts_were_chained_is_read_and_continued(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    ledger = Ledger(framed_home.archive)
    older = []
    for line in ledger.lines():
        older.append(chained(older[-1] if older else NO_LINE, line.entry, line.received_at, ""))
    ledger.path.write_bytes(b"".join(line.written() for line in older))
    ledger.head_path.unlink()
    check_archive(framed_home)
    sent(framed_home, registry, tmp_path, "a.csv", f"IDENT;Q7.01\n{ONE};12\n")
    check_archive(framed_home)
    assert [bool(line.receipt) for line in ledger.lines()] == [False] * len(older) + [True]
