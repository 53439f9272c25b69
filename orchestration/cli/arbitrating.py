"""Settling which of two senders' responses to a structure counts."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

from core.home import Home
from ingest.receive.answerers import arbitrate
from ingest.returns.identifiers import structure_id
from ingest.store.intake import files_answering
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

Answered = dict[str, tuple[str, bool]]


def add_commands(add: AddCommand) -> None:
    """`arbitrate`."""
    arbitrate = add(
        "arbitrate",
        settle_senders,
        'senacs arbitrate 2019 CS-59-0005 --sender caf-59 --reason "réponse directe, plus récente"\n'
        '  senacs arbitrate 2019 CS-59-0005 --withdraw --reason "tranché par erreur"',
    )
    arbitrate.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    arbitrate.add_argument("structure", metavar="STRUCTURE", help="identifiant de la structure, par exemple CS-59-0005")
    arbitrate.add_argument("--sender", default="", metavar="ÉMETTEUR", help="celui dont la réponse compte")
    arbitrate.add_argument("--withdraw", action="store_true", help="retire l'arbitrage : la première réponse compte")
    arbitrate.add_argument("--reason", required=True, metavar="MOTIF", help="pourquoi")
    arbitrate.add_argument("--by", default="", metavar="NOM", help="qui décide (par défaut : la session)")


def settle_senders(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs arbitrate``: 2 when the structure is unknown or the sender has not answered for it."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    if bool(options.sender) == options.withdraw:
        raise CommandError("dites quel émetteur avec --sender, ou --withdraw (senacs arbitrate --help)", ExitCode.USAGE)
    if not options.reason.strip():
        raise CommandError('dites pourquoi : --reason "…"', ExitCode.USAGE)
    home, structure = Home.from_environment(), structure_id(options.structure)
    before = files_answering(home, registry, options.campaign, structure)
    _refuse_without_answer(before, options.campaign, structure, options.sender)
    author = options.by.strip() or getpass.getuser()
    changed = arbitrate(home, options.campaign, structure, options.sender, reason=options.reason.strip(), author=author)
    after = files_answering(home, registry, options.campaign, structure)
    document = {
        "campaign": options.campaign,
        "structure_id": structure,
        "sender": options.sender,
        "changed": changed,
        "before": _counting(before),
        "after": _counting(after),
        "answered": {sender: file for sender, (file, _) in after.items()},
    }
    screen.show(document, _said(structure, before, after, changed=changed))
    return ExitCode.OK


def _refuse_without_answer(answered: Answered, campaign: int, structure: str, sender: str) -> None:
    if not answered:
        raise CommandError(f"aucune réponse reçue pour {structure} dans la campagne {campaign}", ExitCode.USAGE)
    if sender and sender not in answered:
        known = ", ".join(sorted(answered))
        raise CommandError(f"{sender} n'a pas répondu pour {structure} (ont répondu : {known})", ExitCode.USAGE)


def _counting(answered: Mapping[str, tuple[str, bool]]) -> str:
    return next((sender for sender, (_, counts) in answered.items() if counts), "")


def _said(structure: str, before: Answered, after: Answered, *, changed: bool) -> str:
    now, was = _counting(after), _counting(before)
    counts = f"{structure} : la réponse de {now} compte ({after[now][0]})"
    if not changed:
        return f"{counts}, c'était déjà décidé : rien n'a changé."
    instead = f" à la place de celle de {was}" if was and was != now else ""
    return f"{counts}{instead} ; « senacs build » refait les chiffres."
