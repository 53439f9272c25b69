"""Load `questionnaires/` into a `Registry`, or say which lines are wrong."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from core.home import PROJECT_ROOT
from registry import checks, columns
from registry.computed import Break, Derived, Edit, Indicator, Parameter
from registry.drafts import without_waiting_lines
from registry.faults import Problems, RegistryError
from registry.guard_lines import AcknowledgedGuard, GuardLine
from registry.model import (
    DRAFT,
    Acknowledged,
    Campaign,
    Choice,
    KeyColumn,
    Question,
    Registry,
    StructureType,
    Territory,
    TerritoryMember,
    Translation,
    Variable,
)
from registry.nonresponse import (
    Imputation,
    Treatment,
    Weighting,
    imputation_columns,
    treatment_columns,
    weighting_columns,
)
from registry.readers import semicolon_list, whole
from registry.senders import Sender
from registry.tables import Column, PassOver, Row, rows_of

EVERY_CAMPAIGN = ("", "all")
CAMPAIGN_COLUMNS = ("campaigns", "campaign", "to_campaign")
Table = Callable[..., list[Row]]


def load_registry(folder: Path) -> Registry:
    """The registry in `folder`. Raises `RegistryError` naming every wrong line.

    A draft campaign never stops the others: when a fault goes away without the drafts, they are left out, and
    `Registry.left_out` says why.
    """
    try:
        return read_registry(folder)
    except RegistryError as error:
        drafts = drafts_of(folder)
        if not drafts:
            raise
        others = read_registry(folder, without=drafts)
        return dataclasses.replace(others, left_out=dict.fromkeys(drafts, tuple(error.problems)))


def read_registry(folder: Path, without: tuple[int, ...] = ()) -> Registry:
    """The registry in `folder`, drafts included, but for the campaigns `without`: neither their crosswalks nor the
    lines that only they use are looked at. Raises `RegistryError` naming every wrong line."""
    registry, problems = parsed_registry(folder, without)
    problems.raise_if_any()
    assert registry is not None
    return checks.with_derived_in_order(registry)


def parsed_registry(folder: Path, without: tuple[int, ...] = ()) -> tuple[Registry | None, Problems]:
    """What `read_registry` reads, with every fault found; no registry when faults leave nothing to build on."""
    problems = Problems()

    def table(file: str, of: list[Column], *key: str, pass_over: PassOver | None = None) -> list[Row]:
        return rows_of(folder, file, of, key, problems, pass_over)

    campaigns = [row for row in table("campaigns.csv", columns.CAMPAIGNS, "campaign") if row["campaign"] not in without]
    if problems.faults:
        return None, problems
    base = {
        "structure_types": table("structure_types.csv", columns.STRUCTURE_TYPES, "structure_type"),
        "variables": table("variables.csv", columns.VARIABLES, "variable"),
        "choices": table("choices.csv", columns.CHOICES, "list", "code"),
    }
    unfounded = bool(problems.faults)
    years = tuple(sorted(row["campaign"] for row in campaigns))
    postponed: set[str] = set()
    registry = _registry(folder, table, campaigns, base, years, without, postponed)
    if unfounded:
        return None, problems
    if without:
        registry = without_waiting_lines(registry, frozenset(postponed))
    checks.check(registry, problems)
    return registry, problems


def fingerprint_of(folder: Path) -> str:
    """sha256 over the names and bytes of every CSV of the registry."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _registry(
    folder: Path,
    table: Table,
    campaigns: list[Row],
    base: dict[str, list[Row]],
    years: tuple[int, ...],
    without: tuple[int, ...],
    postponed: set[str],
) -> Registry:
    """What the lines say. The variables of the formulas that only a campaign left out uses go to `postponed`."""
    listed = _reader_of_campaigns(years, without)

    def only_left_out(cells: Mapping[str, str]) -> bool:
        text = next((cells[name] for name in CAMPAIGN_COLUMNS if name in cells), "")
        return bool(text) and {part.strip() for part in text.split(";")} <= {str(campaign) for campaign in without}

    def postponed_formula(cells: Mapping[str, str]) -> bool:
        passed_over = only_left_out(cells)
        if passed_over:
            postponed.add(cells["variable"])
        return passed_over

    def of_campaigns(file: str, of: list[Column], *key: str) -> list[Row]:
        return table(file, of, *key, pass_over=only_left_out)

    def if_there(file: str, of: list[Column], *key: str) -> list[Row]:
        return of_campaigns(file, of, *key) if (folder / file).exists() else []

    questions = [
        row
        for year in years
        for row in table(f"crosswalk/{year}.csv", columns.question_columns(year), "structure_type", "question_code")
    ]
    types = (StructureType(**row.values) for row in base["structure_types"])
    return Registry(
        fingerprint=fingerprint_of(folder),
        campaign_list=tuple(Campaign(**row.values, line=row.line) for row in campaigns),
        structure_types=tuple(sorted(types, key=lambda kind: kind.order)),
        variables={row["variable"]: Variable(**row.values, line=row.line) for row in base["variables"]},
        choices=tuple(Choice(**row.values) for row in base["choices"]),
        questions=tuple(Question(**row.values, file=row.file, line=row.line) for row in questions),
        derived=tuple(
            Derived(**row.values, line=row.line)
            for row in table("derived.csv", columns.derived_columns(listed), pass_over=postponed_formula)
        ),
        edits=_rules_of_the_reader()
        | {row["rule"]: Edit(**row.values, line=row.line) for row in table("edits.csv", columns.EDITS, "rule")},
        indicators=tuple(
            Indicator(**row.values, line=row.line)
            for row in of_campaigns("indicators.csv", columns.indicator_columns(listed), "indicator")
        ),
        parameter_lines=tuple(
            Parameter(**row.values, line=row.line)
            for row in of_campaigns("parameters.csv", columns.parameter_columns(listed))
        ),
        special_values={row["token"]: row["status"] for row in table("special_values.csv", columns.SPECIAL_VALUES)},
        key_columns=tuple(KeyColumn(**row.values) for row in table("key_columns.csv", columns.KEY_COLUMNS, "code")),
        spellings=_spellings(table("spellings.csv", columns.SPELLINGS, "topic", "spelling")),
        metadata_columns={
            row["column"]: row["role"] for row in table("metadata_columns.csv", columns.METADATA_COLUMNS)
        },
        territory_levels=tuple(row.values for row in table("territory_levels.csv", columns.TERRITORY_LEVELS, "level")),
        territories=tuple(
            Territory(**row.values, line=row.line)
            for row in table("territories.csv", columns.TERRITORIES, "territory_id")
        ),
        territory_members=tuple(
            TerritoryMember(**row.values, line=row.line)
            for row in table(
                "territory_members.csv", columns.TERRITORY_MEMBERS, "territory_id", "member_type", "member_code"
            )
        ),
        reasons={row["reason"]: row["label_fr"] for row in table("reasons.csv", columns.REASONS, "reason")},
        acknowledged=tuple(
            Acknowledged(**row.values) for row in of_campaigns("acknowledged_columns.csv", columns.ACKNOWLEDGED_COLUMNS)
        ),
        breaks=tuple(
            Break(**row.values, line=row.line)
            for row in of_campaigns("breaks.csv", columns.BREAKS, "variable", "from_campaign", "to_campaign")
        ),
        guard_lines=tuple(
            GuardLine(**row.values, line=row.line)
            for row in if_there("guards.csv", columns.GUARDS, "guard", "parameter", "from_campaign")
        ),
        acknowledged_guards=tuple(
            AcknowledgedGuard(**row.values, line=row.line)
            for row in if_there(
                "acknowledged_guards.csv",
                columns.ACKNOWLEDGED_GUARDS,
                *("campaign", "sender", "question_code", "guard", "about"),
            )
        ),
        translations=tuple(
            Translation(**row.values, line=row.line)
            for row in if_there(
                "translations.csv", columns.TRANSLATIONS, "campaign", "question_code", "option", "language"
            )
        ),
        weightings=tuple(
            Weighting(**row.values, line=row.line)
            for row in if_there("weightings.csv", weighting_columns(columns.sql_name), "weighting")
        ),
        treatments=tuple(
            Treatment(**row.values, line=row.line) for row in if_there("nonresponse.csv", treatment_columns(listed))
        ),
        imputations=tuple(
            Imputation(**row.values, line=row.line) for row in if_there("imputation.csv", imputation_columns(listed))
        ),
        senders=tuple(Sender(**row.values) for row in if_there("senders.csv", columns.SENDERS, *columns.SENDER_KEY)),
    )


@cache
def _rules_of_the_reader() -> dict[str, Edit]:
    """The rules that reading raises by itself, as the project says them: a registry made before one of them was added
    says the others in its own words, and that one in these."""
    rows = rows_of(PROJECT_ROOT / "questionnaires", "edits.csv", columns.EDITS, ("rule",), Problems())
    edits = (Edit(**row.values) for row in rows)
    return {edit.rule: edit for edit in edits if edit.check == "intake"}


def _reader_of_campaigns(years: tuple[int, ...], without: tuple[int, ...]) -> columns.ReadCampaigns:
    """Reads ``2017;2019``, ``all`` or nothing (all) as the campaigns of the registry."""

    def listed(text: str) -> tuple[int, ...]:
        if text in EVERY_CAMPAIGN:
            return years
        campaigns = tuple(whole(part) for part in semicolon_list(text))
        unknown = [campaign for campaign in campaigns if campaign not in (*years, *without)]
        if unknown:
            raise ValueError(f"{', '.join(map(str, unknown))} absente(s) de campaigns.csv")
        return tuple(campaign for campaign in campaigns if campaign in years)

    return listed


def drafts_of(folder: Path) -> tuple[int, ...]:
    """The campaigns that campaigns.csv says are drafts; none when that file is faulty."""
    problems = Problems()
    rows = rows_of(folder, "campaigns.csv", columns.CAMPAIGNS, ("campaign",), problems)
    return () if problems.faults else tuple(sorted(row["campaign"] for row in rows if row["state"] == DRAFT))


def _spellings(rows: list[Row]) -> dict[str, dict[str, str]]:
    topics: dict[str, dict[str, str]] = {}
    for row in rows:
        topics.setdefault(row["topic"], {})[row["spelling"]] = row["meaning"]
    return topics
