"""What goes back to a sender: its edit report."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.home import Home
from ingest.corrections.report import write_report
from ingest.receive.archive import Archive
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen


def add_commands(add: AddCommand) -> None:
    """`report`."""
    report = add(
        "report",
        report_to_sender,
        "senacs report fede-npdc --campaign 2019",
    )
    report.add_argument("sender", metavar="ÉMETTEUR", help="fédération ou Caf qui a envoyé des retours")
    report.add_argument("--campaign", type=int, required=True, metavar="ANNÉE", help="année de la campagne")
    report.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire (par défaut : SENACS_HOME/reports)")


def report_to_sender(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs report``."""
    home, registry = Home.from_environment(), loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    senders = Archive(home).senders(options.campaign)
    if options.sender not in senders:
        known = ", ".join(senders) or "aucun"
        raise CommandError(f"rien n'a été reçu de {options.sender} pour {options.campaign} (émetteurs : {known})")
    folder = options.out or home.root / "reports" / str(options.campaign)
    report, paths = write_report(home, registry, options.campaign, options.sender, folder)
    receipt = {
        "campaign": report.campaign,
        "sender": report.sender,
        "lines": len(report.lines),
        "notes": len(report.notes),
        "files": [str(path) for path in paths],
    }
    screen.show(receipt, f"{len(report.lines)} point(s) à décider : {paths[0]} (page à imprimer : {paths[1]})")
    return ExitCode.OK
