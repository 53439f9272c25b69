"""What publication needs to know of the gate's verdict: may it publish, which sheets, with which reservations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NATIONAL = "national"
BLOCKED = "blocked"
OUTCOMES = frozenset({"publishable", "publishable_with_reservations", BLOCKED})


class NotPublishableError(Exception):
    """The gate has not let this candidate through; the message says why."""


@dataclass(frozen=True)
class Reservation:
    """Something that the gate wants printed with the figures: of the campaign, or of one territory."""

    scope: str
    scope_label: str
    reaches: str
    question: str
    observed: str
    expected: str


@dataclass(frozen=True)
class SuiteCount:
    """How a suite of checks went: checks asked, passed, with a reservation."""

    suite: str
    asked: int
    passed: int
    reserved: int


@dataclass(frozen=True)
class Gate:
    """A verdict that lets the campaign be published."""

    outcome: str
    withheld: frozenset[str]
    reservations: tuple[Reservation, ...]
    suites: tuple[SuiteCount, ...]

    def reservations_of(self, territory_id: str, *, national: bool) -> list[Reservation]:
        """Those to print on the sheet of a territory."""
        return [
            reservation
            for reservation in self.reservations
            if reservation.scope == territory_id
            or (reservation.scope == NATIONAL and (national or reservation.reaches == "all"))
        ]


def passed_gate(verdict: Mapping[str, Any], campaign: int, build_id: str) -> Gate:
    """The verdict as publication uses it.

    `verdict` is that of `expectations`: outcome, campaign, build_id, publications (territory_id → outcome), checks.
    Raises NotPublishableError when the verdict blocks, is of another campaign or build, or can't be understood.
    """
    outcome = verdict.get("outcome")
    if outcome not in OUTCOMES:
        raise NotPublishableError(f"verdict illisible : issue « {outcome} »")
    if verdict.get("campaign") != campaign:
        raise NotPublishableError(f"verdict de la campagne {verdict.get('campaign')}, pas de la campagne {campaign}")
    if verdict.get("build_id") != build_id:
        raise NotPublishableError(
            f"verdict de la construction {verdict.get('build_id')} ; le candidat est {build_id} : relancer le contrôle"
        )
    if outcome == BLOCKED:
        reasons = sorted({check["question_fr"] for check in verdict.get("checks", []) if effect_of(check) == "block"})
        raise NotPublishableError(" ; ".join([f"la campagne {campaign} est bloquée par le contrôle", *reasons]))
    checks = verdict.get("checks", [])
    withheld = frozenset(name for name, answer in verdict.get("publications", {}).items() if answer == BLOCKED)
    return Gate(
        outcome=outcome,
        withheld=withheld,
        reservations=tuple(_reservation(check) for check in checks if effect_of(check) == "reserve"),
        suites=tuple(
            _counted(suite, [check for check in checks if suite_name(check) == suite])
            for suite in dict.fromkeys(suite_name(check) for check in checks)
        ),
    )


def effect_of(check: Mapping[str, Any]) -> str:
    """none, info, reserve or block: a waiver lowers the severity by one step, an engine error blocks."""
    if check.get("error") is not None:
        return "block"
    if check["passed"]:
        return "none"
    lowered = {"block": "reserve", "reserve": "info", "info": "info"}
    severity: str = check["severity"]
    return lowered[severity] if check.get("waived_by") else severity


def suite_name(check: Mapping[str, Any]) -> str:
    """The French name of the check's suite; its code in a verdict that has none."""
    return str(check.get("suite_fr") or check["suite"])


def touches(check: Mapping[str, Any], territory_id: str, *, national: bool) -> bool:
    """True when the check counts for the publication of that territory."""
    scope = check.get("scope", NATIONAL)
    if check.get("error") is not None or scope == territory_id:
        return True
    return bool(scope == NATIONAL and (national or check.get("reaches") == "all"))


def _reservation(check: Mapping[str, Any]) -> Reservation:
    return Reservation(
        check.get("scope", NATIONAL),
        check.get("scope_label", ""),
        check.get("reaches", NATIONAL),
        check["question_fr"],
        check["observed"],
        check["expected"],
    )


def _counted(suite: str, checks: list[Mapping[str, Any]]) -> SuiteCount:
    asked = {check["id"] for check in checks}
    failed = {check["id"] for check in checks if not check["passed"]}
    reserved = {check["id"] for check in checks if effect_of(check) == "reserve"}
    return SuiteCount(suite, len(asked), len(asked - failed), len(reserved))
