"""The campaign site of a home: what the candidate, the archive and the releases say, gathered and written."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from core.home import Home
from core.partial_folders import partial_folder, take_the_place_of
from ingest.corrections.report import write_reports
from ingest.receive.archive import Archive
from ingest.receive.withdrawals import withdrawn_of
from ingest.returns.asked import asked_of
from lineage.traced_campaign import traced_campaign
from orchestration.builds import PARTIAL, current_candidate
from orchestration.sign_off import SignOff
from orchestration.verdicts import read_verdict, verdict_path
from publication.documents.plans import read_house
from publication.follow_up import Expected, follow_up_of, write_campaign_site
from publication.follow_up.settings import read_settings
from publication.follow_up.site import BuildLine, plaquettes_of, vintages_of
from publication.follow_up.traces import write_traces
from publication.site.settings import read_settings as read_site_settings

if TYPE_CHECKING:
    from registry import Registry

Told = Callable[[str], None]


def campaign_site_folder(home: Home, campaign: int) -> Path:
    """Where the site of a campaign is."""
    return home.root / "suivi" / str(campaign)


def build_campaign_site(
    home: Home, registry: Registry, questionnaires: Path, campaign: int, tell: Told | None = None
) -> Path:
    """Write the site of a campaign, with the edit report of each sender; returns its first page.

    Raises `NoCandidateError` when nothing was built yet.
    """
    candidate = current_candidate(home)
    verdict = read_verdict(candidate, campaign).as_dict()
    folder, settings = campaign_site_folder(home, campaign), read_settings()
    reports = {}
    senders = Archive(home).senders(campaign)
    for report, (workbook, _) in write_reports(
        home, registry, campaign, senders, home.root / "reports" / str(campaign)
    ):
        reports[report.sender] = Path(os.path.relpath(workbook.with_suffix(""), folder)).as_posix()
        if tell:
            tell(f"rapport de {report.sender}")
    expected = [
        Expected(line.sender, line.name, line.structures) for line in asked_of(home, registry, questionnaires, campaign)
    ]
    signatures = [asdict(state) for state in SignOff(home, questionnaires, candidate, campaign).states()]
    page = verdict_path(candidate, campaign).with_suffix(".html")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with partial_folder(folder) as partial:
        first = write_campaign_site(
            follow_up_of(candidate, campaign, expected, verdict, settings, signatures, reports),
            settings,
            partial,
            vintages=vintages_of(home.releases, campaign, folder),
            plaquettes=plaquettes_of(home.releases, campaign, folder),
            builds=_history(home, campaign),
            verdict_page=page if page.exists() else None,
            withdrawn=[withdrawal.as_dict() for withdrawal in withdrawn_of(home, campaign)],
        )
        traced = traced_campaign(candidate, home, registry, campaign)
        write_traces(traced, candidate, read_house(), read_site_settings().families, partial)
        take_the_place_of(folder, partial)
    return folder / first.name


def _history(home: Home, campaign: int) -> list[BuildLine]:
    """The builds that are kept, newest first."""
    current = current_candidate(home)
    lines = []
    for folder in sorted(home.builds.iterdir(), reverse=True):
        manifest = folder / "manifest.json"
        if folder.name.endswith(PARTIAL) or not manifest.exists():
            continue
        built_at = dt.datetime.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["built_at"])
        judged = verdict_path(folder, campaign).exists()
        outcome = read_verdict(folder, campaign).outcome if judged else ""
        lines.append(BuildLine(folder.name, built_at, outcome, folder == current))
    return lines
