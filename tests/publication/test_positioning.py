import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pypdfium2
import pytest

from core.french import number
from publication.documents.plans import read_house
from publication.plaquettes.model import FigureTable, Plaquette
from publication.plaquettes.positioning import (
    Answers,
    make_positioning_sheets,
    positioning_sheet,
    read_answers,
    read_positioning_plan,
)
from tests.publication.candidate_fixture import build_candidate

PLAN = read_positioning_plan()
NAMES = {"campaign": "2019", "data_year": "2018", "demo_sentence": ""}
OWN = "CS-62-0002"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A candidate where each structure's value of each measure is the rank of the structure; EVS have no budget."""
    folder = build_candidate(tmp_path_factory.mktemp("positions") / "candidate")
    centres = pl.read_parquet(folder / "marts" / "fct_centres.parquet").sort("campaign", "structure_id")
    ranked = centres.with_columns(rank=pl.int_range(pl.len()).over("campaign").cast(pl.Float64))
    for table in {measure["table"] for measure in PLAN["measures"]}:
        columns = [measure["column"] for measure in PLAN["measures"] if measure["table"] == table]
        value = pl.when(pl.col("structure_type") == "CS").then("rank") if table == "fct_finances" else pl.col("rank")
        ranked.select(
            "campaign", "structure_id", "structure_type", *(value.alias(name) for name in columns)
        ).write_parquet(folder / "marts" / f"{table}.parquet")
    centres.with_columns(responded=pl.lit(1)).write_parquet(folder / "marts" / "fct_centres.parquet")
    return folder


@pytest.fixture(scope="module")
def answers(answered: Path) -> Answers:
    return read_answers(answered, 2019, PLAN)


def rows(sheet: Plaquette | None) -> dict[str, list[str]]:
    assert sheet is not None
    (table,) = [
        placed.block
        for page in sheet.pages
        for passage in page.passages
        for strip in passage.strips
        for _, column in strip.columns
        for placed in column
        if isinstance(placed.block, FigureTable)
    ]
    return {label: [run.text for run in runs] for label, runs, _ in table.rows}


def spread_by_sql(folder: Path, group: str) -> tuple[int, float, float, float]:
    """(n, first quartile, median, third) of the employees of responding centres sociaux of a group, by hand."""
    marts = folder / "marts"
    (row,) = duckdb.sql(
        f"""select count(*), quantile_cont(s.employees, 0.25), quantile_cont(s.employees, 0.5),
                   quantile_cont(s.employees, 0.75)
            from read_parquet('{marts}/fct_staff.parquet') s
            join read_parquet('{marts}/fct_centres.parquet') c using (campaign, structure_id)
            join read_parquet('{marts}/dim_structure.parquet') d using (campaign, structure_id)
            where campaign = 2019 and c.agreed = 1 and c.responded = 1 and d.structure_type = 'CS' and {group}"""
    ).fetchall()
    return row


def test_a_structure_stands_beside_the_quartiles_of_its_groups(answered: Path, answers: Answers) -> None:
    shown = rows(positioning_sheet(PLAN, read_house(), answers, answers.members[OWN], NAMES))
    own, *told = shown["Salariés"]
    assert own == number(answers.values[(OWN, "employees")], 0)
    assert answers.sizes[OWN] == len(PLAN["size"]["bounds"])
    for cell, group in zip(told, ("d.departement = '62'", "s.fte_total >= 20", "true"), strict=True):
        count, *quartiles = spread_by_sql(answered, group)
        first, median, third = (number(value, 0) for value in quartiles)
        assert count >= PLAN["least"]["quartiles"]
        assert cell == f"{median} ({first} – {third})"


def test_few_answers_tell_a_mean_and_fewer_nothing(answers: Answers) -> None:
    few = {**PLAN, "least": {"mean": 3, "quartiles": 10_000}}
    shown = rows(positioning_sheet(few, read_house(), answers, answers.members[OWN], NAMES))
    assert all(cell.startswith("moyenne ") for cell in shown["Salariés"][1:])
    strict = {**PLAN, "least": {"mean": 10_000, "quartiles": 10_000}}
    shown = rows(positioning_sheet(strict, read_house(), answers, answers.members[OWN], NAMES))
    assert all(cells[1:] == ["–"] * 3 for cells in shown.values())


def test_a_measure_without_an_answer_has_no_line(answers: Answers) -> None:
    evs = next(member for member in answers.members.values() if member.structure_type == "EVS")
    shown = rows(positioning_sheet(PLAN, read_house(), answers, evs, NAMES))
    assert "Budget total" not in shown
    assert "Salariés" in shown


def test_sheets_are_one_pdf_each_for_the_structures_asked_for(answered: Path, tmp_path: Path) -> None:
    day = dt.date(2026, 11, 22)
    (path,) = make_positioning_sheets(
        answered, 2019, tmp_path, only=lambda member: member.structure_id == OWN, names=NAMES, published_on=day
    )
    assert path == tmp_path / "62" / f"{OWN}.pdf"
    document = pypdfium2.PdfDocument(path)
    assert len(document) <= 2
    assert "ne pas diffuser" in document[0].get_textpage().get_text_bounded()
