"""What the gate answers: a verdict, made of check results, that can be stored and read back."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from expectations.settings import Severity

Outcome = Literal["publishable", "publishable_with_reservations", "blocked"]
Effect = Literal["none", "info", "reserve", "block"]

NATIONAL = "national"
OUTCOME_OF: dict[Effect, Outcome] = {
    "none": "publishable",
    "info": "publishable",
    "reserve": "publishable_with_reservations",
    "block": "blocked",
}
WEIGHT: dict[Effect, int] = {"none": 0, "info": 1, "reserve": 2, "block": 3}
LOWERED: dict[Severity, Effect] = {"block": "reserve", "reserve": "info", "info": "info"}


@dataclass
class CheckResult:
    """One check, on one scope (``national`` or a territory_id; ``territories`` when all of them passed).

    `rows` are the first rows behind the answer, `rows_total` how many there are; `row_lines` say the same in French.
    `error` is set when the check itself failed to run: it then blocks, whatever its severity.
    """

    id: str
    suite: str
    question_fr: str
    owner: str
    severity: Severity
    passed: bool
    observed: str
    expected: str
    next_step_fr: str
    scope: str = NATIONAL
    scope_label: str = ""
    reaches: str = "national"
    rows: list[dict[str, Any]] = field(default_factory=list)
    row_lines: list[str] = field(default_factory=list)
    rows_total: int = 0
    waived_by: str | None = None
    waiver_reason: str | None = None
    error: str | None = None
    suite_fr: str = ""

    @property
    def effect(self) -> Effect:
        """What this result does to its publications: a waiver lowers it by one step, an engine error blocks."""
        if self.error is not None:
            return "block"
        if self.passed:
            return "none"
        return LOWERED[self.severity] if self.waived_by else self.severity

    def touches(self, territory_id: str, national: bool) -> bool:
        """True when this result counts for the publication of that territory."""
        if self.error is not None or self.scope == territory_id:
            return True
        return self.scope == NATIONAL and (national or self.reaches == "all")


@dataclass
class Verdict:
    """The gate's answer for one candidate and one campaign.

    `outcome` is that of the release as a whole: blocked when the national publication is. `publications` gives the
    outcome of each territory of the campaign, by territory_id, the nation first, and `publication_names` its name in
    French. `suites` are the Great Expectations results, without data. `judged_on` is the ISO day on which waivers were
    looked at. `signatures`: the state of each signature then (`sign_off.PartyState`). `notes`: the causes given for
    what changed since the last vintage.
    """

    campaign: int
    outcome: Outcome
    build_id: str
    candidate_hash: str
    judged_on: str
    publications: dict[str, Outcome]
    checks: list[CheckResult]
    suites: list[dict[str, Any]] = field(default_factory=list)
    signatures: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    publication_names: dict[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> list[CheckResult]:
        """Results that forbid a publication, national ones first as in the list of checks."""
        return [check for check in self.checks if check.effect == "block"]

    @property
    def reservations(self) -> list[CheckResult]:
        """Results to print in the release."""
        return [check for check in self.checks if check.effect == "reserve"]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, each check with its `effect`, for those who read a verdict without this room."""
        values = dataclasses.asdict(self)
        for check, result in zip(values["checks"], self.checks, strict=True):
            check["effect"] = result.effect
        return values

    def to_json(self) -> str:
        """The same text for the same verdict, byte for byte."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read back what `to_json` wrote. Raises TypeError or ValueError on anything else."""
        values = json.loads(text)
        for check in values["checks"]:
            check.pop("effect")
        return cls(**(values | {"checks": [CheckResult(**check) for check in values["checks"]]}))


def outcome_of(results: list[CheckResult]) -> Outcome:
    """The outcome of the worst result; publishable without any."""
    effects: list[Effect] = [result.effect for result in results]
    return OUTCOME_OF[max(effects, key=WEIGHT.__getitem__, default="none")]


def release_outcome(results: list[CheckResult]) -> Outcome:
    """The outcome of the whole release: a territory that is blocked leaves its sheet out, and is a reservation."""
    whole = outcome_of([result for result in results if result.touches(NATIONAL, national=True)])
    if whole == "publishable" and outcome_of(results) != "publishable":
        return "publishable_with_reservations"
    return whole
