"""Strips of blocks: side by side in columns of about the same height, or alone across the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from publication.plaquettes.measures import Extent, extent, sized
from publication.plaquettes.model import Block, Piece, Placed, Strip

GUTTER = 9.0
BLOCK_GAP = 6.5


@dataclass(frozen=True)
class Draft:
    """Columns of pieces before their heights are decided."""

    columns: tuple[tuple[float, tuple[Block, ...]], ...]
    extents: tuple[tuple[Extent, ...], ...]

    def _heights(self, side: str) -> list[float]:
        return [sum(getattr(one, side) for one in column) + BLOCK_GAP * (len(column) - 1) for column in self.extents]

    @property
    def least(self) -> float:
        """As low as the tallest column allows."""
        return max(self._heights("least"))

    @property
    def natural(self) -> float:
        """The height of the tallest column."""
        return max(self._heights("natural"))

    @property
    def most(self) -> float:
        """As far as every column can follow."""
        return max(self.natural, min(self._heights("most")))


@dataclass(frozen=True)
class Measured:
    """What was measured already, by the identity of blocks and pieces and the width: they are tried on many pages."""

    extents: dict[tuple[int, float], Extent] = field(default_factory=dict)
    drafts: dict[tuple[tuple[int, ...], float], list[Draft]] = field(default_factory=dict)


def _extent(block: Block, width: float, measured: Measured) -> Extent:
    key = (id(block), width)
    if key not in measured.extents:
        measured.extents[key] = extent(block, width)
    return measured.extents[key]


def strips_of(pieces: Sequence[Piece], width: float, measured: Measured) -> list[Draft]:
    """Pieces of half the width share two columns of about the same height; the others stand alone."""
    key = (tuple(id(piece) for piece in pieces), width)
    if key not in measured.drafts:
        measured.drafts[key] = _drafts(pieces, width, measured)
    return measured.drafts[key]


def _drafts(pieces: Sequence[Piece], width: float, measured: Measured) -> list[Draft]:
    drafts: list[Draft] = []
    halves: list[Piece] = []

    def flush() -> None:
        if len(halves) == 1:
            drafts.append(_alone(halves[0], width, measured))
        elif halves:
            drafts.append(_two_columns(halves, (width - GUTTER) / 2, measured))
        halves.clear()

    for piece in pieces:
        if piece.span == 1:
            halves.append(piece)
        else:
            flush()
            drafts.append(_alone(piece, width, measured))
    flush()
    return drafts


def _alone(piece: Piece, width: float, measured: Measured) -> Draft:
    return Draft(((width, (piece.block,)),), ((_extent(piece.block, width, measured),),))


def _two_columns(pieces: Sequence[Piece], width: float, measured: Measured) -> Draft:
    sizes = [_extent(piece.block, width, measured) for piece in pieces]
    best: tuple[float, tuple[int, ...]] | None = None
    for choice in range(1, 2 ** min(len(pieces) - 1, 12)):
        sides = (0, *((choice >> rank) & 1 for rank in range(len(pieces) - 1)))
        heights = [0.0, 0.0]
        for side, one in zip(sides, sizes, strict=True):
            heights[side] += one.natural + BLOCK_GAP
        turns = sum(first > second for first, second in pairwise(sides))
        cost = abs(heights[0] - heights[1]) + 1.5 * turns
        if best is None or cost < best[0]:
            best = (cost, sides)
    sides = best[1] if best else (0,) * len(pieces)
    columns = tuple(
        (width, tuple(piece.block for piece, at in zip(pieces, sides, strict=True) if at == side)) for side in (0, 1)
    )
    extents = tuple(tuple(one for one, at in zip(sizes, sides, strict=True) if at == side) for side in (0, 1))
    return Draft(columns, extents)


def strip_of(draft: Draft, height: float) -> Strip:
    """The draft at that height: what is left goes to the blocks that can grow, what lacks is taken from the others."""
    columns = []
    for (width, blocks), extents in zip(draft.columns, draft.extents, strict=True):
        heights = _fitted(extents, height - BLOCK_GAP * (len(blocks) - 1))
        columns.append(
            (width, tuple(Placed(sized(block, width, h), h) for block, h in zip(blocks, heights, strict=True)))
        )
    return Strip(height, tuple(columns))


def _fitted(extents: Sequence[Extent], room: float) -> list[float]:
    natural = sum(one.natural for one in extents)
    limits = [one.most if room > natural else one.least for one in extents]
    elastic = sum(abs(limit - one.natural) for limit, one in zip(limits, extents, strict=True))
    share = min(1.0, abs(room - natural) / elastic) if elastic else 0.0
    return [one.natural + (limit - one.natural) * share for limit, one in zip(limits, extents, strict=True)]
