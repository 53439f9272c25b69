"""What the national team sends out: the workbooks to fill, and the forms for KoboToolbox or ODK."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.home import Home, questionnaires_folder
from ingest import forms as templates
from ingest.forms import TemplateError
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, table

if TYPE_CHECKING:
    from ingest.forms import Sent
    from registry import Registry

FOLDER = "templates"


def add_commands(add: AddCommand) -> None:
    """`templates`."""
    templates = add(
        "templates",
        write_templates,
        "senacs templates 2019 --sender fede-npdc\n"
        "  senacs templates 2019 --form CS-62-0001\n"
        "  senacs templates 2019 --xlsform",
    )
    templates.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    templates.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire (par défaut : SENACS_HOME/templates)")
    what = templates.add_mutually_exclusive_group()
    what.add_argument("--sender", metavar="ÉMETTEUR", help="le classeur d'un seul émetteur, par exemple fede-npdc")
    what.add_argument("--form", metavar="STRUCTURE", help="le classeur individuel d'une structure")
    what.add_argument("--xlsform", action="store_true", help="un formulaire KoboToolbox ou ODK par type de structure")


def write_templates(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs templates``."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    try:
        sent = _written(options, registry, screen)
    except TemplateError as error:
        raise CommandError(str(error)) from error
    documents = [
        {"file": str(one.file), "sender": one.sender, "name": one.name, "structures": one.structures} for one in sent
    ]
    screen.show(documents, table("Classeurs", ("fichier", "pour", "structures"), map(_line, sent)))
    return ExitCode.OK


def _written(options: argparse.Namespace, registry: Registry, screen: Screen) -> list[Sent]:
    home, questionnaires = Home.from_environment(), questionnaires_folder()
    folder = options.out or home.root / FOLDER / str(options.campaign)
    if options.xlsform:
        return templates.write_xlsforms(registry, questionnaires, options.campaign, folder)
    if options.form:
        return [templates.write_form(home, registry, questionnaires, options.campaign, folder, options.form)]
    with screen.told() as teller:
        return templates.write_templates(
            home,
            registry,
            questionnaires,
            options.campaign,
            folder,
            options.sender,
            lambda label, number, count: teller.advanced(f"{label} {number}/{count}"),
        )


def _line(sent: Sent) -> tuple[str, str, str]:
    counts = ", ".join(f"{number} {kind}" for kind, number in sent.structures.items())
    return str(sent.file), sent.name, counts
