"""Colours, shared by drawings, pages and PDF. Tones differ in lightness: a grey print still tells them apart."""

from __future__ import annotations

INK = "#1c2a2e"
MUTED = "#56666b"
TEAL = "#00707a"
DEEP_TEAL = "#004b52"
ORANGE = "#d9622b"
RUST = "#a8430f"
PAPER_TINT = "#eaf3f3"
RULE = "#cfdadb"
LAND = "#e6eff0"
LAND_LINE = "#6d858a"
NO_DATA = "#f0f2f2"
CONFIDENTIAL = "#c4bda9"
CONFIDENTIAL_TINT = "#f4f1ea"

TONES = ("#00606a", "#df7a3d", "#a5d3d1", "#3b3f63", "#e7c9a9", "#8a969a", "#dfe6e7")
"""Parts of a whole, in the order of the list of choices."""

TONE_INKS = ("#ffffff", INK, INK, "#ffffff", INK, INK, INK)
"""What can be read on each tone."""

SCALE = ("#d5e8e8", "#a3d0d1", "#62aab0", "#237e87", "#004b52")
"""From few to many."""

TYPE_SIGNS = (("circle", TEAL), ("triangle", ORANGE), ("square", "#3b3f63"))
"""Sign and colour of each structure type, in the order of the registry."""

INDIGO = "#3b3f63"

CHAPTERS = {
    "teal": "#00606a",
    "deep": "#004b52",
    "indigo": "#3b3f63",
    "plum": "#6b2f52",
    "pine": "#2c5e45",
    "navy": "#1d4568",
    "rust": "#a8430f",
    "slate": "#435459",
}
"""Bands of chapters: white text on each has a contrast of 6 or more."""

_WARM = ("#a8430f", "#e8945f", "#f3d3ba", "#6b4a3a", "#c9b8ab", "#8a969a", "#dfe6e7")
_WARM_INKS = ("#ffffff", INK, INK, "#ffffff", INK, INK, INK)


def parts_of(sign: str) -> tuple[tuple[str, str], ...]:
    """(tone, ink on it) of the parts of a whole: cold for the centres sociaux, warm for the EVS."""
    tones, inks = (_WARM, _WARM_INKS) if sign == "EVS" else (TONES, TONE_INKS)
    return tuple(zip(tones, inks, strict=True))
