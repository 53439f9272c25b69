"""Published vintages: made again and compared; notes on what a new one changes."""

from __future__ import annotations

import argparse
import getpass
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from core.home import Home, questionnaires_folder
from orchestration.builds import current_candidate
from orchestration.cli.arguments import (
    AddCommand,
    loaded_registry,
    refuse_unknown_campaign,
    territory,
    vintage_name,
)
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.judging import add_notes, revisions_of
from orchestration.rebuilding import EDITORIAL, INPUTS_FR, rebuild
from orchestration.screen import Screen, table
from orchestration.sign_off import SignOff

if TYPE_CHECKING:
    from orchestration.rebuilding import Rebuilt


def add_commands(add: AddCommand) -> None:
    """`rebuild`, `note`."""
    rebuild = add(
        "rebuild",
        rebuild_vintage,
        "senacs rebuild 2019 P1 --check",
    )
    rebuild.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    rebuild.add_argument("vintage", type=vintage_name, metavar="MILLÉSIME", help="P1, P2, F…")
    rebuild.add_argument("--check", action="store_true", help="compare, puis efface ce qui a été refait")
    rebuild.add_argument("--out", type=Path, metavar="DOSSIER", help="où refaire le millésime (dossier absent ou vide)")

    note = add(
        "note",
        note_cause,
        'senacs note 2019 --territory departement:59 --cause "retour tardif de deux centres"\n'
        '  senacs note 2019 --everywhere --cause "retours tardifs de la fédération"\n'
        "  senacs note 2019 --list",
    )
    note.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    note.add_argument("--territory", type=territory, metavar="NIVEAU:CODE", help="par exemple departement:62")
    note.add_argument("--everywhere", action="store_true", help="tous les territoires dont un chiffre a changé")
    note.add_argument(
        "--indicator", action="append", default=[], metavar="INDICATEUR", help="un seul indicateur (répétable)"
    )
    note.add_argument(
        "--cause", default="", metavar="CAUSE", help="ce qui explique l'écart ; paraît avec la publication"
    )
    note.add_argument(
        "--as", dest="who", default="national", metavar="QUI", help="qui explique (par défaut : national)"
    )
    note.add_argument("--author", default="", metavar="NOM", help="qui écrit en son nom (par défaut : la session)")
    note.add_argument("--list", action="store_true", help="montre les territoires révisés et leurs notes")


def note_cause(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs note``: a note on the figures of the candidate as they are; the gate reads it from then on."""
    refuse_unknown_campaign(loaded_registry(), options.campaign)
    home = Home.from_environment()
    signing = SignOff(home, questionnaires_folder(), current_candidate(home), options.campaign)
    revised = revisions_of(signing)
    if options.list:
        return _show_notes(revised, screen)
    if bool(options.territory) == options.everywhere or not options.cause.strip():
        raise CommandError("dites où avec --territory ou --everywhere, et pourquoi avec --cause", ExitCode.USAGE)
    if revised.is_empty():
        raise CommandError(f"rien n'a changé dans la campagne {options.campaign} depuis son dernier millésime")
    changed = set(revised["territory_id"])
    chosen = [place for place in signing.territories if place.territory_id in changed]
    if options.territory:
        chosen = [place for place in chosen if place == signing.territory(*options.territory)]
    unknown = set(options.indicator) - set(revised["indicator"])
    if not chosen or unknown:
        what = ", ".join(sorted(unknown)) or ":".join(options.territory)
        raise CommandError(f"aucun chiffre de {what} n'a changé depuis le millésime {revised['vintage'][0]}")
    content = {
        "indicators": options.indicator,
        "vintage": revised["vintage"][0],
        "cause": options.cause.strip(),
        "author": options.author or getpass.getuser(),
    }
    records = add_notes(signing, options.who, chosen, content)
    places = ", ".join(place.address for place in chosen)
    screen.show(records, f"Noté, pour ce qui a changé depuis {content['vintage']} : {places}.")
    return ExitCode.OK


def _show_notes(revised: pl.DataFrame, screen: Screen) -> ExitCode:
    """A line per territory and cause: figures that changed, and the largest change."""
    counted = (
        revised.group_by("territory", "vintage", "cause", maintain_order=True)
        .agg(figures=pl.len(), largest_pct=pl.col("change_pct").max().round(1))
        .to_dicts()
    )
    drawn = table(
        "Révisions depuis le dernier millésime",
        ("territoire", "depuis", "chiffres", "écart le plus grand (%)", "cause"),
        (
            [
                *(line[name] for name in ("territory", "vintage", "figures", "largest_pct")),
                line["cause"] or "pas encore de note",
            ]
            for line in counted
        ),
        numbers=("chiffres", "écart le plus grand (%)"),
    )
    screen.show(counted, drawn if counted else "Rien n'a changé depuis le dernier millésime, ou il n'y en a pas.")
    return ExitCode.OK


def rebuild_vintage(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs rebuild``: 0 when every file is the published one, 1 when one differs, each named."""
    refuse_unknown_campaign(loaded_registry(), options.campaign)
    if options.check == bool(options.out):
        raise CommandError("choisissez --check, ou --out DOSSIER pour garder ce qui est refait", ExitCode.USAGE)
    if options.out:
        if options.out.exists() and any(options.out.iterdir()):
            raise CommandError(f"{options.out} n'est pas vide")
        return _told(_rebuilt(options, screen, options.out.resolve()), screen, kept=True)
    with tempfile.TemporaryDirectory(prefix="senacs-rebuild-") as workshop:
        code = _told(_rebuilt(options, screen, Path(workshop)), screen, kept=False)
        _unseal(Path(workshop))
    return code


def _rebuilt(options: argparse.Namespace, screen: Screen, workshop: Path) -> Rebuilt:
    with screen.told() as teller:
        return rebuild(Home.from_environment(), options.campaign, options.vintage, workshop, teller)


def _told(rebuilt: Rebuilt, screen: Screen, *, kept: bool) -> ExitCode:
    document = {
        "campaign": rebuilt.campaign,
        "vintage": rebuilt.vintage,
        "equal": rebuilt.equal,
        "files": rebuilt.files,
        "differing": rebuilt.differing,
        "versions": {name: {"recorded": old, "present": new} for name, (old, new) in rebuilt.versions.items()},
        "folder": str(rebuilt.folder) if kept else None,
    }
    screen.show(document, *_lines(rebuilt), *([f"Refait dans {rebuilt.folder}"] if kept else []))
    return ExitCode.OK if rebuilt.equal else ExitCode.FAILURE


def _lines(rebuilt: Rebuilt) -> Iterator[str]:
    name = f"Campagne {rebuilt.campaign}, millésime {rebuilt.vintage}"
    for version, (old, new) in rebuilt.versions.items():
        told = f" : {', '.join(old)}" if version == EDITORIAL else f" (alors {old}, maintenant {new})"
        yield f"À savoir : {INPUTS_FR[version]} ne sont plus ceux de la publication{told}."
    if rebuilt.equal:
        yield f"{name} : refait à l'identique, {rebuilt.files} fichiers."
        return
    yield f"{name} : {len(rebuilt.differing)} fichier(s) sur {rebuilt.files} ne sont pas ceux qui se refont :"
    yield from (f"  ✗ {path} : {reason}" for path, reason in rebuilt.differing.items())


def _unseal(folder: Path) -> None:
    """A release is read-only: its folders are opened so that they can be removed."""
    for path in [path for path in folder.rglob("*") if path.is_dir()]:
        path.chmod(0o755)
