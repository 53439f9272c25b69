"""A decision, and what ties it to the values that it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from registry.expressions import columns_of
from registry.guard_settings import NUMBERS
from registry.model import Registry
from registry.wide import asked_under

CORRECT, CONFIRM, REJECT, IDENTIFY = "correct", "confirm", "reject", "identify"
UNKNOWN_STRUCTURE, SAME_FILE_TWICE = "I01", "I02"
ERASES_GOOD_ANSWERS = "I60"
ON_A_ROW = frozenset({UNKNOWN_STRUCTURE, ERASES_GOOD_ANSWERS})
"""Rules on what a row is worth, decided before its answers are looked at."""
SIGNATURE_LENGTH = 12


@dataclass(frozen=True)
class Decision:
    """What someone decided on a rule raised on a structure.

    `about`: signature of the values it was made on (or the one value expected, for the national team's). `action`:
    correct (with `value`), confirm (with a coded `reason`), reject, identify (a row, as the structure in `value`).
    """

    entry_id: str
    sender: str
    author: str
    decided_at: str
    structure_id: str
    rule: str
    variable: str
    about: str
    action: str
    value: str
    reason: str
    comment: str
    file: str
    sheet: str
    cell: str


def is_on_a_column(decision: Decision) -> bool:
    """Whether what was decided on is what a guard found in a whole column."""
    return not decision.structure_id and decision.rule in NUMBERS


def signature(values: Mapping[str, str]) -> str:
    """A short fingerprint of texts by variable."""
    text = "\0".join(f"{name}={value}" for name, value in sorted(values.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:SIGNATURE_LENGTH]


def variables_behind(registry: Registry, campaign: int, rule: str, variable: str) -> list[str]:
    """The variables asked whose answers a rule weighs: those of its SQL, or the one that it is about."""
    edit = registry.edits.get(rule)
    if edit is not None and edit.check == "sql":
        return asked_under(columns_of(edit.expression), registry, campaign)
    return [variable] if variable else []


def about(registry: Registry, campaign: int, rule: str, variable: str, raws: Mapping[str, str], entry_id: str) -> str:
    """The signature of what a rule was raised on: `raws` are the texts of the structure's answers by variable."""
    values = {name: raws.get(name, "") for name in variables_behind(registry, campaign, rule, variable)}
    if rule == SAME_FILE_TWICE:
        values["entry"] = entry_id
    return signature(values)
