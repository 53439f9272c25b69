"""The text of a header without what forms and exports put around it: markup, numbers, units, marks."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable

from core.spelling import folded

LIKE_ITS_LABEL = 0.8
SHORTEST_CUT = 8
_MARKUP = re.compile(r"<[^<>]{1,300}>")
_CODED = re.compile(r"([a-z]\w*(?:\.\w+)*((?:\[[^\[\]]*\]){0,2})) ?[.:)-] +(.+)", re.DOTALL)
_NUMBERED = re.compile(r"(?:(?:question|q) ?)?\d{1,3}(?:\.\d{1,3})* ?(?:[.):/°-]+ ?| )(?=\S)")
_DIGITS = re.compile(r"\d+")
_CUT_SHORT = "….-: "
_AROUND = " :?*!.;,"


def plain(header: str) -> str:
    """`header` without HTML tags and entities."""
    if "<" not in header and "&" not in header:
        return header
    return html.unescape(_MARKUP.sub(" ", header)).replace("\xa0", " ")


def coded(text: str) -> tuple[str, str, bool] | None:
    """The code at the start of a folded header, the text after it, and whether the code has brackets; or None."""
    match = _CODED.fullmatch(text)
    return (match[1], match[3], bool(match[2])) if match else None


def without_number(text: str) -> str:
    """A folded header without the number of its question (``12.``, ``12)``, ``Q12 -``)."""
    match = _NUMBERED.match(text)
    return text[match.end() :] if match else text


class Ending:
    """What ends a header and is not its question: marks (required), punctuation, a unit."""

    def __init__(self, units: dict[str, str], marks: Iterable[str]) -> None:
        words = {folded(word): unit for word, unit in units.items()}
        self._units = words
        unit = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        self._unit = (
            re.compile(rf" *(?:[(\[] *(?:en +)?({unit}) *[)\]]|(?:,|-|/)? *\ben +({unit}))$") if words else None
        )
        mark = "|".join(re.escape(folded(word)) for word in marks)
        self._mark = re.compile(rf" *[(\[] *(?:{mark}) *[)\]]$") if mark else None

    def taken_off(self, text: str) -> tuple[str, str | None]:
        """A folded header without its ending, and the unit that stood there (a unit of variables.csv), or None."""
        rest, unit = text, None
        while True:
            before = rest
            rest = rest.rstrip(_AROUND)
            if self._mark:
                rest = self._mark.sub("", rest)
            match = self._unit.search(rest) if self._unit else None
            if match and match.start():
                unit = unit or self._units[match[1] or match[2]]
                rest = rest[: match.start()]
            if rest == before:
                return rest, unit


def is_of_label(text: str, label: str) -> bool:
    """Whether the text after a question's code reads like its label (both folded): cut short, or reworded a little.

    What goes on after the label (``- commentaire``, ``N-1``) or has other numbers is another column.
    """
    cut = text.rstrip(_CUT_SHORT)
    if len(cut) >= SHORTEST_CUT and label.startswith(cut):
        return True
    if text.startswith(label.rstrip(_AROUND)) or _DIGITS.findall(text) != _DIGITS.findall(label):
        return False
    return difflib.SequenceMatcher(None, text, label).ratio() >= LIKE_ITS_LABEL
