"""Plaquettes as HTML: one file each, which needs no other file and no network."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any

import jinja2

from publication.documents.pages import TEMPLATES, WEIGHTS
from publication.drawing import palette
from publication.plaquettes.chart_drawing import drawn
from publication.plaquettes.model import Plaquette
from publication.plaquettes.pictograms import pictograms
from publication.plaquettes.typeface import FONTS


class PlaquettePages:
    """Prints pages one after the other: template, style and typeface are read once."""

    def __init__(self, demo_sentence: str) -> None:
        """`demo_sentence` is shown on the pages of documents marked as demonstration."""
        self._demo_sentence = demo_sentence

    @cached_property
    def _template(self) -> jinja2.Template:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=jinja2.select_autoescape(("html.j2",)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return environment.get_template("plaquette.html.j2")

    @cached_property
    def _shared(self) -> dict[str, Any]:
        fonts = {
            weight: base64.b64encode((FONTS / f"senacs-sans-{weight}.woff2").read_bytes()).decode("ascii")
            for weight in WEIGHTS
        }
        style = self._template.environment.get_template("plaquette.css").render(p=palette, fonts=fonts)
        return {
            "style": style,
            "p": palette,
            "pictograms": pictograms(),
            "demo_sentence": self._demo_sentence,
            "drawn": drawn,
        }

    def page(self, plaquette: Plaquette) -> str:
        """The plaquette as an HTML page, with a link to its PDF."""
        pdf = plaquette.slug.rsplit("/", 1)[-1] + ".pdf"
        return self._template.render(**self._shared, doc=plaquette, pdf=pdf)
