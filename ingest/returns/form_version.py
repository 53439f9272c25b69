"""Which form a workbook was made from: campaign, structure type and version, as a template says them of itself.

The version depends on what the form asks and on nothing else, so that a line added elsewhere in the registry doesn't
make the workbooks that are already out look old.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.refusals import Refusal
from ingest.readers import Sheet
from registry.model import Registry

FORM = "form"
"""The role, in metadata_columns.csv, of the column (or the line of a form) that tells the form."""
OTHER_CAMPAIGN, OLDER_FORM = "I09", "I20"
HEADER_ROWS = 40
VERSION_LENGTH = 12
_STAMP = re.compile(r"senacs (\d{4}) (\S+) ([0-9a-f]+)")


@dataclass(frozen=True)
class Stamp:
    """What a template says of itself, and the sheet where it does."""

    campaign: int
    structure_type: str
    version: str
    sheet: str


def form_version(registry: Registry, campaign: int, structure_type: str) -> str:
    """What changes when a question of a form does: its code, text, type, options with their labels, unit or bounds."""
    digest = hashlib.sha256()
    for question in registry.questions_of(campaign):
        if question.structure_type != structure_type:
            continue
        variable = registry.variables[question.variable]
        labels = {choice.code: choice.label_fr for choice in registry.choices_of.get(question.choices, [])}
        options = [(code, labels.get(code, "")) for code in question.options]
        asked = (
            question.question_code, question.question_label_fr, question.variable, question.type, question.required,
            options, variable.unit, variable.min, variable.max,
        )  # fmt: skip
        digest.update(repr(asked).encode())
    return digest.hexdigest()[:VERSION_LENGTH]


def form_id(campaign: int, structure_type: str, version: str) -> str:
    """The line that a template carries."""
    return f"senacs {campaign} {structure_type} {version}"


def stamps_of(sheets: list[Sheet], registry: Registry) -> set[Stamp]:
    """What the sheets say of the form that they were made from: under its header, or beside it in a form."""
    headers = {header for header, role in registry.metadata_columns.items() if role == FORM}
    found = set()
    for sheet in sheets:
        for text in _told(sheet, headers):
            match = _STAMP.fullmatch(text.strip())
            if match:
                found.add(Stamp(int(match[1]), match[2], match[3], sheet.name))
    return found


def refuse_another_campaigns_template(stamps: set[Stamp], campaign: int) -> None:
    """Raise `Refusal` when a workbook was made for other campaigns only, however alike their questions are."""
    others = sorted({stamp.campaign for stamp in stamps})
    if others and campaign not in others:
        named = " et ".join(map(str, others))
        raise Refusal(
            OTHER_CAMPAIGN,
            f"Ce classeur est le modèle de la campagne {named}, et non {campaign} : déposez-le pour la campagne "
            f"{named}, ou reportez les réponses dans le modèle {campaign} et renvoyez-le.",
        )


def older_forms(stamps: set[Stamp], registry: Registry, campaign: int) -> list[tuple[str, str, str, str]]:
    """A line of `ReadFile.ignored` for each sheet made from a form of the campaign that has changed since."""
    types = registry.types_asked(campaign)
    return sorted(
        (OLDER_FORM, stamp.sheet, "", form_id(stamp.campaign, stamp.structure_type, stamp.version))
        for stamp in stamps
        if stamp.campaign == campaign
        and stamp.structure_type in types
        and stamp.version != form_version(registry, campaign, stamp.structure_type)
    )


def _told(sheet: Sheet, headers: set[str]) -> Iterator[str]:
    for row, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        for column, text in enumerate(cells):
            if text in headers:
                yield from cells[column + 1 :]
                yield from (below[column] for below in sheet.rows[row + 1 :] if column < len(below))
