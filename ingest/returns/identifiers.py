"""Identifiers and codes as senders write them (rules N11 and N12)."""

from __future__ import annotations

import re

STRUCTURE_ID = re.compile(r"([A-Z]+)-(2A|2B|\d{2,3})-(\d{4})")
COMMUNE_CODE_LENGTH = 5
_ANY_SEPARATOR = re.compile(r"([A-Z]+)[\W_]?(2A|2B|\d{2,3})[\W_]?(\d{4})")
_SEPARATORS = re.compile(r"[\W_]")
DASHES = re.compile("[\u2010-\u2015\u2212_]")


def structure_id(text: str) -> str:
    """An identifier without spaces, in upper case, its dashes those of a keyboard."""
    bare = "".join(text.split()).upper()
    return bare if bare.isascii() and "_" not in bare else DASHES.sub("-", bare)


def bare_identifier(text: str) -> str:
    """An identifier without any separator: ``CS-59-0005`` and ``CS 59/0005`` are both ``CS590005``."""
    return _SEPARATORS.sub("", structure_id(text))


def is_identifier(text: str) -> bool:
    """Whether a text reads as an identifier, its separators those of the frame or not."""
    return _read(text) is not None


def _read(text: str) -> re.Match[str] | None:
    bare = structure_id(text)
    return _ANY_SEPARATOR.fullmatch(bare) if bare[-1:].isdigit() else None


def type_of_identifier(text: str, types: list[str]) -> str | None:
    """The structure type that an identifier's prefix names, if it is one of `types`."""
    match = _read(text)
    return match[1] if match and match[1] in types else None


def starts_with_identifier(text: str) -> bool:
    """Whether a text is an identifier with something after it: the row of a structure, cut wrong."""
    match = STRUCTURE_ID.match(structure_id(text))
    return match is not None and match.end() < len(structure_id(text))


def commune_code(text: str) -> str:
    """A commune's code with the leading zero that a spreadsheet may have eaten, less the decimals it may have added."""
    bare = re.sub(r"[.,]0+$", "", text.strip().upper())
    return bare.zfill(COMMUNE_CODE_LENGTH) if bare.isdigit() and len(bare) == COMMUNE_CODE_LENGTH - 1 else bare
