"""Looking without changing: where a campaign stands, and what a figure rests on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.home import Home
from orchestration.commands.arguments import AddCommand, loaded_registry, refuse_unknown_campaign, territory
from orchestration.exit_codes import ExitCode
from orchestration.screen import Screen, table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ingest.trace import Trace

GRAVITIES = {"block": "bloquant", "warn": "à vérifier"}


def add_commands(add: AddCommand) -> None:
    """`status`, `trace`."""
    status = add(
        "status",
        show_status,
        "Où en est une campagne : réponses par émetteur et par département, fichiers refusés, points à confirmer.",
        "senacs status 2019",
    )
    status.add_argument("campaign", type=int, nargs="?", metavar="CAMPAGNE", help="une campagne (par défaut : toutes)")

    trace = add(
        "trace",
        show_trace,
        "D'un chiffre aux réponses sur lesquelles il repose : structure, fichier, feuille, cellule.",
        "senacs trace 2019 fte_total --territory departement:62 --type CS",
    )
    trace.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    trace.add_argument("indicator", metavar="INDICATEUR", help="identifiant, première colonne de indicators.csv")
    trace.add_argument(
        "--territory", required=True, type=territory, metavar="NIVEAU:CODE", help="par exemple departement:62"
    )
    trace.add_argument("--type", required=True, metavar="TYPE", help="type de structure, ou ALL pour l'ensemble")
    trace.add_argument("--breakdown", default="", metavar="MODALITÉ", help="modalité, quand l'indicateur en a")


def show_status(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs status``."""
    from ingest.status import campaign_status

    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    status = campaign_status(Home.from_environment(), registry, options.campaign)
    parts = [part for campaign in status["campaigns"] for part in _status_parts(campaign)]
    screen.show(status, *(parts or ["Rien n'est encore enregistré : senacs frame, puis senacs receive."]))
    return ExitCode.OK


def show_trace(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs trace``."""
    from ingest.trace import trace_figure
    from orchestration.builds import current_candidate

    home, registry = Home.from_environment(), loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    level, code = options.territory
    trace = trace_figure(
        current_candidate(home),
        home,
        registry,
        options.campaign,
        options.indicator,
        level,
        code,
        options.type,
        options.breakdown,
    )
    answers = trace.answers.to_dicts()
    document = {
        "figure": trace.figure,
        "label_fr": trace.label_fr,
        "base_label": trace.base_label,
        "variables": trace.variables,
        "answers": answers,
    }
    screen.show(document, *_trace_parts(trace, answers))
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
    if campaign["guards"]:
        yield table(
            "Colonnes à vérifier en entier",
            ("émetteur", "fichier", "colonne", "gravité", "constat", "contrôle", "repère"),
            (
                [
                    *(line[name] for name in ("sender", "file", "column")),
                    GRAVITIES[line["severity"]],
                    *(line[name] for name in ("message_fr", "guard", "about")),
                ]
                for line in campaign["guards"]
            ),
        )


def _trace_parts(trace: Trace, answers: list[dict[str, Any]]) -> Iterator[RenderableType]:
    figure = trace.figure
    part = f", {figure['breakdown']}" if figure["breakdown"] else ""
    yield (
        f"{trace.label_fr}{part} ({figure['indicator']}), {figure['level']}:{figure['territory']}, "
        f"{figure['structure_type']}, campagne {figure['campaign']}"
    )
    yield table(
        f"Chiffre ({trace.base_label})",
        ("valeur", "numérateur", "dénominateur", "répondants", "agréées", "sollicitées", "répondantes"),
        [
            [
                _number(figure[name])
                for name in (
                    *("value", "numerator", "denominator"),
                    *("n_respondents", "n_agreed", "n_solicited", "n_responded"),
                )
            ]
        ],
    )
    columns = ("structure", "variable", "statut", "texte", "valeur", "compte", "fichier", "feuille", "cellule")
    names = ("structure_id", "variable", "status", "raw", "value", "counted", "file", "sheet", "cell")
    rows = ([_yes(line[name]) if name == "counted" else line[name] for name in names] for line in answers)
    yield table(f"Réponses ({len(answers)})", columns, rows)


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _number(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:.10f}".rstrip("0").rstrip(".") if not isinstance(value, int) else str(value)
    return text.replace(".", ",")
