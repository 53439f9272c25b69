"""Derives the publications' typeface from Lato 2.0: fewer characters, another name.

The licence of Lato (SIL OFL 1.1) reserves its name, so a subset needs another one. Run once by hand, with `fonttools`
and `brotli` installed, never by a build: ``python derive_fonts.py FOLDER_OF_LATO_TTF``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Senacs Sans"
WEIGHTS = {"Regular": 400, "Bold": 700, "Black": 900}
CHARACTERS = [
    *range(0x0020, 0x007F),
    *range(0x00A0, 0x0180),
    *range(0x2010, 0x2028),
    0x202F,
    0x2030,
    0x2032,
    0x2039,
    0x203A,
    0x20AC,
    0x2190,
    0x2191,
    0x2192,
    0x2193,
    0x2212,
    0x2248,
    0x2260,
    0x2264,
    0x2265,
]
FAMILY_NAMES, STYLE_NAMES, TRADEMARK = (1, 16), (2, 17), 7


def renamed(font: TTFont, weight_name: str, weight: int) -> TTFont:
    """The font under the family name `FAMILY`; its copyright and licence notices stay."""
    names = font["name"]
    for record in list(names.names):
        if record.nameID in (*FAMILY_NAMES, *STYLE_NAMES, TRADEMARK, 21, 22, 25):
            names.removeNames(nameID=record.nameID)
    for name_id, text in (
        (1, FAMILY if weight_name in ("Regular", "Bold") else f"{FAMILY} {weight_name}"),
        (2, weight_name if weight_name in ("Regular", "Bold") else "Regular"),
        (3, f"{FAMILY} {weight_name}, from Lato 2.0"),
        (4, f"{FAMILY} {weight_name}"),
        (6, f"{FAMILY}-{weight_name}".replace(" ", "")),
        (10, "A subset of Lato 2.0 for the publications of SENACS."),
        (16, FAMILY),
        (17, weight_name),
    ):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    return font


def derive(source_folder: Path, target_folder: Path) -> None:
    """Writes a TTF (for the PDF) and a WOFF2 (for the pages) for each weight."""
    for weight_name, weight in WEIGHTS.items():
        options = subset.Options(
            layout_features=["kern", "liga", "tnum", "lnum", "mark", "mkmk"], name_IDs=["*"], hinting=False
        )
        options.drop_tables += ["DSIG"]
        font = subset.load_font(source_folder / f"Lato-{weight_name}.ttf", options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=CHARACTERS)
        subsetter.subset(font)
        renamed(font, weight_name, weight)
        font.save(target_folder / f"senacs-sans-{weight}.ttf")
        font.flavor = "woff2"
        font.save(target_folder / f"senacs-sans-{weight}.woff2")


if __name__ == "__main__":
    derive(Path(sys.argv[1]), Path(__file__).parent)
