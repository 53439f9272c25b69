"""Receiving: byte for byte, once, by several at a time; a refused file is answered and changes nothing else."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT, Home
from ingest.receive.archive import Archive, ArchiveError, stored_name
from ingest.receive.reception import Delivery, ReceptionError, deliveries_from_manifest, receive
from ingest.store.intake import build_intake
from ingest.survey_frame.frame_codes import KnownCodes
from ingest.survey_frame.frames import FrameError, register_frame
from registry import Registry, load_registry
from tests.conftest import Senacs
from tests.ingest.conftest import SAMPLES

RETURN = SAMPLES / "returns" / "2019" / "fede-npdc" / "SENACS_2019_NPDC_correctif.xlsx"


SIREN = pl.read_csv(SAMPLES / "frames" / "frame_2019.csv", infer_schema=False)["manager_siren"][0]


def delivery(path: Path, sender: str = "fede-npdc", campaign: int = 2019) -> Delivery:
    return Delivery(path, path.name, campaign, sender, dt.datetime(2019, 6, 1))


def test_the_archive_keeps_the_bytes_and_a_receipt(framed_home: Home, registry: Registry) -> None:
    answer = receive(framed_home, registry, [delivery(RETURN)])[0]
    assert (answer.verdict, answer.rule, answer.already_received) == ("accepted", "", False)
    assert answer.counts["rows_accepted"] == 3
    entry = Archive(framed_home).entries(2019)[0]
    assert entry.path is not None and entry.path.read_bytes() == RETURN.read_bytes()
    receipt = json.loads((entry.folder / "receipt.json").read_text(encoding="utf-8"))
    assert (receipt["sender"], receipt["received_at"], receipt["demo"]) == ("fede-npdc", "2019-06-01T00:00:00", True)


def test_the_same_bytes_again_change_nothing(framed_home: Home, registry: Registry) -> None:
    first = receive(framed_home, registry, [delivery(RETURN)])[0]
    cursor = Archive(framed_home).cursor()
    again = receive(framed_home, registry, [delivery(RETURN)])[0]
    assert (again.verdict, again.already_received, again.entry_id) == ("accepted", True, first.entry_id)
    assert again.message.startswith("Déjà reçu")
    assert Archive(framed_home).cursor() == cursor


def _receive_once(root: str) -> bool:
    registry = load_registry(PROJECT_ROOT / "questionnaires")
    return receive(Home(Path(root)), registry, [delivery(RETURN)])[0].already_received


def test_several_at_once_make_one_entry(framed_home: Home) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        repeated = list(pool.map(_receive_once, [str(framed_home.root)] * 4))
    assert sorted(repeated) == [False, True, True, True]
    assert len(Archive(framed_home).entries(2019)) == 1
    assert not list((framed_home.archive / ".incoming").iterdir())


@pytest.mark.parametrize(
    ("content", "name", "campaign", "rule", "words"),
    [
        (b"", "vide.csv", 2019, "I11", "vide"),
        (b"a;b\n1;2\n", "autre.csv", 2019, "I11", "aucune question"),
        (b"Nom de la structure;Nombre de salaries (personnes)\n", "sans.csv", 2019, None, ""),
        (RETURN.read_bytes(), "r.xlsx", 2017, "I09", "campagne 2019"),
        (RETURN.read_bytes()[:5000], "r.xlsx", 2019, "I11", ""),
    ],
)
def test_a_refused_file_says_why_and_disturbs_nothing(
    framed_home: Home,
    registry: Registry,
    tmp_path: Path,
    content: bytes,
    name: str,
    campaign: int,
    rule: str | None,
    words: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    deliveries = [delivery(path, campaign=campaign), delivery(RETURN, "caf-59")]
    answers = {answer.sender: answer for answer in receive(framed_home, registry, deliveries)}
    refused, accepted = answers["fede-npdc"], answers["caf-59"]
    if rule:
        assert (refused.verdict, refused.rule) == ("rejected", rule)
        assert words in refused.message
    assert accepted.verdict == "accepted"
    build_intake(framed_home, registry, 2019)
    receipts = pl.read_parquet(framed_home.intake / "2019" / "receipts.parquet")
    assert receipts.filter(pl.col("sender") == "caf-59")["rows_accepted"].to_list() == [3]


def test_a_missing_file_is_refused_without_a_trace(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    answer = receive(framed_home, registry, [delivery(tmp_path / "absent.xlsx")])[0]
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert Archive(framed_home).entries(2019) == []


def test_a_file_above_the_limit_leaves_its_receipt_only(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "gros.csv"
    with path.open("wb") as stream:
        stream.truncate(21_000_000)
    answer = receive(framed_home, registry, [delivery(path)])[0]
    assert (answer.verdict, answer.rule) == ("rejected", "I11")
    assert "Mo" in answer.message
    assert Archive(framed_home).entries(2019)[0].path is None


def test_an_unknown_campaign_is_an_error_of_use(framed_home: Home, registry: Registry) -> None:
    with pytest.raises(ReceptionError, match="1999"):
        receive(framed_home, registry, [delivery(RETURN, campaign=1999)])


@pytest.mark.parametrize("sender", ["../autre", "", "Fédé", "a/b", "-x"])
def test_a_sender_can_not_name_a_place(framed_home: Home, registry: Registry, sender: str) -> None:
    with pytest.raises(ReceptionError):
        receive(framed_home, registry, [delivery(RETURN, sender)])


def test_a_sender_that_can_not_name_a_place_is_refused_by_the_archive(framed_home: Home) -> None:
    with pytest.raises(ArchiveError):
        Archive(framed_home).add(RETURN, kind="returns", campaign=2019, sender="..", file="x")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("retour .xlsx", "retour.xlsx"),
        ("réponse (1).CSV", "réponse_1.CSV"),
        ("-rf.csv", "rf.csv"),
        ("\x00\x01.xlsx", "fichier.xlsx"),
        ("a" * 300 + ".ods", "a" * 60 + ".ods"),
    ],
)
def test_stored_names_are_safe_on_any_disk(name: str, safe: str) -> None:
    assert stored_name(name) == safe


def test_a_manifest_that_can_not_be_used_says_where(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("file,campaign,sender,received_at\na.csv,deux mille,caf-04,2019-01-01\n", encoding="utf-8")
    with pytest.raises(ReceptionError, match="ligne 2"):
        deliveries_from_manifest(manifest)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2019,CS-62-0002,", "2019,CS-62-0001,", "figure déjà ligne 2"),
        ("2019,CS-62-0001,CS,", "2019,62-0001,CS,", "invalide"),
        ("2019,CS-62-0001,CS,", "2019,CS-62-0001,EVS,", "différent de celui de l'identifiant"),
        (",62,CAF-62,", ",620,CAF-62,", "département « 620 » inconnu"),
        (",62249,", ",62999,", "commune « 62999 »"),
        ("2019,CS-62-0001", "2018,CS-62-0001", "campagne « 2018 »"),
        ("1968-01-01", "01/01/1968", "illisible"),
        (SIREN, str(int(SIREN) + 1), "SIREN du gestionnaire"),
        (f",{SIREN},", ",12345678,", "9 chiffres"),
        (f",{SIREN}", f",0{SIREN[1:]}", "SIREN"),
        (",CAF-62,FEDE-NPDC,", ",CAF-26B,FEDE-NPDC,", "caf (H2) : Caf « CAF-26B » inconnue"),
        (",CAF-62,FEDE-NPDC,", ",CAF-620,FEDE-NPDC,", "(peut-être « CAF-62 »)"),
        (",CAF-62,FEDE-NPDC,", ",CAF-62,FEDE-NPCD,", "federation (I2) : fédération « FEDE-NPCD » inconnue (peut-être"),
        (",Centre social Georges Brassens,", ",,", "name (D2) : nom de la structure vide"),
    ],
)
def test_a_wrong_frame_is_refused_line_by_line(
    tmp_path: Path, registry: Registry, old: str, new: str, reason: str
) -> None:
    home = Home(tmp_path / "home")
    text = (SAMPLES / "frames" / "frame_2019.csv").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "frame.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FrameError) as failure:
        register_frame(home, registry, path, 2019)
    assert any(reason in line and "ligne" in line for line in failure.value.lines)
    assert not home.archive.exists()


def test_every_fault_of_a_frame_is_shown_at_once(tmp_path: Path, senacs: Senacs) -> None:
    text = (SAMPLES / "frames" / "frame_2019.csv").read_text(encoding="utf-8")
    path = tmp_path / "frame.csv"
    for old, new in ((",Centre social Georges Brassens,", ",,"), (",CAF-62,", ",CAF-6Z,"), (",FEDE-NPDC,", ",FEDE-X,")):
        text = text.replace(old, new, 1)
    path.write_text(text.replace("2019,CS-62-0003,", "2019,CS-62-0002,", 1), encoding="utf-8")
    refused = senacs("frame", path, "--campaign", "2019", "--json")
    assert refused.code == 1
    assert len(refused.document["faults"]) == 4
    for words in ("name (D2)", "caf (H2)", "federation (I2)", "CS-62-0002 figure déjà ligne 3", "4 fautes"):
        assert words in refused.err


@pytest.mark.parametrize(
    ("caf", "federation", "known"),
    [("CAF-75", "", True), ("CAF-971", "", True), ("CAF-99", "", False), ("", "FEDE-01", True), ("", "FEDE-02", False)],
)
def test_codes_of_the_whole_country_are_known(registry: Registry, caf: str, federation: str, known: bool) -> None:
    line = {"name": "x", "departement": "62", "commune_code": "62249", "commune_name": ""}
    found = list(KnownCodes.of(registry).faults({**line, "caf": caf, "federation": federation}))
    assert (found == []) is known


def test_a_missing_file_is_wrong_usage_and_nothing_is_received(tmp_path: Path, senacs: Senacs) -> None:
    for arguments in (
        (RETURN, tmp_path / "absent.xlsx", "--campaign", "2019", "--sender", "fede-npdc"),
        ("--manifest", _manifest(tmp_path, "absent.xlsx")),
    ):
        refused = senacs("receive", *arguments)
        assert refused.code == 2
        assert (
            "fichier introuvable" in refused.err and "absent.xlsx" in refused.err and "Rien n'a été reçu" in refused.err
        )


def _manifest(folder: Path, file: str) -> Path:
    path = folder / "manifest.csv"
    path.write_text(f"file,campaign,sender,received_at\n{file},2019,fede-npdc,\n", encoding="utf-8")
    return path


def test_an_unknown_sender_and_a_day_to_come_are_wrong_usage(tmp_path: Path, senacs: Senacs) -> None:
    path = tmp_path / "retour.csv"
    path.write_text("IDENT;Q7.01\nCS-62-0001;12\n", encoding="utf-8")
    sent = (path, "--campaign", "2019", "--sender")
    unknown = senacs("receive", *sent, "fede-npcd")
    assert unknown.code == 2 and "vouliez-vous dire « fede-npdc »" in unknown.err
    future = senacs("receive", *sent, "fede-npdc", "--received-at", "2999-01-01T00:00:00")
    assert future.code == 2 and "dans l'avenir" in future.err
    manifest = tmp_path / "manifest.csv"
    lines = [
        "file,campaign,sender,received_at",
        "retour.csv,2019,fede-npcd,",
        "retour.csv,2019,caf-62,2019-01-01T10:00:00",
    ]
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    both = senacs("receive", "--manifest", manifest)
    assert both.code == 2
    assert "vouliez-vous dire « fede-npdc »" in both.err and "avant l'ouverture de la campagne 2019" in both.err


def test_the_terminal_never_repeats_the_control_characters_of_a_name(tmp_path: Path, senacs: Senacs) -> None:
    name = "re\x1b[31mtour\x07\u009b2J\u202ecsv\nfaux.csv"
    path = tmp_path / name
    path.write_text("IDENT;Q7.01\nCS-62-0001;12\n", encoding="utf-8")
    wrong = tmp_path / f"x{name}"
    wrong.write_text("rien\n", encoding="utf-8")
    shown = [
        senacs("receive", path, wrong, "--campaign", "2019", "--sender", "fede-npdc"),
        senacs("receive", path, wrong, "--campaign", "2019", "--sender", "fede-npdc", "--json"),
        senacs("status", "2019"),
        senacs("status", "2019", "--json"),
        senacs("receive", tmp_path / f"absent{name}", "--campaign", "2019", "--sender", "fede-npdc"),
        senacs("frame", wrong, "--campaign", "2019"),
        senacs("frame", f"{wrong}absent", "--campaign", "2019"),
        senacs("withdraw", name, "--reason", "essai", "--check"),
    ]
    for answer in shown:
        assert not set("\x1b\x07\u009b\u202e") & set(answer.out + answer.err)
    assert "\\x1b[31mtour\\x07" in shown[0].out
    assert not any(line.startswith("faux.csv") for line in shown[0].out.splitlines())
    assert shown[1].document[0]["file"].endswith(name)
