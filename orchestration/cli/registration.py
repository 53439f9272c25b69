"""What comes in: the frame of agreed structures, the events of their life, the files that senders return."""

from __future__ import annotations

import argparse
import getpass
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from core.home import Home
from ingest.receive.reception import Delivery, deliveries_from_manifest, label_of, receive
from orchestration.cli.arguments import (
    AddCommand,
    existing_file,
    existing_folder,
    iso_moment,
    loaded_registry,
    refuse_unknown_campaign,
)
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, on_one_line

if TYPE_CHECKING:
    from ingest.receive.reception import FileAnswer
    from registry import Registry


CHANGES_SHOWN = 30


def add_commands(add: AddCommand) -> None:
    """`frame`, `lifecycle`, `fiches`, `receive`."""
    frame = add(
        "frame",
        register_frame,
        "senacs frame samples/frames/frame_2019.csv --campaign 2019",
    )
    frame.add_argument("file", type=existing_file, metavar="FICHIER", help="liste des structures agréées (CSV, XLSX)")
    frame.add_argument("--campaign", type=int, required=True, metavar="ANNÉE", help="année de la campagne")
    frame.add_argument("--check", action="store_true", help="montre ce qui changerait, sans rien enregistrer")

    lifecycle = add(
        "lifecycle",
        register_lifecycle,
        "senacs lifecycle samples/frames/lifecycle.csv",
    )
    lifecycle.add_argument("file", type=existing_file, metavar="FICHIER", help="liste des événements (CSV, XLSX)")
    lifecycle.add_argument("--check", action="store_true", help="montre ce qui changerait, sans rien enregistrer")
    lifecycle.add_argument(
        "--replace", action="store_true", help="remplace les événements enregistrés (par défaut : s'y ajoute)"
    )
    lifecycle.add_argument("--by", default="", metavar="NOM", help="qui remplace (par défaut : la session)")

    fiches = add(
        "fiches",
        register_action_sheets,
        "senacs fiches samples/action_sheets/fiches.csv",
    )
    fiches.add_argument("file", type=existing_file, metavar="FICHIER", help="fiches, une par ligne ou par objet JSON")

    receive = add(
        "receive",
        receive_files,
        "senacs receive retour_62.xlsx --campaign 2019 --sender fede-npdc\n"
        "  senacs receive --manifest samples/returns/manifest.csv --root samples",
    )
    receive.add_argument("files", nargs="*", type=Path, metavar="FICHIER", help="fichiers reçus d'un même émetteur")
    receive.add_argument("--campaign", type=int, metavar="ANNÉE", help="année de la campagne")
    receive.add_argument("--sender", metavar="ÉMETTEUR", help="fédération ou Caf qui envoie, par exemple fede-npdc")
    receive.add_argument(
        "--received-at", type=iso_moment, metavar="DATE", help="date de réception (par défaut : maintenant)"
    )
    receive.add_argument(
        "--manifest", type=existing_file, metavar="CSV", help="liste de fichiers : file, campaign, sender, received_at"
    )
    receive.add_argument(
        "--root", type=existing_folder, metavar="DOSSIER", help="dossier par rapport auquel les fichiers sont nommés"
    )


def register_frame(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs frame``: with ``--check``, only what would change."""
    from ingest.survey_frame.frames import compared_frame, register_frame

    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    if options.check:
        lines = compared_frame(Home.from_environment(), registry, options.file, options.campaign).lines_fr()
        document = {"campaign": options.campaign, "registered": False, "changes": lines}
        screen.show(document, "\n".join([*lines, "Rien n'est enregistré (--check)."]))
        return ExitCode.OK
    receipt = register_frame(Home.from_environment(), registry, options.file, options.campaign)
    again = " (déjà enregistrées, rien n'a changé)" if receipt["already_received"] else ""
    changes = receipt["changes"][:CHANGES_SHOWN]
    if len(receipt["changes"]) > CHANGES_SHOWN:
        changes.append(f"… et {len(receipt['changes']) - CHANGES_SHOWN} autre(s) ligne(s) : --json les donne toutes.")
    registered = f"Campagne {receipt['campaign']} : {receipt['structures']} structures agréées{again}."
    screen.show(receipt, "\n".join([*changes, registered]))
    return ExitCode.OK


def register_lifecycle(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs lifecycle``: with ``--check``, only what would change."""
    from ingest.survey_frame.frames import foreseen_lifecycle, register_lifecycle

    home, registry = Home.from_environment(), loaded_registry()
    if options.check:
        receipt = foreseen_lifecycle(home, registry, options.file, replace=options.replace)
    else:
        by = (options.by.strip() or getpass.getuser()) if options.replace else ""
        receipt = register_lifecycle(home, registry, options.file, replace=by)
    lines = []
    if gone := receipt["replaced"]:
        lines.append(f"Remplace {len(gone)} événement(s) enregistré(s) : {' ; '.join(gone)}.")
    known = receipt["events"] - receipt["added"]
    already = f", dont {known} déjà enregistré(s)" if known else ""
    lines.append(f"{receipt['events']} événements, aucune faute{already} ; {receipt['total']} en tout.")
    if options.check:
        lines.append("Rien n'est enregistré (--check).")
    screen.show(receipt | ({"registered": False} if options.check else {}), "\n".join(lines))
    return ExitCode.OK


def register_action_sheets(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs fiches``: 0 when a sheet was taken in, 4 when every sheet was refused."""
    from ingest.action_sheets import register_action_sheets

    receipt = register_action_sheets(Home.from_environment(), loaded_registry(), options.file)
    again = " (fichier déjà enregistré, rien n'a changé)" if receipt["already_received"] else ""
    ignored = f"Colonnes inconnues, laissées de côté : {', '.join(receipt['unknown'])}." if receipt["unknown"] else ""
    registered = f"{receipt['sheets']} fiche(s) d'expérience enregistrée(s){again}."
    screen.show(receipt, "\n".join(filter(None, [*receipt["refused"], ignored, registered])))
    return ExitCode.OK if receipt["sheets"] else ExitCode.EVERY_FILE_REFUSED


def receive_files(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs receive``: 0 when a file was taken in, 4 when every file was refused."""
    registry = loaded_registry()
    answers = received(Home.from_environment(), registry, _deliveries(options, registry), screen)
    documents = [asdict(answer) for answer in answers]
    screen.show(documents, *(on_one_line(f"{_mark(answer)} {answer.file} : {_said(answer)}") for answer in answers))
    return ExitCode.OK if any(answer.verdict == "accepted" for answer in answers) else ExitCode.EVERY_FILE_REFUSED


def received(home: Home, registry: Registry, deliveries: list[Delivery], screen: Screen) -> list[FileAnswer]:
    """Receive the deliveries, telling each file as it is read."""
    done = 0
    with screen.told() as teller:
        teller.started("Réception")

        def advance(answer: FileAnswer) -> None:
            nonlocal done
            done += 1
            teller.advanced(f"{done}/{len(deliveries)} {answer.file}")

        return receive(home, registry, deliveries, on_file=advance)


def _deliveries(options: argparse.Namespace, registry: Registry) -> list[Delivery]:
    if options.manifest:
        if options.files or options.campaign or options.sender or options.received_at:
            raise CommandError("--manifest dit déjà les fichiers, la campagne, l'émetteur et la date", ExitCode.USAGE)
        deliveries = deliveries_from_manifest(options.manifest, options.root)
        if not deliveries:
            raise CommandError(f"{options.manifest} ne liste aucun fichier")
        _refuse_missing([delivery.path for delivery in deliveries])
        return deliveries
    if not (options.files and options.campaign and options.sender):
        raise CommandError(
            "indiquez des fichiers avec --campaign et --sender, ou un --manifest (senacs receive --help)",
            ExitCode.USAGE,
        )
    refuse_unknown_campaign(registry, options.campaign)
    _refuse_missing(options.files)
    return [
        Delivery(path, label_of(path, options.root), options.campaign, options.sender, options.received_at)
        for path in options.files
    ]


def _refuse_missing(paths: list[Path]) -> None:
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise CommandError(f"fichier introuvable : {', '.join(missing)}. Rien n'a été reçu", ExitCode.USAGE)


def _mark(answer: FileAnswer) -> str:
    return "✓" if answer.verdict == "accepted" else "✗"


def _said(answer: FileAnswer) -> str:
    return answer.message if answer.verdict == "accepted" else f"REFUSÉ ({answer.rule}) {answer.message}"
