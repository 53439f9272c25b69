"""Of which year a sheet or a column speaks, where the same question is asked beside itself: this year's answers count.

A text tells its year by a number or by words (topics `this_year` and `other_year` of spellings.csv). A campaign asks
about the year before it, and people write either: of the two, the campaign's own is the later return. What speaks of an
earlier year, or of one to come, stands there for memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.spelling import folded
from ingest.readers import Sheet
from registry.model import Registry

LONGEST = 300
"""A text with more characters than that is no header."""
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d)")
_AROUND = " .,;:*-_/|"
ROWS_ABOVE = 2
NOW, OTHER = "now", "other"


class Years:
    """The years of a campaign, and how they are told."""

    def __init__(self, registry: Registry, campaign: int) -> None:
        self._campaign = campaign
        self._described = next(one.data_year for one in registry.campaign_list if one.campaign == campaign)
        self._now = _words(registry, "this_year")
        self._other = _words(registry, "other_year")

    def said(self, text: str) -> str | int | None:
        """`NOW`, `OTHER`, or one of the two years that may be this one's; None where the text tells no year."""
        if not text or len(text) > LONGEST:
            return None
        words = folded(text)
        if self._other.search(words):
            return OTHER
        if self._now.search(words):
            return NOW
        years = {int(year) for year in _YEAR.findall(words)}
        if not years:
            return None
        mine = years & {self._campaign, self._described}
        return max(mine) if mine else OTHER

    def said_at(self, sheet: Sheet, row: int, column: int) -> str | int | None:
        """What the header at a place says of its year: its own text, else those above it; a text above several columns
        stands over the first of them."""
        if (own := self.said(_text(sheet, row, column))) is not None:
            return own
        for above in range(row - 1, max(row - 1 - ROWS_ABOVE, -1), -1):
            over = next((text for place in range(column, -1, -1) if (text := _text(sheet, above, place).strip())), "")
            if self.is_only_a_year(over):
                return self.said(over)
        return None

    def without(self, text: str) -> str:
        """The text without what tells its year: the question of a header such as ``ETP 2018`` or ``ETP (N-1)``."""
        words = folded(text)
        for pattern in (self._other, self._now, _YEAR):
            words = pattern.sub(" ", words)
        return re.sub(r"[(\[]\s*[)\]]", " ", words).strip(_AROUND)

    def is_only_a_year(self, text: str) -> bool:
        """Whether the text tells its year and nothing else, or nothing else than that it holds answers."""
        return self.said(text) is not None and not re.search(r"[a-z0-9]", _FILLERS.sub(" ", self.without(text)))

    def this_ones(self, said: Sequence[str | int | None]) -> list[int] | None:
        """The places of the texts that speak of this year, from what each has said; all those that tell no year, where
        no text does better. Empty where all speak of other years, None where that can't be told."""
        mine = [place for place, year in enumerate(said) if year != OTHER]
        told = [place for place in mine if said[place] is not None]
        if not told or len(mine) < 2:
            return mine
        for best in (NOW, self._campaign, self._described):
            places = [place for place in told if said[place] == best]
            if places:
                return places if len(places) == 1 and told == mine else None
        return None


def _text(sheet: Sheet, row: int, column: int) -> str:
    return sheet.rows[row][column] if column < len(sheet.rows[row]) else ""


_FILLERS = re.compile(r"\b(?:annee|exercice|donnees?|campagne|reponses?|valeurs?|votre|vos|au|en|de|31|12|decembre)\b")


def _words(registry: Registry, topic: str) -> re.Pattern[str]:
    words = sorted(map(folded, registry.spellings.get(topic, {})), key=len, reverse=True)
    return re.compile(r"(?<![\w'’°-])(?:" + "|".join(map(re.escape, words)) + r")(?![\w'’°+-])" if words else r"(?!)")
