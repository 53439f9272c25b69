"""The workbook of a sender: a sheet per structure type, a row per structure, a column per question.

Rows of a sheet: titles, the lists of the drop-downs (hidden), sections, units, codes, labels, then the structures.
The reader knows a column by its code or by its label, so that one of the two rows may be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from ingest.forms.change_marks import change_rules
from ingest.forms.form import Form
from ingest.forms.guards import Area, guard, mark
from ingest.forms.instructions import write_instructions
from ingest.forms.reminders import Reminders
from ingest.forms.sheets import PROTECTION, Looks, sheet_name, write_reminder, write_text, written_workbook
from ingest.forms.table_columns import ANSWER, FORM_ID, KEY, ORIGIN, REMINDER, TableColumn, table_columns
from ingest.forms.wording import non_response_words
from registry.model import Registry

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FRAME_COLUMNS = {
    "identifier": "structure_id",
    "name": "name",
    "commune": "commune_code",
    "departement": "departement",
}
"""The column of the frame that fills each identification column, by role."""
FIRST_LIST = 2
LABEL_HEIGHT = 110
STRUCTURE_HEIGHT = 30
"""Points: two lines of text. A height that is set keeps a long last answer from stretching its row."""


@dataclass(frozen=True)
class Places:
    """The rows of a sheet (0-based): sections, units, codes, labels, first structure; the range of each list."""

    sections: int
    units: int
    codes: int
    labels: int
    first: int
    lists: dict[tuple[str, ...], str]


def write_table_workbook(
    target: Path,
    registry: Registry,
    subtitle: str,
    sheets: list[tuple[Form, list[dict[str, Any]]]],
    reminders: Reminders,
) -> None:
    """Write the workbook of a sender: each form with its structures (rows of the frame)."""
    rules = change_rules(registry)
    properties = {f"senacs {form.structure_type.structure_type}": form.form_id for form, _ in sheets}
    with written_workbook(target, properties) as (workbook, looks):
        write_instructions(workbook, looks, sheets[0][0], subtitle, non_response_words(registry))
        names: list[str] = []
        for form, structures in sheets:
            names.append(sheet_name(form.structure_type.structure_type, names))
            sheet = workbook.add_worksheet(names[-1])
            identifiers = [structure["structure_id"] for structure in structures]
            reminded = {name for name, values in reminders.values.items() if not values.keys().isdisjoint(identifiers)}
            columns = table_columns(registry, form, reminded)
            places = _write_lists(sheet, form, looks)
            _write_headers(sheet, form, subtitle, columns, places, looks)
            for row, structure in enumerate(structures, start=places.first):
                _write_structure(sheet, row, structure, columns, form, reminders, looks)
            _guard(sheet, columns, places, len(structures), form, rules, looks)
            _lay_out(sheet, columns, places)


def _write_lists(sheet: Worksheet, form: Form, looks: Looks) -> Places:
    """The options of the drop-downs, one list a row, above the headers where no reader looks for structures."""
    lists: dict[tuple[str, ...], str] = {}
    row = FIRST_LIST
    for item in form.items:
        labels = tuple(option.label_fr for option in item.options)
        if item.type != "single_choice" or labels in lists:
            continue
        for column, label in enumerate(labels):
            write_text(sheet, row, column, label, looks, "code")
        sheet.set_row(row, None, None, {"hidden": True})
        lists[labels] = f"={xl_range_abs(row, 0, row, len(labels) - 1)}"
        row += 1
    return Places(row, row + 1, row + 2, row + 3, row + 4, lists)


def _write_headers(
    sheet: Worksheet, form: Form, subtitle: str, columns: list[TableColumn], places: Places, looks: Looks
) -> None:
    write_text(sheet, 0, 0, f"{form.title} - {form.structure_type.label_fr}", looks, "title")
    write_text(sheet, 1, 0, subtitle, looks, "subtitle")
    sections = {code: label for code, label, _ in form.sections()}
    placed = list(enumerate(columns))
    for code, group in groupby(placed, key=lambda pair: pair[1].item.question.section if pair[1].item else ""):
        for number, (place, _) in enumerate(group):
            if code:
                write_text(sheet, places.sections, place, sections[code] if number == 0 else "", looks, "section")
    for place, column in placed:
        if column.item and column.kind == ANSWER:
            write_text(sheet, places.units, place, _unit(column), looks, "unit")
        write_text(sheet, places.codes, place, column.code, looks, "code")
        grey = column.kind in (REMINDER, ORIGIN)
        write_text(sheet, places.labels, place, column.label, looks, "reminder_label" if grey else "label")
    sheet.set_row(places.labels, LABEL_HEIGHT)


def _unit(column: TableColumn) -> str:
    item = column.item
    assert item is not None
    kind = {"boolean": "Oui / Non", "single_choice": "liste", "multi_choice": "cocher", "date": "jj/mm/aaaa"}
    return " - ".join(
        filter(None, (item.unit or kind.get(item.type, ""), "à remplir" if item.question.required else ""))
    )


def _write_structure(
    sheet: Worksheet,
    row: int,
    structure: dict[str, Any],
    columns: list[TableColumn],
    form: Form,
    reminders: Reminders,
    looks: Looks,
) -> None:
    identifier = structure["structure_id"]
    sheet.set_row(row, STRUCTURE_HEIGHT)
    for place, column in enumerate(columns):
        if column.kind == KEY:
            write_text(sheet, row, place, structure[FRAME_COLUMNS[column.role]] or "", looks, "key")
        elif column.kind == ORIGIN:
            write_reminder(sheet, row, place, reminders.origins.get(identifier), looks)
        elif column.kind == FORM_ID:
            write_text(sheet, row, place, form.form_id, looks, "code")
        elif column.kind == REMINDER:
            assert column.item is not None
            last = reminders.values[column.item.question.variable].get(identifier)
            write_reminder(sheet, row, place, last, looks)
        else:
            assert column.item is not None
            sheet.write_blank(row, place, None, looks.answer(column.item.type))


def _guard(
    sheet: Worksheet,
    columns: list[TableColumn],
    places: Places,
    structures: int,
    form: Form,
    rules: dict[str, list[str]],
    looks: Looks,
) -> None:
    reminded = {
        column.item.code: place for place, column in enumerate(columns) if column.kind == REMINDER and column.item
    }
    for place, column in enumerate(columns):
        item = column.item
        if column.kind != ANSWER or item is None:
            continue
        area = Area(places.first, places.first + structures - 1, place)
        guard(sheet, area, item, places.lists.get(tuple(option.label_fr for option in item.options)))
        mark(sheet, area, item, looks, form, rules.get(item.question.variable, []), reminded.get(item.code))


def _lay_out(sheet: Worksheet, columns: list[TableColumn], places: Places) -> None:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, None, {"hidden": column.kind == FORM_ID})
    named = 1 + max((place for place, column in enumerate(columns) if column.role == "name"), default=0)
    sheet.freeze_panes(places.first, named)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.repeat_rows(places.codes, places.labels)
    sheet.repeat_columns(0, named - 1)
    sheet.protect("", PROTECTION)
