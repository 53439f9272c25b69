"""How the tests read what was published."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from pypdf import PdfReader

NARROW_SPACE = "\u202f"


@dataclass
class PrintedFigure:
    """A number of a page, with the address of the figure that it prints."""

    address: str
    text: str


@dataclass
class Page(HTMLParser):
    """What a test asks of an HTML page."""

    links: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    figures: list[PrintedFigure] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    text: str = ""
    lang: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        if tag == "html":
            self.lang = known.get("lang", "")
        if tag == "a":
            self.links.append(known["href"])
        if "src" in known or tag in ("link", "script"):
            self.outside.append(tag)
        if tag == "data":
            self.figures.append(PrintedFigure(known["data-figure"], ""))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(tag)
        if known.get("role") == "img":
            self.alternatives.append(known.get("aria-label", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                continue

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if self._open and self._open[-1] == "data":
            self.figures[-1].text += data


def page(path: Path) -> Page:
    """The page at `path`, parsed."""
    parsed = Page()
    parsed.feed(path.read_text(encoding="utf-8"))
    return parsed


def pdf_text(path: Path) -> str:
    """All the text of a PDF, with single spaces."""
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(path).pages).split(" ")).replace("\n", " ")


def in_french(value: str) -> str:
    """A number of the oracle (`27048323`, `34.3`) as French prints it, written apart from the program's own way."""
    whole, _, decimals = value.partition(".")
    grouped = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", NARROW_SPACE, whole)
    return f"{grouped},{decimals}" if decimals else grouped
