"""Action sheets enter the archive, and leave it as ``intake/action_sheets.parquet``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import replaced_file
from core.home import Home, questionnaires_folder
from core.refusals import Refusal
from ingest.action_sheets.checking import Checker, slug
from ingest.action_sheets.reading import told_sheets
from ingest.receive.archive import ACTION_SHEETS, Archive, Entry
from ingest.store.read_store import limits_of
from ingest.survey_frame.frames import frame_of
from registry.action_sheet_fields import LIST, YEAR, SheetField, read_fields
from registry.model import Registry

SHEETS, FIELDS = "action_sheets", "action_sheet_fields"


class ActionSheetError(Exception):
    """A file of action sheets that can't be read at all; the text says why, in French."""


@dataclass(frozen=True)
class RefusedSheet:
    """A sheet set aside: the file, its line or rank, why, in French."""

    file: str
    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where} : {self.reason}."


def register_action_sheets(home: Home, registry: Registry, path: Path, root: Path | None = None) -> dict[str, Any]:
    """Archive a file of action sheets. Returns sheets (accepted), refused (lines in French), unknown (columns that no
    field has), already_received. A sheet with a fault is set aside and never stops the others.

    Raises `ActionSheetError` when the file can't be read; nothing is then registered.
    """
    fields = read_fields(questionnaires_folder())
    label = path.resolve().relative_to(root.resolve()).as_posix() if root else path.name
    frames = (frame_of(home, registry, campaign) for campaign in registry.campaigns)
    structures = frozenset(structure for frame in frames for structure in frame["structure_id"])
    checker = Checker(fields, registry.choices_of, structures)
    sheets, refused, unknown = _judged(path.read_bytes(), label, checker, registry)
    entry, new = Archive(home).add(path, kind=ACTION_SHEETS, campaign=0, sender="national", file=label)
    return {
        "file": label,
        "entry_id": entry.entry_id,
        "sheets": len(sheets),
        "refused": [str(line) for line in refused],
        "unknown": unknown,
        "already_received": not new,
    }


def export_action_sheets(home: Home, registry: Registry) -> None:
    """Write ``intake/action_sheets.parquet``: a line per sheet; of two with the same reference, the last received.
    And ``action_sheet_fields.parquet``, what the columns are called in French.

    The structures are those of ``intake/frame.parquet``, written before.
    """
    fields = read_fields(questionnaires_folder())
    structures = pl.read_parquet(home.intake / "frame.parquet", columns=["structure_id"])["structure_id"]
    checker = Checker(fields, registry.choices_of, frozenset(structures))
    sheets: dict[str, dict[str, Any]] = {}
    for entry in Archive(home).entries(0, ACTION_SHEETS):
        accepted, _, _ = _judged(_bytes_of(entry), entry.file, checker, registry)
        for sheet in accepted:
            sheets[sheet["sheet_id"]] = {**sheet, "demo": entry.demo}
    described = [(field.field, field.label_fr, field.kind, field.choices) for field in fields]
    tables = {
        SHEETS: pl.DataFrame([sheets[key] for key in sorted(sheets)], schema=_schema(fields), orient="row"),
        FIELDS: pl.DataFrame(described, schema=["field", "label_fr", "kind", "choices"], orient="row"),
    }
    for name, table in tables.items():
        with replaced_file(home.intake / f"{name}.parquet") as path:
            table.write_parquet(path)


def _judged(
    content: bytes, file: str, checker: Checker, registry: Registry
) -> tuple[list[dict[str, Any]], list[RefusedSheet], list[str]]:
    try:
        told = told_sheets(content, re.split(r"[\\/]", file)[-1], checker.fields, limits_of(registry))
    except Refusal as refusal:
        raise ActionSheetError(f"{file} : {refusal.message_fr}") from refusal
    accepted, refused = [], []
    first_told: dict[str, str] = {}
    for sheet in told:
        values, reasons = checker.checked(sheet)
        before = first_told.setdefault(slug(values["sheet_id"]), sheet.where)
        if not reasons and before != sheet.where:
            reasons = [f"même référence (structure, année, titre) que la {before} : gardez-en une"]
        if reasons:
            refused += [RefusedSheet(file, sheet.where, reason) for reason in reasons]
        else:
            accepted.append({**values, "sheet_id": slug(values["sheet_id"]), "file": file, "where": sheet.where})
    return accepted, refused, sorted({name for sheet in told for name in sheet.unknown})


def _bytes_of(entry: Entry) -> bytes:
    if entry.path is None:
        raise ActionSheetError(f"{entry.file} : le fichier archivé n'a pas de contenu.")
    return entry.path.read_bytes()


def _schema(fields: list[SheetField]) -> dict[str, Any]:
    kinds: dict[str, Any] = {LIST: pl.List(pl.String()), YEAR: pl.Int32()}
    schema: dict[str, Any] = {field.field: kinds.get(field.kind, pl.String()) for field in fields}
    return schema | {"file": pl.String(), "where": pl.String(), "demo": pl.Boolean()}
