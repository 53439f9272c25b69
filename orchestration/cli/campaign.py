"""A campaign before its first return: make it from the last one, compare them, check it, open it."""

from __future__ import annotations

import argparse
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from core.home import questionnaires_folder
from orchestration.campaign_text import difference_lines, findings_lines, opening_lines
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.named_elsewhere import unknown_names
from orchestration.screen import Screen
from registry import RegistryError, load_registry
from registry.campaigns import difference_between, findings_of, new_campaign, open_campaign
from registry.campaigns.documents import difference_document, findings_document

if TYPE_CHECKING:
    from registry.campaigns import Findings


def add_commands(add: AddCommand) -> None:
    """`campaign new`, `campaign diff`, `campaign check`, `campaign open`."""
    campaign = add(
        "campaign",
        None,
        "senacs campaign new 2020 --from 2019\n  senacs campaign --help",
    )
    actions = campaign.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)

    new = add(
        "new",
        make_campaign,
        "senacs campaign new 2020 --from 2019",
        "Crée une campagne, en préparation, à partir d'une autre.",
        actions,
    )
    new.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la nouvelle campagne")
    new.add_argument(
        "--from",
        dest="source",
        type=int,
        required=True,
        metavar="ANNÉE",
        help="campagne dont elle reprend les questions",
    )

    diff = add(
        "diff",
        compare_campaigns,
        "senacs campaign diff 2019 2020",
        "Compare deux campagnes : questions, modalités, règles, séries rompues.",
        actions,
    )
    diff.add_argument("before", type=int, metavar="AVANT", help="année de la première")
    diff.add_argument("after", type=int, metavar="APRÈS", help="année de la seconde")

    check = add(
        "check",
        check_campaign,
        "senacs campaign check 2020",
        "Vérifie qu'une campagne est cohérente : chaque faute, son fichier et sa ligne.",
        actions,
    )
    check.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")

    opening = add(
        "open",
        open_checked_campaign,
        "senacs campaign open 2020",
        "Ouvre une campagne en préparation, si elle est cohérente.",
        actions,
    )
    opening.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")


def make_campaign(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs campaign new``. Raises `CampaignError` when it exists already or its source is unknown."""
    made = new_campaign(questionnaires_folder(), options.campaign, options.source)
    screen.show(asdict(made), *opening_lines(made))
    return ExitCode.OK


def compare_campaigns(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs campaign diff``."""
    registry = loaded_registry()
    for campaign in (options.before, options.after):
        refuse_unknown_campaign(registry, campaign)
    difference = difference_between(registry, options.before, options.after)
    screen.show(difference_document(difference), *difference_lines(difference, registry))
    return ExitCode.OK


def check_campaign(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs campaign check``: 1 when the campaign has a fault, each said in a line."""
    findings = _findings(options.campaign)
    screen.show(findings_document(findings), *findings_lines(findings))
    return ExitCode.FAILURE if findings.faults else ExitCode.OK


def open_checked_campaign(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs campaign open``: 1 when the campaign has a fault, and then nothing changes."""
    findings = _findings(options.campaign)
    if findings.faults:
        screen.show(findings_document(findings), *findings_lines(findings))
        return ExitCode.FAILURE
    opened = open_campaign(questionnaires_folder(), options.campaign)
    word = "ouverte" if opened else "déjà ouverte, rien n'a changé"
    screen.show({"campaign": options.campaign, "opened": opened}, f"Campagne {options.campaign} : {word}.")
    return ExitCode.OK


def _findings(campaign: int) -> Findings:
    """What is wrong with a campaign, in the registry and in what names its indicators elsewhere."""
    findings = findings_of(questionnaires_folder(), campaign)
    if findings is None:
        raise CommandError(f"campagne {campaign} inconnue de questionnaires/campaigns.csv", ExitCode.USAGE)
    with suppress(RegistryError):
        findings.faults += unknown_names(load_registry(questionnaires_folder()))
    return findings
