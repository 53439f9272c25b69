"""The public directory: agreed structures, and the action sheets that they tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from core.french import alphabetical
from publication.candidate import Structure
from publication.site.library import Release

SHEETS, FIELDS = "action_sheets", "action_sheet_fields"


@dataclass(frozen=True)
class ListedStructure(Structure):
    """An agreed structure as anybody may know it, and where it is."""

    departement: str


@dataclass(frozen=True)
class ActionSheet:
    """An action sheet: its values by field, choices by label."""

    sheet_id: str
    values: Mapping[str, Any]
    demo: bool

    @property
    def address(self) -> str:
        """Its page."""
        return f"fiches/{self.sheet_id}.html"


@dataclass(frozen=True)
class SheetField:
    """A field of the sheets, as printed."""

    field: str
    label: str
    kind: str
    choices: str


def structures_of(release: Release) -> list[ListedStructure]:
    """The structures agreed in the release's campaign, by département, commune and name."""
    with duckdb.connect(str(release.bi_file), read_only=True) as connection:
        rows = connection.execute(
            """
            select s.structure_id, s.structure_type, coalesce(s.name, ''), coalesce(s.commune_code, ''),
                coalesce(s.commune_name, ''), coalesce(s.manager_name, ''), s.departement
            from dim_structure s
            join fct_centres c on c.campaign = s.campaign and c.structure_id = s.structure_id
            where s.campaign = ? and c.agreed = 1
            """,
            [release.campaign],
        ).fetchall()
    return sorted(
        (ListedStructure(*row) for row in rows),
        key=lambda s: (s.departement, *map(alphabetical, (s.commune_name, s.name)), s.structure_id),
    )


def action_sheets_of(
    candidate: Path, choices: Mapping[str, list[tuple[str, str]]]
) -> tuple[list[SheetField], list[ActionSheet]]:
    """The fields and the sheets that a candidate holds, the latest year first."""
    tables = [candidate / "intake" / f"{name}.parquet" for name in (FIELDS, SHEETS)]
    if not all(path.exists() for path in tables):
        return [], []
    with duckdb.connect() as connection:
        fields, sheets = (connection.sql(f"select * from '{_quoted(path)}'") for path in tables)
        known = [SheetField(*row) for row in fields.fetchall()]
        names = sheets.columns
        lines = [dict(zip(names, row, strict=True)) for row in sheets.fetchall()]
    labels = {field.field: dict(choices.get(field.choices, [])) for field in known if field.choices}
    told = []
    for line in lines:
        values = {
            field.field: labels[field.field].get(line[field.field], line[field.field])
            if field.field in labels
            else line[field.field]
            for field in known
        }
        told.append(ActionSheet(line["sheet_id"], values, line["demo"]))
    return known, sorted(told, key=lambda sheet: (-sheet.values["year"], sheet.values["title"]))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
