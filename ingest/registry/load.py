"""Load `questionnaires/` into a `Registry`, or say which lines are wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ingest.registry import checks
from ingest.registry.model import (
    ANSWER_TYPES,
    Acknowledged,
    Campaign,
    Choice,
    Derived,
    Edit,
    Indicator,
    KeyColumn,
    Question,
    Registry,
    StructureType,
    Territory,
    Variable,
)
from ingest.registry.tables import (
    Column,
    Problems,
    Row,
    bar_list,
    boolean,
    optional_date,
    optional_float,
    optional_int,
    rows_of,
    semicolon_list,
)

SEVERITIES = frozenset({"fatal", "confirm", "info"})
STATUSES = frozenset({"blank", "answered", "refused", "not_concerned", "dont_know"})
KEY_ROLES = frozenset({"identifier", "name", "commune", "departement"})
KINDS = frozenset({"frame", "frame_share", "count", "share", "distribution", "sum", "mean", "ratio"})


def load_registry(folder: Path) -> Registry:
    """The registry in `folder`. Raises `RegistryError` naming every wrong line."""
    problems = Problems()

    def table(file: str, columns: list[Column], *key: str) -> list[Row]:
        return rows_of(folder, file, columns, key, problems)

    campaigns = table(
        "campaigns.csv",
        [
            Column("campaign", int, required=True),
            Column("data_year", int, required=True),
            Column("opens_on", optional_date),
            Column("closes_on", optional_date),
        ],
        "campaign",
    )
    years = tuple(sorted(row["campaign"] for row in campaigns))

    def campaign_list(text: str) -> tuple[int, ...]:
        return years if text in ("", "all") else tuple(int(part) for part in semicolon_list(text))

    types = table(
        "structure_types.csv",
        [Column("structure_type", required=True), Column("label_fr", required=True), Column("order", int)],
        "structure_type",
    )
    variables = table("variables.csv", _variable_columns(), "variable")
    choices = table(
        "choices.csv",
        [
            Column("list", required=True),
            Column("code", required=True),
            Column("label_fr", required=True),
            Column("order", int),
            Column("group"),
        ],
        "list",
        "code",
    )
    questions: list[Row] = []
    for campaign in years:
        questions += table(f"crosswalk/{campaign}.csv", _question_columns(campaign), "structure_type", "question_code")
    derived = table(
        "derived.csv",
        [
            Column("variable", required=True),
            Column("campaigns", campaign_list),
            Column("expression", required=True),
            Column("section", required=True),
            Column("type", required=True, allowed=ANSWER_TYPES),
            Column("unit"),
            Column("label_fr", required=True),
        ],
        "variable",
    )
    edits = table("edits.csv", _edit_columns(), "rule")
    indicators = table("indicators.csv", _indicator_columns(campaign_list), "indicator")
    parameters = table(
        "parameters.csv", [Column("parameter", required=True), Column("value", required=True)], "parameter"
    )
    special = table("special_values.csv", [Column("token"), Column("status", allowed=STATUSES, required=True)])
    keys = table(
        "key_columns.csv",
        [
            Column("code", required=True),
            Column("label_fr", required=True),
            Column("role", required=True, allowed=KEY_ROLES),
            Column("fallback_variable"),
        ],
        "code",
    )
    spellings = table(
        "spellings.csv",
        [Column("topic", required=True), Column("meaning"), Column("spelling", required=True)],
        "topic",
        "spelling",
    )
    metadata = table("metadata_columns.csv", [Column("form"), Column("column", required=True), Column("role")])
    levels = table(
        "territory_levels.csv",
        [
            Column("level", required=True),
            Column("label_fr", required=True),
            Column("order", int),
            Column("combines_types", boolean),
        ],
        "level",
    )
    territories = table(
        "territories.csv",
        [
            Column("territory_id", required=True),
            Column("level", required=True),
            Column("code", required=True),
            Column("name", required=True),
            Column("vintage_from", optional_int),
            Column("vintage_to", optional_int),
        ],
        "territory_id",
    )
    members = table(
        "territory_members.csv",
        [
            Column("territory_id", required=True),
            Column("member_type", required=True),
            Column("member_code", required=True),
        ],
        "territory_id",
        "member_type",
        "member_code",
    )
    acknowledged = table(
        "acknowledged_columns.csv",
        [
            Column("campaign", int, required=True),
            Column("sender"),
            Column("header", required=True),
            Column("decision", required=True, allowed=frozenset({"map", "ignore"})),
            Column("question_code"),
            Column("reason", required=True),
        ],
    )
    problems.raise_if_any()
    registry = Registry(
        fingerprint=fingerprint_of(folder),
        campaign_list=tuple(Campaign(**row.values) for row in campaigns),
        structure_types=tuple(sorted((StructureType(**row.values) for row in types), key=lambda kind: kind.order)),
        variables={row["variable"]: Variable(**row.values, line=row.line) for row in variables},
        choices=tuple(Choice(**row.values) for row in choices),
        questions=tuple(Question(**row.values, file=row.file, line=row.line) for row in questions),
        derived=tuple(Derived(**row.values, line=row.line) for row in derived),
        edits={row["rule"]: Edit(**row.values, line=row.line) for row in edits},
        indicators=tuple(Indicator(**row.values, line=row.line) for row in indicators),
        parameters={row["parameter"]: row["value"] for row in parameters},
        special_values={row["token"]: row["status"] for row in special},
        key_columns=tuple(KeyColumn(**row.values) for row in keys),
        spellings=_spellings(spellings),
        metadata_columns={row["column"]: row["role"] for row in metadata},
        territory_levels=tuple(row.values for row in levels),
        territories=tuple(Territory(**row.values) for row in territories),
        territory_members=tuple(row.values for row in members),
        acknowledged=tuple(Acknowledged(**row.values) for row in acknowledged),
    )
    checks.check(registry, members, territories, problems)
    problems.raise_if_any()
    return checks.with_derived_in_order(registry)


def fingerprint_of(folder: Path) -> str:
    """sha256 over the names and bytes of every CSV of the registry."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _spellings(rows: list[Row]) -> dict[str, dict[str, str]]:
    topics: dict[str, dict[str, str]] = {}
    for row in rows:
        topics.setdefault(row["topic"], {})[row["spelling"]] = row["meaning"]
    return topics


def _types(text: str) -> tuple[str, ...]:
    return tuple(text.split("+"))


def _variable_columns() -> list[Column]:
    return [
        Column("variable", required=True),
        Column("section", required=True),
        Column("structure_types", _types, required=True),
        Column("type", required=True, allowed=ANSWER_TYPES),
        Column("unit"),
        Column("choices"),
        Column("min", optional_float),
        Column("max", optional_float),
        Column("pii", boolean),
        Column("release", required=True, allowed=frozenset({"directory", "mart", "never"})),
        Column("label_fr", required=True),
    ]


def _question_columns(campaign: int) -> list[Column]:
    def same_campaign(text: str) -> int:
        if int(text) != campaign:
            raise ValueError(f"this file is the crosswalk of {campaign}")
        return int(text)

    return [
        Column("campaign", same_campaign, required=True),
        Column("data_year", int, required=True),
        Column("structure_type", required=True),
        Column("module", required=True),
        Column("question_code", required=True),
        Column("question_label_fr", required=True),
        Column("variable", required=True),
        Column("type", required=True, allowed=ANSWER_TYPES),
        Column("choices"),
        Column("options", bar_list),
        Column("required", boolean),
        Column("order", int),
        Column("section", required=True),
    ]


def _edit_columns() -> list[Column]:
    def scope(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split(","))

    return [
        Column("rule", required=True),
        Column("severity", required=True, allowed=SEVERITIES),
        Column("check", required=True, allowed=frozenset({"sql", "intake"})),
        Column("scope", scope, required=True),
        Column("expression", required=True),
        Column("rejects", required=True),
        Column("message_fr", required=True),
        Column("owner", required=True),
        Column("next_step_fr", required=True),
    ]


def _indicator_columns(campaign_list: Any) -> list[Column]:
    return [
        Column("indicator", required=True),
        Column("family", required=True),
        Column("label_fr", required=True),
        Column("unit", required=True),
        Column("kind", required=True, allowed=KINDS),
        Column("numerator", required=True),
        Column("denominator"),
        Column("base"),
        Column("base_label", required=True),
        Column("breakdown", required=True),
        Column("decimals", int, required=True),
        Column("structure_types", required=True),
        Column("campaigns", campaign_list),
        Column("note"),
    ]
