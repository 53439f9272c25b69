"""From any figure to its cells, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.home import PROJECT_ROOT
from lineage.trace_cell import Cell, trace_cell
from registry import load_registry
from tests.conftest import Demonstration, run_senacs
from tests.publication.published_pages import page

FTE = "2019/DEP-62/CS/fte_total"


def traced(demonstration: Demonstration, *asked: str | Path) -> Any:
    answer = run_senacs(demonstration.home.root, "trace", *asked, "--json")
    assert answer.code == 0, answer.err
    return answer.document


def test_an_address_and_its_parts_are_the_same_figure(demonstration: Demonstration) -> None:
    parts = ("2019", "fte_total", "--territory", "departement:62", "--type", "CS")
    assert traced(demonstration, FTE) == traced(demonstration, *parts)


def test_every_national_figure_is_traced_to_answers_that_count_as_many_structures(demonstration: Demonstration) -> None:
    """Sums, means, shares, distributions and derived values; those of the frame have no answer under them."""
    figures = pl.read_parquet(demonstration.candidate / "marts" / "figures.parquet").filter(
        pl.col("campaign") == 2017, pl.col("level") == "national"
    )
    kinds = figures.unique("kind", keep="first", maintain_order=True)
    assert {"sum", "mean", "share", "frame"} <= set(kinds["kind"])
    for figure in kinds.iter_rows(named=True):
        address = "/".join(
            filter(None, (f"2017/FR/{figure['structure_type']}", figure["indicator"], figure["breakdown"]))
        )
        document = traced(demonstration, address)
        counted = {line["structure_id"] for line in document["answers"] if line["counted"]}
        if document["from_frame"]:
            assert document["answers"] == []
        else:
            assert len(counted) == figure["n_respondents"], address


def test_a_derived_value_is_traced_through_its_formulas(demonstration: Demonstration) -> None:
    document = traced(demonstration, "2017/FR/CS/volunteers_total")
    assert document["variables"] == ["board_members", "volunteers_occasional", "volunteers_regular"]
    assert set(document["computed"]) == {"volunteers_activity", "volunteers_total"}
    counted = [float(line["value"]) for line in document["answers"] if line["counted"]]
    assert sum(counted) == pytest.approx(document["figure"]["value"])


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("2019/DEP-62/CS",), 1, "data-figure"),
        (("2019/DEP-62/CS/nothing",), 1, "indicators.csv"),
        (("2019/DEP-62/CS/management_share/nothing",), 1, "association"),
        (("2019", "fte_total"), 2, "--territory"),
        ((), 2, "--cell"),
        ((FTE, "--cell", "f.xlsx", "CS", "A1"), 2, "--cell"),
        (("--cell", "nothing.xlsx", "CS", "A1"), 1, "nothing.xlsx"),
    ],
)
def test_what_can_not_be_traced_says_what_can(
    demonstration: Demonstration, asked: tuple[str, ...], code: int, said: str
) -> None:
    answer = run_senacs(demonstration.home.root, "trace", *asked)
    assert answer.code == code
    assert said in answer.err


def test_a_cell_leads_to_the_figures_that_lead_to_it(demonstration: Demonstration) -> None:
    answer = next(line for line in traced(demonstration, FTE)["answers"] if line["counted"])
    name = Path(answer["file"]).name
    (found,) = traced(demonstration, "--cell", name, answer["sheet"], answer["cell"], "--campaign", "2019")
    assert [line["structure_id"] for line in found["answers"]] == [answer["structure_id"]]
    figures = {line["address"]: line for line in found["figures"]}
    assert {FTE, "2019/FR/ALL/fte_total", "2019/FR/CS/fte_mean"} <= set(figures)
    assert all(line["counted"] for line in figures.values())
    assert not any("/EVS/" in address for address in figures)


def test_a_cell_of_a_derived_variable_leads_to_what_is_derived(demonstration: Demonstration) -> None:
    answer = next(
        line
        for line in traced(demonstration, "2017/FR/CS/volunteers_total")["answers"]
        if line["variable"] == "volunteers_regular" and line["counted"]
    )
    (found,) = traced(demonstration, "--cell", answer["file"], answer["sheet"], answer["cell"])
    assert "2017/FR/CS/volunteers_total" in {line["address"] for line in found["figures"]}


def test_what_was_set_aside_says_why_and_weighs_on_nothing(demonstration: Demonstration) -> None:
    home, registry = demonstration.home, load_registry(PROJECT_ROOT / "questionnaires")
    rejects = pl.read_parquet(home.intake / "2019" / "rejects.parquet")
    assert set(rejects["level"]) == {"answer", "row"}
    for reject in rejects.iter_rows(named=True):
        asked = Cell(2019, reject["file"], reject["sheet"], reject["cell"])
        (found,) = trace_cell(demonstration.candidate, home, registry, asked)
        assert any(reject["rule"] in line and reject["message_fr"] in line for line in found.outcomes)
        assert not any(figure.counted for figure in found.figures if reject["level"] == "row")


def test_an_empty_cell_was_not_read(demonstration: Demonstration) -> None:
    receipts = pl.read_parquet(demonstration.home.intake / "2019" / "receipts.parquet")
    (found,) = traced(demonstration, "--cell", receipts["file"][0], "no such sheet", "ZZ9999")
    assert found["answers"] == found["figures"] == []
    assert "Aucune réponse" in found["outcomes"][0]


def test_the_page_of_a_trace_stands_alone_and_says_it_is_internal(demonstration: Demonstration, tmp_path: Path) -> None:
    document = traced(demonstration, FTE, "--html", tmp_path / "trace.html")
    printed = page(tmp_path / "trace.html")
    assert document["page"] == str(tmp_path / "trace.html")
    assert printed.lang == "fr"
    assert printed.outside == []
    assert "ne pas diffuser" in printed.text
    assert "données de démonstration" in printed.text
    assert all(line["cell"] in printed.text for line in document["answers"])
