"""Maps whose départements are links to their pages: by number of structures, or to be shaded by the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from core.french import NARROW_SPACE, number
from publication.drawing import palette
from publication.drawing.cartography import country_map
from publication.drawing.geography import Geography
from publication.site.directory import ListedStructure
from publication.site.numbers import Place

WIDTH, HEIGHT = 150.0, 130.0


def linked_country(geography: Geography, structures: Iterable[ListedStructure], departements: Iterable[Place]) -> str:
    """The map as SVG. A list of the same links stands beside it for those who don't see it."""
    places = {place.code: place for place in departements}
    counts = Counter(structure.departement for structure in structures)
    shades = {code: palette.SCALE[_class(count)] for code, count in counts.items()}
    known = {code: count for code, count in counts.items() if code in places}
    said = {
        code: f"{places[code].name}{NARROW_SPACE}: {number(count, 0)} structure{'s' if count > 1 else ''}"
        for code, count in known.items()
    }
    svg, _, _ = country_map(geography, shades, said, {code: places[code].address for code in known}, WIDTH, HEIGHT)
    return svg


def plain_country(geography: Geography, departements: Iterable[Place]) -> str:
    """The same map without shades: the page of figures puts those of the figure that one chooses."""
    links = {place.code: place.address for place in departements}
    names = {place.code: place.name for place in departements}
    svg, _, _ = country_map(geography, {}, names, links, WIDTH, HEIGHT)
    return svg


def _class(count: int) -> int:
    """The shade of a number of structures: bounds double, so that small départements differ too."""
    return min(len(palette.SCALE) - 1, max(0, (count - 1).bit_length() - 2))
