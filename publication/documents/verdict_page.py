"""The gate's verdict as a French page: what was looked at, what blocks, what to do and who can, by publication."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.french import long_date, number, typographic
from publication.documents.pages import PagePrinter
from publication.documents.plans import read_house
from publication.release.gate import effect_of, suite_name, touches

LINES_SHOWN = 8
OUTCOMES = {
    "publishable": ("publiable", "publiables"),
    "publishable_with_reservations": ("publiable avec réserves", "publiables avec réserves"),
    "blocked": ("bloquée", "bloquées"),
}
STATES = {"none": "réussi", "info": "pour information", "reserve": "réserve", "block": "bloquant"}
GROUPS = {
    "block": "Ce qui bloque",
    "reserve": "Réserves, à imprimer avec les chiffres",
    "info": "Pour information",
}
SIGNS = {"none": "✓", "info": "i", "reserve": "!", "block": "✗"}
SEVERITIES = {"block": "bloque", "reserve": "réserve", "info": "information"}


@dataclass(frozen=True)
class Finding:
    """A check that has something to say, on one scope. `reach`: the territories that it counts for, with spaces."""

    check_id: str
    suite: str
    effect: str
    sign: str
    state: str
    question: str
    scope: str
    found: str
    observed: str
    expected: str
    lines: tuple[str, ...]
    more: tuple[str, ...]
    untold: str
    owner: str
    next_step: str
    waiver: str
    reach: str


@dataclass(frozen=True)
class CheckLine:
    """A line of the list of all checks: its worst answer."""

    check_id: str
    question: str
    observed: str
    expected: str
    severity: str
    owner: str
    effect: str
    sign: str
    state: str


@dataclass(frozen=True)
class PublicationLine:
    """A publication and its outcome; how many of the findings count for it, by effect."""

    territory_id: str
    name: str
    outcome: str
    words: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class VerdictPage:
    """What the page shows. `groups`: (title, effect, findings), worst first; `suites`: (name, checks)."""

    campaign: int
    outcome: str
    words: str
    edition: tuple[str, ...]
    demo: str
    cards: tuple[tuple[str, str, str], ...]
    publications: tuple[PublicationLine, ...]
    groups: tuple[tuple[str, str, tuple[Finding, ...]], ...]
    suites: tuple[tuple[str, tuple[CheckLine, ...]], ...]
    engine: tuple[tuple[str, int, int, int], ...]


def verdict_page(verdict: Mapping[str, Any], *, edition: str = "", demo: str = "") -> VerdictPage:
    """`verdict` as `expectations` gives it (docs/data-contracts.md). `edition`: the vintage it is printed with."""
    checks = verdict["checks"]
    publications = verdict["publications"]
    findings = [_finding(check, list(publications)) for check in checks if effect_of(check) != "none"]
    judged = long_date(dt.date.fromisoformat(verdict["judged_on"]))
    return VerdictPage(
        campaign=verdict["campaign"],
        outcome=verdict["outcome"],
        words=OUTCOMES[verdict["outcome"]][0],
        edition=tuple(filter(None, (edition, f"contrôlé le {judged}", f"lot {verdict['build_id']}"))),
        demo=demo,
        cards=_cards(checks, publications),
        publications=_publication_lines(verdict, findings),
        groups=tuple(
            (title, effect, tuple(finding for finding in findings if finding.effect == effect))
            for effect, title in GROUPS.items()
            if any(finding.effect == effect for finding in findings)
        ),
        suites=tuple((name, _check_lines(checks, name)) for name in dict.fromkeys(map(suite_name, checks))),
        engine=tuple(_engine_line(suite) for suite in verdict.get("suites", [])),
    )


def write_verdict_page(verdict: Mapping[str, Any], path: Path, *, demo: bool) -> None:
    """Write the page of a candidate's verdict: one file that needs no other."""
    house = read_house()
    page = verdict_page(verdict, demo=house.demo["mark"] if demo else "")
    path.write_text(PagePrinter(house.demo["sentence"]).verdict(page, []), encoding="utf-8")


def _finding(check: Mapping[str, Any], publications: Iterable[str]) -> Finding:
    effect = effect_of(check)
    lines = [typographic(line) for line in check["row_lines"]]
    untold = check["rows_total"] - len(lines)
    reached = [
        territory_id
        for position, territory_id in enumerate(publications)
        if touches(check, territory_id, national=position == 0)
    ]
    waiver = f"Dérogation de {check['waived_by']} : {check['waiver_reason']}" if check.get("waived_by") else ""
    return Finding(
        check_id=check["id"],
        suite=suite_name(check),
        effect=effect,
        sign=SIGNS[effect],
        state=STATES[effect],
        question=typographic(check["question_fr"]),
        scope=typographic(check["scope_label"]),
        found=typographic(check["error"] or ""),
        observed=typographic(check["observed"]),
        expected=typographic(check["expected"]),
        lines=tuple(lines[:LINES_SHOWN]),
        more=tuple(lines[LINES_SHOWN:]),
        untold=f"… et {number(untold, 0)} de plus, dans verdict.json" if lines and untold > 0 else "",
        owner=typographic(check["owner"]),
        next_step=typographic(check["next_step_fr"]),
        waiver=typographic(waiver),
        reach=" ".join(reached),
    )


def _cards(checks: list[Mapping[str, Any]], publications: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """(number, words, tone): checks passed, what blocks, reservations, publications that may appear."""
    asked = {check["id"] for check in checks}
    by_effect = {effect: {c["id"] for c in checks if effect_of(c) == effect} for effect in STATES}
    passed = asked - {check["id"] for check in checks if not check["passed"]}
    open_ones = sum(outcome != "blocked" for outcome in publications.values())
    told = (
        (f"{len(passed)} / {len(asked)}", "contrôles réussis", "calm"),
        _counted(by_effect["block"], "contrôle bloquant", "contrôles bloquants", "block"),
        _counted(by_effect["reserve"], "réserve", "réserves", "reserve"),
        (f"{open_ones} / {len(publications)}", "publications possibles", "calm"),
    )
    return tuple((shown, words, tone if shown != "0" else "calm") for shown, words, tone in told)


def _counted(checks: set[str], one: str, many: str, tone: str) -> tuple[str, str, str]:
    return str(len(checks)), many if len(checks) > 1 else one, tone


def _publication_lines(verdict: Mapping[str, Any], findings: list[Finding]) -> tuple[PublicationLine, ...]:
    names = verdict.get("publication_names", {})
    counts = {territory_id: Counter[str]() for territory_id in verdict["publications"]}
    for finding in findings:
        for territory_id in finding.reach.split():
            counts[territory_id][finding.effect] += 1
    return tuple(
        PublicationLine(
            territory_id,
            typographic(names.get(territory_id, territory_id)),
            outcome,
            OUTCOMES[outcome][0],
            counts[territory_id],
        )
        for territory_id, outcome in verdict["publications"].items()
    )


def _check_lines(checks: list[Mapping[str, Any]], suite: str) -> tuple[CheckLine, ...]:
    """One line per check of a suite; one that fails on several territories is told once, with how many."""
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for check in checks:
        if suite_name(check) == suite:
            by_id.setdefault(check["id"], []).append(check)
    lines = []
    for check_id, results in by_id.items():
        worst = max(results, key=lambda check: list(STATES).index(effect_of(check)))
        failed = sum(not check["passed"] for check in results)
        effect = effect_of(worst)
        observed = f"{failed} territoires hors du seuil" if failed > 1 else worst["error"] or worst["observed"]
        lines.append(
            CheckLine(
                check_id,
                typographic(worst["question_fr"]),
                typographic(observed),
                typographic(worst["expected"]),
                SEVERITIES[worst["severity"]],
                typographic(worst["owner"]),
                effect,
                SIGNS[effect],
                STATES[effect],
            )
        )
    return tuple(lines)


def _engine_line(suite: Mapping[str, Any]) -> tuple[str, int, int, int]:
    """A suite of Great Expectations: name, rows looked at, expectations, those met."""
    results = suite["results"]
    return suite["suite"], suite["rows"], len(results), sum(bool(result["success"]) for result in results)
