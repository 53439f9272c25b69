"""A strange column that is right: its sender says why in the report, the national team takes it as it is or not."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from core.home import Home
from ingest.anomalies.justifying import JustificationError, Meant, justify, meant_columns, strange_columns
from ingest.corrections.report import write_report
from ingest.corrections.report_layout import COLUMNS, COMMENT, DECISION, REASON, REFERENCE, VALUE
from ingest.receive.reception import Delivery, receive
from ingest.receive.status import campaign_status
from ingest.store.intake import build_intake
from registry import Registry
from tests.ingest.edited_returns import Columns, edited_text

MARSEILLE = "2019/ucs-13/results-survey518842.csv"
CHECKED = "Valeur vérifiée : elle est exacte"


class Sender:
    """ucs-13, whose hours of volunteers are those of a week."""

    def __init__(self, home: Home, registry: Registry, folder: Path) -> None:
        self.home, self.registry, self.folder, self.day = home, registry, folder, 0

    def send(self, path: Path) -> str:
        self.day += 1
        moment = dt.datetime(2019, 9, self.day)
        (answer,) = receive(self.home, self.registry, [Delivery(path, path.name, 2019, "ucs-13", moment)])
        return answer.message

    def send_return(self, weeks: float = 52, more: float = 1) -> None:
        def change(columns: Columns) -> None:
            columns.multiply(1 / weeks, "Q6.02")
            columns.multiply(more, "Q5.01")

        folder = self.folder / f"retour_{self.day}"
        folder.mkdir()
        self.send(edited_text(MARSEILLE, folder, "Q901", change))

    def report(self) -> list[dict[str, Any]]:
        _, (path, _) = write_report(self.home, self.registry, 2019, "ucs-13", self.folder)
        sheet = openpyxl.load_workbook(path)["À décider"]
        return [dict(zip(COLUMNS, (cell.value or "" for cell in row), strict=False)) for row in sheet.iter_rows()]

    def justify(self, *, dated: bool = True) -> str:
        (line,) = [line for line in self.report() if line["Règle"] == "heures hebdomadaires"]
        reference = line[REFERENCE] if dated else line[REFERENCE].rpartition("|")[0] + "|"
        filled = {
            REFERENCE: reference,
            DECISION: "Confirmer",
            VALUE: "",
            REASON: CHECKED,
            COMMENT: "du jeudi",
        }
        path = self.folder / f"rapport_{self.day}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter=";")
            writer.writerows([["senacs-rapport ; campagne 2019 ; émetteur ucs-13"], ["Votre nom", "C. Hoarau"]])
            writer.writerows([list(filled), list(filled.values())])
        return self.send(path)

    def found(self) -> dict[str, Any]:
        build_intake(self.home, self.registry, 2019)
        guards = pl.read_parquet(self.home.intake / "2019" / "guards.parquet")
        return guards.filter(sender="ucs-13", question_code="Q6.02").row(0, named=True)

    def decision(self) -> tuple[str, str]:
        decisions = pl.read_parquet(self.home.intake / "2019" / "decisions.parquet")
        return decisions.filter(rule="weekly_hours").select("state", "detail").row(-1)  # type: ignore[return-value]


@pytest.fixture
def sender(sample_intake: Home, registry: Registry, tmp_path: Path) -> Sender:
    one = Sender(Home(Path(shutil.copytree(sample_intake.root, tmp_path / "home"))), registry, tmp_path)
    one.send_return()
    return one


@pytest.mark.parametrize("dated", [True, False])
def test_a_column_justified_in_a_report_waits_for_the_national_team(sender: Sender, dated: bool) -> None:
    heard = sender.justify(dated=dated)
    assert "1 décision appliquée. 1 colonne justifiée : l'équipe nationale doit le valider." in heard
    found = sender.found()
    assert (found["severity"], found["acknowledged"], found["justified"]) == ("block", False, True)
    assert found["justification"].startswith(f"{CHECKED} : du jeudi (C. Hoarau, ")
    (status,) = campaign_status(sender.home, sender.registry, 2019)["campaigns"]
    assert [line["justified"] for line in status["guards"] if line["question_code"] == "Q6.02"] == [True]
    assert not [line for line in sender.report() if line["Règle"] == "heures hebdomadaires"]


def test_a_justification_survives_a_new_file_whose_column_is_the_same(sender: Sender) -> None:
    sender.justify()
    sender.send_return(more=2)
    assert sender.found()["justified"]
    sender.send_return(weeks=51)
    assert not sender.found()["justified"]
    assert sender.decision() == ("dead", "la colonne a changé depuis la justification")
    sender.send_return(weeks=1)
    build_intake(sender.home, sender.registry, 2019)
    assert sender.decision() == ("dead", "la colonne n'est plus signalée")


def test_an_undated_justification_holds_until_another_file(sender: Sender) -> None:
    sender.justify(dated=False)
    sender.send_return(more=2)
    assert not sender.found()["justified"]


def test_the_national_team_takes_a_column_as_it_is_and_takes_that_back(sender: Sender) -> None:
    columns = strange_columns(sender.home, sender.registry, 2019)
    (column,) = meant_columns(columns, Meant("ucs-13", "q6.02"))
    justify(sender.home, 2019, column, reason="vu avec l'union", author="a.martin", back=False)
    found = sender.found()
    assert (found["acknowledged"], found["reason"].startswith("vu avec l'union (a.martin, ")) == (True, True)
    sender.send_return(more=2)
    assert sender.found()["acknowledged"]
    justify(sender.home, 2019, column, reason="doute", author="a.martin", back=True)
    assert not sender.found()["acknowledged"]


def test_a_column_that_nobody_found_strange_is_no_one_s(sender: Sender) -> None:
    columns = strange_columns(sender.home, sender.registry, 2019)
    with pytest.raises(JustificationError, match=r"signalées : .*ucs-13 Q6\.02 \(weekly_hours\)"):
        meant_columns(columns, Meant("ucs-13", "Q9.01"))
