"""What a cell accepts and what it marks: drop-downs, bounds, help, changes since the last campaign.

A number outside its bounds, or a word, is objected to but can be kept: above the maximum is to be confirmed, and a
non-response may be written in words. A choice is one of its list. Marks stay where a value was pasted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

from ingest.forms.change_marks import change_formula
from ingest.forms.form import Form, Item
from ingest.forms.reminders import NO, YES
from ingest.forms.sheets import Looks
from ingest.forms.wording import CHECKED, error_fr, help_fr, help_title
from ingest.values.parsing import LARGEST_NUMBER
from registry.checks import PREVIOUS
from registry.model import NUMERIC_TYPES

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ERROR_TITLE = "Réponse à vérifier"
FIRST_DATE, LAST_DATE = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
STOP, WARNING = "stop", "warning"


@dataclass(frozen=True)
class Area:
    """The cells of an answer: a column of rows (0-based, both included)."""

    first: int
    last: int
    column: int


def guard(sheet: Worksheet, area: Area, item: Item, source: str | None) -> None:
    """Put the help, the drop-down and the bounds of a question on its cells.

    `source`: the range that holds the options of a single choice.
    """
    options = _accepted(item, source) | {"input_title": help_title(item), "input_message": help_fr(item)}
    if options["validate"] != "any":
        options |= {"error_title": ERROR_TITLE, "error_message": error_fr(item)}
    sheet.data_validation(area.first, area.column, area.last, area.column, options)


def _accepted(item: Item, source: str | None) -> dict[str, Any]:
    if item.type in NUMERIC_TYPES:
        low, high = item.variable.min, item.variable.max
        return {
            "validate": "integer" if item.type == "integer" else "decimal",
            "criteria": "between",
            "minimum": plain(-LARGEST_NUMBER if low is None else low),
            "maximum": plain(LARGEST_NUMBER if high is None else high),
            "error_type": WARNING,
        }
    if item.type == "boolean":
        return {"validate": "list", "source": [YES, NO], "error_type": STOP}
    if item.type == "single_choice":
        return {"validate": "list", "source": source, "error_type": STOP}
    if item.type == "multi_choice":
        return {"validate": "list", "source": [CHECKED], "error_type": WARNING}
    if item.type == "date":
        bounds = {"minimum": FIRST_DATE, "maximum": LAST_DATE}
        return {"validate": "date", "criteria": "between", "error_type": WARNING} | bounds
    return {"validate": "any"}


def plain(number: float) -> str:
    """A number as formulas write it, without exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def mark(
    sheet: Worksheet, area: Area, item: Item, looks: Looks, form: Form, rules: list[str], reminder_column: int | None
) -> None:
    """Colour the numbers that would be refused, those to confirm, and the changes that `rules` find too large."""
    if item.type not in NUMERIC_TYPES:
        return
    cell = xl_rowcol_to_cell(area.first, area.column, col_abs=True)
    marks = []
    if item.variable.min is not None:
        marks.append((f"=AND(ISNUMBER({cell}),{cell}<{plain(item.variable.min)})", "refused"))
    if item.type == "integer":
        marks.append((f"=AND(ISNUMBER({cell}),{cell}<>ROUND({cell},0))", "refused"))
    if item.variable.max is not None:
        marks.append((f"=AND(ISNUMBER({cell}),{cell}>{plain(item.variable.max)})", "to_confirm"))
    if reminder_column is not None:
        last = xl_rowcol_to_cell(area.first, reminder_column, col_abs=True)
        cells = {item.question.variable: cell, f"{PREVIOUS}{item.question.variable}": last}
        constants: dict[str, str | int] = {
            "campaign": form.campaign.campaign,
            "structure_type": form.structure_type.structure_type,
        }
        formulas = (change_formula(rule, cells, constants) for rule in rules)
        marks += [(formula, "to_confirm") for formula in formulas if formula]
    for formula, look in marks:
        options = {"type": "formula", "criteria": formula, "format": looks.of(look)}
        sheet.conditional_format(area.first, area.column, area.last, area.column, options)
