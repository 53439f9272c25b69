"""Taking back a reception, and putting it back."""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING

from core.home import Home
from ingest.receive.withdrawal_effects import changed_answers, vintages_resting_on
from ingest.receive.withdrawals import UnknownEntryError, entry_named, restore, withdraw, withdrawal_of
from orchestration.cli.arguments import AddCommand, loaded_registry
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen

if TYPE_CHECKING:
    from ingest.receive.archive import Entry
    from ingest.receive.withdrawal_effects import ChangedAnswer

SHOWN = 30


def add_commands(add: AddCommand) -> None:
    """`withdraw`, `restore`."""
    withdraw = add(
        "withdraw",
        withdraw_entry,
        'senacs withdraw retour_62.xlsx --reason "reçu au nom de la mauvaise fédération" --check\n'
        '  senacs withdraw 2019-ucs-13-3f9c0a1b --reason "fichier de test" --by "Prénom Nom"',
    )
    restore = add(
        "restore",
        restore_entry,
        'senacs restore retour_62.xlsx --reason "retiré par erreur"',
    )
    for command in (withdraw, restore):
        command.add_argument(
            "entry", metavar="ENTRÉE", help="identifiant d'une réception, son début, ou le nom du fichier reçu"
        )
        command.add_argument("--reason", required=True, metavar="MOTIF", help="pourquoi")
        command.add_argument("--by", default="", metavar="NOM", help="qui décide (par défaut : la session)")
        command.add_argument("--check", action="store_true", help="montre ce qui changerait, sans rien enregistrer")


def withdraw_entry(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs withdraw``: 2 when the entry is unknown or several are meant; already withdrawn, nothing changes."""
    return _changed(options, screen, counting=False)


def restore_entry(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs restore``: 2 when the entry is unknown or several are meant; when it counts already, nothing changes."""
    return _changed(options, screen, counting=True)


def _changed(options: argparse.Namespace, screen: Screen, *, counting: bool) -> ExitCode:
    if not options.reason.strip():
        raise CommandError('dites pourquoi : --reason "…"', ExitCode.USAGE)
    home = Home.from_environment()
    try:
        entry = entry_named(home, options.entry)
    except UnknownEntryError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    asked = entry.withdrawn == counting
    changes = changed_answers(home, loaded_registry(), entry, counting=counting) if asked else []
    vintages = vintages_resting_on(home, entry)
    done = False
    if asked and not options.check:
        said = restore if counting else withdraw
        done = said(home, entry, reason=options.reason.strip(), author=options.by.strip() or getpass.getuser())
    document = {
        "action": "restore" if counting else "withdraw",
        "entry_id": entry.entry_id,
        "kind": entry.kind,
        "campaign": entry.campaign,
        "sender": entry.sender,
        "file": entry.file,
        "received_at": entry.received_at,
        "changed": done,
        "answers": [
            {"structure_id": one.structure_id, "before": _pair(one.before), "after": _pair(one.after)}
            for one in changes
        ],
        "vintages": vintages,
    }
    screen.show(document, "\n".join(_lines(home, options, entry, changes, vintages, counting=counting)))
    return ExitCode.OK


def _lines(
    home: Home,
    options: argparse.Namespace,
    entry: Entry,
    changes: list[ChangedAnswer],
    vintages: list[str],
    *,
    counting: bool,
) -> list[str]:
    named = f"{entry.entry_id} ({entry.file}, reçu de {entry.sender} le {entry.received_at[:10]})"
    if entry.withdrawn != counting:
        return [_already(home, entry, named)]
    lines = [_change_said(one) for one in changes[:SHOWN]]
    if len(changes) > SHOWN:
        lines.append(f"… et {len(changes) - SHOWN} autre(s) structure(s) : --json les donne toutes.")
    if not changes:
        lines.append("Aucune structure ne change de réponse.")
    verb = ("Rétablit" if counting else "Retire") if options.check else ("Rétabli" if counting else "Retiré")
    lines.append(f"{verb} : {named}. Motif : {options.reason.strip()}.")
    if vintages:
        lines.append(
            f"Publié avec ce fichier : {', '.join(vintages)}. Un millésime publié ne change pas : "
            "le changement entre dans le suivant."
        )
    lines.append(
        "Rien n'est enregistré (--check)." if options.check else "« senacs build » refait les chiffres sans ce qui est "
        "retiré, avec ce qui est rétabli."
    )  # fmt: skip
    return lines


def _already(home: Home, entry: Entry, named: str) -> str:
    if not entry.withdrawn:
        return f"{named} n'est pas retiré : rien n'a changé."
    last = withdrawal_of(home, entry)
    return f"{named} est déjà retiré, le {last.day} par {last.author} ({last.reason}) : rien n'a changé."


def _change_said(change: ChangedAnswer) -> str:
    if change.after is None:
        return f"- {change.structure_id} n'a plus de réponse (avant : {_file(change.before)})"
    if change.before is None:
        return f"+ {change.structure_id} a une réponse : {_file(change.after)}"
    return f"~ {change.structure_id} : {_file(change.after)} compte à la place de {_file(change.before)}"


def _file(place: tuple[str, str] | None) -> str:
    return f"{place[1]} de {place[0]}" if place else "aucune"


def _pair(place: tuple[str, str] | None) -> dict[str, str] | None:
    return {"sender": place[0], "file": place[1]} if place else None
