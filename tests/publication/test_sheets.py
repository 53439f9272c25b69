import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from publication.candidate import Edition, Territory, read_edition
from publication.documents.document import (
    Bars,
    Block,
    Callout,
    Cards,
    Comparison,
    Map,
    Note,
    Shares,
    Sheet,
    Trend,
    plain,
)
from publication.documents.pages import PagePrinter
from publication.documents.pdf import PdfPrinter
from publication.documents.plans import House, indicators_of, read_house, read_plan
from publication.documents.sheet import Imprint, build_sheet
from publication.drawing.geography import Geography
from publication.policy import Policy
from publication.release.gate import Gate, Reservation
from tests.publication.candidate_fixture import build_candidate, sample_figures, sample_frame

OPEN_GATE = Gate("publishable", frozenset(), (), ())
DAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


@pytest.fixture(scope="module")
def geography() -> Geography:
    return Geography()


def edition_of(candidate: Path, campaign: int) -> Edition:
    plans = [read_plan("national"), read_plan("departement")]
    return read_edition(Policy(candidate, campaign), indicators_of(*plans), ("national", "region", "departement"))


@pytest.fixture
def sheet_of(house: House, geography: Geography) -> Callable[..., Sheet]:
    def build(edition: Edition, territory_id: str, gate: Gate = OPEN_GATE, house: House = house) -> Sheet:
        territory: Territory = edition.territories[territory_id]
        plan = read_plan("national" if territory.level == "national" else "departement")
        imprint = Imprint("P1", DAY, "departements/{code}", gate)
        return build_sheet(plan, house, edition, territory, geography, imprint)

    return build


@pytest.fixture(scope="module")
def edition_2019(candidate: Path) -> Edition:
    return edition_of(candidate, 2019)


def blocks(sheet: Sheet, kind: type) -> list[Block]:
    return [
        block for section in sheet.sections for column in section.columns for block in column if isinstance(block, kind)
    ]


def renamed_territory(code: str, structures: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The bundled data with the centres of the 04 in another département, and only the first of them kept."""
    figures = sample_figures()
    moved = figures.filter(
        (pl.col("level") == "departement") & (pl.col("territory") == "04") & (pl.col("structure_type") == "CS")
    ).with_columns(
        pl.lit(code).alias("territory"), pl.col("n_agreed", "n_responded", "n_respondents").str.replace("^4$", "2")
    )
    frame = sample_frame()
    centres = frame.filter((pl.col("departement") == "04") & (pl.col("structure_type") == "CS"))
    kept = centres.group_by("campaign", maintain_order=True).head(structures)
    moved_frame = kept.with_columns(pl.lit(code).alias("departement"), pl.lit(f"{code}11").alias("commune_code"))
    return (
        pl.concat([figures.filter(pl.col("territory") != "04"), moved]),
        pl.concat([frame.filter(pl.col("departement") != "04"), moved_frame]),
    )


def test_overseas_sheet_has_no_map_and_no_hole(tmp_path: Path, sheet_of: Callable[..., Sheet]) -> None:
    figures, frame = renamed_territory("974", structures=4)
    sheet = sheet_of(edition_of(build_candidate(tmp_path / "c", figures=figures, frame=frame), 2019), "DEP-974")
    assert sheet.title == "La Réunion"
    assert blocks(sheet, Map) == []
    (cards,) = blocks(sheet, Cards)
    assert cards.across == 3
    assert PdfPrinter(DAY, "").pdf(sheet).startswith(b"%PDF")


def test_two_respondents_give_a_whole_sheet_that_tells_nobody_s_answers(
    tmp_path: Path, sheet_of: Callable[..., Sheet]
) -> None:
    figures, frame = renamed_territory("01", structures=2)
    sheet = sheet_of(edition_of(build_candidate(tmp_path / "c", figures=figures, frame=frame), 2017), "DEP-01")
    kinds = {block.kind for section in sheet.sections for column in section.columns for block in column}
    assert kinds >= {"lead", "map", "cards", "shares", "bars", "comparison", "directory", "note"}
    (comparison,) = blocks(sheet, Comparison)
    told = {label for label, runs in comparison.rows if runs[0].text != "c"}
    assert told == {"Taux de réponse des centres sociaux agréés"} and len(comparison.rows) > 3
    page = PagePrinter("").page(sheet)
    own = set(re.findall(r'<data value="[^"]*" data-figure="2017/DEP-01/CS/(\w+)', page))
    assert own <= {"structures_agreed", "structures_responded", "structures_solicited", "response_rate_agreed"}
    assert "c\u202f: donnée confidentielle" in page
    assert PdfPrinter(DAY, "").pdf(sheet).startswith(b"%PDF")


def test_without_evs_nothing_is_said_of_evs(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    sheet = sheet_of(edition_2019, "DEP-13")
    assert blocks(sheet, Callout) == []
    assert "EVS" not in PagePrinter("").page(dataclasses.replace(sheet, demo="")).split("<main", 1)[1]


def test_lead_says_what_there_is(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    (lead,) = [b for b in blocks(sheet_of(edition_2019, "DEP-13"), object) if b.kind == "lead"]
    assert [plain(sentence) for sentence in lead.sentences] == [
        "Fin 2018, 25\u00a0centres sociaux animent la vie locale du territoire.",
        "21\u00a0centres (84\u202f%) ont répondu à l’enquête.",
    ]


@pytest.mark.parametrize(("campaign", "indicator"), [(2017, "income_share_2017"), (2019, "income_share_2019")])
def test_each_campaign_shows_its_own_indicator_of_resources(
    candidate: Path, sheet_of: Callable[..., Sheet], campaign: int, indicator: str
) -> None:
    sheet = sheet_of(edition_of(candidate, campaign), "DEP-62")
    (resources,) = [bars for bars in blocks(sheet, Bars) if "ressources" in bars.title]
    assert {bar.number.figure.split("/")[3] for bar in resources.bars} == {indicator}
    assert {bar.reference.figure.split("/")[1] for bar in resources.bars} == {"FR"}
    assert resources.reference_label == "France"


def test_parts_of_a_whole_fill_the_bar(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    for shares in blocks(sheet_of(edition_2019, "DEP-62"), Shares):
        assert sum(part.percent for part in shares.parts) == pytest.approx(100)


def test_no_line_crosses_a_break(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    trends = {trend.title: trend for trend in blocks(sheet_of(edition_2019, "DEP-62"), Trend)}
    broken, whole = trends["Bénévoles d’activité par centre social"], trends["ETP moyens par centre social"]
    assert broken.drawing.svg.count('stroke-width="9"') == 0
    assert broken.drawing.svg.count('stroke-dasharray="9 8"') == 2
    assert len(broken.notes) == 2
    assert whole.drawing.svg.count('stroke-width="9"') == 1
    assert whole.notes == ()
    assert whole.rows[1] == ("Pas-de-Calais", "15,8", "18,4", "28,6")


def test_a_single_campaign_is_no_trend(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    assert blocks(sheet_of(edition_2019, "DEP-59"), Trend) == []


def test_comparison_names_the_region_of_the_campaign(candidate: Path, sheet_of: Callable[..., Sheet]) -> None:
    headers = {}
    for campaign in (2011, 2019):
        (comparison,) = blocks(sheet_of(edition_of(candidate, campaign), "DEP-62"), Comparison)
        headers[campaign] = comparison.header[1:]
    assert headers[2011] == ("Pas-de-Calais", "Nord-Pas-de-Calais", "France")
    assert headers[2019] == ("Pas-de-Calais", "Hauts-de-France", "France")


def test_few_answers_are_flagged_under_the_figure(edition_2019: Edition, sheet_of: Callable[..., Sheet]) -> None:
    (resources,) = [bars for bars in blocks(sheet_of(edition_2019, "FR"), Bars) if "ressources" in bars.title]
    assert resources.base == (
        "sur 95\u00a0centres sociaux ayant répondu à toutes les questions du calcul\u202f; "
        "moins de 80\u202f% des répondants, à lire avec prudence"
    )


def test_totals_disappear_where_too_few_answered(
    edition_2019: Edition, sheet_of: Callable[..., Sheet], house: House
) -> None:
    strict = dataclasses.replace(house, cautions={**house.cautions, "totals_hidden_below_pct": 95})
    sheet = sheet_of(edition_2019, "DEP-62", house=strict)
    assert blocks(sheet, Cards) == []
    assert blocks(sheet, Shares) != []


def test_reservations_of_the_gate_are_printed_on_the_sheet_they_concern(
    edition_2019: Edition, sheet_of: Callable[..., Sheet]
) -> None:
    gate = Gate("publishable_with_reservations", frozenset(), (
        Reservation("DEP-62", "Pas-de-Calais", "national", "Assez de réponses ?", "49 %", "50 %"),
        Reservation("national", "France", "all", "Tout est-il là ?", "presque", "tout"),
        Reservation("national", "France", "national", "Le total tombe-t-il juste ?", "non", "oui"),
    ), ())  # fmt: skip
    told = {}
    for territory in ("DEP-62", "DEP-59", "FR"):
        (note,) = blocks(sheet_of(edition_2019, territory, gate), Note)
        told[territory] = [words.split("\u202f?")[0] for words in note.reservations]
    assert told == {
        "DEP-62": ["Assez de réponses", "Tout est-il là"],
        "DEP-59": ["Tout est-il là"],
        "FR": ["Tout est-il là", "Le total tombe-t-il juste"],
    }


def test_map_places_every_structure_and_says_when_it_cannot(
    tmp_path: Path, edition_2019: Edition, sheet_of: Callable[..., Sheet]
) -> None:
    (whole,) = blocks(sheet_of(edition_2019, "DEP-62"), Map)
    assert whole.drawing.svg.count("<circle") == 40
    assert whole.drawing.svg.count("<polygon") == 14
    frame = sample_frame().with_columns(
        commune_code=pl.when(pl.col("structure_id") == "CS-62-0002")
        .then(pl.lit("62999"))
        .otherwise(pl.col("commune_code"))
    )
    edition = edition_of(build_candidate(tmp_path / "c", frame=frame), 2019)
    (lacking,) = blocks(sheet_of(edition, "DEP-62"), Map)
    assert lacking.drawing.svg.count("<circle") == 39
    assert lacking.caption.endswith("faute de commune connue\u202f: 1.")
