"""The public site of the demonstration's releases: complete, true to what was released, usable by everybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import duckdb
import pytest

from core.home import Home
from orchestration.cli import main
from publication.site import NotASiteError, NothingPublishedError, site_folder, write_site
from publication.site.files import MARK
from tests.browsing import accessibility_faults, chromium
from tests.conftest import Demonstration

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    "index.html", "territoires/index.html", "territoires/dep-62.html", "territoires/fr.html", "chiffres/index.html",
    "chiffres/fte_total.html", "chiffres/issues_share.html", "structures/index.html", "fiches/index.html",
    "carte.html", "donnees.html", "methode.html", "accessibilite.html", "recherche.html",
)  # fmt: skip


class Page(HTMLParser):
    """The addresses that a page names, and its references to figures: address, value, text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.figures: list[tuple[str, str, str]] = []
        self._figure: tuple[str, str] | None = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        self.links += [named[name] for name in ("href", "src") if named.get(name)]
        self.anchors |= {named["id"]} if "id" in named else set()
        if "data-figure" in named:
            self._figure = named["data-figure"], named["value"]

    def handle_data(self, data: str) -> None:
        if self._figure:
            self.figures.append((*self._figure, data))
            self._figure = None


@pytest.fixture(scope="module")
def site(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = demonstration.home
    return write_site(home.releases, demonstration.candidate, tmp_path_factory.mktemp("public") / "site").parent


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """The pages of the site itself; those of the releases have tests of their own."""
    own = [path for path in site.rglob("*.html") if "publications" not in path.relative_to(site).parts]
    return {path.relative_to(site).as_posix(): Page(path) for path in own}


def test_every_link_resolves_inside_the_site(site: Path, pages: dict[str, Page]) -> None:
    assert set(PAGES) <= set(pages)
    for name, page in pages.items():
        for link in page.links:
            address = urlsplit(link)
            assert not address.scheme, f"{name}: {link}"
            assert not address.netloc, f"{name}: {link}"
            target = ((site / name).parent / unquote(address.path)).resolve() if address.path else site / name
            assert target.is_file(), f"{name}: {link}"
            assert target.is_relative_to(site.resolve())


def test_a_territory_has_its_documents_of_each_year_the_plaquette_first(site: Path) -> None:
    html = (site / "territoires" / "dep-62.html").read_text(encoding="utf-8")
    pdf = 'href="../publications/{}/P1/plaquettes/departement/62{}.pdf"'
    offered = html.index(pdf.format(2019, ""))
    assert offered < html.index("Chiffres clés")
    in_table = [
        html.index(pdf.format(campaign, form), offered + 1) for campaign in (2019, 2011) for form in ("", "-courte")
    ]
    assert in_table == sorted(in_table)
    assert html.index('class="year">2018<') < html.index('class="year">2010<')


def test_every_figure_is_one_of_a_release(site: Path, pages: dict[str, Page], demonstration: Demonstration) -> None:
    values: dict[str, str] = {}
    for file in demonstration.home.releases.glob("*/*/*.duckdb"):
        with duckdb.connect(str(file), read_only=True) as connection:
            rows = connection.execute(
                "select concat_ws('/', campaign, territory_id, structure_type, indicator, nullif(breakdown, '')), "
                "left(value_rounded::varchar, length(value_rounded::varchar) - 4 + decimals - (decimals = 0)::integer) "
                "from figures where campaign = (select campaign from release) and value is not null"
            ).fetchall()
        values |= dict(rows)
    shown = [(address, value) for page in pages.values() for address, value, _ in page.figures]
    assert len(shown) > 1000
    assert [address for address, value in shown if values.get(address) != value] == []


def test_the_site_appears_whole_and_takes_the_place_of_the_last(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("the last one", encoding="utf-8")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("publication.site.writing.copy_files", broken)
        with pytest.raises(OSError, match="disk full"):
            write_site(demonstration.home.releases, None, folder)
    assert (folder / "index.html").read_text(encoding="utf-8") == "the last one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_replaces_a_site_or_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for place in (home.archive, home.releases / "2019" / "P1", tmp_path / "mine", tmp_path / "old"):
        place.mkdir(parents=True)
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "old" / MARK).write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(home.releases / "2019")
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    kept = (home.archive, home.releases, home.releases / "2019", home.root, tmp_path, tmp_path / "link")
    for refused in (*kept, tmp_path / "link" / "P1", home.archive / "new", tmp_path / "mine", tmp_path / "a.txt"):
        with pytest.raises(NotASiteError):
            site_folder(refused, home.kept)
    for accepted in (home.root / "site", tmp_path / "old", tmp_path / "absent" / "site"):
        assert site_folder(accepted, home.kept) == accepted.resolve()


def test_the_command_leaves_what_is_no_site_as_it_was(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENACS_HOME", str(demonstration.home.root))
    before = sorted(demonstration.home.releases.rglob("*"))
    assert main(["site", "--out", str(demonstration.home.releases)]) == 1
    assert sorted(demonstration.home.releases.rglob("*")) == before
    assert "choisissez un autre dossier" in capsys.readouterr().err


def test_who_edits_the_site_edits_no_release_and_leftovers_go(
    demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftovers = [tmp_path / f".site.{'0' * 32}{end}" for end in (".partial", ".former")]
    for leftover in leftovers:
        (leftover / "inside").mkdir(parents=True)
    other = tmp_path / ".other.partial"
    other.mkdir()
    page = write_site(demonstration.home.releases, None, tmp_path / "site")
    assert [path for path in leftovers if path.exists()] == []
    assert other.exists()
    copies = [path for path in (page.parent / "publications").rglob("*") if path.is_file()]
    assert copies
    assert [path for path in copies if path.stat().st_nlink > 1] == []


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError):
        write_site(tmp_path / "releases", None, tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_are_accessible_on_a_desk_and_on_a_phone(site: Path, browser: Browser, width: int) -> None:
    sheet = next(path for path in (site / "fiches").iterdir() if path.name != "index.html")
    page = browser.new_page(viewport={"width": width, "height": 800})
    for name in (*PAGES, sheet.relative_to(site).as_posix()):
        page.goto((site / name).as_uri())
        assert accessibility_faults(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_one_searches_by_keyboard_and_lands_on_a_structure(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.get_by_label("Chercher dans le site").focus()
    page.keyboard.type("brassens courcelles")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche.html?q=*")
    page.locator("#r-liste a").first.click()
    assert "/territoires/dep-62.html#CS-62-" in page.url
    assert page.locator("tr:target").count() == 1


def test_the_map_leads_to_a_departement(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator(".map a[href='territoires/dep-62.html']").click()
    assert page.locator("h1").inner_text() == "Pas-de-Calais"


def test_a_figure_is_seen_on_the_map_and_in_its_table(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "chiffres" / "fte_mean.html").as_uri())
    page.get_by_role("link", name="Voir sur la carte").click()
    assert page.locator("#m-dit").inner_text().startswith("ETP par structure")
    fills = page.locator("#m-carte a path").evaluate_all("paths => paths.map((path) => path.getAttribute('fill'))")
    rows = page.locator("#m-valeurs tr td").all_inner_texts()
    hidden = sum(text == "c" for text in rows)
    nothing = page.locator("[data-map]").get_attribute("data-nothing")
    assert 0 < hidden < len(rows)
    assert sum(fill != nothing for fill in fills) == len(rows) - hidden
    numbers = [float(text.replace(",", ".").replace("\u202f", "")) for text in rows if text != "c"]
    assert numbers == sorted(numbers, reverse=True)
    page.get_by_label("Chiffre").select_option("employees_total")
    page.get_by_label("Structures").select_option("ALL")
    assert page.url.endswith("carte.html#employees_total/ALL")
    page.locator("#m-valeurs a").first.click()
    assert "/territoires/" in page.url


def test_a_territory_stands_beside_the_nation(site: Path, pages: dict[str, Page]) -> None:
    addresses = {address for address, _, _ in pages["territoires/dep-62.html"].figures}
    assert {"2019/DEP-62/CS/fte_total", "2019/FR/CS/fte_total", "2011/DEP-62/CS/fte_total"} <= addresses
    assert all("/FR/" in address for address, _, _ in pages["territoires/fr.html"].figures)


def test_sheets_are_filtered_by_departement_and_partner(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "fiches/index.html").as_uri())
    whole = page.locator(".sheet:visible").count()
    page.get_by_label("Département").select_option("62")
    some = page.locator(".sheet:visible").count()
    page.get_by_label("Partenaire").select_option("Bailleur social")
    assert whole > some > page.locator(".sheet:visible").count() == 1


def test_data_can_be_downloaded(site: Path, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page(accept_downloads=True)
    page.goto((site / "donnees.html").as_uri())
    link = page.locator("a[href$='figures.csv']").first
    target = (site / (link.get_attribute("href") or "")).resolve()
    copy = shutil.copyfile(target, tmp_path / "figures.csv")
    assert copy.read_text(encoding="utf-8").startswith("campaign,")
    with page.expect_download() as download:
        page.evaluate(
            "link => { const a = document.querySelector(link); a.download = ''; a.click(); }", "a[href$='.xlsx']"
        )
    assert download.value.path().read_bytes().startswith(b"PK")


def test_without_javascript_everything_can_still_be_reached(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "structures/index.html").as_uri())
    page.get_by_role("link", name="Pas-de-Calais").click()
    assert page.locator("tbody tr[id^='CS-62-']").count() > 0
