"""The vendored geography: outlines in Lambert 93 and where each commune lies (see assets/geo/README.md)."""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from registry.communes import COMMUNES

ASSETS = Path(__file__).parents[1] / "assets" / "geo"

_ARRONDISSEMENT = re.compile(r" \d+e?r? Arrondissement$")

Point = tuple[float, float]
Ring = list[Point]


def lambert93(longitude: float, latitude: float) -> Point:
    """Degrees (RGF93) → metres in Lambert 93. Formulas and constants: IGN, note technique NTG 71."""
    eccentricity, exponent, scale = 0.0818191910428158, 0.7256077650532670, 11754255.4260960
    false_easting, false_northing, origin = 700000.0, 12655612.0498760, math.radians(3)
    phi = math.radians(latitude)
    sine = eccentricity * math.sin(phi)
    isometric = math.atanh(math.sin(phi)) - eccentricity * math.atanh(sine)
    radius = scale * math.exp(-exponent * isometric)
    angle = exponent * (math.radians(longitude) - origin)
    return false_easting + radius * math.sin(angle), false_northing - radius * math.cos(angle)


def departement_of_commune(code: str) -> str:
    """The département of a commune's code: three characters overseas, two elsewhere."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


@dataclass(frozen=True)
class Outline:
    """The outline of a département on the national map; `inset` when it was moved and scaled."""

    code: str
    inset: bool
    rings: list[Ring]


class Geography:
    """Read at first use, once. Every code is text, from the code officiel géographique named in the assets' README."""

    @cached_property
    def _positions(self) -> dict[str, tuple[float, float]]:
        """Degrees by code. An arrondissement of a large city has no point of its own: it takes the city's."""
        with gzip.open(COMMUNES, "rt", encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        known = {
            row["commune_code"]: (float(row["longitude"]), float(row["latitude"])) for row in rows if row["longitude"]
        }
        cities = {(row["departement_code"], row["commune_name"]): row["commune_code"] for row in rows}
        for row in rows:
            city = cities.get((row["departement_code"], _ARRONDISSEMENT.sub("", row["commune_name"])), "")
            if not row["longitude"] and city in known:
                known[row["commune_code"]] = known[city]
        return known

    @cached_property
    def _commune_lines(self) -> dict[str, list[str]]:
        """The lines of the commune file by département, not yet parsed: a release rarely needs them all."""
        lines: dict[str, list[str]] = defaultdict(list)
        mark = '"dep":"'
        with gzip.open(ASSETS / "communes_l93.geojson.gz", "rt", encoding="utf-8") as features:
            for line in features:
                start = line.find(mark)
                if start > 0:
                    start += len(mark)
                    lines[line[start : line.index('"', start)]].append(line)
        return lines

    @cached_property
    def _last_rings(self) -> dict[str, list[Ring]]:
        return {}

    @cached_property
    def departements(self) -> list[Outline]:
        """Every département, for the national map."""
        with gzip.open(ASSETS / "departements_insets_l93.geojson.gz", "rt", encoding="utf-8") as file:
            features = json.load(file)["features"]
        return [
            Outline(feature["properties"]["dep"], feature["properties"]["inset"], _rings(feature["geometry"]))
            for feature in features
        ]

    @cached_property
    def _insets(self) -> dict[str, tuple[float, ...]]:
        with (ASSETS / "insets.csv").open(encoding="utf-8", newline="") as lines:
            rows = [list(row.values()) for row in csv.DictReader(lines)]
        return {code: tuple(map(float, numbers)) for code, *numbers in rows}

    def position(self, commune: str) -> Point | None:
        """Where a point inside the commune falls on the outlines; None for a code that the vintage doesn't hold.

        Metres in Lambert 93 in metropolitan France; overseas a place of the département's inset on the national map.
        """
        degrees = self._positions.get(commune)
        if degrees is None:
            return None
        inset = self._insets.get(departement_of_commune(commune))
        if inset is None:
            return lambert93(*degrees)
        longitude, latitude, x, y, east, north = inset
        return x + (degrees[0] - longitude) * east, y + (degrees[1] - latitude) * north

    def commune_rings(self, departement: str) -> list[Ring]:
        """The outlines of the communes of a metropolitan département; none overseas. The last ones are kept."""
        if departement not in self._last_rings:
            lines = self._commune_lines.get(departement, [])
            features = json.loads("[" + ",".join(line.rstrip().rstrip(",") for line in lines) + "]")
            self._last_rings.clear()
            self._last_rings[departement] = [ring for feature in features for ring in _rings(feature["geometry"])]
        return self._last_rings[departement]


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]


def outer_lines(rings: list[Ring]) -> list[Ring]:
    """The border of polygons that share their edges exactly: the edges that belong to one of them only, joined up."""
    edges: Counter[tuple[Point, Point]] = Counter()
    for ring in rings:
        for start, end in pairwise(ring):
            edges[(start, end) if start < end else (end, start)] += 1
    neighbours: dict[Point, list[Point]] = defaultdict(list)
    for (start, end), count in edges.items():
        if count == 1:
            neighbours[start].append(end)
            neighbours[end].append(start)
    lines: list[Ring] = []
    for first in neighbours:
        while neighbours[first]:
            line, point = [first], first
            while neighbours[point]:
                following = neighbours[point].pop()
                neighbours[following].remove(point)
                line.append(following)
                point = following
            lines.append(line)
    return lines
