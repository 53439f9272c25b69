"""The figures that the interactive map shows: one value per département, of the last campaign that has some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.french import typographic
from publication.documents.plans import House
from publication.site.numbers import ALL_TYPES, Numbers, Place

FEWEST = 2


def mapped_figures(
    numbers: Numbers, departements: Iterable[Place], families: Mapping[str, str], house: House
) -> dict[str, Any]:
    """places: (name, address) by code. types: label by structure type. figures: a line per indicator and structure type
    with its id, label, family, type, data year, words of its base, and (value or None where hidden, text) by code.

    An indicator in parts has no single value and isn't there; nor is one known in fewer than `FEWEST` départements.
    """
    codes = {place.territory_id: place for place in departements}
    known: dict[tuple[str, str, int], dict[str, list[Any]]] = defaultdict(dict)
    for (territory, kind, name, part, campaign), shown in numbers.figures.items():
        if territory in codes and not part and name in numbers.indicators:
            value = None if shown.hidden else float(shown.source)
            known[name, kind, campaign][codes[territory].code] = [value, shown.text]
    lines = []
    for indicator in numbers.indicators.values():
        for kind in (*numbers.structure_types, ALL_TYPES):
            for campaign in sorted(numbers.campaigns, reverse=True):
                values = known.get((indicator.indicator, kind, campaign), {})
                if sum(value is not None for value, _ in values.values()) >= FEWEST:
                    base = house.bases.get(indicator.base_label, house.base_otherwise)
                    lines.append(
                        {
                            "id": indicator.indicator,
                            "label": typographic(indicator.label),
                            "family": families.get(indicator.family, ""),
                            "type": kind,
                            "year": numbers.campaigns[campaign],
                            "base": typographic(base.replace("{n} ", "les structures ")),
                            "values": values,
                        }
                    )
                    break
    return {
        "places": {place.code: [place.name, place.address] for place in codes.values()},
        "types": {**numbers.structure_types, ALL_TYPES: "Toutes les structures"},
        "figures": lines,
    }
