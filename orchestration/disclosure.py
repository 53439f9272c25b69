"""Disclosure control as a step of the build: which figures of each campaign a release may tell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from expectations.settings import load_settings
from methods.disclosure.written import write_disclosure
from orchestration.builds import NoCandidateError, current_candidate
from orchestration.house import House


def decide_disclosure(house: House, folder: Path, campaigns: Iterable[int]) -> None:
    """Write ``disclosure/<campaign>/`` of a candidate under way, with the rules that the gate has for each campaign.

    What the last candidate decided on the same answers is kept.
    """
    settings = load_settings()
    try:
        last = current_candidate(house.home)
    except NoCandidateError:
        last = None
    with house.stages.stage("disclosure", "Confidentialité des chiffres") as stage:
        for campaign in campaigns:
            thresholds = settings.thresholds_of(campaign).values
            summary = write_disclosure(folder, campaign, thresholds, house.home.releases, last)
            stage.tell(
                f"campagne {campaign} : {summary['primary']} chiffres sensibles, {summary['secondary']} associés"
            )
