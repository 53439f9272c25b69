import datetime as dt
import html
import re
import shutil
from pathlib import Path

import polars as pl
import pypdfium2
import pytest

from core.french import number
from publication.documents.document import Run
from publication.drawing import palette
from publication.plaquettes.assembly import build_plaquette, numbers_of
from publication.plaquettes.chart_drawing import drawn
from publication.plaquettes.drafts import make_drafts, make_restricted
from publication.plaquettes.layout import FULL, LayoutError, paginate
from publication.plaquettes.model import Chapter, Chart, ChartRow, Piece, Plaquette, Prose
from publication.plaquettes.production import Made, Order, Workshop
from publication.plaquettes.typeface import text_width, wrapped
from publication.policy import Policy
from publication.release.gate import Gate
from tests.disclosure_fixture import hide
from tests.publication.candidate_fixture import build_candidate, passing_verdict, sample_figures, sample_frame

DAY = dt.date(2026, 11, 22)
A_SIGNATURE = "Pas-de-Calais : Caf du Pas-de-Calais, le 20 novembre 2026"


def workshop(candidate: Path, folder: Path, campaign: int = 2019, withheld: frozenset[str] = frozenset()) -> Workshop:
    gate = Gate("publishable", withheld, (), ())
    return Workshop(
        Order(Policy(candidate, campaign), ("complete",), folder, gate, "P1", DAY, {"DEP-62": [A_SIGNATURE]})
    )


@pytest.fixture(scope="module")
def shop(candidate: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return workshop(candidate, tmp_path_factory.mktemp("plaquettes"))


@pytest.fixture(scope="module")
def whole(shop: Workshop) -> Made:
    return shop.make(("complete", "DEP-62"), {})


def built(shop: Workshop, territory_id: str) -> Plaquette:
    return build_plaquette(shop.press, shop.plans["complete"], shop.edition.territories[territory_id])


def headings(plaquette: Plaquette) -> list[str]:
    return [passage.heading for page in plaquette.pages for passage in page.passages]


def pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return re.sub(r"\s+", " ", text.replace("\ufffe", "").replace("\u202f", " ").replace("\u00a0", " "))


def test_every_number_printed_is_the_rounded_figure(shop: Workshop, whole: Made) -> None:
    page = (shop.order.folder / f"{whole.slug}.html").read_text(encoding="utf-8")
    quoted = re.findall(r'<data value="([^"]*)" data-figure="([^"]*)">([^<]*)</data>', page)
    figures = {figure.address: figure for figure in shop.edition.figures.values()}
    short = re.compile(r"[kM]€$")
    wrong = [
        (address, shown)
        for value, address, shown in quoted
        if not short.search(html.unescape(shown))
        and figures[address].written == value
        and not html.unescape(shown).startswith(number(figures[address].value or 0, figures[address].decimals))
    ]
    assert len(quoted) > 150
    assert wrong == []


def test_the_pdf_says_what_the_page_says(shop: Workshop, whole: Made) -> None:
    text = pdf_text(shop.order.folder / f"{whole.slug}.pdf")
    plaquette = built(shop, "DEP-62")
    numbers = {run.text.replace("\u202f", " ").replace("\u00a0", " ") for run in numbers_of(plaquette)}
    references = {
        row.reference.text
        for page in plaquette.pages
        for passage in page.passages
        for strip in passage.strips
        for _, column in strip.columns
        for placed in column
        if placed.block.kind == "chart"
        for row in placed.block.rows
        if row.reference
    }
    spoken_only = {words.replace("\u202f", " ") for words in references}
    assert [words for words in numbers - spoken_only if words not in text] == []
    assert [words for words in headings(plaquette) if words.replace("\u202f", " ") not in text] == []
    assert A_SIGNATURE in text


def test_the_pdf_is_tagged_and_has_eight_pages(shop: Workshop, whole: Made) -> None:
    content = (shop.order.folder / f"{whole.slug}.pdf").read_bytes()
    assert whole.pages == 8
    assert len(pypdfium2.PdfDocument(content)) == 8
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid" in content


def test_nothing_is_printed_twice_and_the_same_is_printed_again(
    candidate: Path, shop: Workshop, whole: Made, tmp_path: Path
) -> None:
    assert shop.make(("complete", "DEP-62"), {whole.slug: whole.digest}).state == "unchanged"
    again = workshop(candidate, tmp_path)
    made = again.make(("complete", "DEP-62"), {})
    assert made.digest == whole.digest
    for suffix in (".pdf", ".html"):
        first = (shop.order.folder / f"{whole.slug}{suffix}").read_bytes()
        assert (tmp_path / f"{made.slug}{suffix}").read_bytes() == first


def test_a_territory_without_evs_says_nothing_of_its_own(shop: Workshop) -> None:
    plaquette = built(shop, "DEP-13")
    assert "Les espaces de vie sociale" not in headings(plaquette)
    assert not any("/DEP-13/EVS/" in run.figure for run in numbers_of(plaquette))


def test_no_line_of_a_trend_crosses_a_break_even_where_only_the_reference_reaches_it(shop: Workshop) -> None:
    pages = built(shop, "DEP-04").pages
    strips = (strip for page in pages for passage in page.passages for strip in passage.strips)
    blocks = [item.block for strip in strips for _, items in strip.columns for item in items]
    trend = next(b for b in blocks if isinstance(b, Chart) and b.title.startswith("Bénévoles") and b.form == "trend")
    own = {row.year for row in trend.rows if row.series == trend.rows[0].series}
    assert min(row.year for row in trend.rows) < min(own)
    assert [year for year in trend.breaks if year <= min(own)]
    assert len(trend.notes) == len(trend.breaks)


@pytest.mark.parametrize("structures", [2, 250])
def test_the_smallest_and_the_largest_have_eight_full_pages(tmp_path: Path, structures: int) -> None:
    frame = sample_frame().filter(pl.col("campaign") == 2019)
    own = frame.filter(pl.col("departement") == "62")
    copies = [
        own.with_columns(structure_id=pl.col("structure_id") + f"-{rank}", name=pl.col("name") + f" {rank}")
        for rank in range(8)
    ]
    enlarged = pl.concat([frame.filter(pl.col("departement") != "62"), pl.concat(copies).head(structures)])
    figures = sample_figures()
    if structures < 3:
        few = (pl.col("level") == "departement") & (pl.col("territory") == "62") & (pl.col("campaign") == "2019")
        counts = ["n_agreed", "n_solicited", "n_responded", "n_respondents"]
        figures = figures.with_columns(
            pl.when(few).then(pl.lit(str(structures))).otherwise(pl.col(name)).alias(name) for name in counts
        )
    shop = workshop(build_candidate(tmp_path / "c", frame=enlarged, figures=figures), tmp_path / "out")
    made = shop.make(("complete", "DEP-62"), {})
    assert made.pages == 8
    plaquette = built(shop, "DEP-62")
    assert max(page.slack for page in plaquette.pages) < 140
    if structures > 2:
        chapters = [plan for plan in shop.plans["complete"].chapters if not plan.spare and plan.name != "trend"]
        assert len([name for name in headings(plaquette) if not name.endswith("(suite)")]) == len(chapters)
    text = pdf_text(tmp_path / "out" / f"{made.slug}.pdf")
    names = enlarged.filter(pl.col("departement") == "62")["name"].to_list()
    plain = re.sub(r"[\s'’-]", "", text)
    assert [name for name in names if re.sub(r"[\s'’-]", "", name) not in plain] == []


def test_proofs_are_made_once(candidate: Path, tmp_path: Path) -> None:
    def states() -> list[str]:
        made = make_drafts(
            candidate, passing_verdict(2019), 2019, tmp_path, ["courte"],
            only=lambda territory, name: territory.territory_id == "DEP-04",
        )  # fmt: skip
        return [one.state for one in made]

    assert [states(), states()] == [["printed"], ["unchanged"]]
    (tmp_path / "plaquettes" / "departement" / "04-courte.pdf").unlink()
    assert states() == ["printed"]


def test_what_the_gate_withholds_is_not_made(candidate: Path, tmp_path: Path) -> None:
    jobs = workshop(candidate, tmp_path, withheld=frozenset({"DEP-62"})).jobs()
    assert ("complete", "DEP-62") not in jobs
    assert ("complete", "DEP-59") in jobs
    assert ("complete", "FED-FEDE-NPDC") in jobs


@pytest.mark.parametrize(
    ("name", "territory_id", "pages", "millimetres"),
    [
        ("courte", "DEP-62", {2}, (210, 297)),
        ("courte", "DEP-04", {2}, (210, 297)),
        ("affiche", "DEP-13", {1}, (420, 594)),
        ("fiche", "FR", {1}, (210, 297)),
        ("nationale", "FR", set(range(12, 21)), (210, 297)),
    ],
)
def test_each_form_has_its_pages_and_its_paper(
    candidate: Path, tmp_path: Path, name: str, territory_id: str, pages: set[int], millimetres: tuple[int, int]
) -> None:
    order = Order(Policy(candidate, 2019), (name,), tmp_path, Gate("publishable", frozenset(), (), ()), "P1", DAY, {})
    made = Workshop(order).make((name, territory_id), {})
    assert made.pages in pages
    size = pypdfium2.PdfDocument(tmp_path / f"{made.slug}.pdf")[0].get_size()
    assert [round(side * 25.4 / 72) for side in size] == list(millimetres)


SECRETS = """
    territory_id = 'DEP-62' and (
        indicator in ('income_mean', 'fte_mean', 'fte_total') or
        (indicator in ('fte_by_contract_share', 'income_share_2019') and breakdown in ('permanent', 'state', 'users'))
    )
"""


@pytest.fixture(scope="module")
def secretive(candidate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The candidate, with a few figures of a département kept confidential."""
    copy = tmp_path_factory.mktemp("secretive") / "candidate"
    shutil.copytree(candidate, copy)
    hide(copy, 2019, SECRETS)
    return copy


def test_what_may_not_be_told_is_neither_printed_nor_drawn(secretive: Path, tmp_path: Path, shop: Workshop) -> None:
    silent = workshop(secretive, tmp_path)
    secret = {figure.address for figure in silent.edition.figures.values() if figure.value is None}
    plaquette = built(silent, "DEP-62")
    said = [run for run in numbers_of(plaquette) if run.figure in secret and not run.source]
    assert {run.text for run in said} == {"c"}
    assert {"income_mean", "fte_mean", "fte_total"} <= {run.figure.split("/")[3] for run in said}
    made = silent.make(("complete", "DEP-62"), {})
    text, page = pdf_text(tmp_path / f"{made.slug}.pdf"), (tmp_path / f"{made.slug}.html").read_text("utf-8")
    assert "Budget moyen d’un centre social c " in text
    assert "c : donnée confidentielle" in text and "c\u202f: donnée confidentielle" in page
    for key, figure in shop.edition.figures.items():
        if figure.address in secret and silent.edition.figures[key].value is None:
            assert f'value="{figure.written}" data-figure="{figure.address}"' not in page
            if figure.unit == "EUR" and figure.value:
                assert number(figure.value, figure.decimals).replace("\u202f", " ") not in text


def test_a_chart_keeps_its_rows_when_some_are_secret(secretive: Path, tmp_path: Path, shop: Workshop) -> None:
    def charts(of: Workshop) -> dict[str, Chart]:
        return {chart.title: chart for chart in charts_of(built(of, "DEP-62"))}

    told, silent = charts(shop), charts(workshop(secretive, tmp_path))
    changed = [title for title in told if told[title] != silent[title]]
    assert set(told) == set(silent) and {told[title].form for title in changed} >= {"parts", "trend"}
    for title in changed:
        assert {row.label for row in silent[title].rows} == {row.label for row in told[title].rows}
        assert {row.number.text for row in silent[title].rows if row.value is None} == {"c"}
        assert palette.CONFIDENTIAL_TINT in drawn(silent[title]) or silent[title].form == "trend"


def charts_of(plaquette: Plaquette) -> list[Chart]:
    placed = [
        item
        for page in plaquette.pages
        for passage in page.passages
        for strip in passage.strips
        for _, items in strip.columns
        for item in items
    ]
    return [item.block for item in placed if isinstance(item.block, Chart)]


def test_a_restricted_edition_says_everything_of_one_territory_and_for_whom_on_every_page(
    secretive: Path, tmp_path: Path, shop: Workshop
) -> None:
    [made] = make_restricted(
        secretive, passing_verdict(2019), 2019, tmp_path, ("courte",),
        territory_id="DEP-62", reserved_for="le comité du Pas-de-Calais",
    )  # fmt: skip
    document = pypdfium2.PdfDocument(tmp_path / f"{made.slug}.pdf")
    pages = [document[page].get_textpage().get_text_bounded() for page in range(len(document))]
    assert all("Édition restreinte pour le comité du Pas" in page for page in pages)
    page = (tmp_path / f"{made.slug}.html").read_text("utf-8")
    figure = shop.edition.figures[(2019, "DEP-62", "CS", "fte_mean", "")]
    assert f'value="{figure.written}" data-figure="{figure.address}"' in page
    assert "Édition restreinte pour le comité du Pas" in page


def test_the_drawing_of_a_chart_says_its_values_in_the_vendored_typeface(shop: Workshop) -> None:
    chart = Chart(
        "bars", "Titre", (),
        (ChartRow("Caf", Run("26,5 %"), 26.5, Run("27 %"), 27.0), ChartRow("Autres", Run("0 %"), 0.0)),
        "France", "", (), "Titre : Caf 26,5 % ; Autres 0 %.", "CS", 100.0, width=80, height=20,
    )  # fmt: skip
    svg = drawn(chart)
    assert re.findall(r">([^<>]+)</text>", svg) == ["26,5 %", "0 %", "Caf", "Autres"]
    assert 'font-family="Senacs Sans"' in svg
    assert svg.count(palette.TEAL) == 1


def chapter(heading: str, words: int, keep: int = 10, spare: bool = False) -> Chapter:
    text = (Run("mot " * words),)
    pieces = (Piece(Prose("plain", "", (text,)), 2, 10), Piece(Prose("plain", "", (text,)), 2, keep))
    return Chapter(heading, "", "teal", "house", pieces, spare)


def test_spare_chapters_fill_pages_and_only_then() -> None:
    paper = FULL
    own = [chapter("un", 500), chapter("deux", 500)]
    spare = chapter("réserve", 500, spare=True)
    kept = {
        pages: [passage.heading for page in paginate([*own, spare], pages, paper)[1] for passage in page.passages]
        for pages in (2, 3)
    }
    assert kept == {2: ["un", "deux"], 3: ["un", "deux", "réserve"]}


def test_what_does_not_fit_leaves_or_goes_on_the_next_page() -> None:
    paper = FULL
    (page,) = paginate([chapter("un", 1000, keep=3)], 1, paper)[1]
    assert len(page.passages[0].strips) == 1
    pages = paginate([chapter("un", 1000)], 2, paper)[1]
    assert [page.passages[0].heading for page in pages] == ["un", "un (suite)"]
    with pytest.raises(LayoutError, match="un"):
        paginate([chapter("un", 5000)], 1, paper)


def test_lines_break_where_the_typeface_is_full() -> None:
    lines = wrapped("Un espace de vie sociale, au plus près des habitants", 10, 40)
    assert " ".join(lines) == "Un espace de vie sociale, au plus près des habitants"
    assert all(text_width(line, 10) <= 40 for line in lines)
    assert text_width("mmm", 10) > 3 * text_width("i", 10)
