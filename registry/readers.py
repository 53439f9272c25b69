"""How the cells of the registry are read, as a spreadsheet in French may have written them.

Each reader takes the text of a cell and raises `ValueError` with what was expected, in French.
"""

from __future__ import annotations

import datetime as dt
import math
import re

_TRUE, _FALSE = frozenset({"true", "vrai", "oui", "1"}), frozenset({"false", "faux", "non", "0", ""})
_WHOLE = re.compile(r"-?\d+(?:[.,]0+)?")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_SIGNED = frozenset("-0123456789")
_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?:\D|$))")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?")


def boolean(text: str) -> bool:
    """``true`` or ``false``; VRAI, OUI, 1 as well as FAUX, NON, 0."""
    folded = text.casefold()
    if folded in _TRUE:
        return True
    if folded in _FALSE and text:
        return False
    raise ValueError("écrivez true ou false (VRAI ou FAUX, OUI ou NON)")


def whole(text: str) -> int:
    """A whole number."""
    if text.isdecimal() and text.isascii():
        return int(text)
    plain = _SPACES.sub("", text)
    if not _WHOLE.fullmatch(plain):
        raise ValueError("un nombre entier est attendu")
    return int(re.split(r"[.,]", plain)[0])


def number(text: str) -> float:
    """A number with a decimal point or comma."""
    plain = _SPACES.sub("", text)
    value = float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else math.nan
    if not math.isfinite(value):
        raise ValueError("un nombre est attendu")
    return value


def optional_int(text: str) -> int | None:
    """A whole number, or None for an empty cell."""
    return whole(text) if text else None


def optional_float(text: str) -> float | None:
    """A number, or None for an empty cell."""
    return number(text) if text else None


def optional_date(text: str) -> dt.date | None:
    """A date, ``2020-03-15`` or ``15/03/2020``, or None for an empty cell."""
    if not text:
        return None
    iso, french = _ISO_DAY.fullmatch(text), _FRENCH_DAY.fullmatch(text)
    parts = iso.groups() if iso else french.groups()[::-1] if french else ()
    try:
        return dt.date(*map(int, parts))
    except (TypeError, ValueError):
        raise ValueError("une date est attendue : 2020-03-15 ou 15/03/2020") from None


def with_point(text: str) -> str:
    """A text; a number with a decimal comma has a point instead."""
    if text[:1] not in _SIGNED:
        return text
    plain = _SPACES.sub("", text)
    return plain.replace(",", ".") if _NUMBER.fullmatch(plain) else text


def with_leading_zero(text: str) -> str:
    """A code of two figures or more; a spreadsheet takes the zero off one that begins with it."""
    return text.zfill(2) if text.isdigit() else text


def semicolon_list(text: str) -> tuple[str, ...]:
    """``a;b`` as ('a', 'b')."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def bar_list(text: str) -> tuple[str, ...]:
    """``a|b`` as ('a', 'b')."""
    return tuple(part.strip() for part in text.split("|") if part.strip())
