"""Identifiers and codes as senders write them (rules N11 and N12)."""

from __future__ import annotations

import re

STRUCTURE_ID = re.compile(r"([A-Z]+)-(2A|2B|\d{2,3})-(\d{4})")
COMMUNE_CODE_LENGTH = 5


def structure_id(text: str) -> str:
    """An identifier without spaces, in upper case."""
    return re.sub(r"\s+", "", text).upper()


def type_of_identifier(text: str, types: list[str]) -> str | None:
    """The structure type that an identifier's prefix names, if it is one of `types`."""
    match = STRUCTURE_ID.fullmatch(structure_id(text))
    return match[1] if match and match[1] in types else None


def commune_code(text: str) -> str:
    """A commune's code with the leading zero that a spreadsheet may have eaten, less the decimals it may have added."""
    bare = re.sub(r"[.,]0+$", "", text.strip().upper())
    return bare.zfill(COMMUNE_CODE_LENGTH) if bare.isdigit() and len(bare) == COMMUNE_CODE_LENGTH - 1 else bare
