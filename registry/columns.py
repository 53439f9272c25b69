"""The columns of each file of the registry: how their text is read, and what they may hold."""

from __future__ import annotations

import re
from collections.abc import Callable

from registry.guard_settings import COMMON, NUMBERS
from registry.model import ANSWER_TYPES, CAMPAIGN_STATES, OPENED
from registry.readers import (
    bar_list,
    boolean,
    number,
    optional_date,
    optional_float,
    optional_int,
    semicolon_list,
    whole,
    with_leading_zero,
    with_point,
)
from registry.senders import CAF, FEDERATION, NATIONAL
from registry.tables import Column

SEVERITIES = frozenset({"fatal", "confirm", "info"})
STATUSES = frozenset({"blank", "answered", "refused", "not_concerned", "dont_know"})
KEY_ROLES = frozenset({"identifier", "name", "commune", "departement"})
KINDS = frozenset({"frame", "frame_share", "count", "share", "distribution", "sum", "mean", "ratio"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Za-z0-9_]+")
_LANGUAGE = re.compile(r"[^\W\d_][^:()]* \([a-z]{2,3}(?:-[A-Za-z0-9]+)*\)")

ReadCampaigns = Callable[[str], tuple[int, ...]]


def sql_name(text: str) -> str:
    """A name that becomes a column: small letters, digits, underscores."""
    if not _NAME.fullmatch(text):
        raise ValueError("des minuscules sans accent, des chiffres et des tirets bas sont attendus")
    return text


def sql_code(text: str) -> str:
    """A code that completes the name of a column."""
    if not _CODE.fullmatch(text):
        raise ValueError("des lettres sans accent, des chiffres et des tirets bas sont attendus")
    return text


def _state(text: str) -> str:
    return text or OPENED


def _language(text: str) -> str:
    """A language as XLSForm names it: its name and its code, `English (en)`."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("un nom et un code sont attendus, comme English (en)")
    return text


def _numeric(text: str) -> str:
    """A number as SQL writes it."""
    number(text)
    return with_point(text)


def _plus_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("+") if part.strip())


def _scope(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


CAMPAIGNS = [
    Column("campaign", whole, required=True),
    Column("data_year", whole, required=True),
    Column("opens_on", optional_date),
    Column("closes_on", optional_date),
    Column("state", _state, allowed=CAMPAIGN_STATES),
]
STRUCTURE_TYPES = [
    Column("structure_type", sql_code, required=True),
    Column("label_fr", required=True),
    Column("order", whole),
]
VARIABLES = [
    Column("variable", sql_name, required=True),
    Column("section", required=True),
    Column("structure_types", _plus_list, required=True),
    Column("type", required=True, allowed=ANSWER_TYPES),
    Column("unit"),
    Column("choices"),
    Column("min", optional_float),
    Column("max", optional_float),
    Column("pii", boolean),
    Column("release", required=True, allowed=frozenset({"directory", "mart", "never"})),
    Column("label_fr", required=True),
]
CHOICES = [
    Column("list", required=True),
    Column("code", sql_code, required=True),
    Column("label_fr", required=True),
    Column("order", whole),
    Column("group"),
]
EDITS = [
    Column("rule", sql_code, required=True),
    Column("severity", required=True, allowed=SEVERITIES),
    Column("check", required=True, allowed=frozenset({"sql", "intake"})),
    Column("scope", _scope, required=True),
    Column("expression", required=True),
    Column("rejects", required=True),
    Column("message_fr", required=True),
    Column("owner", required=True),
    Column("next_step_fr", required=True),
]
SPECIAL_VALUES = [Column("token"), Column("status", allowed=STATUSES, required=True)]
KEY_COLUMNS = [
    Column("code", required=True),
    Column("label_fr", required=True),
    Column("role", required=True, allowed=KEY_ROLES),
    Column("fallback_variable"),
]
SENDERS = [
    Column("sender", required=True),
    Column("kind", required=True, allowed=frozenset({FEDERATION, CAF, NATIONAL})),
    Column("code"),
    Column("name", required=True),
    Column("campaign_from", optional_int),
    Column("campaign_to", optional_int),
]
SENDER_KEY = ("kind", "code", "campaign_from")
SPELLINGS = [Column("topic", required=True), Column("meaning"), Column("spelling", required=True)]
METADATA_COLUMNS = [Column("form"), Column("column", required=True), Column("role")]
TERRITORY_LEVELS = [
    Column("level", required=True),
    Column("label_fr", required=True),
    Column("order", whole),
    Column("combines_types", boolean),
]
TERRITORIES = [
    Column("territory_id", required=True),
    Column("level", required=True),
    Column("code", with_leading_zero, required=True),
    Column("name", required=True),
    Column("vintage_from", optional_int),
    Column("vintage_to", optional_int),
]
TERRITORY_MEMBERS = [
    Column("territory_id", required=True),
    Column("member_type", required=True),
    Column("member_code", with_leading_zero, required=True),
]
REASONS = [Column("reason", required=True), Column("label_fr", required=True)]
ACKNOWLEDGED_COLUMNS = [
    Column("campaign", whole, required=True),
    Column("sender"),
    Column("header", required=True),
    Column("decision", required=True, allowed=frozenset({"map", "ignore"})),
    Column("question_code"),
    Column("reason", required=True),
]
TRANSLATIONS = [
    Column("campaign", optional_int),
    Column("question_code", required=True),
    Column("option"),
    Column("language", _language, required=True),
    Column("label", required=True),
]
BREAKS = [
    Column("variable", required=True),
    Column("from_campaign", whole, required=True),
    Column("to_campaign", whole, required=True),
    Column("related", semicolon_list),
    Column("reason", required=True),
    Column("author", required=True),
    Column("date", optional_date, required=True),
]

GUARDS = [
    Column("guard", required=True, allowed=frozenset({COMMON, *NUMBERS})),
    Column("parameter", sql_name, required=True),
    Column("value", with_point, required=True),
    Column("from_campaign", optional_int),
]
ACKNOWLEDGED_GUARDS = [
    Column("campaign", whole, required=True),
    Column("sender", required=True),
    Column("question_code", required=True),
    Column("guard", required=True, allowed=frozenset(NUMBERS)),
    Column("about", required=True),
    Column("reason", required=True),
    Column("author", required=True),
    Column("date", optional_date, required=True),
]


def question_columns(campaign: int) -> list[Column]:
    """Those of the crosswalk of `campaign`."""

    def same_campaign(text: str) -> int:
        if whole(text) != campaign:
            raise ValueError(f"ce fichier est le questionnaire de {campaign}")
        return campaign

    return [
        Column("campaign", same_campaign, required=True),
        Column("data_year", whole, required=True),
        Column("structure_type", required=True),
        Column("module", required=True),
        Column("question_code", required=True),
        Column("question_label_fr", required=True),
        Column("variable", required=True),
        Column("type", required=True, allowed=ANSWER_TYPES),
        Column("choices"),
        Column("options", bar_list),
        Column("required", boolean),
        Column("order", whole),
        Column("section", required=True),
    ]


def derived_columns(campaigns: ReadCampaigns) -> list[Column]:
    """Those of ``derived.csv``; `campaigns` reads a list of campaigns."""
    return [
        Column("variable", sql_name, required=True),
        Column("campaigns", campaigns),
        Column("structure_types", _plus_list, absent=""),
        Column("expression", required=True),
        Column("section", required=True),
        Column("type", required=True, allowed=ANSWER_TYPES),
        Column("unit"),
        Column("label_fr", required=True),
    ]


def indicator_columns(campaigns: ReadCampaigns) -> list[Column]:
    """Those of ``indicators.csv``; `campaigns` reads a list of campaigns."""
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
        Column("decimals", whole, required=True),
        Column("structure_types", required=True),
        Column("campaigns", campaigns),
        Column("note"),
    ]


def parameter_columns(campaigns: ReadCampaigns) -> list[Column]:
    """Those of ``parameters.csv``; `campaigns` reads a list of campaigns."""
    return [
        Column("parameter", sql_name, required=True),
        Column("value", _numeric, required=True),
        Column("campaigns", campaigns),
    ]
