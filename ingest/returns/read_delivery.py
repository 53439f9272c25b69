"""A zip of returns read as one file: the rows of all its members, each sheet named after its member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from core.refusals import Refusal
from ingest.readers import Member
from ingest.returns.as_read import ReadFile
from ingest.returns.read_linked import LINKED_ONLY, without_main_table

FORM = "zip"
SHOWN_REFUSALS = 3


def read_delivery(members: Iterable[Member], read_member: Callable[[Member], ReadFile]) -> ReadFile:
    """What the members hold, in their order. A member that is refused is named in `ReadFile.refused`, the others go on;
    repeat groups come with the main table of another member, never alone.

    Raises `Refusal` when every member is refused, with their rule when they share it.
    """
    result = ReadFile(form=FORM)
    accepted = False
    linked: list[tuple[str, Refusal]] = []
    for member in members:
        try:
            if member.refusal is not None:
                raise member.refusal
            read = read_member(member)
        except Refusal as refusal:
            result.refused.append((member.label, refusal.rule, refusal.message_fr))
            continue
        if read.form == LINKED_ONLY:
            linked.append((member.label, without_main_table()))
        else:
            accepted = True
        _add_member(result, member.label, read)
    if not accepted:
        raise _all_refused([*result.refused, *((label, why.rule, why.message_fr) for label, why in linked)])
    return result


def _all_refused(refused: list[tuple[str, str, str]]) -> Refusal:
    rules = {rule for _, rule, _ in refused}
    named = [f"{label} : {message}" for label, _, message in refused[:SHOWN_REFUSALS]]
    more = len(refused) - len(named)
    others = [f"Et {more} autre{'s' if more > 1 else ''}."] if more else []
    return Refusal(
        rules.pop() if len(rules) == 1 else "I11",
        " ".join(["Archive refusée : aucun de ses fichiers n'est un retour lisible.", *named, *others]),
    )


def _add_member(result: ReadFile, label: str, read: ReadFile) -> None:
    """Add what a member holds; `label / sheet` (the label alone for a text file) is where it stands."""

    def named(sheet: str) -> str:
        place = f"{label} / {sheet}" if sheet else label
        result.member_of[place] = label
        return place

    first = len(result.rows)
    result.rows += [replace(row, sheet=named(row.sheet)) for row in read.rows]
    result.cell_row += [first + row for row in read.cell_row]
    result.cell_question += read.cell_question
    result.cell_option += read.cell_option
    result.cell_sheet += [named(sheet) for sheet in read.cell_sheet]
    result.cell_line += read.cell_line
    result.cell_column += read.cell_column
    result.cell_text += read.cell_text
    result.columns += [(named(sheet), kind, code, line, column) for sheet, kind, code, line, column in read.columns]
    result.unknown += [replace(column, sheet=named(column.sheet)) for column in read.unknown]
    result.unknown_values += [
        (first + row if row >= 0 else row, named(sheet), cell, header, text)
        for row, sheet, cell, header, text in read.unknown_values
    ]
    result.marks += [(first + row, question, rule) for row, question, rule in read.marks]
    result.ignored += [(rule, named(sheet), line, text) for rule, sheet, line, text in read.ignored]
    result.decisions += [replace(decision, sheet=named(decision.sheet)) for decision in read.decisions]
