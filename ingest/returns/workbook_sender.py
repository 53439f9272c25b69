"""Whose workbook it is: a template and an edit report say the sender that they were made for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.refusals import Refusal
from core.spelling import folded
from ingest.corrections.report_layout import MARK
from ingest.readers import Sheet
from registry.model import Registry
from registry.senders import Sender, sender_of_code

OTHER_SENDERS = "I31"
HEAD_ROWS = 20
SUBTITLE_ROW = 1
_OF_A_REPORT = re.compile(rf"{MARK}\s*;\s*campagne\s+(\d+)\s*;\s*émetteur\s+(\S+)")
_OF_A_TEMPLATE = re.compile(r"(.*) \(([a-z0-9][a-z0-9._-]*)\)")


def named(sender: Sender) -> str:
    """How a template names its sender, under its title: ``Caf du Nord (caf-59)``."""
    return f"{sender.name} ({sender.sender})"


def refuse_another_senders_workbook(
    sheets: list[Sheet], registry: Registry, campaign: int, sender: str, *, template: bool
) -> None:
    """Raise `Refusal` when an edit report, or a `template` of ours, says that it is another sender's.

    An older template names its sender by the words of senders.csv only.
    """
    reports = {match[2] for text in _texts(sheets) if (match := _OF_A_REPORT.fullmatch(text))}
    what, owners = "rapport de contrôle", reports
    if not reports and template:
        what, owners = "modèle", _owners_of_template(sheets, registry)
    if owners and sender not in owners:
        owner = sorted(owners)[0]
        raise Refusal(
            OTHER_SENDERS,
            f"Ce classeur est le {what} de {owner}, et non de {sender} : recevez-le en son nom "
            f"(senacs receive FICHIER --campaign {campaign} --sender {owner}).",
        )


def _owners_of_template(sheets: list[Sheet], registry: Registry) -> set[str]:
    names: dict[str, set[str]] = {}
    for line in registry.senders:
        names.setdefault(folded(line.name), set()).add(line.sender)
    found: set[str] = set()
    for sheet in sheets:
        for text in sheet.rows[SUBTITLE_ROW] if len(sheet.rows) > SUBTITLE_ROW else ():
            match = _OF_A_TEMPLATE.fullmatch(text.strip())
            if match and match[2] in (*names.get(folded(match[1]), ()), sender_of_code(match[1])):
                found.add(match[2])
            found |= names.get(folded(text), set())
    return found


def _texts(sheets: list[Sheet]) -> Iterator[str]:
    return (cell.strip() for sheet in sheets for cells in sheet.rows[:HEAD_ROWS] for cell in cells)
