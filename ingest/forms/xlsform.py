"""A structure type's form for KoboToolbox and ODK (an XLSForm workbook), in the names that the reader knows.

Labels in other languages are those of questionnaires/translations.csv, where there is one; the rest stays in French.
Groups are the sections, question names are the codes in small letters with underscores, the identifier is
``structure/ident``. A number below its minimum is refused while it is typed; one above its maximum is not: it is
confirmed after the return, like in any other file.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ingest.forms.form import Form, Item
from ingest.forms.guards import plain
from ingest.forms.reminders import NO, YES
from ingest.forms.sheets import write_text, written_workbook
from ingest.forms.wording import expected_fr, number_fr
from registry.header_spellings import kobo_code
from registry.model import IDENTIFIER, NUMERIC_TYPES, Registry

STRUCTURE_GROUP = "structure"
YES_NO = "yes_no"
METADATA = ("start", "end")
SURVEY = ("type", "name", "label", "hint", "required", "required_message", "constraint", "constraint_message")
CHOICES = ("list_name", "name", "label")
SETTINGS = ("form_title", "form_id", "version", "default_language")
FRENCH = "Français (fr)"
TRANSLATED = ("label", "hint", "required_message", "constraint_message")
TYPES = {"integer": "integer", "decimal": "decimal", "money": "decimal", "date": "date", "text": "text",
         "boolean": f"select_one {YES_NO}"}  # fmt: skip
XML_NAME = re.compile(r"[a-z_][a-z0-9_]*")
REQUIRED_FR = "Cette réponse est attendue."

Line = dict[str, str]
Sheet = tuple[tuple[str, ...], list[Line]]


class FormNameError(ValueError):
    """Question codes that can't be names in a form; the text says which, in French."""


def write_xlsform(target: Path, registry: Registry, form: Form) -> None:
    """Write the XLSForm of a structure type. Raises `FormNameError`."""
    _refuse_names(form)
    languages = _languages(registry, form)
    sheets: dict[str, Sheet] = {
        "survey": (SURVEY, [*_opening(registry, form), *_sections(registry, form)]),
        "choices": (CHOICES, _choices(registry, form)),
        "settings": (SETTINGS, [_settings(form) | ({"default_language": FRENCH} if languages else {})]),
    }
    if languages:
        sheets = _in_languages(sheets, languages)
    with written_workbook(target, {"senacs": form.form_id}) as (workbook, looks):
        for name, (columns, lines) in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row, line in enumerate([dict(zip(columns, columns, strict=True)), *lines]):
                for place, column in enumerate(columns):
                    if line.get(column):
                        write_text(sheet, row, place, line[column], looks, "paragraph")
            sheet.set_column(0, len(columns) - 1, 30)


def _languages(registry: Registry, form: Form) -> list[str]:
    """The languages other than French that a label of the form has, sorted."""
    labels = (registry.labels_abroad(item.question, one) for item in form.items for one in ("", *item.question.options))
    return sorted({language for label in labels for language in label} - {FRENCH})


def _in_languages(sheets: dict[str, Sheet], languages: list[str]) -> dict[str, Sheet]:
    """The sheets with a column per language for each text; what has no translation is shown in French."""

    def column(name: str) -> tuple[str, ...]:
        return tuple(f"{name}::{language}" for language in (FRENCH, *languages)) if name in TRANSLATED else (name,)

    def completed(line: Line) -> Line:
        return {place: line[name] for name in TRANSLATED if line.get(name) for place in column(name)} | line

    return {
        sheet: (tuple(part for name in columns for part in column(name)), [completed(line) for line in lines])
        for sheet, (columns, lines) in sheets.items()
    }


def _abroad(registry: Registry, item: Item, option: str = "") -> Line:
    labels = registry.labels_abroad(item.question, option)
    return {f"label::{language}": label for language, label in labels.items()}


def _refuse_names(form: Form) -> None:
    names = Counter(kobo_code(item.code) for item in form.items)
    wrong = [item.code for item in form.items if not XML_NAME.fullmatch(kobo_code(item.code))]
    wrong += [item.code for item in form.items if names[kobo_code(item.code)] > 1]
    if wrong:
        kind = form.structure_type.structure_type
        raise FormNameError(
            f"Formulaire {kind} : {', '.join(dict.fromkeys(wrong))} ne peut pas nommer une question d'un XLSForm "
            "(lettre d'abord, puis lettres et chiffres, sans doublon)."
        )


def _settings(form: Form) -> Line:
    kind = form.structure_type
    return {
        "form_title": f"{form.title} - {kind.label_fr}",
        "form_id": f"senacs_{form.campaign.campaign}_{kobo_code(kind.structure_type)}",
        "version": form.version,
    }


def _opening(registry: Registry, form: Form) -> list[Line]:
    key = registry.key_column(IDENTIFIER)
    kind = form.structure_type.structure_type
    identifier = {
        "type": "text",
        "name": kobo_code(key.code),
        "label": key.label_fr,
        "hint": f"{kind}, le département, un numéro : {kind}-01-0001",
        "required": "yes",
        "required_message": REQUIRED_FR,
        "constraint": f"regex(., '^{kind}-(2A|2B|[0-9]{{2,3}})-[0-9]{{4}}$')",
        "constraint_message": f"L'identifiant commence par {kind}-, puis le département, un tiret et quatre chiffres.",
    }
    group = {"type": "begin_group", "name": STRUCTURE_GROUP, "label": form.structure_type.label_fr}
    return [*({"type": name, "name": name} for name in METADATA), group, identifier, {"type": "end_group"}]


def _sections(registry: Registry, form: Form) -> list[Line]:
    lines: list[Line] = []
    for code, label, items in form.sections():
        lines.append({"type": "begin_group", "name": kobo_code(code), "label": label})
        lines += [_question(item) | _abroad(registry, item) for item in items]
        lines.append({"type": "end_group"})
    return lines


def _question(item: Item) -> Line:
    name = kobo_code(item.code)
    kinds = TYPES | {"single_choice": f"select_one {name}", "multi_choice": f"select_multiple {name}"}
    line = {"type": kinds[item.type], "name": name, "label": item.question.question_label_fr}
    if item.question.required:
        line |= {"required": "yes", "required_message": REQUIRED_FR}
    if item.type in NUMERIC_TYPES:
        line["hint"] = f"Attendu : {expected_fr(item)}{', en ' + item.unit if item.unit else ''}."
        if item.variable.min is not None:
            line["constraint"] = f". >= {plain(item.variable.min)}"
            line["constraint_message"] = f"La réponse ne peut pas être inférieure à {number_fr(item.variable.min)}."
    return line


def _choices(registry: Registry, form: Form) -> list[Line]:
    lines = [{"list_name": YES_NO, "name": word.lower(), "label": word} for word in (YES, NO)]
    for item in form.items:
        lines += [
            {"list_name": kobo_code(item.code), "name": option.code, "label": option.label_fr}
            | _abroad(registry, item, option.code)
            for option in item.options
        ]
    return lines
