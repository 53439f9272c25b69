"""What an action sheet holds: ``questionnaires/action_sheet_fields.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.spelling import folded
from registry.faults import Problems
from registry.readers import bar_list, boolean, whole
from registry.tables import Column, rows_of

FILE = "action_sheet_fields.csv"
TEXT, LIST, YEAR, STRUCTURE, CHOICE = "text", "list", "year", "structure", "choice"
KINDS = frozenset({TEXT, LIST, YEAR, STRUCTURE, CHOICE})


@dataclass(frozen=True)
class SheetField:
    """A field: its kind, the list of its options for a choice, the most characters that it may have."""

    field: str
    label_fr: str
    kind: str
    required: bool
    choices: str
    max_characters: int
    headers: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """What a column or a key may be called, folded."""
        return frozenset(map(folded, (self.field, self.label_fr, *self.headers)))


def read_fields(questionnaires: Path) -> list[SheetField]:
    """The fields, in the order of the file. Raises `RegistryError`."""
    columns = [
        Column("field", required=True),
        Column("label_fr", required=True),
        Column("kind", required=True, allowed=KINDS),
        Column("required", boolean, required=True),
        Column("choices"),
        Column("max_characters", whole, required=True),
        Column("headers", bar_list),
    ]
    problems = Problems()
    rows = rows_of(questionnaires, FILE, columns, ("field",), problems)
    problems.raise_if_any()
    return [SheetField(**row.values) for row in rows]
