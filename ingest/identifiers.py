"""Identifiers and codes as senders write them (rules N11 and N12)."""

from __future__ import annotations

import re

STRUCTURE_ID = re.compile(r"([A-Z]+)-(2A|2B|\d{2,3})-(\d{4})")
COMMUNE_CODE_LENGTH = 5
DASHES = re.compile("[\u2010-\u2015\u2212_]")


def structure_id(text: str) -> str:
    """An identifier without spaces, in upper case, its dashes those of a keyboard."""
    bare = "".join(text.split()).upper()
    return bare if bare.isascii() else DASHES.sub("-", bare)


def type_of_identifier(text: str, types: list[str]) -> str | None:
    """The structure type that an identifier's prefix names, if it is one of `types`."""
    bare = structure_id(text)
    match = STRUCTURE_ID.fullmatch(bare) if "-" in bare else None
    return match[1] if match and match[1] in types else None


def starts_with_identifier(text: str) -> bool:
    """Whether a text is an identifier with something after it: the row of a structure, cut wrong."""
    match = STRUCTURE_ID.match(structure_id(text))
    return match is not None and match.end() < len(structure_id(text))


def commune_code(text: str) -> str:
    """A commune's code with the leading zero that a spreadsheet may have eaten, less the decimals it may have added."""
    bare = re.sub(r"[.,]0+$", "", text.strip().upper())
    return bare.zfill(COMMUNE_CODE_LENGTH) if bare.isdigit() and len(bare) == COMMUNE_CODE_LENGTH - 1 else bare
