"""Who may answer for whom: the list of senders, days that can be, another sender's workbook, territory, arbitration."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from core.home import Home
from ingest.corrections.report import write_report
from ingest.corrections.report_layout import COLUMNS
from ingest.receive.answerers import Answerers, arbitrate
from ingest.receive.archive import Archive
from ingest.receive.integrity import check_archive
from ingest.receive.reception import Delivery, DeliveryError, FileAnswer, receive
from ingest.receive.status import campaign_status
from ingest.store.intake import build_intake, files_answering
from registry import Registry
from registry.senders import Sender
from tests.ingest.exchange import Exchange
from tests.ingest.test_ledger import ONE, sent, standing

IN_62, IN_13 = "CS-62-0001", "CS-13-0001"
SAID = {"reason": "réponse directe, plus récente", "author": "A. Martin"}
SENDERS = (
    Sender("fede-a", "federation", "FEDE-A", "Fédération A"),
    Sender("caf-1", "caf", "CAF-1", "Caf 1"),
    Sender("national", "national", "", "Équipe nationale"),
)


def a_return(home: Home, registry: Registry, path: Path, sender: str, **said: object) -> FileAnswer:
    return receive(home, registry, [Delivery(path, path.name, 2019, sender, **said)])[0]  # type: ignore[arg-type]


def written(folder: Path, name: str, **employees: int) -> Path:
    """A return that gives the employees of structures, in the order given."""
    path = folder / name
    lines = [f"{structure.replace('_', '-')};{number}" for structure, number in employees.items()]
    path.write_text("\n".join(["IDENT;Q7.01", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("federation", "caf", "sender", "expected"),
    [
        ("FEDE-A", "CAF-1", "fede-a", ""),
        ("", "CAF-1", "fede-a", ""),
        ("FEDE-B", "CAF-1", "fede-a", ""),
        ("FEDE-B", "CAF-2", "fede-a", "fede-b"),
        ("", "CAF-2", "fede-a", "caf-2"),
        ("FEDE-B", "", "fede-a", "fede-b"),
        ("", "", "fede-a", ""),
        ("FEDE-B", "CAF-1", "caf-1", ""),
        ("FEDE-A", "CAF-2", "caf-1", "fede-a"),
        ("FEDE-A", "", "caf-1", ""),
        ("FEDE-A", "CAF-2", "national", ""),
        ("FEDE-A", "CAF-1", "caf-2", "fede-a"),
        ("FEDE-A", "CAF-1", "someone", ""),
    ],
)
def test_the_frame_says_who_is_asked(federation: str, caf: str, sender: str, expected: str) -> None:
    frame = {
        "CS-01-0001": {"federation": "FEDE-A", "caf": "CAF-1"},
        "CS-02-0001": {"federation": "FEDE-B", "caf": "CAF-2"},
        "asked": {"federation": federation, "caf": caf},
    }
    assert Answerers(2019, SENDERS, frame).expected("asked", sender) == expected


@pytest.mark.parametrize("expected_first", [True, False])
def test_the_response_of_the_expected_sender_counts_whatever_comes_first(
    framed_home: Home, registry: Registry, tmp_path: Path, expected_first: bool
) -> None:
    stranger = (written(tmp_path, "ucs.csv", CS_62_0001=3, CS_13_0001=4), "ucs-13")
    owner = (written(tmp_path, "npdc.csv", CS_62_0001=9), "fede-npdc")
    for path, sender in (owner, stranger) if expected_first else (stranger, owner):
        a_return(framed_home, registry, path, sender)
    assert standing(framed_home, registry) == {IN_62: 9, IN_13: 4}
    assert files_answering(framed_home, registry, 2019, IN_62) == {
        "fede-npdc": ("npdc.csv", True), "ucs-13": ("ucs.csv", False),
    }  # fmt: skip


def test_a_response_out_of_scope_is_kept_to_confirm(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    answer = a_return(framed_home, registry, written(tmp_path, "ucs.csv", CS_62_0001=3, CS_13_0001=4), "ucs-13")
    assert (answer.verdict, answer.counts["rows_accepted"]) == ("accepted", 2)
    assert "A2 : La structure dépend d'une autre Caf et d'une autre fédération que l'émetteur" in answer.message
    (campaign,) = campaign_status(framed_home, registry, 2019)["campaigns"]
    assert [(line["rule"], line["count"]) for line in campaign["open_edits"] if line["rule"] == "I30"] == [("I30", 1)]


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("fede-npcd", "vouliez-vous dire « fede-npdc » ?"),
        ("caf62", "vouliez-vous dire « caf-62 » ?"),
        ("fede-62", "l'émetteur fede-62 ne renvoie pas de retours en 2019 (senacs.csv : depuis 2011 jusqu'en 2015)"),
        ("zzz", "Connus : caf-04, caf-13"),
    ],
)
def test_an_unknown_sender_is_refused_with_the_nearest(
    framed_home: Home, registry: Registry, tmp_path: Path, sender: str, words: str
) -> None:
    with pytest.raises(DeliveryError) as refused:
        a_return(framed_home, registry, written(tmp_path, "a.csv", CS_62_0001=3), sender)
    assert words.replace("senacs.csv", "senders.csv") in str(refused.value)
    assert Archive(framed_home).entries(2019) == []


def test_where_nobody_lists_senders_anybody_may_send(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    unlisted = dataclasses.replace(registry, senders=())
    assert a_return(framed_home, unlisted, written(tmp_path, "a.csv", CS_62_0001=3), "inconnu").verdict == "accepted"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (dt.datetime.now() + dt.timedelta(days=2), "dans l'avenir"),
        (dt.datetime(2019, 3, 14, 23, 59), "avant l'ouverture de la campagne 2019 (le 15/03/2019"),
        (dt.datetime(2019, 3, 14, 23, 30, tzinfo=dt.UTC), ""),
    ],
)
def test_a_day_that_can_not_be_is_refused(
    framed_home: Home, registry: Registry, tmp_path: Path, moment: dt.datetime, words: str
) -> None:
    path = written(tmp_path, "a.csv", CS_62_0001=3)
    if not words:
        assert a_return(framed_home, registry, path, "fede-npdc", received_at=moment).verdict == "accepted"
        return
    with pytest.raises(DeliveryError, match="Rien n'a été reçu") as refused:
        a_return(framed_home, registry, path, "fede-npdc", received_at=moment)
    assert words in str(refused.value)


def a_template(folder: Path, subtitle: str, stamp: str = "senacs 2019 CS 0123456789ab") -> Path:
    """A workbook as we send it to a sender, filled for one structure."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "CS"
    for row in (
        ["SENACS - Enquête 2019"], [subtitle], ["IDENT", "Q7.01", "Formulaire"],
        ["Identifiant", "Salariés", "Formulaire"], ["CS-04-0001", 12, stamp],
    ):  # fmt: skip
        sheet.append(row)
    path = folder / "modele.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("subtitle", ["Caf des Alpes-de-Haute-Provence", "Caf des Alpes-de-Haute-Provence (caf-04)"])
def test_the_template_of_another_sender_is_refused_with_what_to_type(
    framed_home: Home, registry: Registry, tmp_path: Path, subtitle: str
) -> None:
    header = next(name for name, role in registry.metadata_columns.items() if role == "form")
    path = a_template(tmp_path, subtitle)
    book = openpyxl.load_workbook(path)
    for row in (3, 4):
        book["CS"].cell(row, 3).value = header
    book.save(path)
    refused = a_return(framed_home, registry, path, "ucs-13")
    assert (refused.verdict, refused.rule) == ("rejected", "I31")
    assert "le modèle de caf-04, et non de ucs-13" in refused.message
    assert "senacs receive FICHIER --campaign 2019 --sender caf-04" in refused.message
    assert a_return(framed_home, registry, path, "caf-04").verdict == "accepted"


def test_a_template_sent_out_names_its_sender(
    sent_templates: dict[str, Path], framed_home: Home, registry: Registry
) -> None:
    refused = a_return(framed_home, registry, sent_templates["caf-04"], "ucs-13")
    assert refused.rule == "I31" and "--sender caf-04" in refused.message
    assert a_return(framed_home, registry, sent_templates["caf-04"], "caf-04").rule != "I31"


@pytest.fixture
def sent_templates(framed_home: Home, registry: Registry, tmp_path: Path) -> dict[str, Path]:
    from core.home import questionnaires_folder
    from ingest.forms import write_templates

    made = write_templates(framed_home, registry, questionnaires_folder(), 2019, tmp_path / "sent", "caf-04")
    return {one.sender: one.file for one in made}


def test_the_report_of_one_sender_received_from_another_is_said_to_be_so(exchange: Exchange) -> None:
    exchange.answer(Q7_01="douze")
    assert exchange.send(exchange.report(), "fede-npdc") == "rejected"
    assert "le rapport de contrôle de caf-59, et non de fede-npdc" in exchange.heard


def _asked_to_count(home: Home, registry: Registry, folder: Path, sender: str) -> FileAnswer:
    """The report of a sender sent back with « Confirmer » on every response of another sender's."""
    build_intake(home, registry, 2019)
    _, (path, _) = write_report(home, registry, 2019, sender, folder / "rapports")
    book = openpyxl.load_workbook(path)
    sheet = book["À décider"]
    for row in sheet.iter_rows():
        if row[COLUMNS.index("Règle")].value == "I03":
            row[COLUMNS.index("Décision")].value = "Confirmer"
            row[COLUMNS.index("Motif")].value = registry.reasons["checked"]
    book.save(folder / "rapport_rempli.xlsx")
    return a_return(home, registry, folder / "rapport_rempli.xlsx", sender)


def test_a_sender_asks_for_its_response_and_the_national_team_settles(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    sent(framed_home, registry, tmp_path, "fede.csv", f"IDENT;Q7.01\n{ONE};13\n", "fede-npdc")
    sent(framed_home, registry, tmp_path, "caf.csv", f"IDENT;Q7.01\n{ONE};12\n", "caf-59")
    answer = _asked_to_count(framed_home, registry, tmp_path, "caf-59")
    assert answer.verdict == "accepted"
    assert "1 demande transmise à l'équipe nationale" in answer.message
    assert "refusée" not in answer.message and "Corrigez" not in answer.message
    (campaign,) = campaign_status(framed_home, registry, 2019)["campaigns"]
    (line,) = campaign["to_arbitrate"]
    assert (line["structure_id"], line["sender"], line["other"], line["asked"]) == (ONE, "fede-npdc", "caf-59", True)

    cursor = Archive(framed_home).cursor()
    assert arbitrate(framed_home, 2019, ONE, "caf-59", **SAID)
    assert not arbitrate(framed_home, 2019, ONE, "caf-59", **SAID)
    assert Archive(framed_home).cursor() != cursor
    assert standing(framed_home, registry) == {ONE: 12}
    (campaign,) = campaign_status(framed_home, registry, 2019)["campaigns"]
    assert campaign["to_arbitrate"] == []

    assert arbitrate(framed_home, 2019, ONE, "", **SAID)
    assert standing(framed_home, registry) == {ONE: 13}
    arbitrate(framed_home, 2019, ONE, "fede-npdc", **SAID)
    refused = _asked_to_count(framed_home, registry, tmp_path, "caf-59")
    assert "l'équipe nationale a retenu la réponse de fede-npdc" in refused.message
    check_archive(framed_home)


def test_a_response_chosen_out_of_scope_is_not_to_confirm_any_more(
    framed_home: Home, registry: Registry, tmp_path: Path
) -> None:
    a_return(framed_home, registry, written(tmp_path, "npdc.csv", CS_62_0001=9), "fede-npdc")
    a_return(framed_home, registry, written(tmp_path, "ucs.csv", CS_62_0001=3), "ucs-13")
    arbitrate(framed_home, 2019, IN_62, "ucs-13", **SAID)
    assert standing(framed_home, registry) == {IN_62: 3}
    (campaign,) = campaign_status(framed_home, registry, 2019)["campaigns"]
    assert "I30" not in {line["rule"] for line in campaign["open_edits"]}
