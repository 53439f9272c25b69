"""Sheets as PDF/UA-1, by Typst: tagged, with text alternatives, byte-identical for the same document and day."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from publication.documents.document import Sheet
from publication.drawing import palette

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parents[1] / "templates" / "sheet.typ"
FONTS = Path(__file__).parents[1] / "assets" / "fonts"
STANDARD: Final = "ua-1"

_COVERED = re.compile("[ -~\u00a1-\u017f‐‑‒–—―‘’‚‛“”„†‡•…\u202f‰′‹›€←↑→↓−≈≠≤≥\u00a0]*")
"""What the typeface holds."""


def printable(text: str) -> str:
    """`text` in the characters of the vendored typeface: PDF/UA refuses others. Accents that it lacks are dropped."""
    if _COVERED.fullmatch(text):
        return text
    decomposed = (
        character if _is_covered(character) else unicodedata.normalize("NFKD", character) for character in text
    )
    return "".join(c if _is_covered(c) else "" if unicodedata.combining(c) else "?" for c in "".join(decomposed))


def _is_covered(character: str) -> bool:
    return _COVERED.fullmatch(character) is not None


HATCHED = ("confidential", "confidential_tint")


class PdfPrinter:
    """Prints sheets one after the other: the typeface and the template are read once."""

    def __init__(self, published_on: dt.date, demo_sentence: str) -> None:
        """`published_on` is the only date that goes into the files."""
        self._style = json.dumps(
            {
                "colours": {
                    name: getattr(palette, name.upper())
                    for name in ("ink", "muted", "teal", "deep_teal", "orange", "rust", "paper_tint", "rule", *HATCHED)
                },
                "tones": palette.TONES,
                "tone_inks": palette.TONE_INKS,
                "date": [published_on.year, published_on.month, published_on.day],
                "demo_sentence": demo_sentence,
            }
        )

    @cached_property
    def _compiler(self) -> typst.Compiler:
        import typst

        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
        return typst.Compiler(TEMPLATE, font_paths=fonts)

    def pdf(self, sheet: Sheet) -> bytes:
        """The sheet as PDF. Raises typst.TypstError when it can't be set, or lacks a text alternative."""
        content = json.dumps(printable_node(dataclasses.asdict(sheet)), ensure_ascii=False)
        printed = self._compiler.compile(
            format="pdf", pdf_standards=[STANDARD], sys_inputs={"sheet": content, "style": self._style}
        )
        if not isinstance(printed, bytes):
            raise TypeError(f"one PDF expected, not {type(printed).__name__}")
        return printed


def printable_node(node: Any) -> Any:
    """The same data with every text printable; drawings hold typeface text too."""
    if isinstance(node, str):
        return printable(node)
    if isinstance(node, dict):
        return {name: printable_node(child) for name, child in node.items()}
    if isinstance(node, list | tuple):
        return [printable_node(child) for child in node]
    return node
