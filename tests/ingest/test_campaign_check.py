"""What `senacs campaign check` refuses, and what it lets through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT
from orchestration.dbt.contracts import SECTIONS_OF_FACT
from registry import load_registry
from registry.campaigns import findings_of, new_campaign
from registry.figures import figure_expressions
from registry.model import SECTIONS
from registry.wide import wide_columns
from tests.ingest.campaign_files import (
    CROSSWALK,
    NOT_ASKED,
    add,
    asked,
    drop,
    edit,
    faults,
    indicator,
    reshape,
    rule,
    settle,
    with_2020,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_2020(tmp_path)


def test_a_campaign_made_from_another_is_coherent(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize("campaign", [2011, 2017, 2019])
def test_the_campaigns_that_took_place_are_coherent(campaign: int) -> None:
    assert faults(PROJECT_ROOT / "questionnaires", campaign) == []


def test_a_reshaped_campaign_is_refused_for_the_indicators_of_what_is_gone_and_only_for_them(folder: Path) -> None:
    lines = (reshape(folder) / "indicators.csv").read_text(encoding="utf-8").splitlines()
    numbers = {f"ligne {number} " for number, line in enumerate(lines, start=1) if line.split(",")[0] in NOT_ASKED}
    found = faults(folder)
    assert {fault.split(":")[0].removeprefix("indicators.csv, ") for fault in found} == numbers
    assert faults(settle(folder)) == []


def test_what_deserves_a_look_is_no_fault(folder: Path) -> None:
    findings = findings_of(settle(reshape(folder)), 2020)
    assert findings is not None
    remarks = [str(remark) for remark in findings.remarks]
    assert any("E37 ne peut plus se déclencher en 2020" in remark for remark in remarks)
    assert any("issues n'est pas comparable avec 2019 (modalités changées)" in remark for remark in remarks)


def test_an_indicator_of_both_types_may_lose_one_when_it_is_declared(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,EVS,core,E3.02")
    assert len(faults(folder)) == 2
    add(folder, "breaks.csv", "hosted_associations,2019,2020,,n'est plus demandée aux EVS,équipe,2020-01-15")
    findings = findings_of(folder, 2020)
    assert findings is not None
    assert findings.faults == []
    assert any("hosted_associations_total en 2020 (EVS)" in str(remark) for remark in findings.remarks)


def test_a_variable_may_be_computed_otherwise_from_a_campaign_on(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q7.07")
    add(
        folder,
        CROSSWALK,
        asked("Q7.071", "ETP de direction, 2020", "fte_management", "decimal", 52, "staff"),
        asked("Q7.072", "ETP d'accueil et de secrétariat", "fte_reception", "decimal", 52, "staff"),
    )
    formula = "fte_pilotage,2020,fte_management + fte_reception,staff,decimal,FTE,ETP de pilotage,"
    add(folder, "derived.csv", formula)
    assert faults(folder) == []
    column = [column for column in wide_columns(load_registry(folder)) if column.column == "fte_pilotage"][-1]
    assert column.expression == (
        "case when campaign in (2011, 2017) then (fte_management + fte_reception + fte_secretariat_accounting) "
        "when campaign in (2020) then (fte_management + fte_reception) else fte_pilotage end"
    )
    add(folder, "derived.csv", formula.replace("2020", "2017;2020"))
    assert any("fte_pilotage est déjà calculée en 2017 à la ligne 5 (CS)" in fault for fault in faults(folder))


@pytest.mark.parametrize("source", [2011, 2017])
def test_a_campaign_may_be_made_from_an_old_one(folder: Path, source: int) -> None:
    new_campaign(folder, 2021, source)
    assert faults(folder, 2021) == []


def test_a_parameter_may_change_from_a_campaign_on(folder: Path) -> None:
    edit(
        folder,
        "parameters.csv",
        "volunteer_hourly_rate,12,EUR/hour,2011;2017;2019;2020",
        "volunteer_hourly_rate,12,EUR/hour,2011;2017;2019",
    )
    add(folder, "parameters.csv", "volunteer_hourly_rate,13,EUR/hour,2020,")
    assert faults(folder) == []
    value = {
        line.campaign: line.numerator
        for line in figure_expressions(load_registry(folder))
        if line.indicator == "volunteer_value"
    }
    assert value[2019].endswith("* 12")
    assert value[2020].endswith("* 13")


def test_sections_are_those_that_a_fact_table_holds() -> None:
    assert {section for sections in SECTIONS_OF_FACT.values() for section in sections} == SECTIONS


def test_every_fault_is_told_at_once(folder: Path) -> None:
    without_variable(folder)
    with_an_unknown_option(folder)
    with_an_edit_on_nothing(folder)
    with_an_orphan_indicator(folder)
    found = faults(folder)
    for expected in (
        "« variable » : cellule vide",
        "moon",
        "« nothing » : rien ne le demande",
        "qpv_residents_share n'est ni demandée",
    ):
        assert any(expected in fault for fault in found), expected


def without_variable(folder: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",,decimal")


def with_unknown_variable(folder: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")


def with_two_questions_for_a_variable(folder: Path) -> None:
    add(folder, CROSSWALK, asked("Q7.20", "Combien d'ETP ?", "fte_total", "decimal", 200, "staff"))


def with_an_unknown_option(folder: Path) -> None:
    edit(folder, CROSSWALK, "urban|rural", "urban|moon")


def with_no_option(folder: Path) -> None:
    edit(folder, CROSSWALK, "urban|rural", "")


def with_the_list_of_another_variable(folder: Path) -> None:
    edit(folder, CROSSWALK, "territory_type,urban|rural", "management_mode,association|caf")


def with_an_orphan_indicator(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q4.08")


def with_an_indicator_of_both_types_and_one_asked(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,EVS,core,E3.02")


def with_an_indicator_of_what_nobody_is_asked(folder: Path) -> None:
    add(folder, "indicators.csv", indicator("young", "SUM(young_volunteers_11_17)", "all"))


def with_an_orphan_item(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q7.06")


def with_an_orphan_formula(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q9.03")
    drop(folder, CROSSWALK, "2020,2019,EVS,core,E9.03")


def with_an_edit_on_nothing(folder: Path) -> None:
    add(folder, "edits.csv", rule("E99", "nothing", "nothing > 1"))


def with_broken_sql(folder: Path) -> None:
    add(folder, "indicators.csv", indicator("broken", "SUM(fte_total", "2020"))


def with_sql_that_the_database_refuses(folder: Path) -> None:
    add(folder, "indicators.csv", indicator("refused", "SUM(territory_type)", "2020"))


def with_no_aggregate(folder: Path) -> None:
    add(folder, "indicators.csv", indicator("single", "fte_total", "2020"))


def with_the_same_label_twice(folder: Path) -> None:
    edit(folder, CROSSWALK, "ETP : contrats à durée déterminée", "ETP : CONTRATS à durée indéterminée")


def with_codes_that_limesurvey_confuses(folder: Path) -> None:
    edit(folder, CROSSWALK, ",Q7.04,", ",Q70.3,")


def with_another_data_year(folder: Path) -> None:
    edit(folder, CROSSWALK, "2020,2019,CS,core,Q1.01", "2020,2018,CS,core,Q1.01")


def with_the_data_year_of_another(folder: Path) -> None:
    edit(folder, "campaigns.csv", "2020,2019,", "2020,2018,")


def without_a_required_question(folder: Path) -> None:
    drop(folder, CROSSWALK, "2020,2019,CS,core,Q5.01")
    drop(folder, CROSSWALK, "2020,2019,EVS,core,E5.01")


def without_a_parameter(folder: Path) -> None:
    edit(
        folder,
        "parameters.csv",
        "volunteer_hourly_rate,12,EUR/hour,2011;2017;2019;2020",
        "volunteer_hourly_rate,12,,2019",
    )


def with_a_formula_for_what_is_asked(folder: Path) -> None:
    add(folder, "derived.csv", "fte_pilotage,2020,fte_animation,staff,decimal,FTE,ETP de pilotage,")


def with_a_list_that_does_not_exist(folder: Path) -> None:
    add(folder, "variables.csv", "pets,actions,CS,multi_choice,,pets,,,false,mart,Animaux,")


def with_a_name_that_is_no_column(folder: Path) -> None:
    add(folder, "variables.csv", "nb bénévoles,actions,CS,integer,,,,,false,mart,Bénévoles,")


def with_a_campaign_that_does_not_exist(folder: Path) -> None:
    add(folder, "derived.csv", "pets,2019;2032,fte_total,staff,decimal,FTE,Animaux,")


@pytest.mark.parametrize(
    ("broken", "file", "expected"),
    [
        (without_variable, CROSSWALK, "colonne « variable » : cellule vide : elle doit être remplie"),
        (
            with_unknown_variable,
            CROSSWALK,
            "« fte_totale » n'est pas dans variables.csv (vouliez-vous dire « fte_total » ?)",
        ),
        (with_two_questions_for_a_variable, CROSSWALK, "fte_total est déjà demandée à la ligne"),
        (with_an_unknown_option, CROSSWALK, "modalité(s) « moon » absente(s) de la liste « territory_type »"),
        (with_no_option, CROSSWALK, "une question à choix a besoin de modalités"),
        (with_the_list_of_another_variable, CROSSWALK, "a la liste « territory_type »"),
        (with_an_orphan_indicator, "indicators.csv", "qpv_residents_share n'est ni demandée ni calculée"),
        (
            with_an_indicator_of_both_types_and_one_asked,
            "indicators.csv",
            "hosted_associations_total en 2020 (EVS) : hosted_associations n'est ni demandée ni calculée ; "
            "demandez-la dans crosswalk/2020.csv, ou ôtez 2020",
        ),
        (with_an_indicator_of_what_nobody_is_asked, "indicators.csv", "young_volunteers_11_17 n'est ni demandée"),
        (with_an_orphan_item, "indicators.csv", "seconded : fte_seconded n'est ni demandée ni calculée"),
        (with_an_orphan_formula, "derived.csv", "income_commune"),
        (with_an_edit_on_nothing, "edits.csv", "« nothing » : rien ne le demande"),
        (with_broken_sql, "indicators.csv", "n'est pas une formule SQL lisible"),
        (with_sql_that_the_database_refuses, "indicators.csv", "la base de données refuse la formule"),
        (with_no_aggregate, "indicators.csv", "n'agrège rien"),
        (with_the_same_label_twice, CROSSWALK, "Q7.04 se lit comme Q7.03"),
        (with_codes_that_limesurvey_confuses, CROSSWALK, "Q70.3 se lit comme Q7.03"),
        (with_another_data_year, CROSSWALK, "colonne « data_year » : 2018, mais campaigns.csv dit 2019"),
        (with_the_data_year_of_another, "campaigns.csv", "l'année des données 2018 est déjà celle de la campagne 2019"),
        (without_a_required_question, "edits.csv", "R01 : board_members n'est ni demandée ni calculée en 2020"),
        (
            without_a_parameter,
            "parameters.csv",
            "volunteer_hourly_rate (qui sert à un indicateur) n'a pas de valeur pour 2020",
        ),
        (
            with_a_formula_for_what_is_asked,
            "derived.csv",
            "fte_pilotage ne peut pas être calculée en 2020 pour EVS (elle est demandée aux CS)",
        ),
        (with_a_list_that_does_not_exist, "variables.csv", "la liste « pets » n'est pas dans choices.csv"),
        (with_a_name_that_is_no_column, "variables.csv", "des minuscules sans accent"),
        (with_a_campaign_that_does_not_exist, "derived.csv", "2032 absente(s) de campaigns.csv"),
    ],
)
def test_an_incoherent_campaign_is_refused_with_file_line_and_reason(
    folder: Path, broken: Callable[[Path], None], file: str, expected: str
) -> None:
    broken(folder)
    found = faults(folder)
    assert any(fault.startswith(f"{file}, ligne ") and expected in fault for fault in found), found
