"""Who is sent what, for which campaign, by which command."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from core.home import Home
from ingest.forms import write_templates
from ingest.survey_frame.frames import frame_of, register_frame
from registry import Registry
from registry.collectors import load_senders, structures_by_sender
from registry.load import read_registry
from registry.senders import Sender
from tests.conftest import SAMPLES, Senacs, register_samples
from tests.ingest.templates.filling import (
    CAMPAIGN,
    QUESTIONNAIRES,
    header_row,
)


def test_a_structure_is_asked_of_who_returned_it_last_else_of_its_federation_else_of_its_caf() -> None:
    lines = [
        Sender("fede-a", "federation", "A", "Fédération A", 1, 5),
        Sender("fede-ab", "federation", "AB", "Fédération AB", 6),
        Sender("fede-ab", "caf", "CAF-03", "Fédération AB"),
        Sender("national", "national", "", "Équipe nationale"),
    ]
    frame = pl.DataFrame(
        [
            ("S1", "AB", "CAF-01"),
            ("S2", "", "CAF-01"),
            ("S3", "", "CAF-02"),
            ("S4", "", "CAF-03"),
            ("S5", "", ""),
            ("S6", "", "CAF-02"),
            ("S7", "AB", "CAF-02"),
        ],
        schema=["structure_id", "federation", "caf"],
        orient="row",
    )
    last = {"S2": "fede-a", "S3": "fede-ab", "S6": "someone", "S7": "caf-01"}
    asked = structures_by_sender(frame, last, lines, 7)
    assert {sender.sender: structures for sender, structures in asked.items()} == {
        "caf-01": ["S2", "S7"],
        "caf-02": ["S6"],
        "fede-ab": ["S1", "S3", "S4"],
        "national": ["S5"],
    }


def test_the_senders_of_the_samples(sent: dict[str, Path], registry: Registry, sample_intake: Home) -> None:
    assert set(sent) >= {"fede-npdc", "ucs-13", "fcsb", "caf-04", "caf-59"}
    assert {line.sender for line in load_senders(QUESTIONNAIRES)} >= {"fede-62", *sent}
    frame = frame_of(sample_intake, registry, CAMPAIGN).filter(pl.col("solicited") == 1)
    seen: list[str] = []
    for path in sent.values():
        for sheet in openpyxl.load_workbook(path).worksheets[1:]:
            seen += [sheet.cell(row, 1).value for row in range(header_row(sheet) + 2, sheet.max_row + 1)]
    assert sorted(seen) == sorted(frame["structure_id"])


def test_a_campaign_that_does_not_exist_yet(sample_intake: Home, tmp_path: Path) -> None:
    questionnaires = tmp_path / "questionnaires"
    shutil.copytree(QUESTIONNAIRES, questionnaires)
    with (questionnaires / "campaigns.csv").open("a", encoding="utf-8") as stream:
        stream.write("2031,2030,2031-03-15,2031-09-30,opened\n")
    crosswalk = (questionnaires / f"crosswalk/{CAMPAIGN}.csv").read_text(encoding="utf-8")
    renewed = crosswalk.replace("2019,2018,", "2031,2030,").replace("Nombre total d'équ", "Total des équ")
    (questionnaires / "crosswalk/2031.csv").write_text(renewed, encoding="utf-8")
    registry = read_registry(questionnaires)
    home = Home(tmp_path / "home")
    shutil.copytree(sample_intake.root, home.root)
    lines = (SAMPLES / f"frames/frame_{CAMPAIGN}.csv").read_text(encoding="utf-8").replace(f"\n{CAMPAIGN},", "\n2031,")
    merged = next(line for line in lines.splitlines() if "CS-04-0001" in line).replace("CS-04-0001", "CS-04-9001")
    cells = merged.split(",")
    cells[-2] = "CS-04-0001;CS-04-0003"
    (tmp_path / "frame.csv").write_text(f"{lines}{','.join(cells)}\n", encoding="utf-8")
    register_frame(home, registry, tmp_path / "frame.csv", 2031)
    (one,) = write_templates(home, registry, questionnaires, 2031, tmp_path / "out", "caf-04")
    sheet = openpyxl.load_workbook(one.file)["CS"]
    codes = header_row(sheet)
    assert sheet["A1"].value == "SENACS - Enquête 2031 (données 2030) - Centre social"
    places = {cell.value: cell.column for cell in sheet[codes]}
    assert sheet.cell(codes + 1, places["Q7.02"]).value == "Total des équivalents temps plein (ETP)"
    rows = {sheet.cell(row, 1).value: row for row in range(codes + 2, sheet.max_row + 1)}
    origins = {name: sheet.cell(row, places["_rappel_campagne"]).value for name, row in rows.items()}
    assert (origins["CS-04-0001"], origins["CS-04-9001"]) == ("2019", "2019, somme de CS-04-0001 et CS-04-0003")
    totals = {name: sheet.cell(row, places["_rappel Q7.02"]).value for name, row in rows.items()}
    assert totals["CS-04-9001"] == pytest.approx(totals["CS-04-0001"] + totals["CS-04-0003"])


def test_the_command_writes_and_says_what(senacs: Senacs, tmp_path: Path) -> None:
    missing = senacs("templates", "2011", "--json")
    assert (missing.code, "Le référentiel 2011 n'est pas enregistré" in missing.err) == (1, True)
    register_samples(tmp_path / "home", 2011)
    written = senacs("templates", "2011", "--json")
    assert written.code == 0, written.err
    assert [(one["sender"], one["structures"]) for one in written.document] == [
        ("caf-62", {"CS": 7}), ("fede-62", {"CS": 21})
    ]  # fmt: skip
    assert all(Path(one["file"]).is_file() for one in written.document)
    unknown = senacs("templates", "2011", "--sender", "caf-99")
    assert (unknown.code, "Émetteurs : caf-62, fede-62" in unknown.err) == (1, True)
    form = senacs("templates", "2011", "--form", "CS-62-0001", "--out", tmp_path / "fiche")
    assert (form.code, [path.name for path in (tmp_path / "fiche").iterdir()]) == (0, ["SENACS_2011_CS-62-0001.xlsx"])
    assert senacs("templates", "2011", "--form", "CS-62-9999").code == 1
    assert senacs("templates", "2011", "--xlsform", "--sender", "caf-62").code == 2
    forms = senacs("templates", "2011", "--xlsform", "--json")
    assert [Path(one["file"]).name for one in forms.document] == ["SENACS_2011_CS_xlsform.xlsx"]
