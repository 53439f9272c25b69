"""A vintage published, and what its publication would do, told first."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator

from core.home import Home, questionnaires_folder
from orchestration.announcing import Announced, WithheldError
from orchestration.builds import current_candidate
from orchestration.cli.arguments import (
    AddCommand,
    loaded_registry,
    refuse_unknown_campaign,
    territory,
    vintage_name,
)
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.judging import judged
from orchestration.screen import Screen
from orchestration.sign_off import SignOff
from publication.release.manifest import MANIFEST

ALL = "all"


def add_commands(add: AddCommand) -> None:
    """`publish`."""
    publish = add(
        "publish",
        publish_vintage,
        "senacs publish 2019 --vintage P1 --check\n  senacs publish 2019 --vintage P1",
    )
    publish.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    publish.add_argument(
        "--vintage", required=True, type=vintage_name, metavar="NOM", help="P1 (provisoire), P2 (révisé), F (définitif)"
    )
    publish.add_argument(
        "--check", action="store_true", help="dit ce qui serait publié, retenu, et changé ; ne publie rien"
    )
    publish.add_argument(
        "--accept-withheld",
        action="append",
        nargs="?",
        const=ALL,
        default=[],
        type=_accepted,
        metavar="NIVEAU:CODE",
        help="accepte qu'un territoire bloqué manque à la publication (répétable) ; seul ou « all » : tous",
    )


def _accepted(text: str) -> str:
    return ALL if text == ALL else ":".join(territory(text))


def publish_vintage(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs publish``: the release's path; 3 with what to correct when blocked, 5 when the vintage exists, 7 where
    territories are withheld that nobody accepted. With ``--check``: the same codes, and nothing written."""
    from orchestration.pipeline import GateClosedError, publish

    refuse_unknown_campaign(loaded_registry(), options.campaign)
    _refuse_unknown_places(options)
    if options.check:
        return _announce(options, screen)
    try:
        with screen.told() as teller:
            path = publish(
                Home.from_environment(),
                options.campaign,
                options.vintage,
                accepted=options.accept_withheld,
                listener=teller,
            )
    except GateClosedError as closed:
        from expectations.terminal import verdict_text

        screen.show(json.loads(closed.verdict.to_json()), verdict_text(closed.verdict))
        screen.say(f"senacs : {closed}")
        return ExitCode.BLOCKED
    refused = json.loads((path / MANIFEST).read_text(encoding="utf-8"))["refused_plaquettes"]
    document = {"campaign": options.campaign, "vintage": options.vintage, "path": str(path), "refused": refused}
    screen.show(document, f"Publié : {path}", *(f"Sans {one['path']} : {one['reason']}" for one in refused))
    return ExitCode.OK


def _refuse_unknown_places(options: argparse.Namespace) -> None:
    """Wrong usage for a territory that the campaign doesn't have: a misspelt one would accept nothing."""
    named = set(options.accept_withheld) - {ALL}
    if named:
        home = Home.from_environment()
        signing = SignOff(home, questionnaires_folder(), current_candidate(home), options.campaign)
        if unknown := named - {place.address for place in signing.territories}:
            raise CommandError(
                f"territoire inconnu de la campagne {options.campaign} : {', '.join(sorted(unknown))}", ExitCode.USAGE
            )


def _announce(options: argparse.Namespace, screen: Screen) -> ExitCode:
    home, questionnaires = Home.from_environment(), questionnaires_folder()
    folder = current_candidate(home)
    verdict = judged(home, questionnaires, folder, options.campaign)
    announced = Announced(home, questionnaires, folder, verdict, options.vintage)
    announced.refuse_what_can_not_be()
    blocked = verdict.outcome == "blocked"
    document = {
        "campaign": options.campaign,
        "vintage": options.vintage,
        "outcome": verdict.outcome,
        "published": [] if blocked else announced.published,
        "withheld": [
            {"territory": place.address, "name": place.name, "reasons": place.reasons} for place in announced.withheld
        ],
        "since": announced.since,
        "changes": announced.changes,
    }
    screen.show(document, *_lines(announced, blocked))
    if blocked:
        return ExitCode.BLOCKED
    try:
        announced.refuse_unaccepted(options.accept_withheld)
    except WithheldError as unaccepted:
        screen.say(f"senacs : {unaccepted}")
        return ExitCode.WITHHELD
    return ExitCode.OK


def _lines(announced: Announced, blocked: bool) -> Iterator[str]:
    verdict = announced.verdict
    yield f"Campagne {verdict.campaign}, millésime {announced.vintage} : ce qui serait fait (rien n'est écrit)."
    if blocked:
        yield f"Rien ne serait publié, la publication nationale étant bloquée : senacs gate {verdict.campaign}"
    else:
        levels = Counter(address.split(":")[0] for address in announced.published)
        yield f"Publiés : {', '.join(f'{level} ({count})' for level, count in levels.items())}."
    if verdict.reservations:
        kinds = len({check.id for check in verdict.reservations})
        yield f"Avec {kinds} sorte(s) de réserve, imprimées avec les chiffres."
    for place in announced.withheld:
        yield f"  ✗ retenu : {place.name} ({place.address}) : {' ; '.join(place.reasons)}"
    if not announced.withheld:
        yield "Aucun territoire retenu."
    if not announced.since:
        yield "Premier millésime de la campagne : rien à comparer."
    elif not announced.changes:
        yield f"Aucun chiffre ne change depuis {announced.since}."
    for change in announced.changes:
        cause = change["cause"] or "pas encore de note"
        largest = "" if change["largest_pct"] is None else f", jusqu'à {change['largest_pct']} %".replace(".", ",")
        yield f"  depuis {announced.since}, {change['territory']} : {change['figures']} chiffre(s){largest} ; {cause}"
