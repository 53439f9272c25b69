"""Every check is seen failing, on a candidate with the one fault it is meant for, and passing without it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from gate_candidate import rewrite
from planted_faults import CAMPAIGN, FAULTS, SETTINGS, TODAY, failure, figure, only, spoil

from expectations.gate import judge


def test_every_check_has_its_fault() -> None:
    assert set(FAULTS) == {check.id for check in SETTINGS.checks} - {"waivers_serve"}


@pytest.mark.parametrize("check_id", FAULTS)
def test_a_fault_is_caught_by_the_check_meant_for_it(candidate: Path, check_id: str) -> None:
    fault = FAULTS[check_id]
    spoil(candidate, fault)

    verdict = judge(candidate, CAMPAIGN, settings=only(check_id, fault.thresholds), today=TODAY)

    caught = failure(verdict, fault.scope)
    assert caught.error is None
    assert caught.id == check_id
    assert verdict.outcome == fault.outcome
    assert caught.rows and caught.row_lines and caught.rows_total >= len(caught.row_lines)
    assert caught.next_step_fr and caught.owner
    assert "nd" not in (caught.observed, caught.expected)


@pytest.mark.parametrize("check_id", FAULTS)
def test_the_same_check_passes_without_the_fault(candidate: Path, check_id: str) -> None:
    verdict = judge(candidate, CAMPAIGN, settings=only(check_id), today=TODAY)

    assert [check.passed for check in verdict.checks] == [True], verdict.checks[0].observed
    assert verdict.outcome == "publishable"


def test_a_silent_territory_loses_its_own_publication_only(candidate: Path) -> None:
    spoil(candidate, FAULTS["territory_silent"])

    verdict = judge(candidate, CAMPAIGN, settings=only("territory_silent"), today=TODAY)

    assert verdict.publications["DEP-04"] == "blocked"
    assert verdict.publications["DEP-62"] == verdict.publications["FR"] == "publishable"


@pytest.mark.parametrize(
    ("column", "indicator", "territory"),
    [
        ("numerator", "fte_mean", "DEP-62"),
        ("denominator", "family_referent_share", "FR"),
        ("n_respondents", "fte_total", "REG-53-2016"),
    ],
)
def test_parts_are_compared_with_their_whole_in_means_shares_and_regions_too(
    candidate: Path, column: str, indicator: str, territory: str
) -> None:
    spoil(candidate, figure(f"{column} = {column} + 1", f"territory_id = '{territory}' and indicator = '{indicator}'"))

    verdict = judge(candidate, CAMPAIGN, settings=only("nation_is_sum_of_territories"), today=TODAY)

    assert failure(verdict).row_lines[0].startswith(("France", "Bretagne", "Hauts-de-France"))


def test_a_sender_of_the_list_is_awaited_in_its_first_campaign(candidate: Path) -> None:
    away = "case when campaign = 2019 and sender = 'fcsb' then 0 else responded end as responded"
    rewrite(candidate, "marts/fct_centres", f"select * replace ({away}) from old")

    absent = failure(judge(candidate, CAMPAIGN, settings=only("sender_absent"), today=TODAY))

    assert "Fédération des centres sociaux de Bretagne (fcsb)" in " ".join(absent.row_lines)


@pytest.mark.parametrize(
    "text",
    ["jean.martin@caf.fr", "appeler le 06.12.34.56.78", "Voir avec M. DURAND", "Madame Sophie Durand",
     "1 85 05 78 006 084 91", "185057800608491", "FR76 3000 6000 0112 3456 7890 189"],
)  # fmt: skip
def test_personal_data_in_an_answer_is_found_and_never_shown(candidate: Path, text: str) -> None:
    rewrite(candidate, "marts/fct_staff", f"select *, '{text}' as note from old")

    found = failure(judge(candidate, CAMPAIGN, settings=only("personal_texts"), today=TODAY))

    assert text not in str(found)


@pytest.mark.parametrize("text", ["78456123400012", "Centre Madame Curie", "M3 2019", "rue du Docteur-Roux"])
def test_the_public_list_may_bear_names(candidate: Path, text: str) -> None:
    rewrite(candidate, "marts/dim_structure", f"select * replace ('{text}' as name) from old")

    assert judge(candidate, CAMPAIGN, settings=only("personal_texts"), today=TODAY).outcome == "publishable"


def test_a_drift_of_the_nation_leaves_the_departements_alone(candidate: Path) -> None:
    spoil(candidate, FAULTS["drift_total"])

    verdict = judge(candidate, CAMPAIGN, settings=only("drift_total"), today=TODAY)

    assert verdict.publications["FR"] == "blocked"
    assert verdict.publications["DEP-62"] == "publishable"


def test_an_unmapped_column_blocks_every_publication_and_names_its_cell(candidate: Path) -> None:
    spoil(candidate, FAULTS["unmapped_columns"])

    verdict = judge(candidate, CAMPAIGN, settings=only("unmapped_columns"), today=TODAY)

    assert set(verdict.publications.values()) == {"blocked"}
    assert "ZZ3" in failure(verdict).row_lines[0] and "Remarques du bureau" in failure(verdict).row_lines[0]


def test_a_wrong_column_blocks_the_nation_and_the_territories_of_its_sender(candidate: Path) -> None:
    spoil(candidate, FAULTS["guard_block"])
    both = dataclasses.replace(
        SETTINGS, checks=tuple(check for check in SETTINGS.checks if check.id.startswith("guard_block")), waivers=()
    )

    verdict = judge(candidate, CAMPAIGN, settings=both, today=TODAY)

    assert verdict.publications["FR"] == verdict.publications["DEP-13"] == "blocked"
    assert verdict.publications["DEP-62"] == verdict.publications["DEP-35"] == "publishable"
    (line,) = verdict.blocking[0].row_lines
    assert "Montants en milliers" in line and "0a1b2c3d4e5f" in line


def test_a_column_that_nobody_filled_asks_for_no_decision(candidate: Path) -> None:
    rewrite(candidate, "intake/unmapped", "select * replace (false as acknowledged, 0 as filled) from old")

    verdict = judge(candidate, CAMPAIGN, settings=only("unmapped_columns"), today=TODAY)

    assert verdict.outcome == "publishable"
