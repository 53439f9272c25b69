"""Maps of any territory: its communes where it is a part of one département, its départements where it has several."""

from __future__ import annotations

from collections.abc import Sequence

from publication.documents.blocks import type_signs
from publication.documents.context import Context
from publication.documents.document import Drawing
from publication.drawing import palette
from publication.drawing import svg as drawing
from publication.drawing.cartography import SIGN_RADIUS, StructureMap, fitted, marked, placed
from publication.drawing.geography import Geography, Ring, departement_of_commune, outer_lines
from publication.plaquettes.map_names import commune_names

SEVERAL = 2
MANY = 120
LIGHTS_MOST = 1000


def departements_of(context: Context) -> list[str]:
    """The départements to draw, sorted: all where nothing is around, one that is its own, else where structures are."""
    if not context.around:
        return sorted(outline.code for outline in context.geography.departements)
    if context.territory.level == "departement":
        return [context.territory.code]
    return sorted({departement_of_commune(structure.commune_code) for structure in context.structures})


def territory_map(context: Context, width: float, max_height: float) -> StructureMap | None:
    """Structures as signs on the land of their territory, its main communes named; None where there are no outlines."""
    land, lines = _land(context.geography, departements_of(context))
    if not land:
        return None
    frame = fitted(land, width, max_height, margin=3)
    body = [
        drawing.path(drawing.path_data(frame.rings(land), closed=True), fill=palette.LAND, stroke="#ffffff", width=2.2),
        drawing.path(drawing.path_data(frame.rings(lines), closed=False), stroke=palette.LAND_LINE, width=5),
    ]
    radius = SIGN_RADIUS * 1.15 * (1.0 if len(context.structures) < MANY else 0.75)
    signs, unplaced = placed(context.geography, frame, context.structures, radius)
    body += marked(signs, type_signs(context), radius)
    body += commune_names(signs, frame, radius)
    return StructureMap(drawing.svg(frame.width, frame.height, body), frame.width, frame.height, unplaced)


def silhouette(context: Context, width: float, max_height: float) -> Drawing | None:
    """The territory's outline in white over a dark ground, with its structures as points of light."""
    land, lines = _land(context.geography, departements_of(context))
    if not land:
        return None
    frame = fitted(land, width, max_height, margin=4)
    body = [
        drawing.path(
            drawing.path_data(frame.rings(land), closed=True, grid=2), fill="#1d8089", stroke="#2f939b", width=1.4
        ),
        drawing.path(drawing.path_data(frame.rings(lines), closed=False, grid=2), stroke="#bfe3e3", width=5),
    ]
    if len(context.structures) <= LIGHTS_MOST:
        radius = SIGN_RADIUS * 0.95
        signs, _ = placed(context.geography, frame, context.structures, radius)
        body += marked(signs, _lights(context), radius, edge="#004b52")
    alt = f"Silhouette : {context.territory.name}."
    return Drawing(drawing.svg(frame.width, frame.height, body), frame.width, frame.height, alt)


def _lights(context: Context) -> dict[str, tuple[str, str]]:
    return {
        kind: (shape, ("#ffffff", "#f7b183", "#cfe3e6")[rank % 3])
        for rank, (kind, (shape, _)) in enumerate(type_signs(context).items())
    }


def _land(geography: Geography, codes: Sequence[str]) -> tuple[list[Ring], list[Ring]]:
    """(areas to fill, lines to stress). Communes for one or two départements, else outlines of départements.

    Overseas there are outlines of départements only; beside others they stand in their insets.
    """
    if len(codes) <= SEVERAL:
        rings = {code: geography.commune_rings(code) for code in codes}
        if all(rings.values()):
            return [ring for group in rings.values() for ring in group], [
                line for group in rings.values() for line in outer_lines(group)
            ]
    kept = [ring for outline in geography.departements if outline.code in codes for ring in outline.rings]
    return kept, kept
