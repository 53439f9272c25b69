"""The names of communes on a map of structures: those with the most structures first, where there is room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.french import typographic
from publication.drawing import palette
from publication.drawing import svg as drawing
from publication.drawing.cartography import Frame, Sign
from publication.plaquettes.typeface import MM_PER_POINT, text_width

POINTS = 9.0
MOST = 16
CLEAR = 3.0
"""Drawing units between a name and what is around it."""


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, frame: Frame) -> bool:
        width, height = drawing.units(frame.width), drawing.units(frame.height)
        return self.left >= 0 and self.right <= width and self.top >= 0 and self.bottom <= height


def commune_names(signs: Sequence[Sign], frame: Frame, radius: float) -> list[str]:
    """The names as drawn: none covers a sign, another name or the edge; a commune without such a place has none."""
    by_commune: dict[str, list[Sign]] = defaultdict(list)
    for one in signs:
        by_commune[one.structure.commune_name].append(one)
    taken = [_Box(one.x - radius, one.y - radius, one.x + radius, one.y + radius) for one in signs]
    size = POINTS * MM_PER_POINT * drawing.UNITS_PER_MM
    drawn: list[str] = []
    for commune, inside in sorted(by_commune.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        if len(drawn) == MOST:
            break
        name = typographic(commune)
        width = drawing.units(text_width(name, POINTS, 700))
        for box in _places(inside, radius, width, size):
            if box.inside(frame) and not any(box.meets(other) for other in taken):
                taken.append(box)
                drawn.append(
                    drawing.text(box.left, box.bottom - size * 0.14, name, size=round(size, 1), fill=palette.INK,
                                 bold=True, halo=True)
                )  # fmt: skip
                break
    return drawn


def _places(signs: Sequence[Sign], radius: float, width: float, size: float) -> list[_Box]:
    """Where the name of a commune may stand: right, left, above and below its signs."""
    reach = radius + CLEAR
    left, right = min(one.x for one in signs) - reach, max(one.x for one in signs) + reach
    top, bottom = min(one.y for one in signs) - reach, max(one.y for one in signs) + reach
    across, down = (left + right) / 2, (top + bottom) / 2
    corners = [
        (right, down - size / 2), (left - width, down - size / 2), (across - width / 2, top - size),
        (across - width / 2, bottom), (right - radius, top - size), (right - radius, bottom),
        (left - width + radius, top - size), (left - width + radius, bottom),
    ]  # fmt: skip
    return [_Box(x, y, x + width, y + size) for x, y in corners]
