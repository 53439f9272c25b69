"""A zip of returns: its members are taken in as one file, and what is wrong with one is said of that one."""

from __future__ import annotations

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from core.refusals import Refusal
from ingest.readers import delivered_members
from ingest.receive.reception import Delivery, FileAnswer, receive
from ingest.store.intake import build_intake
from registry import Registry
from tests.ingest.conftest import SAMPLES
from tests.ingest.reading_builders import LIMITS, xlsx_of, zip_of

FORMS = sorted((SAMPLES / "returns" / "2017" / "caf-04").glob("*.xlsx"))
DIRECT = (SAMPLES / "returns" / "2019" / "caf-59" / "reponse_directe_caf59.csv").read_bytes()


def received(home: Home, registry: Registry, folder: Path, content: bytes, campaign: int) -> FileAnswer:
    path = folder / "envoi.zip"
    path.write_bytes(content)
    (answer,) = receive(home, registry, [Delivery(path, "envoi.zip", campaign, "caf-04")])
    build_intake(home, registry, campaign)
    return answer


def table(home: Home, campaign: int, name: str) -> pl.DataFrame:
    return pl.read_parquet(home.intake / str(campaign) / f"{name}.parquet")


def stored(*names: str, content: bytes = DIRECT) -> bytes:
    return zip_of({}, *((name, content) for name in names))


def test_forms_in_a_zip_are_taken_in_as_one_file(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    answer = received(framed_home, registry, tmp_path, zip_of({path.name: path.read_bytes() for path in FORMS}), 2017)
    assert (answer.verdict, answer.counts["rows_accepted"]) == ("accepted", len(FORMS))
    alone = Home(tmp_path / "alone")
    for path in (framed_home.archive / "frames").rglob("*"):
        if path.is_file():
            copy = alone.archive / "frames" / path.relative_to(framed_home.archive / "frames")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    receive(alone, registry, [Delivery(path, path.name, 2017, "caf-04") for path in FORMS])
    build_intake(alone, registry, 2017)
    columns = ("structure_id", "variable", "status", "raw", "value_num", "value_text", "cell")
    theirs = table(alone, 2017, "answers").select(columns).sort(columns[:2])
    assert table(framed_home, 2017, "answers").select(columns).sort(columns[:2]).equals(theirs)
    edits = table(framed_home, 2017, "edits")
    assert (
        edits.select("structure_id", "rule", "variable", "cell")
        .sort(pl.all())
        .equals(table(alone, 2017, "edits").select("structure_id", "rule", "variable", "cell").sort(pl.all()))
    )
    of_forms = edits.filter(pl.col("structure_id") == "CS-04-0002", pl.col("sheet") != "")["sheet"]
    assert of_forms.str.starts_with("fiche_sainte-tulle_CS-04-0002.xlsx / ").all()


def test_a_bad_member_is_refused_by_name_and_the_others_go_on(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    good = FORMS[0].read_bytes()
    content = zip_of(
        {"fiches/bonne.xlsx": good, "fiches/coupée.xlsx": good[:900], "autre.xlsx": xlsx_of([["a", "b"], [1, 2]]),
         "macro.xlsm": good, "dedans.zip": stored("x.csv"), "__MACOSX/._bonne.xlsx": b"x", "Thumbs.db": b"x"}
    )  # fmt: skip
    answer = received(framed_home, registry, tmp_path, content, 2017)
    assert (answer.verdict, answer.counts["rows_accepted"]) == ("accepted", 1)
    assert "4 fichiers refusés dans l'archive" in answer.message
    rejects = table(framed_home, 2017, "rejects").filter(pl.col("level") == "file")
    assert rejects["sheet"].to_list() == ["autre.xlsx", "dedans.zip", "fiches/coupée.xlsx", "macro.xlsm"]
    assert rejects["rule"].unique().to_list() == ["I11"]
    assert "archive dans l'archive" in rejects["message_fr"][1]


def test_the_last_member_about_a_structure_counts(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    rows = "IDENT;Q7.01\nCS-59-0005;{}\n"
    content = zip_of({"a.csv": rows.format(3).encode(), "b.csv": rows.format(4).encode()})
    received(framed_home, registry, tmp_path, content, 2019)
    states = table(framed_home, 2019, "responses").select("sheet", "state", "rule").rows()
    assert states == [("a.csv", "dropped", "I02"), ("b.csv", "accepted", "")]


def test_an_archive_with_nothing_to_read_is_refused_with_the_reasons(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    answer = received(framed_home, registry, tmp_path, zip_of({"photo.png": b"\x89PNG", "lisez.pdf": b"%PDF"}), 2019)
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "photo.png" in answer.message
    assert "lisez.pdf" in answer.message


def labels_and_refusals(content: bytes, **limits: int) -> list[tuple[str, str]]:
    members = delivered_members(content, replace(LIMITS, **limits))
    return [(member.label, member.refusal.message_fr if member.refusal else "") for member in members]


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "C:\\a.csv", "b/../../a.csv"])
def test_a_name_that_leaves_the_archive(name: str) -> None:
    with pytest.raises(Refusal, match="sort de l'archive") as caught:
        labels_and_refusals(stored("ok.csv", name))
    assert name.rpartition("/")[2].replace("\\", "/") in caught.value.message_fr


def test_a_link_and_an_encrypted_member() -> None:
    link = zipfile.ZipInfo("lien.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "un lien" in labels_and_refusals(zip_of({}, (link, b"/etc/passwd")))[0][1]
    locked = bytearray(stored("secret.csv"))
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert "mot de passe" in labels_and_refusals(bytes(locked))[0][1]


def test_members_are_counted_and_their_unpacked_size_is_shared() -> None:
    with pytest.raises(Refusal, match="plus de 2 éléments"):
        delivered_members(stored("a.csv", "b.csv", "c.csv"), replace(LIMITS, max_members=2))
    half_a_mebibyte = b"x" * (1 << 19)
    found = labels_and_refusals(stored("a.csv", "b.csv", "c.csv", content=half_a_mebibyte), max_uncompressed_mb=1)
    assert ["Mo une fois décompressée" in message for _, message in found] == [False, False, True]


def test_workbooks_stored_as_they_are_don_t_count_as_members() -> None:
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w", zipfile.ZIP_STORED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.xlsx", xlsx_of([["a"]]))
    assert labels_and_refusals(container.getvalue(), max_members=3) == [(f"{n}.xlsx", "") for n in range(3)]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"IDENT;Q7.01\n", stored("a.csv")[:-30]]
)
def test_what_is_not_an_archive_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="Fichier illisible ou refusé"):
        list(delivered_members(content, LIMITS))
