"""Deciding in the name of the national team: a value corrected, a strange column taken as it is."""

from __future__ import annotations

import argparse
import getpass
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.home import Home
from ingest.anomalies.justifying import JustificationError, Meant, justify, meant_columns, strange_columns
from ingest.corrections.correcting import Asked, CorrectionError, archive, tried
from ingest.corrections.corrections import WITHDRAW
from ingest.corrections.decision import CONFIRM, CORRECT, REJECT
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, table

if TYPE_CHECKING:
    from ingest.corrections.correcting import Effect

STATES_FR = {"block": "bloquante", "warn": "à vérifier"}


def add_commands(add: AddCommand) -> None:
    """`correct`, `justify`."""
    correct = add(
        "correct",
        correct_value,
        "senacs correct 2019 CS-13-0003 Q9.01 --value 1321186 --check\n"
        '  senacs correct 2019 CS-13-0003 Q9.01 --value 1321186 --reason "virgule oubliée" --author "Prénom Nom"\n'
        '  senacs correct 2019 CS-13-0003 Q9.01 --withdraw --reason "corrigé par erreur"',
    )
    correct.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    correct.add_argument("structure", metavar="STRUCTURE", help="identifiant de la structure, par exemple CS-13-0003")
    correct.add_argument("question", metavar="QUESTION", help="code de la question, ou nom de sa variable")
    what = correct.add_mutually_exclusive_group(required=True)
    what.add_argument("--value", metavar="VALEUR", help="la valeur corrigée, écrite comme dans un fichier reçu")
    what.add_argument("--reject", action="store_true", help="écarte la valeur, sans la remplacer")
    what.add_argument("--confirm", metavar="RÈGLE", help="garde la valeur et solde cette vérification, par exemple E41")
    what.add_argument("--withdraw", action="store_true", help="retire la correction enregistrée")
    _add_reason(correct)
    correct.add_argument("--check", action="store_true", help="montre l'effet, sans rien enregistrer")

    justify = add(
        "justify",
        justify_columns,
        "senacs justify 2019\n"
        '  senacs justify 2019 --sender ucs-13 --question Q9.01 --reason "vu avec l\'union" --author "Prénom Nom"\n'
        '  senacs justify 2019 --sender ucs-13 --question Q9.01 --withdraw --reason "fichier corrigé attendu"',
    )
    justify.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    justify.add_argument("--sender", default="", metavar="ÉMETTEUR", help="fédération ou Caf qui a envoyé la colonne")
    justify.add_argument("--question", default="", metavar="QUESTION", help="code de la question")
    justify.add_argument("--guard", default="", metavar="CONTRÔLE", help="le contrôle, s'il y en a plusieurs")
    justify.add_argument("--withdraw", action="store_true", help="ne l'accepte plus")
    _add_reason(justify)


def _add_reason(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", default="", metavar="MOTIF", help="pourquoi (obligatoire, sauf avec --check)")
    command.add_argument("--author", default="", metavar="NOM", help="qui décide (par défaut : la session)")


def correct_value(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs correct``: the value before and after, the rules that close and open; 1 when it can't be applied."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    if not options.check:
        _refuse_without_reason(options)
    home = Home.from_environment()
    try:
        effect = tried(home, registry, options.campaign, _asked(options))
    except CorrectionError as error:
        raise CommandError(str(error)) from error
    if not options.check:
        archive(home, options.campaign, effect)
    document = {name: value for name, value in asdict(effect).items() if name != "record"}
    document |= {"campaign": options.campaign, "registered": not options.check}
    ending = (
        "Rien n'est enregistré (--check)." if options.check else "Enregistré ; « senacs build » en refait les chiffres."
    )
    screen.show(document, "\n".join([*_told(effect), ending]))
    return ExitCode.OK


def _asked(options: argparse.Namespace) -> Asked:
    action = REJECT if options.reject else CONFIRM if options.confirm else WITHDRAW if options.withdraw else CORRECT
    return Asked(
        structure=options.structure,
        question=options.question,
        action=action,
        value=options.value or "",
        rule=options.confirm or "",
        reason=options.reason.strip() or "essai",
        author=options.author.strip() or getpass.getuser(),
    )


def _told(effect: Effect) -> list[str]:
    lines = [f"{effect.structure_id}, {effect.question_code} ({effect.question_label}) : {effect.old} → {effect.new}."]
    if effect.closed:
        lines.append(f"Vérifications soldées : {', '.join(effect.closed)}.")
    if effect.opened:
        lines.append(f"Vérifications levées : {', '.join(effect.opened)}.")
    return lines


def _refuse_without_reason(options: argparse.Namespace) -> None:
    if not options.reason.strip():
        raise CommandError('dites pourquoi : --reason "…"', ExitCode.USAGE)


def justify_columns(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs justify``: 1 when no column is meant."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    home = Home.from_environment()
    if not options.question and not options.sender:
        columns = strange_columns(home, registry, options.campaign)
        screen.show(columns, _listed(columns) if columns else "Aucune colonne n'est signalée.")
        return ExitCode.OK
    if not (options.question and options.sender):
        raise CommandError("dites quelle colonne avec --sender et --question (senacs justify --help)", ExitCode.USAGE)
    _refuse_without_reason(options)
    try:
        meant = Meant(options.sender, options.question, options.guard)
        columns = meant_columns(strange_columns(home, registry, options.campaign), meant)
    except JustificationError as error:
        raise CommandError(str(error)) from error
    author = options.author.strip() or getpass.getuser()
    for column in columns:
        justify(home, options.campaign, column, reason=options.reason.strip(), author=author, back=options.withdraw)
    said = "n'est plus acceptée" if options.withdraw else "est acceptée telle quelle"
    lines = [f"{one['sender']}, {one['file']}, {one['question_code']} ({one['guard']}) {said}." for one in columns]
    screen.show(columns, "\n".join(lines))
    return ExitCode.OK


def _listed(columns: list[dict[str, Any]]) -> Any:
    return table(
        "Colonnes signalées en entier",
        ("émetteur", "fichier", "question", "contrôle", "gravité", "constat", "justification", "acceptée"),
        (
            [
                *(one[name] for name in ("sender", "file", "question_code", "guard")),
                STATES_FR[one["severity"]],
                *(one[name] for name in ("message_fr", "justification", "reason")),
            ]
            for one in columns
        ),
    )
