"""Where a candidate keeps the gate's verdicts, and how they are read back."""

from __future__ import annotations

import json
from pathlib import Path

from core.atomic import replaced_file
from expectations.verdict import Verdict
from orchestration.builds import NoCandidateError
from publication.documents.verdict_page import write_verdict_page


def verdict_path(candidate: Path, campaign: int) -> Path:
    """``verdicts/<campaign>.json`` of a candidate."""
    return candidate / "verdicts" / f"{campaign}.json"


def keep_verdict(candidate: Path, verdict: Verdict) -> None:
    """Write a verdict beside the candidate's tables: ``verdicts/<campaign>.json``, and the same as a page."""
    target = verdict_path(candidate, verdict.campaign)
    demo = verdict.campaign in json.loads((candidate / "manifest.json").read_text(encoding="utf-8")).get("demo", [])
    with replaced_file(target.with_suffix(".html")) as path:
        write_verdict_page(verdict.as_dict(), path, demo=demo)
    with replaced_file(target) as path:
        path.write_text(verdict.to_json(), encoding="utf-8")


def has_verdict(candidate: Path, campaign: int) -> bool:
    """True when the candidate was judged for the campaign, and both the verdict and its page are there."""
    path = verdict_path(candidate, campaign)
    return path.is_file() and path.with_suffix(".html").is_file()


def read_verdict(candidate: Path, campaign: int) -> Verdict:
    """The verdict of a campaign. Raises `NoCandidateError` when the candidate was not judged for it."""
    path = verdict_path(candidate, campaign)
    if not path.exists():
        raise NoCandidateError(f"la campagne {campaign} n'est pas dans le candidat : lancez « senacs build »")
    return Verdict.from_json(path.read_text(encoding="utf-8"))


def read_verdicts(candidate: Path) -> dict[int, Verdict]:
    """Every verdict of a candidate, by campaign."""
    campaigns = sorted(int(path.stem) for path in (candidate / "verdicts").glob("*.json"))
    return {campaign: read_verdict(candidate, campaign) for campaign in campaigns}
