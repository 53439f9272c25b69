"""The campaign site of the demonstration: what a coordinator looks for is there, and it works without network."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import polars as pl
import pytest

from core.french import typographic
from core.home import PROJECT_ROOT, Home
from lineage.trace import FigureAddress, trace_figure
from lineage.traced_campaign import traced_campaign
from orchestration.campaign_site import build_campaign_site
from orchestration.verdicts import read_verdict
from publication.follow_up import follow_up_of, write_campaign_site
from publication.follow_up.settings import read_settings
from registry import load_registry
from tests.browsing import accessibility_faults, chromium
from tests.conftest import Demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CAMPAIGN = 2019
DRIVEN_BY_ANCHOR = ("chiffres", "chiffre")
ADDRESSES = ("2019/DEP-62/CS/fte_total", "2019/FR/ALL/employees_total", "2019/DEP-62/CS/structures_agreed")
NARROW_SPACE = "\u202f"


class Links(HTMLParser):
    """Every address that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in ("href", "src") and value]


@pytest.fixture(scope="module")
def site(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("suivi") / "home")
    shutil.copytree(demonstration.home.root, home.root, symlinks=True)
    folder = PROJECT_ROOT / "questionnaires"
    return build_campaign_site(home, load_registry(folder), folder, CAMPAIGN).parent


def words_of(site: Path, page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", (site / f"{page}.html").read_text(encoding="utf-8")))


def test_every_page_is_there_and_every_link_resolves(site: Path) -> None:
    for slug, _ in read_settings().pages:
        links = Links()
        links.feed((site / f"{slug}.html").read_text(encoding="utf-8"))
        assert links.found
        for address in links.found:
            if address.startswith("mailto:"):
                continue
            path, _, anchor = address.partition("#")
            target = (site / path).resolve() if path else site / f"{slug}.html"
            assert "//" not in address
            assert target.is_file(), f"{slug}: {address}"
            if anchor and target.suffix == ".html" and target.stem not in DRIVEN_BY_ANCHOR:
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{slug}: {address}"


def test_the_front_page_counts_what_the_marts_count(site: Path, demonstration: Demonstration) -> None:
    marts = demonstration.home.candidate / "marts"
    centres = pl.read_parquet(marts / "fct_centres.parquet").filter(campaign=CAMPAIGN, agreed=1, solicited=1)
    answered, solicited = centres["responded"].sum(), centres.height
    words = words_of(site, "index")
    assert f"{answered}  structures répondantes sur {solicited}" in words.replace("\n", "")
    rate = f"{100 * answered / solicited:.1f}".replace(".", ",")
    assert f"{rate}{NARROW_SPACE}%" in words


def test_who_did_not_answer_is_named_once_under_a_sender(site: Path, demonstration: Demonstration) -> None:
    marts = demonstration.home.candidate / "marts"
    centres = pl.read_parquet(marts / "fct_centres.parquet").filter(campaign=CAMPAIGN, agreed=1, solicited=1)
    silent = centres.filter(responded=0)["structure_id"].to_list()
    words = words_of(site, "emetteurs")
    assert silent
    assert all(words.count(structure) == 1 for structure in silent)


def test_refusals_are_shown_with_their_reason(site: Path, demonstration: Demonstration) -> None:
    intake = demonstration.home.candidate / "intake"
    words = words_of(site, "retours").replace(NARROW_SPACE, " ").replace("’", "'")
    refused = pl.read_parquet(intake / "receipts.parquet").filter(campaign=CAMPAIGN, verdict="rejected")
    rejected = pl.read_parquet(intake / "rejects.parquet").filter(
        pl.col("campaign") == CAMPAIGN, pl.col("level") != "file"
    )
    assert rejected.height
    for file in refused["file"]:
        assert file in words
    for rule in {*refused["rule"], *rejected["rule"]}:
        assert f"({rule})" in words


def test_suspect_columns_are_shown_with_what_to_do(demonstration: Demonstration, tmp_path: Path) -> None:
    candidate = shutil.copytree(demonstration.candidate, tmp_path / "candidate")
    path = candidate / "intake" / "guards.parquet"
    step = "Vérifier la colonne entière et renvoyer le fichier."
    finding = {"campaign": CAMPAIGN, "sender": "ucs-13", "file": "retour.csv", "column": "AB", "severity": "block",
               "question_label_fr": "Salariés", "message_fr": "Ordre de grandeur.", "next_step_fr": step,
               "acknowledged": False}  # fmt: skip
    schema = pl.read_parquet_schema(path)
    pl.DataFrame([finding], schema_overrides={name: schema[name] for name in finding}).write_parquet(path)
    settings = read_settings()
    verdict = read_verdict(candidate, CAMPAIGN).as_dict()
    follow_up = follow_up_of(candidate, CAMPAIGN, [], verdict, settings)
    assert typographic(step) in words_of(write_campaign_site(follow_up, settings, tmp_path / "suivi").parent, "retours")


def test_a_published_vintage_is_linked(site: Path) -> None:
    assert "P1 – résultats provisoires" in words_of(site, "publications")
    assert "candidat" in words_of(site, "publications")


def test_each_publication_is_there_with_who_signs_it(site: Path, demonstration: Demonstration) -> None:
    verdict = read_verdict(demonstration.candidate, CAMPAIGN)
    words = words_of(site, "controles")
    names = dict(
        pl.read_parquet(demonstration.candidate / "marts" / "dim_territory.parquet")
        .select("territory_id", "name")
        .iter_rows()
    )
    assert verdict.publications
    assert all(names[territory] in words for territory in verdict.publications)
    assert f"caf-62{NARROW_SPACE}: " in words


def test_no_contact_is_on_any_page_nor_in_its_data(site: Path, demonstration: Demonstration) -> None:
    contacts = pl.read_parquet(demonstration.home.intake / str(CAMPAIGN) / "contacts.parquet")
    texts = [text for text in contacts["value_text"].drop_nulls().unique() if "@" in text]
    assert texts
    written = [path for path in site.rglob("*") if path.suffix in (".html", ".js")]
    pages = "".join(path.read_text(encoding="utf-8") for path in written)
    assert not [text for text in texts if text in pages]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_are_accessible(site: Path, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    for slug, _ in read_settings().pages:
        page.goto((site / f"{slug}.html").as_uri())
        assert accessibility_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{(site / 'chiffre.html').as_uri()}#{ADDRESSES[0]}")
    page.wait_for_selector("#t-reponses td")
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_figure_leads_to_the_answers_under_it(
    site: Path, browser: Browser, demonstration: Demonstration, address: str
) -> None:
    home = demonstration.home
    parsed = FigureAddress.parsed(address)
    trace = trace_figure(demonstration.candidate, home, load_registry(PROJECT_ROOT / "questionnaires"), parsed)
    page = browser.new_page()
    page.goto(f"{(site / 'chiffres.html').as_uri()}#{parsed.territory_id}")
    page.locator(f"#c-table a[href='chiffre.html#{address}']").click()
    page.wait_for_selector("#t-reponses td")
    shown = page.locator("#t-reponses tbody tr").all_inner_texts()
    members = trace.figure["n_agreed"] if trace.from_frame else trace.answers.height
    assert len(shown) == members
    for line, row in zip(trace.answers.to_dicts(), shown, strict=False):
        assert line["structure_id"] in row
        assert line["cell"] in row
        assert ("oui" if line["counted"] else "non") in row.split("\t")


def test_the_traces_of_a_campaign_are_those_of_each_figure(demonstration: Demonstration) -> None:
    registry = load_registry(PROJECT_ROOT / "questionnaires")
    whole = traced_campaign(demonstration.candidate, demonstration.home, registry, CAMPAIGN)
    by_key = {(one.structure_type, one.indicator, one.breakdown): one for one in whole.computations}
    figures = whole.figures.sample(25, seed=7).iter_rows(named=True)
    for figure in figures:
        key = (figure["structure_type"], figure["indicator"], figure["breakdown"])
        address = FigureAddress(CAMPAIGN, figure["territory_id"], *key)
        trace = trace_figure(demonstration.candidate, demonstration.home, registry, address)
        computation = by_key[key]
        assert list(computation.variables) == trace.variables
        assert computation.computed == trace.computed
        structures = trace.answers["structure_id"].unique().to_list()
        under = whole.answers.filter(
            pl.col("variable").is_in(trace.variables), pl.col("structure_id").is_in(structures)
        )
        assert under.equals(trace.answers.select(under.columns))
        counted = set(trace.answers.filter("counted")["structure_id"])
        assert whole.counted[computation.base] & set(structures) == counted


def test_a_long_table_opens_when_the_map_asks_for_a_row(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "index.html").as_uri())
    page.locator(".map a[href='#dep-62']").click()
    assert page.locator("tr:target th").inner_text().startswith("Pas-de-Calais")
    page.get_by_role("button", name="Taux").click()
    rates = page.locator("#table-departements tbody tr td.rate").all_inner_texts()
    values = [float(text.replace(",", ".").replace(NARROW_SPACE, "").rstrip("% ")) for text in rates]
    assert values == sorted(values)


def test_a_reminder_names_who_is_missing(site: Path) -> None:
    links = Links()
    links.feed((site / "emetteurs.html").read_text(encoding="utf-8"))
    messages = [unquote(address) for address in links.found if address.startswith("mailto:")]
    words = words_of(site, "emetteurs")
    assert messages
    for message in messages:
        named = re.findall(r"^- (\S+) ", message, flags=re.MULTILINE)
        assert named
        assert all(structure in words for structure in named)


def test_departements_are_filtered_as_one_types_accents_or_not(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.get_by_label("Chercher un département").fill("cotes")
    shown = page.locator("#table-departements tbody tr:visible th").all_inner_texts()
    assert shown
    assert all("Côtes" in name for name in shown)
