"""What the gate looks for, as data: checks, dated thresholds, waivers. Read strictly, named line by line when wrong."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from core.plain_yaml import YamlFaultError, read_yaml

Severity = Literal["block", "reserve", "info"]

SEVERITIES = ("block", "reserve", "info")
SCOPES = ("campaign", "national", "territories")
REACHES = ("national", "all")
EMPTY = ("error", "pass")

CHECKS_FILE = "checks.yaml"
THRESHOLDS_FILE = "thresholds.csv"
WAIVERS_FILE = "waivers.csv"
SUITES_FILE = "suites.csv"
TABLE_FILES = ("inputs.csv", "variables.csv", "wholes.csv", "sign_off.csv")

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class SettingsError(Exception):
    """The gate's own data can't be used. `problems` holds one line per fault: file, entry, reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class UnknownThresholdError(LookupError):
    """No threshold of that name is in force for the campaign, or its value is no number."""

    def __init__(self, parameter: str, campaign: int, value: str | None = None) -> None:
        what = "absent" if value is None else f"illisible (« {value} » n'est pas un nombre)"
        super().__init__(f"seuil « {parameter} » {what} dans {THRESHOLDS_FILE} pour la campagne {campaign}")


@dataclass(frozen=True)
class RowsFrom:
    """The frame that holds the rows behind a failure, joined to the failing rows on some columns."""

    frame: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One question put to a candidate.

    `params` are the arguments of the Great Expectations `expectation`; a value ``$name`` is the threshold `name` of
    the campaign. `scope`: ``campaign`` (every row of the frame), ``national`` (its national rows), ``territories``
    (the other rows, one result per territory that fails). `reaches`: the publications that a failure outside
    ``territories`` touches. `empty`: what a frame without rows means. The ``_fr`` fields are templates in French.
    """

    id: str
    suite: str
    frame: str
    scope: str
    severity: Severity
    owner: str
    question_fr: str
    expectation: str
    params: dict[str, Any]
    expected_fr: str
    observed_fr: str
    next_step_fr: str
    reaches: str = "national"
    empty: str = "error"
    row_fr: str = ""
    rows_from: RowsFrom | None = None


@dataclass(frozen=True)
class Threshold:
    """A dated setting: in force from one campaign to another, both included (None: open)."""

    parameter: str
    value: str
    campaign_from: int | None
    campaign_to: int | None


@dataclass(frozen=True)
class Waiver:
    """Someone takes it upon themselves, with a reason and until a date, that a failed check weighs less."""

    check: str
    scope: str
    campaign: int
    reason: str
    author: str
    expires_on: dt.date

    def holds_on(self, day: dt.date) -> bool:
        """True up to and on the day of expiry."""
        return day <= self.expires_on


@dataclass(frozen=True)
class Settings:
    """Everything the gate was told, for all campaigns."""

    folder: Path
    checks: tuple[Check, ...]
    thresholds: tuple[Threshold, ...]
    waivers: tuple[Waiver, ...]
    suites: Mapping[str, str] = field(default_factory=dict)
    """French name of each suite, in the order of reading."""

    def thresholds_of(self, campaign: int) -> Thresholds:
        """The thresholds in force for a campaign; the one that starts last wins."""
        in_force = [
            threshold
            for threshold in self.thresholds
            if (threshold.campaign_from or campaign) <= campaign <= (threshold.campaign_to or campaign)
        ]
        in_force.sort(key=lambda threshold: threshold.campaign_from or 0)
        return Thresholds(campaign, {threshold.parameter: threshold.value for threshold in in_force})


@dataclass(frozen=True)
class Thresholds:
    """Thresholds of one campaign, by parameter, as written."""

    campaign: int
    values: dict[str, str] = field(default_factory=dict)

    def number(self, parameter: str) -> float:
        """The value as a number. Raises `UnknownThresholdError`."""
        if parameter not in self.values:
            raise UnknownThresholdError(parameter, self.campaign)
        if not _NUMBER.fullmatch(self.values[parameter]):
            raise UnknownThresholdError(parameter, self.campaign, self.values[parameter])
        return float(self.values[parameter])

    def numbers(self) -> dict[str, float]:
        """The thresholds that are numbers, by parameter; lists of names are left out."""
        return {parameter: float(value) for parameter, value in self.values.items() if _NUMBER.fullmatch(value)}


def settings_folder() -> Path:
    """The gate's data: ``$SENACS_EXPECTATIONS``, or this room's own folder."""
    return Path(os.environ.get("SENACS_EXPECTATIONS") or Path(__file__).parent).resolve()


def load_settings(folder: Path | None = None) -> Settings:
    """Read the gate's data from `folder`. Raises `SettingsError` naming every wrong entry."""
    folder = folder or settings_folder()
    problems: list[str] = []
    checks = _checks(folder, problems)
    thresholds = _records(folder / THRESHOLDS_FILE, _threshold, problems)
    waivers = _records(folder / WAIVERS_FILE, _waiver, problems)
    suites = dict(_records(folder / SUITES_FILE, _suite, problems))
    problems += [f"{name}: file not found" for name in TABLE_FILES if not (folder / name).is_file()]
    known = {check.id for check in checks}
    problems += [
        f"{WAIVERS_FILE} : le contrôle « {waiver.check} » n'existe pas"
        for waiver in waivers
        if waiver.check not in known
    ]
    problems += [
        f"{CHECKS_FILE}, {check.id}: suite {check.suite!r} is not in {SUITES_FILE}"
        for check in checks
        if check.suite not in suites
    ]
    if problems:
        raise SettingsError(problems)
    return Settings(folder, tuple(checks), tuple(thresholds), tuple(waivers), suites)


def _checks(folder: Path, problems: list[str]) -> list[Check]:
    try:
        entries = read_yaml(folder / CHECKS_FILE)
    except (OSError, YamlFaultError) as error:
        problems.append(f"{CHECKS_FILE}: can't be read: {error}")
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append(f"{CHECKS_FILE}: not a list of checks")
        return []
    checks: list[Check] = []
    for position, entry in enumerate(entries, start=1):
        name = entry.get("id", f"entry {position}")
        try:
            check = _check(entry)
        except (TypeError, ValueError, KeyError) as error:
            problems.append(f"{CHECKS_FILE}, {name}: {error}")
            continue
        if any(check.id == other.id for other in checks):
            problems.append(f"{CHECKS_FILE}, {name}: this id is taken twice")
        checks.append(check)
    return checks


def _check(entry: dict[str, Any]) -> Check:
    unknown = set(entry) - {column.name for column in fields(Check)}
    if unknown:
        raise ValueError(f"unknown key(s): {', '.join(sorted(unknown))}")
    rows_from = entry.get("rows_from")
    values = entry | {"rows_from": RowsFrom(rows_from["frame"], tuple(rows_from["keys"])) if rows_from else None}
    check = Check(**values)
    for value, allowed, key in (
        (check.severity, SEVERITIES, "severity"),
        (check.scope, SCOPES, "scope"),
        (check.reaches, REACHES, "reaches"),
        (check.empty, EMPTY, "empty"),
    ):
        if value not in allowed:
            raise ValueError(f"{key}: {value!r} is not one of {', '.join(allowed)}")
    return check


def _records(path: Path, read: Callable[[dict[str, str]], Any], problems: list[str]) -> list[Any]:
    records: list[Any] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            for row in reader:
                try:
                    if None in row or None in row.values():
                        raise ValueError(f"attendu : {len(reader.fieldnames or ())} colonnes")
                    records.append(read(row))
                except (KeyError, TypeError, ValueError) as error:
                    problems.append(f"{path.name}, ligne {reader.line_num} : {error}")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: can't be read: {error}")
    return records


def _suite(row: dict[str, str]) -> tuple[str, str]:
    return row["suite"], row["label_fr"]


def _threshold(row: dict[str, str]) -> Threshold:
    return Threshold(row["parameter"], row["value"], _year(row["campaign_from"]), _year(row["campaign_to"]))


def _waiver(row: dict[str, str]) -> Waiver:
    empty = [name for name in ("check", "scope", "reason", "author") if not row[name].strip()]
    if empty:
        raise ValueError(f"colonne(s) vides : {', '.join(empty)}")
    try:
        expires_on = dt.date.fromisoformat(row["expires_on"])
    except ValueError as error:
        raise ValueError(f"date d'expiration « {row['expires_on']} » illisible ; attendu : 2027-01-31") from error
    return Waiver(row["check"], row["scope"], int(row["campaign"]), row["reason"], row["author"], expires_on)


def _year(text: str) -> int | None:
    return int(text) if text else None
