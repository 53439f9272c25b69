"""Maps of any territory: its communes where it is a part of one département, its départements where it has several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from publication import drawing, palette
from publication.blocks import type_signs
from publication.candidate import Structure
from publication.cartography import SIGN_RADIUS, Frame, StructureMap, fitted, spread
from publication.context import Context
from publication.document import Drawing
from publication.geography import Geography, Ring, outer_lines

SEVERAL = 2
HALF_PAGE = 86.0
MANY = 120
LIGHTS_MOST = 1000


def departements_of(context: Context) -> list[str]:
    """The départements that the territory's structures stand in, sorted.

    A territory that the frame knows as a set of départements shows them all, even those without a structure.
    """
    structures = context.structures
    if context.territory.level == "departement":
        return [context.territory.code]
    return sorted({departement_code(structure) for structure in structures})


def departement_code(structure: Structure) -> str:
    """The département of a commune's code: three characters overseas, two elsewhere."""
    code = structure.commune_code
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def territory_map(context: Context, width: float, max_height: float) -> StructureMap | None:
    """Structures as signs on the land of their territory; None where the vendored outlines can't place them."""
    codes = departements_of(context)
    land, lines = _land(context.geography, codes)
    if not land:
        return None
    frame = fitted(land, width, max_height, margin=3)
    body = [
        drawing.path(drawing.path_data(frame.rings(land), closed=True), fill=palette.LAND, stroke="#ffffff", width=2.2),
        drawing.path(drawing.path_data(frame.rings(lines), closed=False), stroke=palette.LAND_LINE, width=5),
    ]
    radius = SIGN_RADIUS * (width / HALF_PAGE) ** 0.5 * (1.0 if len(context.structures) < MANY else 0.75)
    marks, unplaced = spread(context.geography, frame, context.structures, type_signs(context), radius)
    return StructureMap(drawing.svg(frame.width, frame.height, [*body, *marks]), frame.width, frame.height, unplaced)


def silhouette(context: Context, width: float, max_height: float) -> Drawing | None:
    """The territory's outline in white over a dark ground, with its structures as points of light."""
    codes = departements_of(context)
    land, lines = _land(context.geography, codes)
    placed = bool(land)
    if not land:
        land = lines = [
            ring for outline in context.geography.departements if outline.code in codes for ring in outline.rings
        ]
    if not land:
        return None
    frame = fitted(land, width, max_height, margin=4)
    body = [
        drawing.path(
            drawing.path_data(frame.rings(land), closed=True, grid=2), fill="#1d8089", stroke="#2f939b", width=1.4
        ),
        drawing.path(drawing.path_data(frame.rings(lines), closed=False, grid=2), stroke="#bfe3e3", width=5),
    ]
    if placed and len(context.structures) <= LIGHTS_MOST:
        body += _lights(context, frame)
    alt = f"Silhouette : {context.territory.name}."
    return Drawing(drawing.svg(frame.width, frame.height, body), frame.width, frame.height, alt)


def _lights(context: Context, frame: Frame) -> list[str]:
    tones = {
        kind: (shape, ("#ffffff", "#f7b183", "#cfe3e6")[rank % 3])
        for rank, (kind, (shape, _)) in enumerate(type_signs(context).items())
    }
    marks, _ = spread(context.geography, frame, context.structures, tones, SIGN_RADIUS * 0.95, edge="#004b52")
    return marks


def _land(geography: Geography, codes: Sequence[str]) -> tuple[list[Ring], list[Ring]]:
    """(areas to fill, lines to stress). Communes for one or two départements, outlines of départements for more."""
    if len(codes) <= SEVERAL or all(code.startswith("2A") or code.startswith("2B") for code in codes):
        rings = {code: geography.commune_rings(code) for code in codes}
        return [ring for group in rings.values() for ring in group], [
            line for group in rings.values() for line in outer_lines(group)
        ]
    kept = [outline for outline in geography.departements if outline.code in codes and not outline.inset]
    rings_of: dict[str, list[Ring]] = defaultdict(list)
    for outline in kept:
        rings_of[outline.code] += outline.rings
    rings_flat = [ring for rings_ in rings_of.values() for ring in rings_]
    return rings_flat, rings_flat
