"""Sheets as HTML: one file each, which needs no other file and no network."""

from __future__ import annotations

import base64
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from core.french import typographic
from publication.documents.document import Sheet
from publication.drawing import palette

if TYPE_CHECKING:
    from publication.documents.table_page import TablePage
    from publication.documents.verdict_page import VerdictPage

TEMPLATES = Path(__file__).parents[1] / "templates"
FONTS = Path(__file__).parents[1] / "assets" / "fonts"
WEIGHTS = (400, 700, 900)


class PagePrinter:
    """Prints pages one after the other: templates, style and typeface are read once."""

    def __init__(self, demo_sentence: str) -> None:
        """`demo_sentence` is shown on the pages of documents marked as demonstration."""
        self._demo_sentence = demo_sentence

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=jinja2.select_autoescape(("html.j2",)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
        )

    @cached_property
    def _shared(self) -> dict[str, Any]:
        fonts = {
            weight: base64.b64encode((FONTS / f"senacs-sans-{weight}.woff2").read_bytes()).decode("ascii")
            for weight in WEIGHTS
        }
        style = self._environment.get_template("style.css").render(p=palette, fonts=fonts)
        return {
            "style": style,
            "p": palette,
            "tones": palette.TONES,
            "inks": palette.TONE_INKS,
            "demo_sentence": self._demo_sentence,
        }

    def page(self, sheet: Sheet) -> str:
        """The sheet as an HTML page, with links to the release's index and to its PDF."""
        up = "../" * sheet.slug.count("/")
        file_name = sheet.slug.rsplit("/", 1)[-1]
        links = [(f"{up}index.html", "Toutes les fiches de la publication"), (f"{file_name}.pdf", "Cette fiche en PDF")]
        return self._rendered(sheet, links)

    def index(self, sheet: Sheet) -> str:
        """The release's front page, which has no PDF and leads to all the others."""
        return self._rendered(sheet, [])

    def tables(self, page: TablePage) -> str:
        """A page of tables, its words in French typography."""
        template = self._environment.get_template("tables.html.j2")
        return template.render(**self._shared, page=page, french=typographic)

    def verdict(self, verdict: VerdictPage, links: list[tuple[str, str]]) -> str:
        """The gate's verdict, filtered by publication in the page itself; `links` are (address, words)."""
        return self._environment.get_template("verdict.html.j2").render(**self._shared, verdict=verdict, links=links)

    def _rendered(self, sheet: Sheet, links: list[tuple[str, str]]) -> str:
        return self._environment.get_template("sheet.html.j2").render(**self._shared, sheet=sheet, links=links)
