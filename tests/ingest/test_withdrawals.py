"""Taking back a reception: it stays archived, counts for nothing, and comes back by a record or by coming again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from ingest.receive.archive import Archive
from ingest.receive.integrity import check_archive
from ingest.receive.reception import Delivery, receive
from ingest.receive.status import campaign_status
from ingest.receive.withdrawal_effects import ChangedAnswer, changed_answers
from ingest.receive.withdrawals import (
    UnknownEntryError,
    entry_named,
    restore,
    withdraw,
    withdrawn_files,
    withdrawn_of,
)
from lineage.trace_cell import Cell, trace_cell
from registry import Registry
from tests.ingest.test_ledger import ONE, OTHER, sent, standing

FIRST, SECOND = f"IDENT;Q7.01\n{ONE};12\n{OTHER};5\n", f"IDENT;Q7.01\n{ONE};13\n"
SAID = {"reason": "mauvais fichier", "author": "A. Martin"}


@pytest.fixture
def two_files(framed_home: Home, registry: Registry, tmp_path: Path) -> Home:
    sent(framed_home, registry, tmp_path, "premier.csv", FIRST)
    sent(framed_home, registry, tmp_path, "second.csv", SECOND)
    return framed_home


def test_an_earlier_file_counts_again_and_a_restored_one_takes_its_place_back(
    two_files: Home, registry: Registry
) -> None:
    assert standing(two_files, registry) == {ONE: 13, OTHER: 5}
    entry = entry_named(two_files, "second.csv")
    foreseen = changed_answers(two_files, registry, entry, counting=False)
    assert foreseen == [ChangedAnswer(ONE, ("caf-59", "second.csv"), ("caf-59", "premier.csv"))]
    cursor = Archive(two_files).cursor()
    assert withdraw(two_files, entry, **SAID)
    assert not withdraw(two_files, entry_named(two_files, "second.csv"), **SAID)
    assert standing(two_files, registry) == {ONE: 12, OTHER: 5}
    assert Archive(two_files).cursor() != cursor
    assert entry.path is not None and entry.path.exists()
    check_archive(two_files)
    assert restore(two_files, entry_named(two_files, entry.entry_id), **SAID)
    assert standing(two_files, registry) == {ONE: 13, OTHER: 5}


def test_a_structure_without_another_file_has_not_responded_any_more(two_files: Home, registry: Registry) -> None:
    entry = entry_named(two_files, "premier.csv")
    assert changed_answers(two_files, registry, entry, counting=False) == [
        ChangedAnswer(OTHER, ("caf-59", "premier.csv"), None)
    ]
    withdraw(two_files, entry, **SAID)
    assert standing(two_files, registry) == {ONE: 13}


def test_the_same_bytes_received_after_a_withdrawal_are_received_anew(
    two_files: Home, registry: Registry, tmp_path: Path
) -> None:
    withdraw(two_files, entry_named(two_files, "premier.csv"), **SAID)
    sent(two_files, registry, tmp_path, "autre.csv", f"IDENT;Q7.01\n{OTHER};7\n", "fede-npdc")
    assert standing(two_files, registry) == {ONE: 13, OTHER: 7}
    assert not sent(two_files, registry, tmp_path, "premier.csv", FIRST)
    assert standing(two_files, registry) == {ONE: 12, OTHER: 7}
    assert withdrawn_of(two_files, 2019) == []
    withdraw(two_files, entry_named(two_files, "premier.csv"), **SAID)
    assert standing(two_files, registry) == {ONE: 13, OTHER: 7}
    check_archive(two_files)


def test_status_and_trace_say_that_a_file_was_withdrawn(two_files: Home, registry: Registry) -> None:
    withdraw(two_files, entry_named(two_files, "second.csv"), **SAID)
    (campaign,) = campaign_status(two_files, registry, 2019)["campaigns"]
    assert [(line["file"], line["author"], line["reason"]) for line in campaign["withdrawn"]] == [
        ("second.csv", "A. Martin", "mauvais fichier")
    ]
    assert [line["file"] for line in campaign["receipts"]] == ["premier.csv"]
    withdrawn = withdrawn_files(two_files, registry.campaigns)
    (trace,) = trace_cell(two_files.candidate, two_files, registry, Cell(0, "second.csv", "", "B2"), withdrawn)
    assert trace.outcomes[0].startswith("Fichier retiré le ") and "A. Martin : mauvais fichier" in trace.outcomes[0]


def test_a_withdrawn_report_takes_its_decisions_with_it_and_a_frame_its_structures(
    two_files: Home, registry: Registry
) -> None:
    frame = entry_named(two_files, "frame_2019.csv")
    assert changed_answers(two_files, registry, frame, counting=False) == []
    withdraw(two_files, frame, **SAID)
    assert Archive(two_files).latest("frames", 2019) is None
    restore(two_files, entry_named(two_files, "frame_2019.csv"), **SAID)
    assert Archive(two_files).latest("frames", 2019) is not None


def test_what_names_no_entry_or_several_is_said(two_files: Home) -> None:
    with pytest.raises(UnknownEntryError, match="aucune entrée"):
        entry_named(two_files, "absent.csv")
    with pytest.raises(UnknownEntryError, match="désigne 2 entrées"):
        entry_named(two_files, "2019-caf-59")
    whole = Archive(two_files).entries(2019)[0]
    assert entry_named(two_files, whole.entry_id[:-4]) == whole
    assert entry_named(two_files, whole.sha256[:10]) == whole


def test_receipts_of_a_campaign_leave_out_what_is_withdrawn(two_files: Home, registry: Registry) -> None:
    withdraw(two_files, entry_named(two_files, "second.csv"), **SAID)
    standing(two_files, registry)
    receipts = pl.read_parquet(two_files.intake / "2019" / "receipts.parquet")
    assert receipts["file"].to_list() == ["premier.csv"]


def test_two_deliveries_of_a_name_are_told_apart(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    for number in (1, 2):
        path = tmp_path / str(number) / "retour.csv"
        path.parent.mkdir()
        path.write_text(f"IDENT;Q7.01\n{ONE};{number}\n", encoding="utf-8")
        receive(framed_home, registry, [Delivery(path, "retour.csv", 2019, "caf-59")])
    with pytest.raises(UnknownEntryError, match="désigne 2 entrées"):
        entry_named(framed_home, "retour.csv")
