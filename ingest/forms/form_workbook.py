"""The workbook of one structure: a sheet per section, a line per question, the answer beside, and the last one in grey.

Columns: code (hidden), question, answer, unit, last answer; the lists of the drop-downs are further right, hidden.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from ingest.forms.change_marks import change_rules
from ingest.forms.form import Form, Item
from ingest.forms.guards import Area, guard, mark
from ingest.forms.instructions import NAME, write_instructions
from ingest.forms.reminders import JOINED, Reminders, Value
from ingest.forms.sheets import PROTECTION, Looks, sheet_name, write_reminder, write_text, written_workbook
from ingest.forms.table_columns import FORM_CODE, FORM_LABEL
from ingest.forms.table_workbook import FRAME_COLUMNS
from ingest.forms.wording import CHECKED, non_response_words
from registry.model import Choice, Registry

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CODE, QUESTION, ANSWER, UNIT, REMINDER = range(5)
FIRST_LIST = 6
HEADERS = ("Code", "Question", "Réponse", "Unité")
IDENTIFICATION = "Identification"
INDENT = "    - "
TO_TICK = "cocher"


def write_form_workbook(
    target: Path, registry: Registry, form: Form, structure: dict[str, Any], reminders: Reminders
) -> None:
    """Write the workbook of a structure (a row of the frame)."""
    identifier = structure["structure_id"]
    last = {name: values[identifier] for name, values in reminders.values.items() if identifier in values}
    origin = reminders.origins.get(identifier, "")
    rules = change_rules(registry)
    with written_workbook(target, {"senacs": form.form_id}) as (workbook, looks):
        subtitle = f"{structure['name']} ({identifier})"
        write_instructions(workbook, looks, form, subtitle, non_response_words(registry))
        names = [NAME, IDENTIFICATION]
        _write_identification(workbook.add_worksheet(IDENTIFICATION), registry, form, structure, looks)
        for _, label, items in form.sections():
            names.append(sheet_name(label, names))
            sheet = workbook.add_worksheet(names[-1])
            _lay_out(sheet, widest=max(len(item.options) for item in items))
            headers = [*HEADERS, *([f"Rappel {origin}"] if origin else [])]
            for column, text in enumerate(headers):
                write_text(sheet, 0, column, text, looks, "reminder_label" if column == REMINDER else "label")
            row = 1
            for item in items:
                row = _write_item(sheet, row, item, form, looks, last, rules)


def _lay_out(sheet: Worksheet, widest: int = 0) -> None:
    sheet.set_column(CODE, CODE, 10, None, {"hidden": True})
    sheet.set_column(QUESTION, QUESTION, 62)
    sheet.set_column(ANSWER, ANSWER, 32)
    sheet.set_column(UNIT, UNIT, 16)
    sheet.set_column(REMINDER, REMINDER, 32)
    if widest:
        sheet.set_column(FIRST_LIST, FIRST_LIST + widest - 1, None, None, {"hidden": True})
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", PROTECTION)


def _write_identification(
    sheet: Worksheet, registry: Registry, form: Form, structure: dict[str, Any], looks: Looks
) -> None:
    _lay_out(sheet)
    write_text(sheet, 0, QUESTION, form.title, looks, "title")
    lines = [(key.code, key.label_fr, structure[FRAME_COLUMNS[key.role]] or "") for key in registry.key_columns]
    lines.append((FORM_CODE, FORM_LABEL, form.form_id))
    for row, (code, label, text) in enumerate(lines, start=2):
        write_text(sheet, row, CODE, code, looks, "code")
        write_text(sheet, row, QUESTION, label, looks, "question")
        write_text(sheet, row, ANSWER, text, looks, "key")
    sheet.set_row(1 + len(lines), None, None, {"hidden": True})


def _write_item(
    sheet: Worksheet,
    row: int,
    item: Item,
    form: Form,
    looks: Looks,
    last: dict[str, Value],
    rules: dict[str, list[str]],
) -> int:
    """Write a question and its options; the next free row."""
    variable = item.question.variable
    write_text(sheet, row, CODE, item.code, looks, "code")
    write_text(sheet, row, QUESTION, item.label, looks, "question")
    write_text(sheet, row, UNIT, TO_TICK if item.type == "multi_choice" else item.unit, looks, "unit")
    if item.type == "multi_choice":
        return _write_options(sheet, row, item, looks, last.get(variable))
    if variable in last:
        write_reminder(sheet, row, REMINDER, last[variable], looks)
    sheet.write_blank(row, ANSWER, None, looks.answer(item.type))
    area = Area(row, row, ANSWER)
    guard(sheet, area, item, _write_list(sheet, row, item, looks))
    mark(sheet, area, item, looks, form, rules.get(variable, []), REMINDER if variable in last else None)
    return row + 1


def _write_options(sheet: Worksheet, row: int, item: Item, looks: Looks, last: Value | None) -> int:
    """Write the options under their question (`row`), each with its last tick; the options that are not asked any more
    stand beside the question. The next free row."""
    ticked = str(last).split(JOINED) if last is not None else []
    dropped = [label for label in ticked if label not in {option.label_fr for option in item.options}]
    if dropped:
        write_reminder(sheet, row, REMINDER, JOINED.join(dropped), looks)
    for option in item.options:
        row += 1
        _write_option(sheet, row, item, option, looks)
        if last is not None:
            write_reminder(sheet, row, REMINDER, CHECKED if option.label_fr in ticked else None, looks)
    return row + 1


def _write_option(sheet: Worksheet, row: int, item: Item, option: Choice, looks: Looks) -> None:
    write_text(sheet, row, CODE, f"{item.code}/{option.code}", looks, "code")
    write_text(sheet, row, QUESTION, f"{INDENT}{option.label_fr}", looks, "question")
    sheet.write_blank(row, ANSWER, None, looks.answer(item.type))
    guard(sheet, Area(row, row, ANSWER), item, CHECKED)


def _write_list(sheet: Worksheet, row: int, item: Item, looks: Looks) -> str | None:
    """The options of a single choice, right of its line; the range that holds them."""
    if item.type != "single_choice":
        return None
    for column, option in enumerate(item.options, start=FIRST_LIST):
        write_text(sheet, row, column, option.label_fr, looks, "code")
    return f"={xl_range_abs(row, FIRST_LIST, row, FIRST_LIST + len(item.options) - 1)}"
