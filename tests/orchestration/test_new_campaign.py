"""A campaign that nobody has seen yet, from its first line to its figures: made, reshaped, opened, filled, answered."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from core.home import PROJECT_ROOT
from ingest.corrections.report_layout import AUTHOR_LABEL, COLUMNS, DECISION, REASON, VALUE
from registry import load_registry
from tests.conftest import SAMPLES, Outcome, run_senacs
from tests.ingest.campaign_files import NOT_ASKED, add, indicator, reshape, settle
from tests.ingest.templates.filling import header_row, saved_by_libreoffice

CAMPAIGN, SENDER = 2020, "caf-04"
CHECKED = "Valeur vérifiée : elle est exacte"
INDICATORS = [
    indicator("digital_workshops_total", "SUM(digital_workshops)", "2020"),
    indicator("publics_0_10_total", "SUM(publics_0_10)", "2017;2019;2020"),
    indicator("persons_received_total", "SUM(persons_received)", "2020"),
]
BUDGET = {
    "Q9.01": 100_000, "Q9.02": 40_000, "Q9.03": 20_000, "Q9.04": 5_000, "Q9.051": 6_000, "Q9.052": 4_000,
    "Q9.06": 5_000, "Q9.07": 5_000, "Q9.08": 10_000, "Q9.09": 5_000,
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "CS-04-0001": {"Q5.10": 90, "Q6.01": 40, "Q6.02": 1_000, "Q4.01": 30, "Q3.10": 4, "Q4.07": 300} | BUDGET,
    "CS-04-0002": {"Q5.10": 12, "Q6.01": 100, "Q6.02": 21_000, "Q4.01": 0, "Q3.10": 0, "Q4.07": 200},
    "CS-04-0003": {"Q5.10": 7, "Q6.01": 20, "Q6.02": 400, "Q4.01": 12, "Q4.07": 100},
}


@dataclass(frozen=True)
class NewCampaign:
    """A registry of one's own and an empty home."""

    home: Path
    questionnaires: Path

    def __call__(self, *arguments: str | Path, code: int = 0) -> Outcome:
        """Run a command, which has to end with `code`."""
        outcome = run_senacs(self.home, *arguments, questionnaires=self.questionnaires)
        assert outcome.code == code, outcome.err or outcome.out
        return outcome

    def figures(self) -> dict[tuple[str, str], str]:
        """The national figures of the centres sociaux, by indicator and breakdown."""
        with (self.home / "candidate" / "figures.csv").open(encoding="utf-8", newline="") as stream:
            return {
                (line["indicator"], line["breakdown"]): line["value"]
                for line in csv.DictReader(stream)
                if (line["campaign"], line["level"], line["structure_type"]) == (str(CAMPAIGN), "national", "CS")
            }


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> NewCampaign:
    """2020 made from 2019, reshaped, checked and opened, with three structures in its frame."""
    root = tmp_path_factory.mktemp("nouvelle")
    shutil.copytree(PROJECT_ROOT / "questionnaires", root / "questionnaires")
    senacs = NewCampaign(root / "home", root / "questionnaires")
    senacs("campaign", "new", str(CAMPAIGN), "--from", "2019")
    reshape(senacs.questionnaires)
    senacs("campaign", "open", str(CAMPAIGN), code=1)
    add(settle(senacs.questionnaires), "indicators.csv", *INDICATORS)
    senacs("campaign", "open", str(CAMPAIGN))
    with (SAMPLES / "frames" / "frame_2019.csv").open(encoding="utf-8") as stream:
        header, *lines = stream.read().splitlines()
    agreed = [line.replace("2019,", f"{CAMPAIGN},", 1) for line in lines if line.split(",")[1] in ANSWERS]
    frame = root / "frame.csv"
    frame.write_text("\n".join([header, *agreed, ""]), encoding="utf-8")
    senacs("frame", frame, "--campaign", str(CAMPAIGN))
    return senacs


def filled(template: Path, target: Path) -> Path:
    """The template answered as an employee of the Caf would."""
    book = openpyxl.load_workbook(template)
    sheet = book["CS"]
    codes = header_row(sheet)
    columns = {sheet.cell(codes, column).value: column for column in range(1, sheet.max_column + 1)}
    rows = {sheet.cell(row, 1).value: row for row in range(codes + 2, sheet.max_row + 1)}
    for structure, answers in ANSWERS.items():
        for question, value in answers.items():
            sheet.cell(rows[structure], columns[question]).value = value
    book.save(target)
    return target


def answered(report: Path, decisions: dict[str, dict[str, str]]) -> Path:
    """The report with a decision on the line of each of these rules."""
    book = openpyxl.load_workbook(report)
    sheet = book["À décider"]
    lines = {row[COLUMNS.index("Règle")].value: row for row in sheet.iter_rows()}
    author = next(row for row in sheet.iter_rows() if row[2].value == AUTHOR_LABEL)
    author[3].value = "Camille Hoarau"
    for rule, decision in decisions.items():
        for column, text in decision.items():
            lines[rule][COLUMNS.index(column)].value = text
    path = report.with_name("rapport_rempli.xlsx")
    book.save(path)
    return path


def through_libreoffice(path: Path) -> Path:
    """The workbook as LibreOffice saves it, where it is installed."""
    return saved_by_libreoffice([path], "xlsx", path.parent / "enregistré")[0] if shutil.which("soffice") else path


def test_what_changed_is_shown_with_the_series_that_break(opened: NewCampaign) -> None:
    changes = opened("campaign", "diff", "2019", str(CAMPAIGN), "--json").document

    def names(kind: str, side: str) -> set[tuple[str, ...]]:
        return {tuple(sorted(question["variable"] for question in change[side])) for change in changes[kind]}

    assert names("split", "after") == {("income_dep_projects", "income_dep_running")}
    assert names("merged", "before") == {("publics_0_3", "publics_4_10")}
    assert names("renamed", "after") == {("persons_received",)}
    assert [question["variable"] for question in changes["dropped"]] == ["rights_informed"]
    assert [question["variable"] for question in changes["new"]] == ["digital_workshops"]
    assert [change["variable"] for change in changes["reworded"]] == ["board_members"]
    assert [(change["added"], change["dropped"]) for change in changes["options"]] == [(["local_economy"], ["digital"])]
    undeclared = {(broken["variable"], broken["kind"]) for broken in changes["series"]["undeclared"]}
    assert undeclared == {("income_departement", "now_derived"), ("publics_0_10", "now_asked"), ("issues", "options")}
    assert {ended["indicator"] for ended in changes["series"]["ended"]} == set(NOT_ASKED)


def test_what_follows_is_coherent_and_the_campaigns_before_stay_so(opened: NewCampaign) -> None:
    for campaign in load_registry(opened.questionnaires).campaigns:
        assert opened("campaign", "check", str(campaign), "--json").document["faults"] == []


def test_its_templates_come_back_its_report_is_answered_and_its_figures_are_right(
    opened: NewCampaign, tmp_path: Path
) -> None:
    template = Path(opened("templates", str(CAMPAIGN), "--sender", SENDER, "--json").document[0]["file"])
    returned = through_libreoffice(filled(template, tmp_path / "retour.xlsx"))
    sent = ("--campaign", str(CAMPAIGN), "--sender", SENDER)
    opened("receive", returned, *sent)
    report = opened("report", SENDER, "--campaign", str(CAMPAIGN), "--json").document
    decisions = {
        "E24": {DECISION: "Corriger", VALUE: "9"},
        "E22": {DECISION: "Confirmer", REASON: CHECKED},
    }
    opened("receive", through_libreoffice(answered(Path(report["files"][0]), decisions)), *sent)
    opened("build")

    figures = opened.figures()
    values = {name: float(figures[name, ""]) for name, breakdown in figures if breakdown == ""}
    assert values["structures_responded"] == 3
    assert values["board_members_total"] == 9 + 12 + 7
    assert values["volunteer_hours_total"] == 1_000 + 21_000 + 400
    assert values["digital_workshops_total"] == 4
    assert values["publics_0_10_total"] == 30 + 12
    assert values["persons_received_total"] == 600
    assert values["volunteer_value"] == (1_000 + 21_000 + 400) * 12
    assert float(figures["income_share_2019", "departement"]) == 10
    assert float(figures["income_share_2019", "local_authorities"]) == 25
    assert not {name for name, _ in figures} & set(NOT_ASKED)

    edits = pl.read_parquet(opened.home / "candidate" / "intake" / "edits.parquet").filter(pl.col("current"))
    settled = edits.filter(pl.col("rule").is_in(list(decisions))).select("rule", "structure_id", "open", "reason")
    assert settled.rows() == [("E22", "CS-04-0002", False, "checked")]
    assert edits.filter("open").is_empty()
    applied = pl.read_parquet(opened.home / "intake" / str(CAMPAIGN) / "decisions.parquet")
    assert sorted(applied.select("rule", "author", "state").rows()) == [
        ("E22", "Camille Hoarau", "applied"),
        ("E24", "Camille Hoarau", "applied"),
    ]
