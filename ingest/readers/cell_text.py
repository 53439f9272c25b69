"""A typed cell of a spreadsheet as the text that a person would have typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
"""What a number format shows as it is."""
_NOT_DIGITS = re.compile(rf"{_LITERAL.pattern}|\[[^\]]*\]|[ \u00a0-]")
_ZEROS = re.compile("0{2,}")


def number_text(value: float) -> str:
    """The shortest text of a number at the 15 significant digits of spreadsheets, never with an exponent."""
    text = f"{value:.15g}"
    if "e" in text:
        return format(Decimal(text), "f")
    return "0" if text == "-0" else text


def percentage_text(value: float) -> str:
    """A share shown as a percentage, as it was typed: 0.35 is 35%."""
    return f"{number_text(value * 100)}%"


def padded_text(value: float, digits: int) -> str:
    """A number as a format like ``00000`` shows it: 4100 is 04100."""
    return number_text(value).zfill(digits) if value >= 0 and value == int(value) else number_text(value)


def digits_padded(number_format: str) -> int:
    """How many digits a number format of zeros alone (``00000``, ``00" "00``) always shows; 0 for any other format."""
    shown = _NOT_DIGITS.sub("", number_format.split(";")[0])
    return len(shown) if _ZEROS.fullmatch(shown) else 0


def shows_percentage(number_format: str) -> bool:
    """Whether a number format shows shares in hundredths."""
    return "%" in _LITERAL.sub("", number_format)


def is_note_call(text: str) -> bool:
    """Whether a raised or lowered run is the call of a note, which no one reads with the answer: the ``er`` of ``1er``
    is not."""
    return not any(character.isalpha() for character in text)


def boolean_text(value: bool) -> str:
    """VRAI or FAUX, as a French spreadsheet shows it."""
    return "VRAI" if value else "FAUX"


def datetime_text(value: dt.datetime) -> str:
    """YYYY-MM-DD, with HH:MM:SS after a space unless it is midnight."""
    return value.date().isoformat() if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M:%S")


def duration_text(value: dt.timedelta) -> str:
    """HH:MM:SS, hours beyond 24 included."""
    seconds = round(value.total_seconds())
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hour:02}:{minute:02}:{second:02}"


TEXT_OF: dict[type, Callable[[Any], str]] = {
    float: number_text,
    int: str,
    bool: boolean_text,
    dt.date: dt.date.isoformat,
    dt.datetime: datetime_text,
    dt.time: lambda value: value.strftime("%H:%M:%S"),
    dt.timedelta: duration_text,
}
"""How a cell that isn't text already becomes text, by its Python type."""


def text_row(row: list[Any]) -> list[str]:
    """A row of typed cells as text."""
    return [cell if type(cell) is str else TEXT_OF[type(cell)](cell) for cell in row]
