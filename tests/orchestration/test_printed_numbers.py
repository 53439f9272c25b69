"""Every number of a publication comes from `figures`: proved on the documents that the demonstration built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.french import number, short_amount, short_rounded, typographic
from publication.documents.plans import read_house
from tests.conftest import Demonstration

NARROW = "\u202f"
HOUSE = read_house()
NUMBER = re.compile(rf"\d(?:[\d{NARROW}]*\d)?(?:,\d+)?")
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "circle", "rect", "line", "use"})
UNPRINTED = frozenset({"style", "script", "title"})

# What a plaquette may print beside figures. `{bases}`: numbers of respondents under the figures of the page. `{frame}`:
# structures of the frame. `{years}`: campaigns and data years. `{cautions}`: thresholds of house.yml.
ALLOWED = {
    "base of a figure": r"sur {bases}(?: à {bases})?\xa0\D+ ayant répondu\b",
    "caution under a figure": r"moins de {cautions}\u202f% des répondants, à lire avec prudence",
    "sum of shares": r"la somme fait 100\b",
    "option of a question": r"^{options}$",
    "counts of the frame, in a legend": r"^\D+ \({frame}\)$",
    "year": r"\b{years}\b",
    "ages of a question or an option": r"\b\d+(?:-\d+)? ans\b",
    "classes of a question": r"^\d+ à moins de \d+\u202f%$",
    "day of a signature": r", le \d{{1,2}}(?:er)?\xa0\w+\xa0\d{{4}}\b",
    "name of a vintage": r"Millésime [A-Z]\w*",
    "day of a vintage": r"publié le \d{{1,2}}(?:er)?\xa0\w+\xa0\d{{4}}\b",
    "name of the build": r"lot \d{{8}}T\d{{6}}Z-[0-9a-f]{{8}}",
}
# What the axis of a chart may print: its graduations are no figures.
AXIS = re.compile(r"\d+(?:,\d+)?(?:\u202f(?:%|€|k€|M€))?")
# Where a number stands alone: respondents in a column of a table, circles and classes in the legend of a map.
ALONE = {
    "td": r"^{bases}$",
    "li": rf"^[\d{NARROW},]+(?:{NARROW}[kM]€)?(?: à [\d{NARROW},]+)?(?:{NARROW}(?:%|[kM]?€))?$",
}


@dataclass
class Text:
    """A run of text: the element it is in, and what it says. `drawn`: in a picture."""

    tag: str
    text: str
    drawn: bool


@dataclass
class Printed(HTMLParser):
    """The texts of a page, and its references to figures: address, value, text."""

    texts: list[Text] = field(default_factory=list)
    figures: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._figure: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "data-figure" in known:
            self._figure = known["data-figure"], known.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                continue

    def handle_data(self, data: str) -> None:
        if self._figure:
            self.figures.append((*self._figure, data))
            self._figure = None
        elif not UNPRINTED & set(self._open):
            self.texts.append(Text(self._open[-1] if self._open else "", data.strip(), "svg" in self._open))


def printed(html: str) -> Printed:
    page = Printed()
    page.feed(html)
    return page


@dataclass(frozen=True)
class Known:
    """The figures that a release tells by address, its years, the options of its questions as printed."""

    figures: dict[str, dict[str, Any]]
    years: set[str]
    options: set[str]

    @classmethod
    def of(cls, candidate: Path, release: Path) -> Known:
        figures = pl.read_parquet(release / "marts" / "figures.parquet")
        campaigns = pl.read_parquet(candidate / "marts" / "dim_campaign.parquet")
        choices = pl.read_parquet(candidate / "registry" / "choices.parquet")
        address = ("campaign", "territory_id", "structure_type", "indicator", "breakdown")
        return cls(
            {"/".join(str(row[name]) for name in address if row[name] != ""): row for row in figures.to_dicts()},
            {str(year) for name in ("campaign", "data_year") for year in campaigns[name]},
            {typographic(label) for label in choices["label_fr"]},
        )

    def writings(self, address: str) -> dict[str, set[str]]:
        """What a page may print at an address, by the full value that stands beside it."""
        row = self.figures[address]
        symbol = HOUSE.symbols.get(row["unit"], "")
        told = row["value_rounded"]
        counted = {str(row[name]): {number(row[name], 0)} for name in ("n_respondents", "n_agreed")}
        if told is None:
            return {**counted, "": {HOUSE.confidential}}
        shown = number(told, row["decimals"])
        written, short = f"{told:.{row['decimals']}f}", str(short_rounded(told))
        found = {**counted, "": set[str]()}
        for value, words in ((written, {shown, f"{shown}{NARROW}{symbol}"}), (short, {short_amount(told, symbol)})):
            found[value] = found.get(value, set()) | words
        return found

    def unexplained(self, page: Printed) -> Iterator[str]:
        """The texts of a plaquette with a number that is no figure, nor of a kind allowed."""
        rows = [self.figures[address] for address, _, _ in page.figures if address in self.figures]
        said = {NUMBER.search(text)[0] for _, _, text in page.figures if NUMBER.search(text)}
        places = {(row["campaign"], row["territory_id"]) for row in rows}
        of_places = [row for row in self.figures.values() if (row["campaign"], row["territory_id"]) in places]
        kinds = {
            "bases": _any(number(row["n_respondents"], 0) for row in of_places),
            "frame": _any(number(row["value"], 0) for row in of_places if row["kind"] == "frame"),
            "years": _any(self.years),
            "cautions": _any([str(HOUSE.cautions["partial_below_pct"])]),
            "options": _any(self.options),
        }
        allowed = re.compile("|".join(f"(?:{pattern.format(**kinds)})" for pattern in ALLOWED.values()))
        alone = {tag: re.compile(pattern.format(**kinds)) for tag, pattern in ALONE.items()}
        for text in page.texts:
            rest = allowed.sub("", text.text)
            if text.drawn and NUMBER.search(rest) and NUMBER.search(rest)[0] in said:
                continue
            if text.drawn and AXIS.fullmatch(text.text):
                continue
            if NUMBER.search(rest) and not (text.tag in alone and alone[text.tag].search(text.text)):
                yield f"{text.tag}: {text.text}"


def _any(texts: Any) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, set(texts)), key=len, reverse=True)) or 'none'})"


@pytest.fixture(scope="module")
def known(demonstration: Demonstration) -> dict[str, Known]:
    """What each release tells, by ``campaign/vintage``."""
    releases = [path.parent for path in demonstration.home.releases.glob("*/*/manifest.json")]
    return {"/".join(path.parts[-2:]): Known.of(demonstration.candidate, path) for path in releases}


def release_of(page: str) -> str:
    """``2019/P1`` of ``2019/P1/national.html``."""
    return "/".join(page.split("/")[:2])


@pytest.fixture(scope="module")
def pages(demonstration: Demonstration) -> dict[str, str]:
    """The pages of every release."""
    releases = demonstration.home.releases
    return {path.relative_to(releases).as_posix(): path.read_text("utf-8") for path in releases.rglob("*.html")}


def test_every_number_with_a_reference_is_that_figure_rounded(known: dict[str, Known], pages: dict[str, str]) -> None:
    quoted = [(name, *figure) for name, html in pages.items() for figure in printed(html).figures]
    unknown = {(name, address) for name, address, _, _ in quoted if address not in known[release_of(name)].figures}
    assert unknown == set()
    wrong = [
        (name, address, value, text)
        for name, address, value, text in quoted
        if text.strip(f" {NARROW}\xa0") not in known[release_of(name)].writings(address).get(value, set())
    ]
    assert wrong == []
    assert len(quoted) > 5000
    assert {name.split("/")[2].split(".")[0] for name, *_ in quoted} >= {
        "departements",
        "index",
        "national",
        "plaquettes",
    }


def test_plaquettes_print_no_other_number(known: dict[str, Known], pages: dict[str, str]) -> None:
    plaquettes = {name: html for name, html in pages.items() if "/plaquettes/" in name}
    assert len(plaquettes) > 20
    unexplained = {name: list(known[release_of(name)].unexplained(printed(html))) for name, html in plaquettes.items()}
    assert {name: found for name, found in unexplained.items() if found} == {}


@pytest.mark.parametrize(
    "typed",
    [
        "Les centres sociaux emploient 12\u202f345 salariés.",
        "52\u202f% des bénévoles",
        "sur 99999\xa0centres sociaux ayant répondu à la question",
        "Depuis 1973, le réseau compte 3 fédérations.",
        "moins de 12\u202f% des répondants, à lire avec prudence",
        "Centres sociaux (98765)",
    ],
)
def test_a_number_typed_by_hand_is_found(known: dict[str, Known], pages: dict[str, str], typed: str) -> None:
    name, html = next((name, html) for name, html in pages.items() if "/plaquettes/" in name)
    told = known[release_of(name)]
    changed = html.replace("</main>", f"<p>{typed}</p></main>")
    assert list(told.unexplained(printed(changed))) == [*told.unexplained(printed(html)), f"p: {typed}"]
