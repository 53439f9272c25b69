"""The gate's SQL against the method written out in plain Python (Hidiroglou and Berthelot, 1986)."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

SHARED = Path(__file__).resolve().parents[2] / "expectations" / "shared"
C, U, A = 20.0, 0.5, 0.05


SETTING_UP = f"""
set variable campaign = 2019;
create macro threshold(name) as
    case name when 'hb_min_pairs' then 30 when 'drift_ratio_min' then 0.333333 when 'drift_ratio_max' then 3 end;
create schema settings;
create table settings.variables as
select 'fte' as variable, 'fte' as indicator, 'ETP' as label_fr, {C} as hb_c, {U} as hb_u, {A} as hb_a,
    null as campaign_from, null as campaign_to;
"""


def flagged_by_the_gate(pairs: list[tuple[float, float]]) -> list[bool]:
    values, earlier_values = zip(*pairs, strict=True)
    with duckdb.connect() as connection:
        connection.execute(SETTING_UP)
        connection.execute(
            "create table pairs as select position as structure_id, 'CS' as structure_type, 'caf' as sender, "
            "'fte' as variable, value, earlier_value from (select unnest(range(?)) as position, "
            "unnest(?::double[]) as value, unnest(?::double[]) as earlier_value)",
            [len(pairs), values, earlier_values],
        )
        connection.execute((SHARED / "judged_pairs.sql").read_text(encoding="utf-8"))
        flags = connection.execute("select flagged from judged_pairs order by structure_id").fetchall()
    return [flag for (flag,) in flags]


def flagged_by_the_book(pairs: list[tuple[float, float]]) -> list[bool]:
    middle_ratio = median(now / before for now, before in pairs)
    effects = []
    for now, before in pairs:
        ratio = now / before
        score = ratio / middle_ratio - 1 if ratio >= middle_ratio else 1 - middle_ratio / ratio
        effects.append(score * max(now, before) ** U)
    low, middle, high = (quantile(effects, q) for q in (0.25, 0.5, 0.75))
    down, up = max(middle - low, abs(A * middle)), max(high - middle, abs(A * middle))
    return [effect < middle - C * down or effect > middle + C * up for effect in effects]


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    position = q * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


@pytest.fixture(scope="module")
def steady() -> list[tuple[float, float]]:
    """Forty centres that grow by 0 to 10 %."""
    return [(10.0 + i + (i % 5) * 0.02 * (10 + i), 10.0 + i) for i in range(40)]


def test_a_centre_that_multiplies_by_ten_stands_out_alone(steady: list[tuple[float, float]]) -> None:
    flags = flagged_by_the_gate([*steady, (500.0, 50.0)])

    assert flags == [False] * 40 + [True]


def test_a_growth_of_all_flags_nobody(steady: list[tuple[float, float]]) -> None:
    assert not any(flagged_by_the_gate([(now * 2, before) for now, before in steady]))


def test_few_pairs_are_held_to_fixed_bounds() -> None:
    assert flagged_by_the_gate([(10, 10), (31, 10), (29, 10), (3, 10), (4, 10)]) == [False, True, False, True, False]


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(
    st.lists(
        st.tuples(st.integers(1, 5000), st.integers(1, 5000)).map(lambda pair: (pair[0] / 4, pair[1] / 4)),
        min_size=30,
        max_size=60,
    )
)
def test_the_gate_follows_the_book(pairs: list[tuple[float, float]]) -> None:
    assert flagged_by_the_gate(pairs) == flagged_by_the_book(pairs)
