"""The action sheets of a file, as text by field: CSV and spreadsheets by header, JSON by key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from core.refusals import unreadable
from core.spelling import folded
from ingest.readers import Limits, read_sheets
from registry.action_sheet_fields import SheetField

LIST_SEPARATOR = ";"
"""Between the items of a list in one cell; a new line does as well."""


@dataclass(frozen=True)
class Told:
    """A sheet as its author wrote it. `where`: its line or rank in the file; `unknown`: columns that no field has."""

    where: str
    values: dict[str, str]
    unknown: tuple[str, ...] = ()


def told_sheets(content: bytes, name: str, fields: list[SheetField], limits: Limits) -> list[Told]:
    """The sheets of a file. Raises `Refusal` when the file can't be read or has no column that is known."""
    if name.lower().endswith(".json"):
        return list(_from_json(content, fields, limits))
    visible = [sheet for sheet in read_sheets(content, name, limits) if not sheet.hidden and not sheet.is_blank]
    return [told for sheet in visible for told in _from_rows(sheet.rows, fields)]


def _from_rows(rows: list[list[str]], fields: list[SheetField]) -> Iterator[Told]:
    header = [cell.strip() for cell in rows[0]]
    columns, unknown = _columns(header, fields)
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            texts = [*(cell.strip() for cell in cells), *[""] * (len(header) - len(cells))]
            yield Told(
                f"ligne {number}", {field: texts[position] for position, field in columns.items()}, tuple(unknown)
            )


def _from_json(content: bytes, fields: list[SheetField], limits: Limits) -> Iterator[Told]:
    remedy = "Une liste d'objets JSON est attendue, un objet par fiche"
    if len(content) > limits.max_file_bytes:
        raise unreadable("le fichier est trop grand", "Envoyez-le en plusieurs fichiers")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise unreadable("ce n'est pas du JSON en UTF-8", remedy) from error
    if isinstance(document, dict):
        document = next((value for value in document.values() if isinstance(value, list)), [document])
    if not isinstance(document, list):
        raise unreadable("ce n'est pas une liste de fiches", remedy)
    for rank, entry in enumerate(document, start=1):
        if not isinstance(entry, dict):
            raise unreadable(f"la fiche {rank} n'est pas un objet", remedy)
        keys = list(entry)
        columns, unknown = _columns(keys, fields)
        values = {field: _text(entry[keys[position]]) for position, field in columns.items()}
        yield Told(f"fiche {rank}", values, tuple(unknown))


def _columns(header: Iterable[str], fields: list[SheetField]) -> tuple[dict[int, str], list[str]]:
    """Field by position, and the columns that no field claims. Raises `Refusal` when none is known, or one twice."""
    known: dict[int, str] = {}
    unknown = []
    for position, text in enumerate(header):
        name = folded(text)
        field = next((field.field for field in fields if name in field.names), None)
        if field in known.values():
            raise unreadable(f"deux colonnes disent la même chose (« {text} »)", "Gardez-en une")
        if field:
            known[position] = field
        elif name:
            unknown.append(text)
    if not known:
        expected = ", ".join(field.label_fr for field in fields if field.required)
        raise unreadable("aucune colonne connue", f"Première ligne attendue : {expected}…")
    return known, unknown


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f" {LIST_SEPARATOR} ".join(map(str, value))
    return str(value).strip()
