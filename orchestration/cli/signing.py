"""Signing: the coordinators and the national team answer for the figures of their territories."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.home import Home, questionnaires_folder
from orchestration.builds import current_candidate
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign, territory
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, table
from orchestration.sign_off import SignOff
from orchestration.verdicts import read_verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from expectations.sign_off import PartyState
    from expectations.signatories import SignedTerritory

ACTIONS_FR = {"sign": "signé", "absent": "déclaré absent", "withdraw": "signature retirée"}


def add_commands(add: AddCommand) -> None:
    """`sign`."""
    sign = add(
        "sign",
        sign_territories,
        "senacs sign 2019 --list\n"
        '  senacs sign 2019 --territory departement:62 --as caf-62 --author "Prénom Nom"\n'
        "  senacs sign 2019 --everywhere --as fede-npdc\n"
        '  senacs sign 2019 --territory departement:62 --as caf-62 --absent fede-npdc --reason "sans réponse"\n'
        "  senacs sign 2019 --territory national:FR --as national",
    )
    sign.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    sign.add_argument("--territory", type=territory, metavar="NIVEAU:CODE", help="par exemple departement:62")
    sign.add_argument(
        "--everywhere", action="store_true", help="tous les territoires dont la signature est attendue du signataire"
    )
    sign.add_argument("--as", dest="signer", metavar="SIGNATAIRE", help="Caf, fédération ou équipe nationale")
    sign.add_argument("--author", default="", metavar="NOM", help="qui signe en son nom (par défaut : la session)")
    sign.add_argument("--absent", default="", metavar="SIGNATAIRE", help="déclare absent un autre signataire")
    sign.add_argument("--reason", default="", metavar="MOTIF", help="pourquoi (obligatoire avec --absent)")
    sign.add_argument("--withdraw", action="store_true", help="retire la signature, ou lève l'absence déclarée")
    sign.add_argument(
        "--candidate", default="", metavar="EMPREINTE", help="ne signe que si le candidat a cette empreinte (ou début)"
    )
    sign.add_argument("--list", action="store_true", help="montre qui a signé et qui manque, sans rien signer")


def sign_territories(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs sign``: 6 when the signer has no part in the territory; nothing is then signed."""
    refuse_unknown_campaign(loaded_registry(), options.campaign)
    home = Home.from_environment()
    folder = current_candidate(home)
    read_verdict(folder, options.campaign)
    sign_off = SignOff(home, questionnaires_folder(), folder, options.campaign)
    if options.list:
        return _show_list(sign_off, screen, options.territory)
    _refuse_incomplete(options)
    if not sign_off.candidate_hash.startswith(options.candidate):
        raise CommandError(
            f"le candidat a changé : son empreinte est {sign_off.candidate_hash[:16]}…, pas {options.candidate} ; "
            "relisez les chiffres avant de signer"
        )
    chosen = sign_off.territories_of(options.signer) if options.everywhere else [sign_off.territory(*options.territory)]
    if not chosen:
        raise CommandError(
            f"{options.signer} n'est partie à aucun territoire de la campagne {options.campaign}", ExitCode.NOT_A_PARTY
        )
    records = [_declared(sign_off, place, options) for place in chosen]
    document = {
        "campaign": options.campaign,
        "candidate_hash": sign_off.candidate_hash,
        "declarations": records,
        "missing": [asdict(state) for state in _states_of(sign_off, chosen) if state.missing],
    }
    screen.show(document, *_told(sign_off, chosen, records))
    return ExitCode.OK


def _refuse_incomplete(options: argparse.Namespace) -> None:
    wrong = ""
    if not options.signer:
        wrong = "dites qui signe avec --as (qui est attendu : --list)"
    elif bool(options.territory) == options.everywhere:
        wrong = "dites quel territoire avec --territory NIVEAU:CODE, ou --everywhere"
    elif options.absent and not (options.reason.strip() or options.withdraw):
        wrong = '--absent demande un motif : --reason "..."'
    if wrong:
        raise CommandError(f"{wrong} (senacs sign --help)", ExitCode.USAGE)


def _declared(sign_off: SignOff, place: SignedTerritory, options: argparse.Namespace) -> dict[str, Any]:
    action = "withdraw" if options.withdraw else "absent" if options.absent else "sign"
    return sign_off.declare(
        place, options.signer, action, absent=options.absent, reason=options.reason.strip(), author=options.author
    )


def _states_of(sign_off: SignOff, places: list[SignedTerritory]) -> list[PartyState]:
    wanted = {place.territory_id for place in places}
    return [state for state in sign_off.states() if state.territory_id in wanted]


def _told(sign_off: SignOff, places: list[SignedTerritory], records: list[dict[str, Any]]) -> Iterator[str]:
    states = _states_of(sign_off, places)
    for place, record in zip(places, records, strict=True):
        waiting = [state.party for state in states if state.territory_id == place.territory_id and state.missing]
        rest = f"reste à signer : {', '.join(waiting)}" if waiting else "toutes les signatures y sont"
        yield f"{place.name} ({place.address}), {record['party']} : {ACTIONS_FR[record['action']]} ; {rest}."
    yield f"Candidat {sign_off.candidate.name}, empreinte {sign_off.candidate_hash[:16]}…"


def _show_list(sign_off: SignOff, screen: Screen, wanted: tuple[str, str] | None) -> ExitCode:
    states = _states_of(sign_off, [sign_off.territory(*wanted)] if wanted else sign_off.territories)
    document = {
        "campaign": sign_off.campaign,
        "candidate_hash": sign_off.candidate_hash,
        "missing": sum(state.missing for state in states),
        "signatures": [asdict(state) for state in states],
    }
    screen.show(document, *_listed(sign_off, states))
    return ExitCode.OK


def _listed(sign_off: SignOff, states: list[PartyState]) -> Iterator[RenderableType]:
    yield table(
        f"Signatures de la campagne {sign_off.campaign}, candidat {sign_off.candidate.name}",
        ("territoire", "nom", "signataire", "état", "par", "le", "motif"),
        (
            [
                *(state.territory, state.territory_name, state.party, state.state_fr),
                _by(state),
                *(state.declared_at[:16].replace("T", " "), state.reason),
            ]
            for state in states
        ),
    )
    missing = sum(state.missing for state in states)
    yield f"{missing} signature(s) attendue(s) sur {len(states)}." if missing else "Toutes les signatures y sont."


def _by(state: PartyState) -> str:
    """The person, and the party that speaks where it isn't the one spoken of."""
    return state.author if state.declared_by in ("", state.party) else f"{state.author} ({state.declared_by})"
