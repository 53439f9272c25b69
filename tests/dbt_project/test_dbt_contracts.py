from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.dbt.contracts import FILE, contracts_yaml
from registry import load_registry
from registry.wide import wide_columns as columns_of_registry
from tests.dbt_project.small_survey import wide_columns

ROOT = Path(__file__).resolve().parents[2]


def columns_by_model(text: str) -> dict[str, dict[str, dict[str, Any]]]:
    models = yaml.safe_load(text)["models"]
    return {model["name"]: {column["name"]: column for column in model["columns"]} for model in models}


def test_the_contracts_in_the_project_are_those_of_the_questionnaires() -> None:
    registry = load_registry(ROOT / "questionnaires")
    lines = [asdict(column) for column in columns_of_registry(registry)]
    assert (ROOT / "dbt_project" / FILE).read_text(encoding="utf-8") == contracts_yaml(lines)


def test_each_fact_holds_its_sections_with_a_status_beside_each_variable() -> None:
    models = columns_by_model(contracts_yaml(wide_columns()))
    assert list(models["fct_volunteers"]) == [
        "campaign", "structure_id", "structure_type",
        "regulars", "regulars__status", "occasionals", "occasionals__status",
        "helpers", "helpers__status", "people", "people__status",
    ]  # fmt: skip
    assert models["fct_finances"]["budget"] == {"name": "budget", "data_type": "decimal(18,6)", "description": "Budget"}


def test_options_follow_their_variable_without_a_status() -> None:
    actions = columns_by_model(contracts_yaml(wide_columns()))["fct_actions"]
    assert actions["topics__art"]["data_type"] == "bigint"
    assert "topics__art__status" not in actions


def test_what_is_never_released_is_in_no_contract() -> None:
    text = contracts_yaml(wide_columns())
    assert "remarks" not in text
    assert "hidden_cost" not in text


def test_an_answer_never_hides_a_column_of_the_frame() -> None:
    centres = columns_by_model(contracts_yaml(wide_columns()))["fct_centres"]
    assert centres["fcsf_member"]["description"].startswith("1 when the frame")
    assert centres["fcsf_member_declared"]["description"] == "Adhérent"


def test_a_section_without_a_fact_is_refused() -> None:
    lines = [{**wide_columns()[0], "section": "weather"}]
    with pytest.raises(ValueError, match="weather"):
        contracts_yaml(lines)
