"""The contracts of the fact tables, written for dbt from the registry's list of columns.

dbt wants a contract as YAML, column by column; the columns are the registry's. `contracts_yaml` is that translation.
The models select the same columns with the macro ``section_columns``: where the two differ, dbt stops the build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

FILE = "models/marts/facts.yml"

HEADER = "# Written by orchestration.dbt.contracts from questionnaires/: change the questionnaire, not this.\n"

IDENTITY = "identity"

SECTIONS_OF_FACT: dict[str, tuple[str, ...]] = {
    "fct_centres": (IDENTITY,),
    "fct_governance": ("governance",),
    "fct_volunteers": ("volunteers",),
    "fct_staff": ("staff",),
    "fct_finances": ("finances",),
    "fct_actions": ("project", "actions", "publics", "partnerships"),
}

DESCRIPTIONS = {
    "fct_centres": "Structures of the frame and what became of their return, with what they say of who they are. "
    "Grain: campaign x structure of the frame. Answers and statuses are null where nobody responded.",
    "fct_governance": "Governance, as answered. Grain: campaign x responding structure.",
    "fct_volunteers": "Volunteers, as answered. Grain: campaign x responding structure.",
    "fct_staff": "Staff, as answered. Grain: campaign x responding structure.",
    "fct_finances": "Income, charges and result, as answered. Grain: campaign x responding structure.",
    "fct_actions": "Project, actions, publics and partnerships, as answered. Grain: campaign x responding structure.",
}

SQL_TYPES = {"integer": "bigint", "decimal": "decimal(18,6)", "text": "varchar", "date": "date"}

Column = dict[str, Any]


def contracts_yaml(wide_columns: Sequence[Mapping[str, Any]]) -> str:
    """The text of ``models/marts/facts.yml`` for the lines of ``registry/wide_columns.parquet``, in their order.

    Each column has its type and, as description, the French label of its question. Raises `ValueError` when a section
    belongs to no fact: its answers would be lost without a word.
    """
    known = {section for sections in SECTIONS_OF_FACT.values() for section in sections}
    unknown = sorted({line["section"] for line in wide_columns} - known)
    if unknown:
        raise ValueError(f"section(s) of the registry that no fact table holds: {', '.join(unknown)}")
    models = [_model(fact, wide_columns) for fact in SECTIONS_OF_FACT]
    return HEADER + yaml.safe_dump({"version": 2, "models": models}, allow_unicode=True, sort_keys=False, width=120)


def _model(fact: str, wide_columns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    fixed = [*_keys(), *(_panel_columns() if fact == "fct_centres" else ())]
    taken = {column["name"] for column in fixed}
    registered = [
        column for line in _standing(wide_columns) if _is_in(fact, line) for column in _registered_columns(line, taken)
    ]
    return {"name": fact, "description": DESCRIPTIONS[fact], "columns": [*fixed, *registered]}


def _standing(wide_columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines without the answers that a derived variable of the same name replaces."""
    derived = {line["column"] for line in wide_columns if line["kind"] == "derived"}
    return [line for line in wide_columns if not (line["kind"] == "answer" and line["column"] in derived)]


def _is_in(fact: str, line: Mapping[str, Any]) -> bool:
    """Unit-level columns go with their section; the public directory goes with the identity of the centres."""
    section = IDENTITY if line["release"] == "directory" else line["section"]
    return line["release"] != "never" and section in SECTIONS_OF_FACT[fact]


def _registered_columns(line: Mapping[str, Any], taken: set[str]) -> list[Column]:
    name = f"{line['column']}_declared" if line["column"] in taken else line["column"]
    columns = [_column(name, SQL_TYPES[line["sql_type"]], line["label_fr"])]
    if line["kind"] != "option":
        columns.append(_column(f"{name}__status", "varchar", f"Statut de la réponse : {line['label_fr']}"))
    return columns


def _column(name: str, data_type: str, description: str, required: bool = False) -> Column:
    column: Column = {"name": name, "data_type": data_type, "description": description}
    if required:
        column["constraints"] = [{"type": "not_null"}]
    return column


def _keys() -> list[Column]:
    return [
        _column("campaign", "integer", "Year of the survey.", required=True),
        _column("structure_id", "varchar", "Permanent identifier of the structure.", required=True),
        _column("structure_type", "varchar", "Type of structure.", required=True),
    ]


def _panel_columns() -> list[Column]:
    return [
        _column("agreed", "integer", "1 when the Caf's agreement is active.", required=True),
        _column("solicited", "integer", "1 when the structure was asked to respond.", required=True),
        _column("fcsf_member", "integer", "1 when the frame says that the structure is a member of the FCSF."),
        _column("response_status", "varchar", "responded, incomplete (begun, never submitted) or no_response.", True),
        _column("responded", "integer", "1 when a return was accepted.", required=True),
        _column("is_complete", "integer", "1 when enough key items are answered.", required=True),
        _column("key_items_answered", "integer", "Key items answered; null without an accepted return."),
        _column("sender", "varchar", "Federation or Caf that sent the return."),
        _column("received_at", "timestamp", "When the return was received."),
    ]
