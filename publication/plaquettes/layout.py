"""From chapters to pages: which chapters share a page, which optional blocks stay, how high each block is.

The number of pages is given. Chapters keep their order; consecutive ones may share a page. Spare chapters are taken
only where there is room. The choice is the cheapest one by dynamic programming: a page with a hole costs the square of
the hole, a dropped block or chapter costs its weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from publication.plaquettes.measures import PAGE_WIDTH
from publication.plaquettes.model import Chapter, Page, Passage
from publication.plaquettes.strips import Draft, Measured, strip_of, strips_of

STRIP_GAP = 7.0
REQUIRED = 10

HOLE, LOOSE, SQUEEZED = 400.0, 20.0, 30.0
DROPPED_PIECE, DROPPED_CHAPTER, DROPPED_PART, SPARE_TAKEN = 3.0, 120.0, 1e6, 12.0


class LayoutError(ValueError):
    """Chapters that can't be set in the pages asked for; the message says which."""


@dataclass(frozen=True)
class Paper:
    """The room of a page, and what the furniture takes of it.

    `width` is that of the content, `height` goes from the top edge to the footer. `masthead`: the head of the first
    page of a document without a cover. `band`: the heading of a page's first chapter, `next_band` of the others, then
    `band_gap` below each; `before_band` above all but the first. `top`: white above the first heading of a page.
    """

    width: float
    height: float
    masthead: float
    band: float
    next_band: float
    band_gap: float
    before_band: float
    top: float
    most_chapters: int

    def taken(self, chapters: Sequence[Chapter], *, opening: bool) -> float:
        """What the headings of chapters take on a page; `opening`: on the first one. A chapter may have no heading."""
        height = self.masthead if opening and self.masthead else self.top
        for rank, chapter in enumerate(chapters):
            height += self.before_band if rank else 0.0
            if chapter.heading:
                height += (self.next_band if rank else self.band) + self.band_gap
        return height


FULL = Paper(PAGE_WIDTH, 281.0, 0.0, 27.0, 15.0, 7.5, 8.5, 0.0, 3)
"""Bands of colour from edge to edge: for documents with a cover."""

LIGHT = Paper(PAGE_WIDTH, 281.0, 47.0, 8.5, 8.5, 4.5, 9.0, 15.0, 5)
"""Headings in the text, under a masthead: for short documents."""

POSTER = Paper(PAGE_WIDTH, 281.0, 54.0, 8.5, 8.5, 4.5, 8.0, 15.0, 5)
"""A single page, set at the size of an A4 and printed on a sheet of twice its sides."""

PAPERS = {"full": FULL, "light": LIGHT, "poster": POSTER}


@dataclass(frozen=True)
class _Candidate:
    """Chapters on one page, with the blocks that were kept."""

    chapters: tuple[tuple[Chapter, tuple[Draft, ...]], ...]
    least: float
    natural: float
    most: float
    dropped: float


def _page_of(
    chapters: Sequence[Chapter], paper: Paper, measured: Measured, *, opening: bool = False
) -> _Candidate | None:
    """Chapters that share a page; None when they can't fit. Optional blocks leave until the rest fits."""
    kept = [list(chapter.pieces) for chapter in chapters]
    dropped = 0.0
    while True:
        drafts = [strips_of(pieces, paper.width, measured) for pieces in kept]
        sides = {
            side: _fixed_height(paper, chapters, drafts, opening)
            + sum(getattr(d, side) for group in drafts for d in group)
            for side in ("least", "natural", "most")
        }
        if sides["least"] <= paper.height:
            together = tuple((chapter, tuple(group)) for chapter, group in zip(chapters, drafts, strict=True))
            return _Candidate(together, sides["least"], sides["natural"], sides["most"], dropped)
        optional = [
            (piece.keep, -place, -rank)
            for place, pieces in enumerate(kept)
            for rank, piece in enumerate(pieces)
            if piece.keep < REQUIRED and len(pieces) > 1
        ]
        if not optional:
            return None
        keep, place, rank = min(optional)
        del kept[-place][-rank]
        dropped += 1 + keep / 10


def _broken(chapter: Chapter, paper: Paper) -> list[Chapter]:
    """The chapter, or where its required blocks don't fit on a page, its parts: each as long as a page allows."""
    required = [piece for piece in chapter.pieces if piece.keep >= REQUIRED]
    optional = [piece for piece in chapter.pieces if piece.keep < REQUIRED]
    if len(required) < 2 or _page_of([replace(chapter, pieces=tuple(required))], paper, Measured()) is not None:
        return [chapter]
    for count in range(len(required) - 1, 0, -1):
        first = replace(chapter, pieces=tuple(required[:count]), parted=True)
        if count == 1 or _page_of([first], paper, Measured()) is not None:
            break
    rest = replace(
        chapter,
        heading=chapter.heading if chapter.parted else f"{chapter.heading} (suite)",
        question="",
        pieces=(*required[count:], *optional),
        opens_page=False,
        parted=True,
    )
    return [first, *_broken(rest, paper)]


def _fixed_height(paper: Paper, chapters: Sequence[Chapter], drafts: Sequence[Sequence[Draft]], opening: bool) -> float:
    return paper.taken(chapters, opening=opening) + sum(STRIP_GAP * (len(group) - 1) for group in drafts)


def _cost(page: _Candidate, paper: Paper) -> float:
    hole = max(0.0, paper.height - page.most) / paper.height
    stretched = max(0.0, paper.height - page.natural) / paper.height
    squeezed = max(0.0, page.natural - paper.height) / paper.height
    spares = sum(chapter.spare for chapter, _ in page.chapters)
    return (
        HOLE * hole**2
        + LOOSE * stretched**2
        + SQUEEZED * squeezed
        + page.dropped * DROPPED_PIECE
        + spares * SPARE_TAKEN
    )


def paginate(chapters: Sequence[Chapter], pages: int, paper: Paper) -> tuple[float, tuple[Page, ...]]:
    """(cost, pages): the cheapest way to set the chapters in that many pages. Raises LayoutError when there is none."""
    chapters = [part for chapter in chapters for part in _broken(chapter, paper)]
    count = len(chapters)

    measured = Measured()
    required = [[piece for piece in chapter.pieces if piece.keep >= REQUIRED] for chapter in chapters]
    least = [sum(draft.least for draft in strips_of(pieces, paper.width, measured)) for pieces in required]

    def least_of(ranks: Sequence[int]) -> float:
        """Never more than what chapters on one page need."""
        return sum(least[rank] for rank in ranks) + paper.taken([chapters[rank] for rank in ranks], opening=False)

    @cache
    def page(opening: bool, start: int, *taken: int) -> _Candidate | None:
        return _page_of([chapters[start], *(chapters[rank] for rank in taken)], paper, measured, opening=opening)

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[_Candidate, ...]] | None:
        if left == 0:
            return sum(_absence(chapter) for chapter in chapters[start:]), ()
        found: tuple[float, tuple[_Candidate, ...]] | None = None
        for first in range(start, count):
            skipped = sum(_absence(chapter) for chapter in chapters[start:first])
            for taken in _companions(first):
                candidate = page(left == pages, first, *taken)
                if candidate is None:
                    continue
                following = (taken[-1] if taken else first) + 1
                jumped = set(range(first + 1, following)) - set(taken)
                rest = best(following, left - 1)
                if rest is None:
                    continue
                lost = skipped + sum(_absence(chapters[rank]) for rank in jumped)
                cost = rest[0] + lost + _cost(candidate, paper)
                if found is None or cost < found[0]:
                    found = (cost, (candidate, *rest[1]))
        return found

    def _companions(first: int) -> list[tuple[int, ...]]:
        """What may share the page of a chapter: some of those that follow; only spare ones are jumped."""
        found: list[tuple[int, ...]] = [()]
        open_ends: list[tuple[int, ...]] = [()]
        while open_ends:
            grown = []
            for taken in open_ends:
                for following in range((taken[-1] if taken else first) + 1, count):
                    if chapters[following].opens_page:
                        break
                    if least_of((first, *taken, following)) > paper.height:
                        if not chapters[following].spare:
                            break
                        continue
                    grown.append((*taken, following))
                    if not chapters[following].spare:
                        break
            found += grown
            open_ends = [taken for taken in grown if len(taken) + 1 < paper.most_chapters]
        return found

    chosen = best(0, pages)
    if chosen is None or chosen[0] >= DROPPED_PART:
        names = ", ".join(chapter.heading for chapter in chapters)
        raise LayoutError(f"{pages} pages ne peuvent contenir : {names}")
    return chosen[0], tuple(_set(candidate, paper) for candidate in chosen[1])


def _absence(chapter: Chapter) -> float:
    if chapter.parted:
        return DROPPED_PART
    return 0.0 if chapter.spare else DROPPED_CHAPTER


def _set(page: _Candidate, paper: Paper) -> Page:
    """Heights for every block: room that is left goes to what can grow, what lacks is taken from what can shrink."""
    drafts = [draft for _, group in page.chapters for draft in group]
    heights = [draft.natural for draft in drafts]
    left = paper.height - page.natural
    limits = [draft.most if left > 0 else draft.least for draft in drafts]
    room = sum(abs(limit - height) for limit, height in zip(limits, heights, strict=True))
    share = min(1.0, abs(left) / room) if room else 0.0
    heights = [height + (limit - height) * share for height, limit in zip(heights, limits, strict=True)]
    slack = left - sum(heights) + sum(draft.natural for draft in drafts)
    given = iter(heights)
    passages = tuple(
        Passage(
            chapter.heading, chapter.question, chapter.tone, chapter.pictogram,
            tuple(strip_of(draft, next(given)) for draft in group),
        )
        for chapter, group in page.chapters
    )  # fmt: skip
    return Page(passages, max(0.0, slack))
