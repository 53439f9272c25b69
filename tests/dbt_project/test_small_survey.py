"""The whole dbt project on a survey small enough to check by hand, and not SENACS's: see small_survey.py."""

from __future__ import annotations

from decimal import Decimal

from tests.dbt_project.conftest import Built

FIGURE = "select value_rounded, numerator, denominator, n_respondents, n_agreed, n_solicited, n_responded from figures"


def figure(
    built: Built, campaign: int, territory: str, kind: str, indicator: str, breakdown: str = ""
) -> tuple[float, ...]:
    rows = built.project.rows(
        f"{FIGURE} where campaign = {campaign} and territory_id = '{territory}' and structure_type = '{kind}' "
        f"and indicator = '{indicator}' and breakdown = '{breakdown}'"
    )
    assert len(rows) == 1
    return tuple(None if cell is None else float(cell) for cell in rows[0])


def test_every_model_builds_and_every_test_passes_or_warns(built: Built) -> None:
    statuses = {
        name: str(result.status)
        for name, result in built.results.items()
        if result.node.resource_type != "exposure"  # an exposure names a publication: there is nothing to run
    }
    assert {name: status for name, status in statuses.items() if status not in ("success", "pass")} == {
        "frames_name_known_territories": "warn",
        "indicators_have_figures": "warn",
    }
    assert built.project.rows("from test_failures.indicators_have_figures") == [(2031, "CS", "budget_mean")]


def test_unit_tests_of_the_difficult_formulas_run(built: Built) -> None:
    unit_tests = {name for name, result in built.results.items() if result.node.resource_type == "unit_test"}
    assert "figures_round_half_away_from_zero" in unit_tests
    assert "members_follow_the_vintage_of_the_campaign" in unit_tests


def test_a_sum_has_its_n_and_leaves_out_answers_replaced_or_unknown(built: Built) -> None:
    assert figure(built, 2032, "FR", "CS", "helpers_total") == (10, 10, None, 1, 2, 2, 2)
    assert figure(built, 2032, "FR", "ALL", "helpers_total") == (14, 14, None, 2, 4, 3, 3)
    assert figure(built, 2031, "FR", "CS", "helpers_total") == (7, 7, None, 1, 2, 2, 1)


def test_a_mean_on_a_tie_of_cents_is_rounded_away_from_zero(built: Built) -> None:
    assert figure(built, 2032, "FR", "CS", "budget_mean")[:4] == (1000.51, 2001.01, 2, 2)


def test_a_share_of_a_multi_choice_question_is_over_those_who_answered_it(built: Built) -> None:
    assert figure(built, 2032, "FR", "CS", "topics_share", "art")[:4] == (50, 1, 2, 2)
    assert figure(built, 2032, "FR", "CS", "topics_share", "sport")[:4] == (100, 2, 2, 2)


def test_a_variable_never_released_is_in_figures_but_in_no_mart(built: Built) -> None:
    assert figure(built, 2032, "FR", "ALL", "cost_total")[0] == 50000
    columns = built.project.rows("select table_name, column_name from information_schema.columns")
    holders = {table for table, column in columns if column.startswith("hidden_cost")}
    assert holders == {"stg_returns__answers_wide", "int_returns__completed"}


def test_free_text_is_in_no_table_at_all(built: Built) -> None:
    assert built.project.rows("select 1 from information_schema.columns where column_name like 'remarks%'") == []


def test_frame_figures_are_given_where_nobody_responded(built: Built) -> None:
    assert figure(built, 2032, "DEP-59", "EVS", "response_rate") == (0, 0, 1, 0, 1, 1, 0)
    assert built.project.rows("select 1 from figures where kind = 'sum' and n_respondents = 0") == []


def test_no_figure_where_nobody_answered_the_question(built: Built) -> None:
    assert built.project.rows("select 1 from figures where campaign = 2031 and indicator = 'budget_mean'") == []


def test_regions_hold_the_campaigns_of_their_vintage(built: Built) -> None:
    rows = built.project.rows(
        "select distinct campaign, territory_id from bridge_territory_structure "
        "where territory_id like 'REG-%' order by all"
    )
    assert rows == [(2031, "REG-OLD"), (2032, "REG-NEW")]


def test_types_are_not_added_up_where_the_level_says_so(built: Built) -> None:
    rows = built.project.rows(
        "select distinct structure_type from figures where campaign = 2032 and level = 'focus' order by all"
    )
    assert rows == [("CS",), ("EVS",)]


def test_territories_that_only_a_frame_names_have_their_figures(built: Built) -> None:
    assert figure(built, 2032, "federation:B", "CS", "agreed")[0] == 1
    assert figure(built, 2032, "focus:HILL", "EVS", "agreed")[0] == 1


def test_statuses_say_why_a_value_is_missing(built: Built) -> None:
    rows = built.project.rows(
        "select campaign, structure_id, helpers, helpers__status, regulars__status, people, people__status "
        "from fct_volunteers order by all"
    )
    assert rows == [
        (2031, "CS-1", 7, "derived", "declared", 19, "derived"),
        (2032, "CS-1", 10, "declared", "not_asked", 15, "derived"),
        (2032, "CS-2", None, "dont_know", "not_asked", None, "derived"),
        (2032, "EVS-1", 4, "declared", "not_asked", None, "not_asked"),
    ]
    assert built.project.rows("select structure_id, budget, budget__status from fct_finances order by all") == [
        ("CS-1", Decimal("1000.25"), "declared"),
        ("CS-1", None, "refused"),
        ("CS-2", Decimal("1000.76"), "declared"),
        ("EVS-1", None, "not_applicable"),
    ]


def test_options_are_zero_or_one_where_the_question_was_answered(built: Built) -> None:
    rows = built.project.rows(
        "select structure_id, topics__art, topics__sport, topics__status, opened_on::varchar "
        "from fct_actions where campaign = 2032 order by all"
    )
    assert rows == [
        ("CS-1", 1, 1, "declared", "1998-09-01"),
        ("CS-2", 0, 1, "declared", None),
        ("EVS-1", None, None, "not_applicable", None),
    ]


def test_centres_are_the_frame_with_their_response(built: Built) -> None:
    rows = built.project.rows(
        "select campaign, structure_id, response_status, is_complete, key_items_answered, sender, fcsf_member, "
        "fcsf_member_declared, title from fct_centres order by all"
    )
    assert rows == [
        (2031, "CS-1", "responded", 1, 2, "fede-a", 1, 0, "La Source"),
        (2031, "CS-2", "incomplete", 0, None, "fede-a", 1, None, None),
        (2032, "CS-1", "responded", 1, 3, "fede-a", 1, None, None),
        (2032, "CS-2", "responded", 1, 2, "caf-59", 1, None, None),
        (2032, "EVS-1", "responded", 0, 1, "fede-a", 1, None, None),
        (2032, "EVS-2", "no_response", 0, None, None, 1, None, None),
    ]


def test_every_data_test_names_its_owner_and_the_next_step(built: Built) -> None:
    tests = [result.node for result in built.results.values() if result.node.resource_type == "test"]
    assert len(tests) > 30
    assert [node.name for node in tests if not {"owner", "next_step"} <= node.config.meta.keys()] == []


def test_every_model_and_every_contracted_column_is_described(built: Built) -> None:
    models = [result.node for result in built.results.values() if result.node.resource_type == "model"]
    assert [node.name for node in models if "Grain:" not in node.description] == []
    contracted = [node for node in models if node.config.contract.enforced]
    handed_over = {node.name for node in models if node.path.startswith(("marts/", "quality/"))} | {"figures"}
    assert handed_over == {node.name for node in contracted}
    assert [
        (node.name, column.name) for node in contracted for column in node.columns.values() if not column.description
    ] == []


def test_each_treatment_of_non_response_has_its_figure_beside_the_unadjusted_one(built: Built) -> None:
    rows = built.project.rows(
        "select weighting, imputed, mode, numerator, n_respondents, n_imputed, weights_sum, weight_max "
        "from figures_adjusted where territory_id = 'FR' and structure_type = 'ALL' order by weighting, imputed"
    )
    assert rows == [
        ("by_type", False, "ratio", 10 * 1 + 4 * Decimal("1.5"), 2, 0, 2.5, 1.5),
        ("by_type", True, "ratio", 10 * 1 + 6 * 2 + 4 * Decimal("1.5"), 2, 1, 4.5, 2.0),
        ("none", False, "none", 14, 2, 0, 2.0, 1.0),
        ("none", True, "none", 20, 2, 1, 3.0, 1.0),
    ]


def test_weights_and_imputed_values_leave_the_published_figures_and_facts_alone(built: Built) -> None:
    assert built.project.rows("select distinct mode, n_imputed from figures") == [("none", 0)]
    assert built.project.rows("select 1 from fct_volunteers where helpers__status = 'imputed'") == []
    assert built.project.rows(
        "select helpers, helpers__status from int_returns__completed where structure_id = 'CS-2' and campaign = 2032"
    ) == [(6, "imputed")]


def test_what_is_derived_from_an_imputed_value_is_computed_again(built: Built) -> None:
    assert built.project.rows(
        "select people from int_returns__completed where structure_id = 'CS-2' and campaign = 2032"
    ) == [(9,)]
