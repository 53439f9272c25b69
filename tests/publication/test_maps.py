import pytest
from hypothesis import given
from hypothesis import strategies as st

from publication.cartography import shade_classes
from publication.geography import Geography, lambert93, outer_lines
from publication.trend import Reading, runs_between_breaks


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
