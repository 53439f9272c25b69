"""``senacs report``: the edit report of a sender, as a workbook and as a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.atomic import replaced_file
from core.home import Home
from ingest.corrections.report_lines import Report, reports_of
from ingest.corrections.report_page import page
from ingest.corrections.report_workbook import workbook_bytes
from ingest.store.intake import build_intake
from registry.model import Registry


def write_report(home: Home, registry: Registry, campaign: int, sender: str, folder: Path) -> tuple[Report, list[Path]]:
    """Bring the intake up to date and write the report of `sender` in `folder`. Returns it and its files."""
    return next(write_reports(home, registry, campaign, [sender], folder))


def write_reports(
    home: Home, registry: Registry, campaign: int, senders: Iterable[str], folder: Path
) -> Iterator[tuple[Report, list[Path]]]:
    """The same for several senders, one after the other: the workbook, then the page."""
    for year in registry.campaigns:
        if year <= campaign:
            build_intake(home, registry, year)
    for report in reports_of(home, registry, campaign, senders):
        stem = f"rapport_{campaign}_{report.sender}"
        paths = [folder / f"{stem}.xlsx", folder / f"{stem}.html"]
        with replaced_file(paths[0]) as path:
            path.write_bytes(workbook_bytes(report, registry))
        with replaced_file(paths[1]) as path:
            path.write_text(page(report), encoding="utf-8")
        yield report, paths
