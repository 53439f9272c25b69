"""The pattern that hides figures, against the audit that shares no code with it."""

from collections.abc import Iterable
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from expectations.disclosure.audit import audited
from methods.disclosure.amounts import Amounts
from methods.disclosure.earlier import Earlier, Told
from methods.disclosure.pattern import Pattern
from methods.disclosure.states import PRIMARY, PUBLISHED, SECONDARY, UNREVISED
from tests.publication.disclosure_tables import LEVELS, changed, pattern_of, released, survey, vintage_of, without

NATION = {"F": range(9), "D1": [0], "D2": [1, 2, 3, 4], "D3": [5, 6, 7, 8]}
AMOUNTS = {"x": [7, 20, 21, 22, 23, 30, 31, 32, 33]}


def hidden_places(pattern: Pattern, state: str | None = None) -> set[str]:
    wanted = (PRIMARY, SECONDARY) if state is None else (state,)
    return {row.territories for row in pattern.cell_rows() if row.state in wanted}


def states_of(pattern: Pattern) -> dict[str, str]:
    return dict(zip(pattern.amounts.figures.territory.tolist(), pattern.states()[0].tolist(), strict=True))


def said_before(amounts: dict[str, int], respondents: Iterable[int]) -> Earlier:
    """A vintage that told the quantity x of some territories."""
    levels = {territory: LEVELS[territory[0]] for territory in amounts}
    told = {
        (levels[territory], territory, "CS", "x", "", "numerator"): Told(Decimal(amount), 0)
        for territory, amount in amounts.items()
    }
    return Earlier(told, frozenset(), {}, (frozenset(f"S{row}" for row in respondents),))


def rules_met(pattern: Pattern) -> set[str]:
    return {row.rule for row in pattern.cell_rows() if row.state == PRIMARY}


def narrow(amounts: Amounts, pattern: Pattern, *, primary_only: bool = False) -> list[str]:
    intervals = audited(released(amounts, pattern, primary_only=primary_only))
    return [interval.territories for interval in intervals if interval.is_too_narrow]


def test_a_cell_of_one_structure_is_hidden_and_another_with_it() -> None:
    pattern = pattern_of(survey(AMOUNTS, NATION))
    assert hidden_places(pattern, PRIMARY) == {"D1"}
    assert len(hidden_places(pattern, SECONDARY)) == 1
    assert "F" not in hidden_places(pattern)


def test_the_audit_blocks_a_cell_that_its_margins_tell() -> None:
    amounts = survey(AMOUNTS, NATION)
    pattern = pattern_of(amounts)
    assert narrow(amounts, pattern, primary_only=True) == ["D1"]
    assert narrow(amounts, pattern) == []
    recomputed = next(i for i in audited(released(amounts, pattern, primary_only=True)))
    assert abs(recomputed.low - 7) < 1e-6 and abs(recomputed.high - 7) < 1e-6


def test_contributors_are_managers_not_structures() -> None:
    one_manager = pattern_of(survey(AMOUNTS, NATION, managers=[0, 1, 1, 2, 2, 3, 4, 5, 6]))
    assert hidden_places(one_manager, PRIMARY) == {"D1", "D2"}


def test_a_dominant_contributor_and_one_that_the_second_could_tell_are_hidden() -> None:
    dominated = pattern_of(
        survey({"x": [90, 5, 3, 2, 30, 31, 32, 33]}, {"F": range(8), "D1": range(4), "D2": range(4, 8)})
    )
    assert rules_met(dominated) == {"dominance"}
    guessed = pattern_of(survey({"x": [60, 50, 5, 30, 31, 32]}, {"F": range(6), "D1": range(3), "D2": range(3, 6)}))
    assert rules_met(guessed) == {"p_percent"}


def test_a_small_count_of_persons_is_hidden_and_one_of_structures_is_not() -> None:
    answers = {"x": [1, 1, 1, 30, 31, 32, 40, 41, 42]}
    places = {"F": range(9), "D1": range(3), "D2": range(3, 6), "D3": range(6, 9)}
    persons = pattern_of(survey(answers, places, unit="persons"))
    assert rules_met(persons) == {"small_count"}
    structures = pattern_of(survey({"x": [1, 0, 0, 1, 1, 1, 1, 1, 1]}, places, kind="count", unit="structures"))
    assert not structures.hidden.any()


def test_what_two_overlapping_territories_do_not_share_is_protected() -> None:
    """The union holds the département but for one structure: their difference is its answer."""
    places = {"F": range(12), "D1": range(4), "U1": range(3), "D2": range(4, 8), "D3": range(8, 12)}
    amounts = survey({"x": [21, 22, 23, 24, 30, 31, 32, 33, 40, 41, 42, 43]}, places)
    pattern = pattern_of(amounts)
    assert hidden_places(pattern) & {"D1", "U1"}
    assert narrow(amounts, pattern) == []


def test_what_was_published_is_not_hidden_again_and_its_neighbours_are_not_either() -> None:
    amounts = survey(AMOUNTS, NATION)
    pattern = pattern_of(amounts, said_before({"D1": 7}, range(9)))
    assert not pattern.hidden.any()
    state, rule, *_ = pattern.states()
    of = amounts.figures.territory.tolist().index("D1")
    assert (state[of], rule[of]) == (PUBLISHED, "already_published")


def test_a_change_that_rests_on_one_late_return_is_not_told() -> None:
    """The nation changed by what the late structure answered: it says the same as before, and so does D3."""
    territories = {"F": range(12), "D1": range(4), "D2": range(4, 8), "D3": range(8, 12)}
    amounts = survey({"x": [21, 22, 23, 24, 30, 31, 32, 33, 40, 41, 42, 43]}, territories)
    before = said_before({"F": 382 - 43, "D1": 90, "D2": 126, "D3": 166 - 43}, range(11))
    pattern = pattern_of(amounts, before)
    assert states_of(pattern) == {"F": UNREVISED, "D1": PUBLISHED, "D2": PUBLISHED, "D3": UNREVISED}
    told = pattern_of(amounts, before, revisions=False)
    assert set(states_of(told).values()) == {PUBLISHED}


def test_a_change_that_rests_on_many_is_told_and_what_it_leaves_of_others_is_not() -> None:
    """Three late returns in D1 and one in D2: telling both the nation and D1 anew would tell the one in D2."""
    territories = {"F": range(12), "D1": range(6), "D2": range(6, 9), "D3": range(9, 12)}
    amounts = survey({"x": [20, 21, 22, 23, 24, 25, 30, 31, 32, 40, 41, 42]}, territories)
    before = said_before({"F": 351 - 72 - 32, "D1": 63, "D2": 61, "D3": 123}, [0, 1, 2, 6, 7, 9, 10, 11])
    states = states_of(pattern_of(amounts, before))
    assert states["D2"] == UNREVISED and states["D3"] == PUBLISHED
    assert {states["F"], states["D1"]} == {UNREVISED, PUBLISHED}


def test_a_correction_that_no_return_explains_counts_as_one_structure() -> None:
    territories = {"F": range(8), "D1": range(4), "D2": range(4, 8)}
    amounts = survey({"x": [21, 22, 23, 24, 30, 31, 32, 33]}, territories)
    states = states_of(pattern_of(amounts, said_before({"F": 210, "D1": 84, "D2": 126}, range(8))))
    assert states == {"F": UNREVISED, "D1": UNREVISED, "D2": PUBLISHED}


structures = st.integers(min_value=0, max_value=60)


@st.composite
def hierarchies(draw: st.DrawFn) -> Amounts:
    """A nation of two or three regions of two to four départements with a few structures of two types each, a union
    of some of them across all that, and one quantity or a breakdown in two."""
    territories: dict[str, list[int]] = {"F": []}
    count = 0
    for region in range(draw(st.integers(2, 3))):
        for departement in range(draw(st.integers(2, 4))):
            size = draw(st.integers(1, 6))
            inside = list(range(count, count + size))
            count += size
            territories[f"D{region}{departement}"] = inside
            territories.setdefault(f"R{region}", []).extend(inside)
            territories["F"].extend(inside)
    territories["U"] = draw(st.lists(st.integers(0, count - 1), min_size=1, unique=True).map(sorted))
    types = draw(st.lists(st.sampled_from(["CS", "EVS"]), min_size=count, max_size=count))
    first = draw(st.lists(structures, min_size=count, max_size=count))
    answers = {"a": first}
    if draw(st.booleans()):
        second = draw(st.lists(structures, min_size=count, max_size=count))
        answers = {"a": first, "b": second, "total": [x + y for x, y in zip(first, second, strict=True)]}
    return survey(answers, territories, types=types)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hierarchies())
def test_the_pattern_passes_the_audit(amounts: Amounts) -> None:
    pattern = pattern_of(amounts)
    assert narrow(amounts, pattern) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hierarchies(), st.data())
def test_what_late_returns_change_can_t_be_recomputed_from_two_vintages(amounts: Amounts, data: st.DataObject) -> None:
    late = data.draw(st.lists(st.integers(0, len(amounts.types) - 1), min_size=1, max_size=6, unique=True))
    assume(len(late) < len(amounts.types))
    first = without(amounts, late)
    second = pattern_of(amounts, vintage_of(first, pattern_of(first)))
    assert [i.territories for i in audited(changed(second)) if i.is_too_narrow] == []
    assert narrow(amounts, second) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(2, 4), st.lists(st.integers(20, 60), min_size=12, max_size=12), st.integers(1, 60))
def test_the_sensitive_cell_alone_hidden_is_recomputed(departements: int, answers: list[int], alone: int) -> None:
    territories = {f"D{d}": list(range(1 + 3 * d, 4 + 3 * d)) for d in range(departements)} | {"D9": [0]}
    values = [alone, *answers[: 3 * departements]]
    amounts = survey({"x": values}, territories | {"F": range(len(values))})
    pattern = pattern_of(amounts, p_pct=0.0)
    assume(hidden_places(pattern, PRIMARY) == {"D9"})
    assert narrow(amounts, pattern, primary_only=True) == ["D9"]
    assert narrow(amounts, pattern) == []
