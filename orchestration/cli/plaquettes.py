"""The plaquettes alone, as proofs or as restricted editions: from the candidate, without publishing anything."""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.home import Home, editorial_folder
from orchestration.builds import current_candidate
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign, territory
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen
from orchestration.verdicts import read_verdict
from publication.candidate import candidate_manifest, read_edition
from publication.documents.plans import read_house
from publication.plaquettes.drafts import make_drafts, make_restricted
from publication.plaquettes.plans import formats_of_proofs
from publication.plaquettes.positioning import Member, make_positioning_sheets
from publication.policy import Policy

if TYPE_CHECKING:
    from publication.candidate import Territory
    from publication.plaquettes.production import Made

POSITIONING = "positionnement"
RESTRICTED = "restreinte"
FORMATS = ("complete", "courte", "affiche", POSITIONING)


def add_commands(add: AddCommand) -> None:
    """`plaquettes`."""
    command = add(
        "plaquettes",
        make_plaquettes,
        "senacs plaquettes 2019 --territory departement:62\n"
        '  senacs plaquettes 2019 --restricted --territory departement:62 --for "comité SENACS du Pas-de-Calais"',
    )
    command.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    command.add_argument(
        "--territory", type=territory, metavar="NIVEAU:CODE", help="un seul territoire (par défaut : tous)"
    )
    command.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], metavar="FORMAT",
        help="complete (8 pages ; nationale : 12 à 20), courte (2 pages ; nationale : 1), affiche (A2), "
        "positionnement (une fiche par structure, pour sa seule équipe)",
    )  # fmt: skip
    command.add_argument(
        "--restricted", action="store_true",
        help="édition restreinte : tous les chiffres du territoire, sans secret, pour le comité qui la demande ; "
        "jamais dans une publication ni sur le site",
    )  # fmt: skip
    command.add_argument(
        "--for", dest="reserved_for", metavar="QUI",
        help="avec --restricted : qui la demande ; son nom est écrit sur chaque page",
    )  # fmt: skip


def make_plaquettes(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs plaquettes``: where the proofs are; 1 when one is refused, 3 when the gate is closed."""
    refuse_unknown_campaign(loaded_registry(), options.campaign)
    home = Home.from_environment()
    candidate = current_candidate(home)
    verdict = read_verdict(candidate, options.campaign)
    if options.restricted or options.reserved_for is not None:
        return _make_restricted(options, screen, home, candidate)
    if options.format == POSITIONING:
        return _make_positioning_sheets(options, screen, home, candidate)
    folder = home.plaquettes / str(options.campaign)

    def wanted(found: Territory, name: str) -> bool:
        return options.territory is None or (found.level, found.code) == options.territory

    with screen.told() as teller:
        teller.started("Plaquettes")
        made = make_drafts(
            candidate, verdict.as_dict(), options.campaign, folder, formats_of_proofs()[options.format],
            only=wanted, editorial=editorial_folder(),
            progress=lambda title, done, total: teller.advanced(f"{done}/{total} {title}"),
        )  # fmt: skip
    if not made:
        told = ":".join(options.territory) if options.territory else "aucun territoire"
        raise CommandError(
            f"rien à composer pour {told} : territoire inconnu, sans structure, ou retenu par le contrôle"
        )
    counts = Counter(one.state for one in made)
    summary = f"{counts['printed']} composées, {counts['unchanged']} inchangées"
    return _told(options.campaign, screen, made, folder, summary, f"Épreuves : {folder}")


def _told(campaign: int, screen: Screen, made: Sequence[Made], folder: Path, *lines: str) -> ExitCode:
    refused = [one for one in made if one.state == "refused"]
    document = {"campaign": campaign, "path": str(folder), "plaquettes": [_line(one) for one in made]}
    screen.show(document, *lines, *(f"Refusée : {one.slug}\n{one.reason}" for one in refused))
    return ExitCode.FAILURE if refused else ExitCode.OK


def _line(one: Made) -> dict[str, str]:
    told = {"path": f"{one.slug}.pdf", "page": f"{one.slug}.html", "format": one.format, "state": one.state}
    return told | ({"reason": one.reason} if one.reason else {})


def _make_restricted(options: argparse.Namespace, screen: Screen, home: Home, candidate: Path) -> ExitCode:
    """One territory's plaquette with all of its figures, marked on every page with the name of who asked."""
    name = " ".join((options.reserved_for or "").split())
    if not (options.restricted and options.territory and name) or options.format == POSITIONING:
        raise CommandError(
            "une édition restreinte porte sur un territoire, et sur le nom de qui la demande : --restricted "
            "--territory NIVEAU:CODE --for QUI",
            ExitCode.USAGE,
        )
    level, code = options.territory
    known = read_edition(Policy(candidate, options.campaign), [], [level]).territories_of(level)
    own = next((place for place in known if place.code == code), None)
    if own is None:
        raise CommandError(f"rien à composer pour {level}:{code} : territoire inconnu, ou sans structure")
    folder = home.internal / str(options.campaign) / RESTRICTED
    with screen.told() as teller:
        teller.started("Édition restreinte")
        made = make_restricted(
            candidate, read_verdict(candidate, options.campaign).as_dict(), options.campaign, folder,
            formats_of_proofs()[options.format],
            territory_id=own.territory_id, reserved_for=name, editorial=editorial_folder(),
        )  # fmt: skip
    if not made:
        raise CommandError(f"rien à composer pour {level}:{code} : retenu par le contrôle")
    told = f"Édition restreinte pour {name}, à remettre en mains propres : {folder}"
    return _told(options.campaign, screen, made, folder, told)


def _make_positioning_sheets(options: argparse.Namespace, screen: Screen, home: Home, candidate: Path) -> ExitCode:
    """A sheet for each structure that answered, of the territory asked for. Nothing is published: no gate."""
    manifest = candidate_manifest(candidate)
    levels = [options.territory[0]] if options.territory else []
    edition = read_edition(Policy(candidate, options.campaign), [], levels)
    inside = {
        name
        for territory in edition.territories.values()
        if (territory.level, territory.code) == options.territory
        for name in edition.members.get(territory.territory_id, ())
    }

    def wanted(member: Member) -> bool:
        return options.territory is None or member.structure_id in inside

    names = {
        "campaign": str(options.campaign),
        "data_year": str(edition.data_years[options.campaign]),
        "demo_sentence": read_house().demo["sentence"] if edition.is_demo else "",
    }
    folder = home.internal / str(options.campaign) / POSITIONING
    with screen.told() as teller:
        teller.started("Fiches de positionnement")
        made = make_positioning_sheets(
            candidate, options.campaign, folder, only=wanted, names=names,
            published_on=dt.datetime.fromisoformat(manifest["built_at"]).date(),
            progress=lambda title, done, total: teller.advanced(f"{done}/{total} {title}"),
        )  # fmt: skip
        paths = [path.relative_to(folder).as_posix() for path in made]
    if not paths:
        raise CommandError("aucune structure répondante dans ce territoire")
    document = {"campaign": options.campaign, "path": str(folder), "sheets": paths}
    screen.show(document, f"{len(paths)} fiches, réservées à l'équipe de chaque structure : {folder}")
    return ExitCode.OK
