"""From the archive to a judged candidate: build, gate."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from core.home import Home, questionnaires_folder
from expectations.terminal import verdict_text
from orchestration.builds import current_candidate
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import ExitCode
from orchestration.judging import KINDS_FR, changed_since, judged
from orchestration.screen import Screen
from orchestration.verdicts import read_verdict, verdict_path

if TYPE_CHECKING:
    from expectations.verdict import Verdict

OUTCOMES = {
    "publishable": "publiable",
    "publishable_with_reservations": "publiable avec réserves",
    "blocked": "bloquée",
}


def add_commands(add: AddCommand) -> None:
    """`build`, `gate`."""
    build = add(
        "build",
        build_candidate,
        "senacs build",
    )
    build.add_argument(
        "--campaign", type=int, metavar="ANNÉE", help="ne relit pas les campagnes qui la suivent (par défaut : toutes)"
    )
    build.add_argument("--fresh", action="store_true", help="relit chaque fichier, sans rien reprendre de déjà lu")

    gate = add(
        "gate",
        show_verdict,
        "senacs gate 2019",
    )
    gate.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")


def build_candidate(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs build``. A blocked verdict is a result, not a failure: `gate` and `publish` say 3."""
    from orchestration.pipeline import build

    refuse_unknown_campaign(loaded_registry(), options.campaign)
    with screen.told() as teller:
        result = build(Home.from_environment(), campaign=options.campaign, fresh=options.fresh, listener=teller)
    document = {
        "build_id": result.build_id,
        "unchanged": result.unchanged,
        "path": str(result.path),
        "verdicts": {campaign: verdict.outcome for campaign, verdict in result.verdicts.items()},
        "seconds": {stage: round(seconds, 3) for stage, seconds in result.seconds.items()},
    }
    same = ["Rien n'a changé depuis la dernière construction : le candidat reste celui-là."] if result.unchanged else []
    candidate = f"Candidat : {Home.from_environment().candidate}"
    screen.show(document, *same, *_outcome_lines(result.verdicts), candidate)
    return ExitCode.OK


def show_verdict(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs gate``: 0 when the campaign may be published, 3 when it is blocked."""
    refuse_unknown_campaign(loaded_registry(), options.campaign)
    home, questionnaires = Home.from_environment(), questionnaires_folder()
    folder = current_candidate(home)
    verdict = read_verdict(folder, options.campaign)
    if changed := changed_since(home, questionnaires, folder, options.campaign):
        what = " ; ".join(KINDS_FR[kind] for kind in changed)
        screen.say(f"Le contrôle est refait, ceci ayant changé depuis le dernier : {what}.")
        verdict = judged(home, questionnaires, folder, options.campaign)
    page = verdict_path(folder, options.campaign).with_suffix(".html")
    screen.show(json.loads(verdict.to_json()), verdict_text(verdict), f"\nPage à lire ou à transmettre : {page}")
    return ExitCode.BLOCKED if verdict.outcome == "blocked" else ExitCode.OK


def _outcome_lines(verdicts: dict[int, Verdict]) -> list[str]:
    return [
        f"Campagne {campaign} : {OUTCOMES[verdict.outcome]}"
        + (f" ; que corriger : senacs gate {campaign}" if verdict.outcome == "blocked" else "")
        for campaign, verdict in verdicts.items()
    ]
