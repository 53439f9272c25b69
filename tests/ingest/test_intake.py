"""The intake of the samples equals the oracle; each rule on rows and answers does what it says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from ingest.receive.reception import Delivery, deliveries_from_manifest, receive
from ingest.store.intake import Intake, build_intake
from ingest.store.intake_csv import write_intake_csv
from registry import Registry
from tests.ingest.conftest import SAMPLES, answer, rules, with_frames

TakeIn = Callable[..., Intake]


def states(intake: Intake) -> list[tuple[str, str, str]]:
    return intake.tables["responses"].select("structure_id", "state", "rule").rows()


def test_every_event_of_the_oracle(sample_intake: Home, registry: Registry, tmp_path: Path) -> None:
    write_intake_csv(sample_intake, registry.campaigns, tmp_path / "intake.csv")
    expected = (SAMPLES / "expected" / "expected_intake.csv").read_text(encoding="utf-8")
    assert (tmp_path / "intake.csv").read_text(encoding="utf-8").splitlines() == expected.splitlines()


def test_counts_per_file_of_the_oracle(sample_intake: Home) -> None:
    for line in csv.DictReader((SAMPLES / "expected" / "expected_intake_summary.csv").open(encoding="utf-8")):
        receipts = pl.read_parquet(sample_intake.intake / line["campaign"] / "receipts.parquet")
        receipt = receipts.filter(pl.col("file") == line["file"]).row(0, named=True)
        for name in ("accepted", "replaced", "dropped", "rejected", "incomplete"):
            assert receipt[f"rows_{name}"] == int(line[name]), (line["file"], name)
        assert receipt["edits"] == int(line["edit"]), line["file"]


def test_the_order_of_arrival_on_disk_does_not_count(sample_intake: Home, registry: Registry, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with_frames(home, registry)
    for delivery in reversed(deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv")):
        receive(home, registry, [delivery])
    for campaign in registry.campaigns:
        build_intake(home, registry, campaign)
        for table in ("answers", "edits", "responses", "events"):
            ours = pl.read_parquet(home.intake / str(campaign) / f"{table}.parquet")
            theirs = pl.read_parquet(sample_intake.intake / str(campaign) / f"{table}.parquet")
            keys = [name for name in ("entry_id", "structure_id", "variable", "rule", "event") if name in ours.columns]
            assert ours.sort(keys).equals(theirs.sort(keys)), (campaign, table)


def test_every_answer_has_its_address(sample_intake: Home) -> None:
    answers = pl.read_parquet(sample_intake.intake / "2019" / "answers.parquet")
    row = answers.filter(pl.col("structure_id") == "CS-62-0001", pl.col("variable") == "fte_total").row(0, named=True)
    assert row["file"] == "returns/2019/fede-npdc/SENACS_2019_NPDC.xlsx"
    assert (row["sheet"], row["cell"], row["question_code"]) == ("CS", "CH6", "Q7.02")
    assert answers.filter(pl.col("cell").is_null() | pl.col("raw").is_null()).is_empty()


def test_contacts_live_apart(sample_intake: Home) -> None:
    answers = pl.read_parquet(sample_intake.intake / "2019" / "answers.parquet")
    contacts = pl.read_parquet(sample_intake.intake / "2019" / "contacts.parquet")
    assert set(contacts["variable"].unique()) == {"contact_email", "director_name"}
    assert set(answers["variable"].unique()).isdisjoint({"contact_email", "director_name"})


def test_a_structure_out_of_the_frame_is_set_aside_and_the_others_go_on(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0999", "Q7.01": "3"}, {"IDENT": "CS-59-0005", "Q7.01": "4"}])
    assert states(intake) == [("CS-59-0999", "rejected", "I01"), ("CS-59-0005", "accepted", "")]
    reject = intake.tables["rejects"].row(0, named=True)
    assert (reject["level"], reject["cell"], reject["raw"]) == ("row", "A2", "CS-59-0999")


@pytest.mark.parametrize("identifier", [" cs-59-0005 ", "CS-59-0005", "CS - 59 - 0005", "cs-59-0005\u00a0"])
def test_an_identifier_without_its_spaces_and_case(take_in: TakeIn, identifier: str) -> None:
    assert states(take_in([{"IDENT": identifier, "Q7.01": "3"}])) == [("CS-59-0005", "accepted", "")]


def test_the_last_row_of_a_structure_counts(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", "Q7.01": "3"}, {"IDENT": "CS-59-0005", "Q7.01": "4"}])
    assert states(intake) == [("CS-59-0005", "dropped", "I02"), ("CS-59-0005", "accepted", "")]
    assert answer(intake, "employees")["value_num"] == 4
    assert "I02" in intake.tables["edits"]["rule"].to_list()


def test_a_row_not_submitted_is_incomplete(take_in: TakeIn) -> None:
    intake = take_in(
        [
            {"id": "1", "submitdate": "", "IDENT": "CS-59-0005", "Q701": "3"},
            {"id": "2", "submitdate": "2019-05-01", "IDENT": "CS-59-0007", "Q701": "4"},
        ]
    )
    assert states(intake) == [("CS-59-0005", "incomplete", "I04"), ("CS-59-0007", "accepted", "")]
    assert intake.tables["unmapped"].is_empty()


def test_a_blank_identifier_is_found_by_name_and_commune_when_one_matches(take_in: TakeIn, registry: Registry) -> None:
    row = {"IDENT": "", "NOM_REF": "centre social LES TROIS PONTS", "INSEE": "59588", "Q7.01": "4"}
    assert states(take_in([row])) == [("CS-59-0005", "accepted", "")]


def test_a_blank_identifier_that_matches_nothing_is_set_aside(take_in: TakeIn) -> None:
    row = {"IDENT": "", "NOM_REF": "Centre social inconnu", "INSEE": "59588", "Q7.01": "4"}
    assert [state for _, state, _ in states(take_in([row]))] == ["rejected"]


@pytest.mark.parametrize("word", ["TOTAL", "Total général", "Moyenne", "total"])
def test_a_summary_row_is_ignored_and_said(take_in: TakeIn, word: str) -> None:
    intake = take_in(
        [{"IDENT": "CS-59-0005", "NOM_REF": "", "Q7.01": "3"}, {"IDENT": "", "NOM_REF": word, "Q7.01": "3"}]
    )
    assert states(intake) == [("CS-59-0005", "accepted", "")]
    assert "I12" in intake.tables["edits"]["rule"].to_list()


def test_a_form_of_another_structure_type_is_set_aside(take_in: TakeIn) -> None:
    intake = take_in(
        [{"IDENT": "EVS-59-0003", "Q7.01": "3", "Q7.02": "2"}, {"IDENT": "CS-59-0005", "Q7.01": "3", "Q7.02": "2"}]
    )
    assert states(intake)[0] == ("EVS-59-0003", "rejected", "I14")


def test_an_unknown_column_is_kept_listed_and_the_nearest_question_proposed(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", "Q7.01": "3", "Nombre de salaries (personne)": "3"}])
    column = intake.tables["unmapped"].row(0, named=True)
    assert (column["cell"], column["filled"], column["nearest_question"], column["acknowledged"]) == (
        "C1",
        1,
        "Q7.01",
        False,
    )
    assert "I10" in intake.tables["edits"]["rule"].to_list()


@pytest.mark.parametrize(
    ("row", "variable", "expected"),
    [
        ({"Q7.01": "3", "Q7.02": "3,5"}, "fte_total", ["E01"]),
        ({"Q9.01": "-45000"}, "income_total", ["T03"]),
        ({"Q9.01": "13211860"}, "income_total", ["E16", "T04"]),
        ({"Q7.01": "env. 15"}, "employees", ["T05"]),
        ({"Q7.02": "12,5 ETP"}, "fte_total", ["T06"]),
        ({"Q6.01": "100", "Q6.02": "80"}, "volunteers_activity", ["E20"]),
        ({"Q1.20": "=1+1"}, "comments", ["I07"]),
        ({"Q1.20": "appeler le 06 39 98 12 34"}, "comments", ["I08"]),
        ({"Q1.20": "ecrire a compta@example.org"}, "comments", ["I08"]),
        ({"Q1.08": "99014045100016"}, "siret", []),
        ({"Q1.08": "99014045100017"}, "siret", ["E47"]),
        ({"Q1.09": "01/06/2015"}, "first_agreement_date", ["E38"]),
        ({"Q1.11": "Commune"}, "management_mode", ["E39"]),
    ],
)
def test_a_rule_is_raised_on_its_variable(
    take_in: TakeIn, row: dict[str, str], variable: str, expected: list[str]
) -> None:
    assert rules(take_in([{"IDENT": "CS-59-0005"} | row]), variable) == expected


def test_a_fatal_relation_rejects_its_variable_only_and_other_rules_see_what_is_left(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", "Q7.01": "3", "Q7.02": "60", "Q9.01": "500000"}])
    statuses = dict(intake.tables["answers"].select("variable", "status").iter_rows())
    assert statuses == {"employees": "declared", "fte_total": "rejected", "income_total": "declared"}
    assert "E18" not in intake.tables["edits"]["rule"].to_list()


def test_a_confirm_edit_keeps_the_value_and_stays_open(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", "Q5.01": "90"}])
    edit = intake.tables["edits"].filter(pl.col("rule") == "E24").row(0, named=True)
    assert (edit["open"], edit["cell"], edit["message_fr"][:8]) == (True, "B2", "Instance")
    assert answer(intake, "board_members")["value_num"] == 90


def test_the_first_sender_stays(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    def delivery(name: str, sender: str, employees: int, day: int) -> Delivery:
        import datetime as dt

        path = tmp_path / name
        path.write_text(f"IDENT;Q7.01\nCS-59-0005;{employees}\n", encoding="utf-8")
        return Delivery(path, name, 2019, sender, dt.datetime(2019, 5, day))

    receive(framed_home, registry, [delivery("late.csv", "caf-59", 9, 20)])
    receive(
        framed_home, registry, [delivery("first.csv", "fede-npdc", 3, 1), delivery("again.csv", "fede-npdc", 4, 25)]
    )
    build_intake(framed_home, registry, 2019)
    responses = pl.read_parquet(framed_home.intake / "2019" / "responses.parquet").select("file", "state", "rule")
    assert sorted(responses.rows()) == [
        ("again.csv", "accepted", ""),
        ("first.csv", "replaced", "I06"),
        ("late.csv", "rejected", "I03"),
    ]


def test_nothing_is_done_again_when_nothing_changed(sample_intake: Home, registry: Registry) -> None:
    assert build_intake(sample_intake, registry, 2019)["rebuilt"] is False
