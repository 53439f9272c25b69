"""Pages to look at: the campaign site of the coordination team, and the public site."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.home import Home, questionnaires_folder
from orchestration.campaign_site import build_campaign_site
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import ExitCode
from orchestration.screen import Screen
from publication.site import site_folder, write_site

SITE = "site"


def add_commands(add: AddCommand) -> None:
    """`suivi`, `site`."""
    follow_up = add(
        "suivi",
        write_follow_up,
        "senacs suivi 2019",
    )
    follow_up.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")

    site = add(
        "site",
        write_public_site,
        "senacs site",
    )
    site.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire (par défaut : SENACS_HOME/site)")


def write_follow_up(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs suivi``."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    with screen.told() as teller:
        teller.started("Site de suivi")
        page = build_campaign_site(
            Home.from_environment(), registry, questionnaires_folder(), options.campaign, teller.advanced
        )
    screen.show({"campaign": options.campaign, "page": str(page)}, f"Site de suivi : {page}")
    return ExitCode.OK


def write_public_site(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs site``: 1 when nothing is published yet, or where the folder may not be replaced."""
    home = Home.from_environment()
    folder = site_folder(options.out or home.root / SITE, home.kept)
    candidate = home.candidate.resolve() if home.candidate.exists() else None
    with screen.told() as teller:
        teller.started("Site public")
        page = write_site(home.releases, candidate, folder, tell=teller.advanced)
    screen.show({"page": str(page)}, f"Site public : {page}")
    return ExitCode.OK
