"""Closing the returns of a campaign while a vintage is prepared, and reopening them."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

from core.home import Home, questionnaires_folder
from ingest.receive.archive import Archive
from ingest.receive.locks import EVERYONE, Closings, close_returns, reopen_returns, waiting_entries
from ingest.survey_frame.frames import frame_of
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen
from registry.collectors import FILE, LEVELS, load_senders, sender_of_code

if TYPE_CHECKING:
    from registry import Registry


def add_commands(add: AddCommand) -> None:
    """`lock`."""
    lock = add(
        "lock",
        lock_returns,
        "senacs lock 2019 --sender fede-npdc\n"
        "  senacs lock 2019 --all\n"
        '  senacs lock 2019 --sender fede-npdc --unlock --reason "fichier incomplet, renvoi demandé"',
    )
    lock.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    lock.add_argument("--sender", default="", metavar="ÉMETTEUR", help="fédération ou Caf dont les retours sont clos")
    lock.add_argument("--all", action="store_true", help="tous les émetteurs, ceux qui n'ont rien envoyé compris")
    lock.add_argument(
        "--unlock", action="store_true", help="rouvre : ce qui attendait entre à la construction suivante"
    )
    lock.add_argument("--reason", default="", metavar="MOTIF", help="pourquoi (obligatoire avec --unlock)")
    lock.add_argument("--as", dest="who", default="national", metavar="QUI", help="qui décide (par défaut : national)")
    lock.add_argument("--author", default="", metavar="NOM", help="qui agit en son nom (par défaut : la session)")


def lock_returns(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs lock``. Nothing is built: `senacs build` leaves out what waits."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    if bool(options.sender) == options.all:
        raise CommandError("dites quel émetteur avec --sender, ou --all (senacs lock --help)", ExitCode.USAGE)
    if options.unlock and not options.reason.strip():
        raise CommandError('--unlock demande un motif : --reason "..."', ExitCode.USAGE)
    home, sender = Home.from_environment(), options.sender or EVERYONE
    if options.sender:
        _refuse_unknown_sender(home, registry, options.campaign, sender)
    said = {"who": options.who, "author": options.author or getpass.getuser(), "reason": options.reason.strip()}
    whose = f"de {sender}" if options.sender else "de tous les émetteurs"
    if options.unlock:
        reopen_returns(home, options.campaign, sender, **said)
        text = f"Campagne {options.campaign} : retours {whose} rouverts ; « senacs build » reprend ce qui attendait."
    else:
        closing = close_returns(home, options.campaign, sender, **said)
        counted = f"{len(closing.entries)} fichier(s) reçu(s) comptent"
        text = f"Campagne {options.campaign} : retours {whose} clos, {counted} ; la suite attend le prochain millésime."
    waiting = [entry.entry_id for entry in waiting_entries(home, options.campaign)]
    closed = [closing.sender for closing in Closings(home, options.campaign).in_force()]
    screen.show({"campaign": options.campaign, "closed": closed, "waiting": waiting}, text)
    return ExitCode.OK


def _refuse_unknown_sender(home: Home, registry: Registry, campaign: int, sender: str) -> None:
    """A name with a slip would close nothing, and nobody would know."""
    folder = questionnaires_folder()
    lines = load_senders(folder) if (folder / FILE).is_file() else []
    named = {line.sender for line in lines if line.collects_in(campaign)}
    frame = frame_of(home, registry, campaign)
    codes = {code for level in LEVELS for code in frame[level].drop_nulls().to_list() if code}
    known = named | set(Archive(home).senders(campaign)) | {sender_of_code(code) for code in codes}
    if sender not in known:
        raise CommandError(f"émetteur {sender} inconnu de la campagne {campaign} (connus : {', '.join(sorted(known))})")
