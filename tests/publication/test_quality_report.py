"""The quality report of a release, and the tables of the candidate that its numbers come from."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest

from publication.quality.measures import Measures, VintageUnderWay
from publication.quality.names import names_of
from publication.quality.report import quality_report, report_words
from publication.quality.rows import ROWS
from publication.quality.tables import TABLES
from tests.conftest import Demonstration

CAMPAIGN = 2019
NAMES = {
    "campaign": "2019", "data_year": "2018", "vintage": "P2", "vintage_label": "résultats révisés",
    "territory": "France", "demo_sentence": "", "build_id": "lot",
}  # fmt: skip


def release(demonstration: Demonstration) -> Path:
    return next(demonstration.home.releases.glob(f"{CAMPAIGN}/[!.]*"))


def measures(demonstration: Demonstration, folder: Path) -> Measures:
    vintage = VintageUnderWay(CAMPAIGN, "P2", dt.date(2026, 11, 22), folder)
    return Measures(demonstration.candidate, vintage, "FR")


def table(demonstration: Demonstration, name: str) -> pl.DataFrame:
    return pl.read_parquet(demonstration.candidate / "quality" / f"{name}.parquet").filter(campaign=CAMPAIGN)


def test_the_release_carries_the_report_as_page_and_pdf(demonstration: Demonstration) -> None:
    page = (release(demonstration) / "quality.html").read_text(encoding="utf-8")
    assert "<h1>Rapport qualité</h1>" in page
    assert (release(demonstration) / "quality.pdf").read_bytes().startswith(b"%PDF")
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings[:4] == ["L’essentiel", "Réponse des structures", "Champ et doublons", "Réponse aux questions"]
    assert {"Contrôles", "Effet de la non-réponse", "Imputation", "Cohérence", "Délais"} <= set(headings)


def test_every_quality_table_is_in_the_candidate(demonstration: Demonstration) -> None:
    present = {path.stem for path in (demonstration.candidate / "quality").glob("*.parquet")}
    assert present >= {*TABLES, "figures_adjusted", "weights", "weightings", "imputed", "masking"}


def test_response_rates_are_those_of_the_frame_and_the_returns(demonstration: Demonstration) -> None:
    centres = pl.read_parquet(demonstration.candidate / "marts" / "fct_centres.parquet").filter(campaign=CAMPAIGN)
    whole = table(demonstration, "response").row(by_predicate=pl.col("dimension") == "all", named=True)
    assert whole["responded"] == centres["responded"].sum()
    both = centres.filter(responded=1, solicited=1).height
    assert whole["rate_pct"] == pytest.approx(100 * both / centres["solicited"].sum())


def test_item_rates_have_two_bases(demonstration: Demonstration) -> None:
    items = table(demonstration, "items")
    assert items.filter(pl.col("answered") + pl.col("not_concerned") > pl.col("respondents")).height == 0
    lower = items.filter(pl.col("in_scope") > pl.col("respondents"))
    assert (lower["rate_in_scope_pct"] <= lower["rate_respondents_pct"]).all()


def test_edits_are_counted_as_the_intake_has_them(demonstration: Demonstration) -> None:
    raised = pl.read_parquet(demonstration.candidate / "intake" / "edits.parquet").filter(campaign=CAMPAIGN)
    counted = table(demonstration, "edits")
    assert counted["raised"].sum() == raised.height
    assert counted["still_open"].sum() == raised["open"].sum()


def test_national_figures_are_the_sums_of_their_parts(demonstration: Demonstration) -> None:
    reconciled = table(demonstration, "reconciliation")
    assert set(reconciled["part"]) == {"departement", "structure_type"}
    assert reconciled["differing"].sum() == 0


def test_a_break_shortens_the_series_that_it_cuts(demonstration: Demonstration) -> None:
    series = table(demonstration, "series").filter(pl.col("last_break") > 0)
    assert series.height
    assert (series["comparable_from"] >= series["last_break"]).all()


def test_the_sentences_print_the_numbers_of_the_tables(demonstration: Demonstration) -> None:
    names = names_of(measures(demonstration, release(demonstration)), report_words())
    whole = table(demonstration, "response").row(by_predicate=pl.col("dimension") == "all", named=True)
    assert names["responded"] == str(whole["responded"])
    assert names["differing"] == "0"
    page = (release(demonstration) / "quality.html").read_text(encoding="utf-8")
    assert f"<strong>{names['response_pct']}</strong>" in page


def test_a_second_vintage_shows_the_first_beside_it(demonstration: Demonstration, tmp_path: Path) -> None:
    published = release(demonstration)
    (tmp_path / "2019").mkdir()
    (tmp_path / "2019" / published.name).symlink_to(published)
    under_way = tmp_path / "2019" / ".P2"
    under_way.mkdir()
    figures = (published / "figures.csv").read_text(encoding="utf-8")
    (under_way / "figures.csv").write_text(figures, encoding="utf-8")
    told = measures(demonstration, under_way)
    assert list(told.vintages) == [published.name, "P2"]
    lines = ROWS["revisions"](told, report_words())
    assert lines
    assert all(len(cells) == 2 and cells[0] == cells[1] for _, cells in lines)


def test_raking_that_fell_back_is_told_in_the_report(demonstration: Demonstration, tmp_path: Path) -> None:
    class Fallen(Measures):
        def table(self, name: str) -> list[dict[str, object]]:
            rows = super().table(name)
            if name == "weightings":
                rows[0] |= {"converged": False, "mode": "ratio", "reason_fr": "marges non atteintes", "fallback": ""}
            return rows

    fallen = Fallen(demonstration.candidate, measures(demonstration, release(demonstration)).vintage, "FR")
    sheet = quality_report(fallen, NAMES, "")
    told = [run.text for section in sheet.sections for block in section.columns[0] if block.kind == "lead"
            for runs in block.sentences for run in runs]  # fmt: skip
    assert any("marges non atteintes ; aucun redressement à la place." in text.replace("\u202f", " ") for text in told)


def test_what_disclosure_control_hides_is_counted(demonstration: Demonstration) -> None:
    told = measures(demonstration, release(demonstration))
    summary = told.suppression
    ((_, cells),) = ROWS["suppression"](told, report_words())
    assert cells[1:4] == tuple(
        str(number) for number in (summary["primary"] + summary["secondary"], summary["primary"], summary["secondary"])
    )
