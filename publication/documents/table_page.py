"""A page of tables, for reports that are no sheet: what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TableSection:
    """A heading, sentences under it, and a table: its header and its rows, the first column being the label.

    `of_words`: the other columns hold words, which are read from the left and wrapped, and not numbers.
    """

    heading: str
    sentences: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    of_words: bool = False


@dataclass(frozen=True)
class TablePage:
    """A page: title, what is above it, lines of its edition, sections, the mark of demonstration data or '', and the
    (address, words) of the pages to go back to."""

    kicker: str
    title: str
    edition: Sequence[str]
    sections: Sequence[TableSection]
    demo: str = ""
    links: Sequence[tuple[str, str]] = ()
