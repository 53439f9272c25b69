"""The gate: put every check to a candidate, weigh the waivers, and give one verdict per publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from expectations.candidate import Candidate, build_id, candidate_hash
from expectations.hearing import Hearing
from expectations.settings import Settings, Waiver, load_settings
from expectations.suites import preload
from expectations.terminal import verdict_text
from expectations.verdict import NATIONAL, CheckResult, Verdict, outcome_of, release_outcome
from expectations.wording import typeset

__all__ = ["CheckResult", "Verdict", "judge", "preload", "verdict_text"]

WAIVERS_FRAME = "waivers"


def judge(candidate: Path, campaign: int, *, settings: Settings | None = None, today: dt.date | None = None) -> Verdict:
    """May the campaign of this candidate be published?

    `candidate` holds ``marts/``, ``intake/``, ``registry/`` and ``sign_off/`` as Parquet (docs/data-contracts.md).
    `today` decides which waivers still hold. What a check can't look at blocks. Raises `SettingsError` when the gate's
    own data are wrong.
    """
    settings = settings or load_settings()
    today = today or dt.date.today()
    thresholds = settings.thresholds_of(campaign)
    waivers = [waiver for waiver in settings.waivers if waiver.campaign == campaign]
    with Candidate(candidate, campaign, settings, thresholds) as opened:
        publications, signatures, notes = opened.publications(), opened.signatures(), opened.notes()
        hearing = Hearing(opened, thresholds, settings.suites)
        results = hearing.results(check for check in settings.checks if check.frame != WAIVERS_FRAME)
        scopes = {NATIONAL, *(territory_id for territory_id, *_ in publications)}
        opened.state_waivers(weigh_waivers(results, waivers, scopes, today))
        results += hearing.results(check for check in settings.checks if check.frame == WAIVERS_FRAME)
    return Verdict(
        campaign=campaign,
        outcome=release_outcome(results),
        build_id=build_id(candidate),
        candidate_hash=candidate_hash(candidate),
        judged_on=today.isoformat(),
        publications={
            territory_id: outcome_of([result for result in results if result.touches(territory_id, national)])
            for territory_id, _, national in publications
        },
        checks=results,
        suites=hearing.kept,
        signatures=signatures,
        notes=notes,
        publication_names={territory_id: name for territory_id, name, _ in publications},
    )


def weigh_waivers(
    results: list[CheckResult], waivers: list[Waiver], scopes: Collection[str], today: dt.date
) -> list[tuple[Waiver, str]]:
    """Mark the failed results that a waiver in force covers; give back each waiver with what became of it.

    An expired waiver covers nothing, and the result that it covered says so; an engine error can't be waived. `scopes`:
    those that a waiver may name.
    """
    states = []
    for waiver in waivers:
        covered = [
            result
            for result in results
            if (result.id, result.scope) == (waiver.check, waiver.scope) and not result.passed and result.error is None
        ]
        expired = not waiver.holds_on(today)
        for result in covered:
            if expired:
                result.next_step_fr += typeset(
                    f" La dérogation signée « {waiver.author} » a expiré le {waiver.expires_on:%d/%m/%Y} : elle ne "
                    "compte plus, et ne se renouvelle qu'avec un motif et une nouvelle date (waivers.csv)."
                )
            else:
                result.waived_by, result.waiver_reason = waiver.author, waiver.reason
        if expired:
            states.append((waiver, "expirée"))
        elif waiver.scope not in scopes:
            states.append((waiver, "portée inconnue (national, ou l'identifiant d'un territoire de la campagne)"))
        else:
            states.append((waiver, "utile" if covered else "sans objet"))
    return states
