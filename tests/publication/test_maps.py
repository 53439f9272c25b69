import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publication.candidate import Structure
from publication.drawing.cartography import Frame, Sign, shade_classes
from publication.drawing.geography import Geography, departement_of_commune, lambert93, outer_lines
from publication.drawing.trend import Reading, runs_between_breaks
from publication.plaquettes.map_names import commune_names
from registry.communes import commune_names as official_names


def test_lambert_93_has_its_origin_where_ign_says() -> None:
    assert lambert93(3.0, 46.5) == pytest.approx((700_000, 6_600_000), abs=0.01)


def test_lambert_93_of_a_commune_falls_inside_its_departement() -> None:
    geography = Geography()
    rings = geography.commune_rings("62")
    x, y = geography.position("62041") or (0, 0)
    assert min(px for ring in rings for px, _ in ring) < x < max(px for ring in rings for px, _ in ring)
    assert min(py for ring in rings for _, py in ring) < y < max(py for ring in rings for _, py in ring)


def test_overseas_has_no_outlines_and_an_unknown_commune_no_place() -> None:
    geography = Geography()
    assert geography.commune_rings("974") == []
    assert geography.position("00000") is None
    assert len(geography.departements) == 101


@pytest.mark.parametrize("code", ["971", "972", "973", "974", "976"])
def test_overseas_communes_stand_on_the_inset_of_their_departement(code: str) -> None:
    geography = Geography()
    (outline,) = [outline for outline in geography.departements if outline.code == code]
    xs, ys = zip(*(point for ring in outline.rings for point in ring), strict=True)
    communes = [commune for commune in official_names() if departement_of_commune(commune) == code]
    places = [place for commune in communes if (place := geography.position(commune)) is not None]
    assert len(places) >= 17
    assert all(min(xs) < x < max(xs) and min(ys) < y < max(ys) for x, y in places)


def test_an_arrondissement_stands_in_its_city() -> None:
    geography = Geography()
    assert geography.position("13201") == geography.position("13055")
    assert geography.position("75101") == geography.position("75056") is not None


def structure(commune: str, rank: int) -> Structure:
    return Structure(f"S{rank}", "CS", f"Centre {rank}", "62041", commune, "")


def test_names_of_communes_cover_neither_signs_nor_each_other_and_the_largest_come_first() -> None:
    frame = Frame(0, 1000, 1.0, 100, 100, 0)
    many = [
        Sign(structure(f"Ville {rank // 5}", rank), 150 + 90 * (rank % 10), 80 + 35 * (rank // 10))
        for rank in range(60)
    ]
    alone = [Sign(structure("Seule", 900), 500, 900)]
    texts = commune_names([*many, *alone], frame, 12)
    assert any(">Seule<" in text for text in texts)
    places = [tuple(map(float, re.findall(r'[xy]="([\d.-]+)"', text))) for text in texts]
    assert len(places) == len(set(places)) > 1
    signs = [(one.x, one.y) for one in (*many, *alone)]
    assert not any(x < sx < x + 30 and y - 20 < sy < y for x, y in places for sx, sy in signs)


@given(st.integers(1, 6), st.integers(1, 6))
def test_the_border_of_a_grid_of_squares_is_its_rectangle(columns: int, rows: int) -> None:
    squares = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)] for x in range(columns) for y in range(rows)]
    (border,) = outer_lines([[(float(x), float(y)) for x, y in square] for square in squares])
    assert border[0] == border[-1]
    assert len(border) - 1 == 2 * (columns + rows)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 5))
def test_shades_hold_every_value_once_and_equal_values_together(values: list[int], count: int) -> None:
    classes = shade_classes(values, count)
    assert 1 <= len(classes) <= count
    assert all(sum(low <= value <= high for low, high in classes) == 1 for value in values)


@given(st.lists(st.integers(2000, 2030), unique=True, min_size=1), st.lists(st.integers(2000, 2030), unique=True))
def test_no_stretch_of_a_line_contains_a_break(years: list[int], breaks: list[int]) -> None:
    stretches = runs_between_breaks([Reading(year, 1.0, "1") for year in years], breaks)
    assert [reading.year for stretch in stretches for reading in stretch] == sorted(years)
    for stretch in stretches:
        assert not any(stretch[0].year < year <= stretch[-1].year for year in breaks)
