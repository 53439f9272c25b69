"""The lines of the registry that compute: derived variables, edits, indicators, parameters, breaks in series."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Derived:
    """A variable computed from others, where it is not asked. It may have several lines, each for campaigns and
    structure types of its own. No `structure_types`: all those that don't ask it in the campaign."""

    variable: str
    campaigns: tuple[int, ...]
    structure_types: tuple[str, ...]
    expression: str
    section: str
    type: str
    unit: str
    label_fr: str
    line: int = 0


@dataclass(frozen=True)
class Edit:
    """A rule. `check` = sql: the expression is SQL, raised when true; intake: applied while reading."""

    rule: str
    severity: str
    check: str
    scope: tuple[str, ...]
    expression: str
    rejects: str
    message_fr: str
    owner: str
    next_step_fr: str
    line: int = 0


@dataclass(frozen=True)
class Indicator:
    """A published figure: SQL aggregates over the responding structures that satisfy `base`."""

    indicator: str
    family: str
    label_fr: str
    unit: str
    kind: str
    numerator: str
    denominator: str
    base: str
    base_label: str
    breakdown: str
    decimals: int
    structure_types: str
    campaigns: tuple[int, ...]
    note: str
    line: int = 0


@dataclass(frozen=True)
class Parameter:
    """A constant of the figures or of the intake, and the campaigns that it holds for."""

    parameter: str
    value: str
    campaigns: tuple[int, ...]
    line: int = 0


@dataclass(frozen=True)
class Break:
    """A break in a series, declared: `variable` is not comparable between two campaigns. `related`: the variables that
    it was split into, merged from or replaced by, where no formula of derived.csv says so."""

    variable: str
    from_campaign: int
    to_campaign: int
    related: tuple[str, ...]
    reason: str
    author: str
    date: dt.date
    line: int = 0
