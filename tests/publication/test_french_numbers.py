import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.french import (
    MINUS,
    NARROW_SPACE,
    alphabetical,
    is_plural,
    long_date,
    number,
    rounded,
    short_amount,
    typographic,
)

THIN = NARROW_SPACE


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234567, 0, f"1{THIN}234{THIN}567"),
        (1000.0, 1, f"1{THIN}000,0"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, f"{MINUS}3"),
        (1.005, 2, "1,01"),
        (-0.2, 0, "0"),
        (999, 0, "999"),
        (Decimal("12.3450"), 2, "12,35"),
    ],
)
def test_number_rounds_half_away_from_zero_and_groups_by_three(value: float, decimals: int, written: str) -> None:
    assert number(value, decimals) == written


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4), st.integers(0, 3))
def test_what_is_written_is_the_rounded_value(value: Decimal, decimals: int) -> None:
    written = number(value, decimals).replace(THIN, "").replace(",", ".").replace(MINUS, "-")
    assert Decimal(written) == rounded(value, decimals)
    assert abs(rounded(value, decimals) - value) * 2 <= Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (27_048_323, f"27,0{THIN}M€"),
        (999_500, f"1,0{THIN}M€"),
        (999_499, f"999{THIN}k€"),
        (609_724, f"610{THIN}k€"),
        (999.4, f"999{THIN}€"),
        (-1_500_000, f"{MINUS}1,5{THIN}M€"),
    ],
)
def test_amounts_of_headlines_are_short(value: float, written: str) -> None:
    assert short_amount(value, "€") == written


@pytest.mark.parametrize(
    ("value", "plural"), [(0, False), (1, False), (1.9, False), (2, True), (-1, False), (-2, True)]
)
def test_plural_begins_at_two(value: float, plural: bool) -> None:
    assert is_plural(value) is plural


def test_punctuation_is_tied_by_narrow_spaces() -> None:
    assert typographic("Qui gère l'ensemble ?") == f"Qui gère l’ensemble{THIN}?"
    assert typographic("« 12 % ; 3 € : oui ! »") == f"«{THIN}12{THIN}%{THIN}; 3{THIN}€{THIN}: oui{THIN}!{THIN}»"
    assert typographic("12 k€, 3 M€") == f"12{THIN}k€, 3{THIN}M€"


def test_dates_in_words() -> None:
    assert long_date(dt.date(2027, 3, 1)) == "1er\u00a0mars\u00a02027"
    assert long_date(dt.date(2026, 11, 22)) == "22\u00a0novembre\u00a02026"


def test_an_index_is_sorted_as_french_reads() -> None:
    names = ["Wingles", "Étaples", "Œuf-en-Ternois", "Berck", "Béthune", "Bully-les-Mines"]
    expected = ["Berck", "Béthune", "Bully-les-Mines", "Étaples", "Œuf-en-Ternois", "Wingles"]
    assert sorted(names, key=alphabetical) == expected
