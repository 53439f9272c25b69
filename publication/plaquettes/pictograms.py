"""The pictograms of the publications: our own line drawings, in the colour of the text around them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "assets" / "pictograms"


@cache
def pictograms() -> dict[str, str]:
    """Name → SVG, drawn in `currentColor`."""
    return {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(FOLDER.glob("*.svg"))}
