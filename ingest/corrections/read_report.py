"""A report that comes back: its decisions, line by line."""

from __future__ import annotations

from dataclasses import dataclass

from core.refusals import Refusal
from core.spelling import folded
from ingest.corrections import report_layout as layout
from ingest.corrections.decision import CONFIRM, CORRECT
from ingest.readers import Sheet, cell_address
from registry.model import Registry

HEADER_ROWS = 20
INCOMPLETE = "I15"


@dataclass(frozen=True)
class ReadDecision:
    """A line of a returned report with a decision. `fault`: why it can't be taken (empty when it can)."""

    structure_id: str
    rule: str
    variable: str
    about: str
    action: str
    value: str
    reason: str
    comment: str
    author: str
    sheet: str
    cell: str
    fault: str


def read_report(sheets: list[Sheet], campaign: int, registry: Registry) -> list[ReadDecision] | None:
    """The decisions of a returned report; None when the sheets are not one. Raises `Refusal` (another campaign's)."""
    for sheet in sheets:
        marked = _mark(sheet)
        if marked is None:
            continue
        if f"campagne {campaign} " not in f"{marked} ":
            raise Refusal(
                "I09", f"Ce rapport de contrôle est celui d'une autre campagne que {campaign} : « {marked} »."
            )
        return _decisions(sheet, registry)
    return None


def _mark(sheet: Sheet) -> str | None:
    for cells in sheet.rows[:HEADER_ROWS]:
        for cell in cells:
            if cell.startswith(layout.MARK):
                return cell
    return None


def _decisions(sheet: Sheet, registry: Registry) -> list[ReadDecision]:
    columns, first = _columns(sheet)
    if not columns:
        raise Refusal("I11", "Rapport de contrôle illisible : la ligne d'en-têtes n'y est plus.")
    author = _author(sheet)
    actions = {folded(word): action for action, word in layout.ACTIONS.items()}
    reasons = {folded(label): code for code, label in registry.reasons.items()}
    found = []
    for number, cells in enumerate(sheet.rows[first:], start=first):
        values = {name: cells[column].strip() if column < len(cells) else "" for name, column in columns.items()}
        parts = values[layout.REFERENCE].split("|")
        asked = values[layout.DECISION] or values[layout.VALUE]
        if len(parts) != 4 or not asked:
            continue
        action = actions.get(folded(values[layout.DECISION]), CORRECT if not values[layout.DECISION] else "")
        reason = reasons.get(
            folded(values[layout.REASON]), values[layout.REASON] if values[layout.REASON] in registry.reasons else ""
        )
        found.append(
            ReadDecision(
                structure_id=parts[0],
                rule=parts[1],
                variable=parts[2],
                about=parts[3],
                action=action,
                value=values[layout.VALUE],
                reason=reason,
                comment=values[layout.COMMENT],
                author=author,
                sheet=sheet.name,
                cell=cell_address(number, columns[layout.DECISION]),
                fault=_fault(action, values, reason, registry, rule=parts[1]),
            )
        )
    return found


def _columns(sheet: Sheet) -> tuple[dict[str, int], int]:
    wanted = {folded(name): name for name in layout.COLUMNS}
    for number, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        found: dict[str, int] = {}
        for column, cell in enumerate(cells):
            if folded(cell) in wanted:
                found.setdefault(wanted[folded(cell)], column)
        if {layout.REFERENCE, *layout.ANSWERED} <= set(found):
            return found, number + 1
    return {}, 0


def _author(sheet: Sheet) -> str:
    for cells in sheet.rows[:HEADER_ROWS]:
        for column, cell in enumerate(cells[:-1]):
            if folded(cell) == folded(layout.AUTHOR_LABEL):
                return cells[column + 1].strip()
    return ""


def _fault(action: str, values: dict[str, str], reason: str, registry: Registry, rule: str) -> str:
    edit = registry.edits.get(rule)
    if not action:
        return f"décision « {values[layout.DECISION]} » inconnue : choisissez dans la liste."
    if action == CORRECT and not values[layout.VALUE]:
        return "la valeur corrigée manque."
    if action == CONFIRM and not reason:
        return "le motif de la confirmation manque : choisissez-le dans la liste."
    if action == CONFIRM and edit is not None and edit.severity == "fatal":
        return "une valeur refusée ne peut pas être confirmée : corrigez-la."
    return ""
