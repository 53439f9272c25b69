"""The columns of a sheet with one row per structure: identification, then each question with its last answers."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.forms.form import Form, Item
from registry.model import Choice, Registry

KEY, ORIGIN, ANSWER, REMINDER, FORM_ID = "key", "origin", "answer", "reminder", "form"
REMINDER_LABEL = "Rappel - "
REMINDER_CODE = "_rappel"
"""What starts so is metadata of the form for the reader (metadata_columns.csv): never an answer, never unknown."""
ORIGIN_LABEL = f"{REMINDER_LABEL}campagne"
FORM_CODE, FORM_LABEL = "_formulaire", "Version du formulaire"


@dataclass(frozen=True)
class TableColumn:
    """A column: its kind, the headers that the reader knows it by, its question and option."""

    kind: str
    code: str
    label: str
    item: Item | None = None
    option: Choice | None = None
    role: str = ""

    @property
    def width(self) -> float:
        """Characters."""
        if self.kind == KEY:
            return {"name": 34.0}.get(self.role, 13.0)
        wide = self.item is not None and self.item.type in ("text", "single_choice")
        several = self.kind == REMINDER and self.item is not None and self.item.type == "multi_choice"
        return 26.0 if wide or several else 15.0


def table_columns(registry: Registry, form: Form, reminded: set[str]) -> list[TableColumn]:
    """The columns of a form, in order; `reminded`: the variables whose last answers are shown."""
    columns = [TableColumn(KEY, key.code, key.label_fr, role=key.role) for key in registry.key_columns]
    shown = [item for item in form.items if item.question.variable in reminded]
    if shown:
        columns.append(TableColumn(ORIGIN, f"{REMINDER_CODE}_campagne", ORIGIN_LABEL))
    for item in form.items:
        columns += answer_columns(item)
        if item in shown:
            columns.append(TableColumn(REMINDER, f"{REMINDER_CODE} {item.code}", f"{REMINDER_LABEL}{item.label}", item))
    return [*columns, TableColumn(FORM_ID, FORM_CODE, FORM_CODE)]


def answer_columns(item: Item) -> list[TableColumn]:
    """The column of a question, or one per option of a multi-choice question."""
    if item.type != "multi_choice":
        return [TableColumn(ANSWER, item.code, item.label, item)]
    return [
        TableColumn(ANSWER, f"{item.code}/{option.code}", f"{item.label} - {option.label_fr}", item, option)
        for option in item.options
    ]
