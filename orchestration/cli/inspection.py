"""Looking without changing: where a campaign stands."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.home import Home
from ingest.receive.status import campaign_status
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import ExitCode
from orchestration.screen import Screen, table

if TYPE_CHECKING:
    from rich.console import RenderableType

GRAVITIES = {"block": "bloquant", "warn": "à vérifier"}


def add_commands(add: AddCommand) -> None:
    """`status`."""
    status = add(
        "status",
        show_status,
        "senacs status 2019",
    )
    status.add_argument("campaign", type=int, nargs="?", metavar="CAMPAGNE", help="une campagne (par défaut : toutes)")


def show_status(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs status``."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    with Home.from_environment().derived_apart() as home:
        status = campaign_status(home, registry, options.campaign)
    parts = [part for campaign in status["campaigns"] for part in _status_parts(campaign)]
    screen.show(status, *(parts or ["Rien n'est encore enregistré : senacs frame, puis senacs receive."]))
    return ExitCode.OK


def _status_parts(campaign: dict[str, Any]) -> Iterator[RenderableType]:
    yield (
        f"Campagne {campaign['campaign']} : {campaign['responded']} structures répondantes, "
        f"{campaign['solicited']} sollicitées, {campaign['structures']} agréées ; "
        f"{campaign['incomplete']} réponses commencées et non validées."
    )
    yield table(
        "Émetteurs",
        ("émetteur", "fichiers", "refusés", "dernier envoi", "réponses acceptées", "lignes refusées", "à confirmer"),
        (
            [line[name] for name in ("sender", "files", "refused", "last", "accepted", "rejected", "to_confirm")]
            for line in campaign["senders"]
        ),
        numbers=("fichiers", "refusés", "réponses acceptées", "lignes refusées", "à confirmer"),
    )
    yield table(
        "Départements",
        ("département", "agréées", "sollicitées", "répondantes"),
        (
            [line[name] for name in ("departement", "agreed", "solicited", "responded")]
            for line in campaign["departements"]
        ),
        numbers=("agréées", "sollicitées", "répondantes"),
    )
    if campaign["closed"]:
        yield table(
            "Retours clos pour le millésime en préparation",
            ("émetteur", "par", "depuis", "motif"),
            ([line[name] for name in ("sender", "who", "day", "reason")] for line in campaign["closed"]),
        )
    if campaign["waiting"]:
        yield table(
            "Reçus depuis la clôture : ils attendent le prochain millésime",
            ("émetteur", "fichier", "reçu le"),
            ([line[name] for name in ("sender", "file", "received_at")] for line in campaign["waiting"]),
        )
    if campaign["withdrawn"]:
        yield table(
            "Retirés : archivés, ils ne comptent plus (senacs restore les rétablit)",
            ("émetteur", "fichier", "reçu le", "retiré le", "par", "motif"),
            (
                [line[name] for name in ("sender", "file", "received_at", "day", "author", "reason")]
                for line in campaign["withdrawn"]
            ),
        )
    if campaign["to_arbitrate"]:
        yield table(
            "Réponses de deux émetteurs : senacs arbitrate dit laquelle compte",
            ("structure", "retenue", "écartée", "demande", "commentaire"),
            (
                [
                    *(line[name] for name in ("structure_id", "sender", "other")),
                    f"à la place : {line['reason']}" if line["asked"] else "",
                    line["comment"],
                ]
                for line in campaign["to_arbitrate"]
            ),
        )
    if campaign["refused_files"]:
        yield table(
            "Fichiers refusés",
            ("émetteur", "fichier", "règle", "pourquoi"),
            ([line[name] for name in ("sender", "file", "rule", "message_fr")] for line in campaign["refused_files"]),
        )
    if campaign["open_edits"]:
        yield table(
            "Points à confirmer par les émetteurs",
            ("règle", "nombre", "constat"),
            ([line[name] for name in ("rule", "count", "message_fr")] for line in campaign["open_edits"]),
            numbers=("nombre",),
        )
    if campaign["corrections"]:
        yield table(
            "Corrections de l'équipe nationale qui ne s'appliquent pas",
            ("où", "structure", "variable", "pourquoi"),
            (
                [f"{line['file']}, {line['cell']}", line["structure_id"], line["variable"], line["detail"]]
                for line in campaign["corrections"]
            ),
        )
    if campaign["guards"]:
        yield table(
            "Colonnes à vérifier en entier",
            ("émetteur", "fichier", "colonne", "gravité", "constat", "contrôle", "justification à valider"),
            (
                [
                    *(line[name] for name in ("sender", "file", "column")),
                    GRAVITIES[line["severity"]],
                    *(line[name] for name in ("message_fr", "guard", "justification")),
                ]
                for line in campaign["guards"]
            ),
        )
