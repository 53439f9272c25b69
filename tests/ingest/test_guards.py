"""A column that bears the right name and holds something else is found, named, and told; a sound one is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
import shutil
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT, Home
from ingest.anomalies.table import guards_table
from ingest.corrections.report import write_report
from ingest.corrections.report_lines import report_of
from ingest.receive.reception import Delivery, deliveries_from_manifest, receive
from ingest.receive.status import campaign_status
from ingest.store.intake import build_intake
from ingest.survey_frame.frames import frame_of
from registry import Registry, load_registry
from registry.guard_lines import AcknowledgedGuard
from tests.ingest.conftest import SAMPLES
from tests.ingest.edited_returns import Columns, edited_text, edited_workbook

NPDC, BRITTANY = "2019/fede-npdc/SENACS_2019_NPDC.xlsx", "2019/fcsb/senacs_2019_bretagne_kobo.xlsx"
MEMBER = "Q1.15"
MARSEILLE, PAS_DE_CALAIS = "2019/ucs-13/results-survey518842.csv", "2011/fede-62/SENACS_donnees2010_Pas-de-Calais.csv"


def guards_of(home: Home, campaign: int) -> pl.DataFrame:
    return pl.read_parquet(home.intake / str(campaign) / "guards.parquet")


def rebuilt(samples: Home, registry: Registry, campaign: int, files: list[Path], root: Path) -> Home:
    """The samples, `files` in the place of those of the same name in `campaign`."""
    home = Home(Path(shutil.copytree(samples.root, root / "home")))
    shutil.rmtree(home.archive / "returns" / str(campaign))
    shutil.rmtree(home.intake / str(campaign))
    edited = {path.name: path for path in files}
    sent = [
        sent for sent in deliveries_from_manifest(SAMPLES / "returns" / "manifest.csv") if sent.campaign == campaign
    ]
    receive(home, registry, [dataclasses.replace(sent, path=edited.get(sent.path.name, sent.path)) for sent in sent])
    build_intake(home, registry, campaign)
    return home


@pytest.fixture(scope="module")
def wrong_columns(sample_intake: Home, registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The campaign of 2019 with a good many columns wrong, none of them twice."""

    def north(columns: Columns) -> None:
        columns.swap("Q6.01", "Q6.02")
        columns.multiply(1000, "Q9.06")
        columns.fill("Q4.03", "oui")

    def north_small(columns: Columns) -> None:
        columns.multiply(0.001, "E9.01", "E9.02", "E9.03")

    def marseille(columns: Columns) -> None:
        columns.multiply(1 / 52, "Q6.02")
        columns.multiply(1000, "Q9.01", "Q9.02")
        columns.fill("Q9.09", None)
        columns.multiply(100, "Q4.07")
        columns["Q9.08"] = [None if number % 2 else value for number, value in enumerate(columns["Q9.08"])]
        columns.fill(MEMBER, "N")

    def brittany(columns: Columns) -> None:
        columns.shift_right("Q7.01", "Q7.02", "Q7.03", "Q7.04", "Q7.05")
        columns.fill("Q9.04", 4321)

    def brittany_small(columns: Columns) -> None:
        columns.swap("E4.01", "E5.01")

    folder = tmp_path_factory.mktemp("wrong")
    files = [
        edited_workbook(NPDC, folder, CS=north, EVS=north_small),
        edited_workbook(BRITTANY, folder, senacs_cs=brittany, senacs_evs=brittany_small),
        edited_text(MARSEILLE, folder, "Q901", marseille),
    ]
    return rebuilt(sample_intake, registry, 2019, files, tmp_path_factory.mktemp("wrong_home"))


def test_sound_files_raise_no_block_and_no_warning(sample_intake: Home, registry: Registry) -> None:
    found = pl.concat([guards_of(sample_intake, campaign) for campaign in registry.campaigns])
    assert found.is_empty()


@pytest.mark.parametrize(
    ("sender", "code", "guard", "basis"),
    [
        ("fede-npdc", "Q6.01", "swapped", "others"),
        ("fede-npdc", "Q6.02", "swapped", "previous"),
        ("fede-npdc", "Q9.06", "thousands", "others"),
        ("fede-npdc", "Q4.03", "unreadable", "others"),
        ("fede-npdc", "E9.01", "thousands", "others"),
        ("fede-npdc", "E9.02", "thousands", "others"),
        ("ucs-13", "Q6.02", "weekly_hours", "previous"),
        ("ucs-13", "Q9.01", "thousands", "previous"),
        ("ucs-13", "Q9.09", "emptied", "previous"),
        ("ucs-13", "Q4.07", "medians", "others"),
        ("fcsb", "Q7.01", "emptied", "others"),
        ("fcsb", "Q7.02", "shifted", "others"),
        ("fcsb", "Q7.03", "shifted", "others"),
        ("fcsb", "Q7.04", "shifted", "others"),
        ("fcsb", "E4.01", "swapped", "others"),
        ("fcsb", "E5.01", "swapped", "others"),
    ],
)
def test_a_wrong_column_is_blocked_under_its_right_name(
    wrong_columns: Home, sender: str, code: str, guard: str, basis: str
) -> None:
    found = guards_of(wrong_columns, 2019).filter(pl.col("sender") == sender, pl.col("question_code") == code)
    assert found.select("guard", "severity", "basis").rows() == [(guard, "block", basis)]


@pytest.mark.parametrize(
    ("sender", "code", "guard", "observed"),
    [
        ("fcsb", "Q9.04", "constant", 4321),
        ("ucs-13", "Q9.08", "missing", 42.9),
        ("ucs-13", MEMBER, "shares", 0),
    ],
)
def test_a_column_that_is_odd_is_warned_about(
    wrong_columns: Home, sender: str, code: str, guard: str, observed: float
) -> None:
    found = guards_of(wrong_columns, 2019).filter(pl.col("sender") == sender, pl.col("question_code") == code)
    assert found.select("guard", "severity", pl.col("observed").round(1)).rows() == [(guard, "warn", observed)]


def test_the_columns_that_are_right_are_left_alone(wrong_columns: Home) -> None:
    wrong = {
        "fede-npdc": {"Q6.01", "Q6.02", "Q9.06", "Q4.03", "E9.01", "E9.02", "E9.03"},
        "ucs-13": {"Q6.02", "Q9.01", "Q9.02", "Q9.09", "Q4.07"},
        "fcsb": {"Q7.01", "Q7.02", "Q7.03", "Q7.04", "Q7.05", "Q9.04", "E4.01", "E5.01"},
    }
    blocked = guards_of(wrong_columns, 2019).filter(pl.col("severity") == "block")
    assert {
        (sender, code)
        for sender, code in blocked.select("sender", "question_code").iter_rows()
        if code not in wrong.get(sender, set())
    } == set()


def test_a_finding_says_what_where_and_what_to_do(wrong_columns: Home) -> None:
    line = guards_of(wrong_columns, 2019).filter(pl.col("sender") == "ucs-13", pl.col("question_code") == "Q6.02")
    told = line.row(0, named=True)
    assert told["file"] == "returns/2019/ucs-13/results-survey518842.csv"
    assert told["column"]
    assert told["message_fr"].startswith("« Q6.02, Heures de bénévolat dans l'année » : médiane 42,94 pour 17 ")
    assert told["message_fr"].endswith(" chez les mêmes structures à la campagne précédente. Heures hebdomadaires ?")
    assert "renvoyer le fichier corrigé" in told["next_step_fr"]
    assert (told["n"], told["expected"]) == (17, 1996.0)


def test_a_first_campaign_is_judged_by_its_own_totals(sample_intake: Home, registry: Registry, tmp_path: Path) -> None:
    def change(columns: Columns) -> None:
        columns.swap("Nombre d'ETP", "ETP animation")
        columns.multiply(0.001, "Total des charges")

    form = {"encoding": "cp1252", "delimiter": ";"}
    path = edited_text(PAS_DE_CALAIS, tmp_path, "Total des charges", change, **form)
    found = guards_of(rebuilt(sample_intake, registry, 2011, [path], tmp_path), 2011)
    assert found.sort("question_code").select("question_code", "guard", "severity", "basis").rows() == [
        ("G3", "swapped", "block", "parts"),
        ("G7", "swapped", "block", "parts"),
        ("I2", "thousands", "block", "parts"),
    ]


def test_no_answer_and_no_event_depends_on_a_guard(sample_intake: Home, registry: Registry, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(sample_intake.root, tmp_path / "home")))
    strict = dataclasses.replace(
        registry,
        guard_lines=tuple(
            dataclasses.replace(line, value="1.01") if line.parameter == "warn_ratio" else line
            for line in registry.guard_lines
        ),
    )
    build_intake(home, strict, 2019, force=True)
    assert guards_of(home, 2019).height > 20
    for name in ("answers", "edits", "rejects", "responses", "events", "receipts"):
        ours, theirs = (pl.read_parquet(one.intake / "2019" / f"{name}.parquet") for one in (home, sample_intake))
        assert ours.equals(theirs), name


def acknowledged(registry: Registry, sender: str, code: str, guard: str, about: str) -> Registry:
    line = AcknowledgedGuard(2019, sender, code, guard, about, "vu avec l'union", "a.martin", dt.date(2019, 7, 1))
    return dataclasses.replace(registry, acknowledged_guards=(line,))


def test_what_is_acknowledged_is_kept_with_its_reason_and_asked_about_no_more(
    wrong_columns: Home, registry: Registry, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(wrong_columns.root, tmp_path / "home")))
    (found,) = guards_of(home, 2019).filter(sender="ucs-13", question_code="Q9.09")["about"]
    knowing = acknowledged(registry, "ucs-13", "Q9.09", "emptied", found)
    build_intake(home, knowing, 2019, force=True)
    settled = guards_of(home, 2019).filter("acknowledged")
    assert settled.select("sender", "question_code", "guard", "reason").rows() == [
        ("ucs-13", "Q9.09", "emptied", "vu avec l'union (a.martin, 01/07/2019)")
    ]
    asked = [line.question_code for line in report_of(home, knowing, 2019, "ucs-13").lines if not line.structure_id]
    assert "Q9.01" in asked
    assert "Q9.09" not in asked

    def again(columns: Columns) -> None:
        columns.fill("Q9.09", None)

    corrected = edited_text(MARSEILLE, tmp_path, "Q901", again)
    receive(home, knowing, [Delivery(corrected, "corrigé.csv", 2019, "ucs-13", dt.datetime(2019, 9, 1))])
    build_intake(home, knowing, 2019)
    (kept,) = guards_of(home, 2019).filter(sender="ucs-13", question_code="Q9.09").iter_rows(named=True)
    assert (kept["acknowledged"], kept["file"]) == (True, "corrigé.csv")


def test_the_status_and_the_report_of_the_sender_tell(wrong_columns: Home, registry: Registry, tmp_path: Path) -> None:
    (status,) = campaign_status(wrong_columns, registry, 2019)["campaigns"]
    told = [line for line in status["guards"] if line["sender"] == "ucs-13"]
    assert ("Q6.02", "weekly_hours", "block") in {(x["question_code"], x["guard"], x["severity"]) for x in told}
    report, _ = write_report(wrong_columns, registry, 2019, "ucs-13", tmp_path)
    lines = {line.question_code: line for line in report.lines if not line.structure_id}
    assert {line["question_code"] for line in told} <= set(lines)
    weekly = lines["Q6.02"]
    assert (weekly.severity, weekly.rule, weekly.can_confirm) == (
        "À corriger ou à justifier", "heures hebdomadaires", True
    )  # fmt: skip
    assert "fede-npdc" not in {line.file for line in report.lines}


def test_a_sender_hears_of_a_wrong_column_on_reception(sample_intake: Home, registry: Registry, tmp_path: Path) -> None:
    home = Home(Path(shutil.copytree(sample_intake.root, tmp_path / "home")))
    path = edited_text(MARSEILLE, tmp_path, "Q901", lambda columns: columns.multiply(1 / 52, "Q6.02"))
    (answer,) = receive(home, registry, [Delivery(path, "retour.csv", 2019, "ucs-13", dt.datetime(2019, 9, 1))])
    assert answer.message.endswith(" 1 colonne à vérifier en entier : Q6.02 (heures hebdomadaires).")
    (told,) = answer.columns_to_check
    assert (told["guard"], told["severity"]) == ("weekly_hours", "block")


def test_a_registry_without_settings_has_no_guards(wrong_columns: Home, registry: Registry, tmp_path: Path) -> None:
    questionnaires = Path(shutil.copytree(PROJECT_ROOT / "questionnaires", tmp_path / "questionnaires"))
    (questionnaires / "guards.csv").unlink()
    (questionnaires / "acknowledged_guards.csv").unlink()
    home = Home(Path(shutil.copytree(wrong_columns.root, tmp_path / "home")))
    build_intake(home, load_registry(questionnaires), 2019, force=True)
    found = guards_of(home, 2019)
    assert found.is_empty()
    assert found.schema == guards_of(wrong_columns, 2019).schema


def guards_of_answers(home: Home, registry: Registry, answers: pl.DataFrame) -> pl.DataFrame:
    """What the guards find in 2019 when the answers are these."""
    folder = home.intake / "2019"
    tables = {"answers": answers, "responses": pl.read_parquet(folder / "responses.parquet")}
    columns = pl.read_parquet(folder / "read" / "columns.parquet")
    return guards_table(home, registry, 2019, tables, columns, frame_of(home, registry, 2019))


@pytest.mark.parametrize("sender", ["ucs-13", "fcsb", "fede-npdc"])
def test_a_sheet_shifted_by_one_column_is_told_as_such(sample_intake: Home, registry: Registry, sender: str) -> None:
    answers = pl.read_parquet(sample_intake.intake / "2019" / "answers.parquet")
    asked = [question.variable for question in registry.questions_of(2019) if question.structure_type == "CS"]
    mine = (pl.col("sender") == sender) & (pl.col("structure_type") == "CS")
    moved = answers.filter(mine, pl.col("variable") != asked[-1]).with_columns(
        pl.col("variable").replace(dict(itertools.pairwise(asked)))
    )
    blocked = guards_of_answers(sample_intake, registry, pl.concat([answers.filter(~mine), moved])).filter(
        pl.col("severity") == "block"
    )
    assert set(blocked["sender"]) == {sender}
    assert blocked.filter(guard="shifted").height > 15


@pytest.mark.parametrize("seed", range(3))
def test_honest_noise_blocks_nothing(sample_intake: Home, registry: Registry, seed: int) -> None:
    """Every structure a third more or less than it said, number by number."""
    answers = pl.read_parquet(sample_intake.intake / "2019" / "answers.parquet")
    spread = random.Random(seed)
    factors = pl.Series([spread.uniform(2 / 3, 4 / 3) for _ in range(answers.height)])
    noisy = (answers["value_num"].cast(pl.Float64) * factors).cast(pl.Decimal(18, 6))
    found = guards_of_answers(sample_intake, registry, answers.with_columns(value_num=noisy))
    assert found.filter(pl.col("severity") == "block").is_empty()


def test_too_few_structures_say_nothing(sample_intake: Home, registry: Registry) -> None:
    assert guards_of(sample_intake, 2019).filter(pl.col("sender") == "caf-04").is_empty()
