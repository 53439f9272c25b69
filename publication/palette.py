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

TONES = ("#00606a", "#df7a3d", "#a5d3d1", "#3b3f63", "#e7c9a9", "#8a969a", "#dfe6e7")
"""Parts of a whole, in the order of the list of choices."""

TONE_INKS = ("#ffffff", INK, INK, "#ffffff", INK, INK, INK)
"""What can be read on each tone."""

SCALE = ("#d5e8e8", "#a3d0d1", "#62aab0", "#237e87", "#004b52")
"""From few to many."""

TYPE_SIGNS = (("circle", TEAL), ("triangle", ORANGE), ("square", "#3b3f63"))
"""Sign and colour of each structure type, in the order of the registry."""
