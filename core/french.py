"""How French prints numbers and punctuation."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_BEFORE_HIGH_PUNCTUATION = re.compile(r"[ \u00a0]+(?=[;:!?%€»])")
_BEFORE_MONEY_MULTIPLE = re.compile(r"(?<=\d)[ \u00a0]+(?=[kM]€)")
_AFTER_OPENING_QUOTE = re.compile(r"(?<=«)[ \u00a0]+")


def rounded(value: Decimal | float, decimals: int) -> Decimal:
    """`value` at `decimals` places, half away from zero (a float is taken by its shortest decimal writing)."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def number(value: Decimal | float, decimals: int) -> str:
    """`1234.5, 1` → `1 234,5`: narrow no-break space every three digits, decimal comma, true minus sign."""
    shown = rounded(value, decimals)
    digits = f"{abs(shown):,.{decimals}f}".replace(",", NARROW_SPACE).replace(".", ",")
    return f"{MINUS}{digits}" if shown < 0 else digits


def short_amount(value: Decimal | float, symbol: str) -> str:
    """An amount for a headline: `27,0 M€` from a million on, `820 k€` from a thousand on, `750 €` below."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    unit, decimals, multiple = _headline_scale(exact)
    return f"{number(exact / unit, decimals)}{NARROW_SPACE}{multiple}{symbol}"


def short_rounded(value: Decimal) -> Decimal:
    """What is left of an amount in its headline: `27 048 323` → `27 000 000`."""
    unit, decimals, _ = _headline_scale(value)
    return (rounded(value / unit, decimals) * unit).quantize(Decimal(1))


def _headline_scale(exact: Decimal) -> tuple[int, int, str]:
    if abs(rounded(exact / 1000, 0)) >= 1000:
        return 1_000_000, 1, "M"
    if abs(rounded(exact, 0)) >= 1000:
        return 1000, 0, "k"
    return 1, 0, ""


def is_plural(value: Decimal | float) -> bool:
    """French nouns take the plural from two on: `1,9 salarié`, `2 salariés`."""
    return not -2 < value < 2


def typographic(text: str) -> str:
    """`text` with curly apostrophes and narrow no-break spaces where French wants them."""
    text = text.replace("'", "’")
    text = _BEFORE_HIGH_PUNCTUATION.sub(NARROW_SPACE, text)
    text = _BEFORE_MONEY_MULTIPLE.sub(NARROW_SPACE, text)
    return _AFTER_OPENING_QUOTE.sub(NARROW_SPACE, text)


def alphabetical(text: str) -> str:
    """What a French index sorts by: without accents nor capitals, œ as oe."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(character for character in plain if not unicodedata.combining(character))


def long_date(day: date) -> str:
    """`22 novembre 2026`, `1er mars 2027`."""
    ordinal = "1er" if day.day == 1 else str(day.day)
    return f"{ordinal}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}"
