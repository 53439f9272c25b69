"""What is sent out for a campaign, written to a folder: whose structures, in which files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.home import Home
from ingest.forms.form import Form, forms_of
from ingest.forms.form_workbook import write_form_workbook
from ingest.forms.reminders import reminders_of
from ingest.forms.table_workbook import write_table_workbook
from ingest.forms.xlsform import FormNameError, write_xlsform
from ingest.returns.identifiers import structure_id as normal_id
from ingest.returns.workbook_sender import named
from ingest.survey_frame.frames import frame_of
from registry.collectors import load_senders, structures_by_sender
from registry.model import Registry

Progress = Callable[[str, int, int], None]


class TemplateError(Exception):
    """What was asked can't be written; the text says why and what to do, in French."""


@dataclass(frozen=True)
class Sent:
    """A file written: for whom, and how many structures of each type it asks about."""

    file: Path
    sender: str
    name: str
    structures: dict[str, int]


def write_templates(
    home: Home,
    registry: Registry,
    questionnaires: Path,
    campaign: int,
    folder: Path,
    sender: str | None = None,
    progress: Progress | None = None,
) -> list[Sent]:
    """Write a workbook per sender (or the one of `sender`) to `folder`: ``SENACS_<campaign>_<sender>.xlsx``.

    Asked about: the structures of the frame that are solicited and whose type has a form. `questionnaires`: the folder
    of the registry. Raises `TemplateError` without a frame, or for a sender who has no structure; `RegistryError`.
    """
    forms, structures = _asked(home, registry, questionnaires, campaign)
    reminders = reminders_of(home, registry, campaign)
    frame = frame_of(home, registry, campaign)
    asked = structures_by_sender(frame, reminders.senders, load_senders(questionnaires), campaign)
    found = {line: [structures[name] for name in names if name in structures] for line, names in asked.items()}
    groups = {line: group for line, group in found.items() if group}
    if sender is not None:
        known = ", ".join(line.sender for line in groups)
        groups = {line: group for line, group in groups.items() if line.sender == sender}
        if not groups:
            raise TemplateError(
                f"L'émetteur « {sender} » n'a pas de structure à interroger en {campaign}. Émetteurs : {known}."
            )
    sent = []
    for number, (line, group) in enumerate(groups.items(), start=1):
        sheets = [(form, members) for form in forms if (members := _of_type(group, form))]
        target = folder / f"SENACS_{campaign}_{line.sender}.xlsx"
        write_table_workbook(target, registry, named(line), sheets, reminders)
        counts = {form.structure_type.structure_type: len(members) for form, members in sheets}
        sent.append(Sent(target, line.sender, line.name, counts))
        if progress:
            progress(f"Classeurs {campaign}", number, len(groups))
    return sent


def write_form(
    home: Home, registry: Registry, questionnaires: Path, campaign: int, folder: Path, structure_id: str
) -> Sent:
    """Write the workbook of one structure to `folder`: ``SENACS_<campaign>_<structure>.xlsx``. Raises as
    `write_templates` does."""
    forms, structures = _asked(home, registry, questionnaires, campaign)
    identifier = normal_id(structure_id)
    if identifier not in structures:
        raise TemplateError(
            f"{identifier} n'est pas une structure à interroger en {campaign} : vérifiez l'identifiant dans le "
            "référentiel de la campagne, et que la structure y est sollicitée."
        )
    structure = structures[identifier]
    form = next(form for form in forms if _of_type([structure], form))
    target = folder / f"SENACS_{campaign}_{identifier}.xlsx"
    write_form_workbook(target, registry, form, structure, reminders_of(home, registry, campaign))
    return Sent(target, identifier, structure["name"], {form.structure_type.structure_type: 1})


def write_xlsforms(registry: Registry, questionnaires: Path, campaign: int, folder: Path) -> list[Sent]:
    """Write the XLSForm of each structure type to `folder`: ``SENACS_<campaign>_<type>_xlsform.xlsx``.

    Raises `TemplateError` when a question can't be named, `RegistryError`.
    """
    sent = []
    for form in forms_of(registry, questionnaires, campaign):
        kind = form.structure_type
        target = folder / f"SENACS_{campaign}_{kind.structure_type}_xlsform.xlsx"
        try:
            write_xlsform(target, registry, form)
        except FormNameError as error:
            raise TemplateError(str(error)) from error
        sent.append(Sent(target, "", kind.label_fr, {}))
    return sent


def _asked(
    home: Home, registry: Registry, questionnaires: Path, campaign: int
) -> tuple[list[Form], dict[str, dict[str, Any]]]:
    """The forms of a campaign, and the structures that they ask about (rows of the frame, by identifier)."""
    forms = forms_of(registry, questionnaires, campaign)
    frame = frame_of(home, registry, campaign)
    if not frame.height:
        raise TemplateError(
            f"Le référentiel {campaign} n'est pas enregistré : senacs frame FICHIER --campaign {campaign}."
        )
    types = {form.structure_type.structure_type for form in forms}
    rows = frame.iter_rows(named=True)
    return forms, {row["structure_id"]: row for row in rows if row["solicited"] and row["structure_type"] in types}


def _of_type(structures: list[dict[str, Any]], form: Form) -> list[dict[str, Any]]:
    return [row for row in structures if row["structure_type"] == form.structure_type.structure_type]
