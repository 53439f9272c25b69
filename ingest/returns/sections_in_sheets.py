"""A structure whose sections stand on several sheets of a workbook: its rows there are one response.

Rows are put together when each sheet has the structure once and asks something that the others don't, and when no
question has two answers. Otherwise they stay apart, and the rule on structures given twice applies (I02).
"""

from __future__ import annotations

from collections import defaultdict

from core.spelling import folded
from ingest.returns.as_read import ReadFile, ReadRow
from ingest.returns.identifiers import structure_id
from registry.model import Registry

Answers = dict[tuple[str, str], str]


def put_sections_together(result: ReadFile, registry: Registry, campaign: int) -> None:
    """Give the cells of a structure's later rows to its first one, and take those rows away."""
    if len({row.sheet for row in result.rows}) < 2:
        return
    asked: dict[str, set[str]] = defaultdict(set)
    for sheet, _, code, _, _ in result.columns:
        asked[sheet].add(code)
    answers: dict[int, Answers] = defaultdict(dict)
    told = zip(result.cell_row, result.cell_question, result.cell_option, result.cell_text, strict=True)
    for number, code, option, text in told:
        answers[number][code, option] = text.strip()
    fallbacks = {key.fallback_variable for key in registry.key_columns if key.fallback_variable}
    identity = {q.question_code for q in registry.questions_of(campaign) if q.variable in fallbacks}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    named = _identifiers_by_name(result.rows)
    for number, row in enumerate(result.rows):
        identifier = row.identifier if row.identifier.strip() else named.get(_name_and_commune(row), "")
        if identifier and row.submitted and not (row.superseded or row.hidden):
            groups[structure_id(identifier), row.structure_type].append(number)
    joined = {
        other: group[0]
        for group in groups.values()
        if _are_sections([result.rows[number] for number in group], asked, [answers[n] for n in group], identity)
        for other in group[1:]
    }
    if joined:
        _join(result, joined, {row: set(answers[row]) for row in joined.values()})


def _identifiers_by_name(rows: list[ReadRow]) -> dict[tuple[str, str], str]:
    """The identifier that stands beside a name and a commune, or beside a name, where only one does in the file."""
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.identifier.strip() and row.name.strip():
            for commune in {"", folded(row.commune_name)}:
                known[folded(row.name), commune].add(structure_id(row.identifier))
    return {place: found.pop() for place, found in known.items() if len(found) == 1}


def _name_and_commune(row: ReadRow) -> tuple[str, str]:
    return folded(row.name), folded(row.commune_name)


def _are_sections(rows: list[ReadRow], asked: dict[str, set[str]], answers: list[Answers], identity: set[str]) -> bool:
    sheets = [row.sheet for row in rows]
    if len(rows) < 2 or len(set(sheets)) < len(sheets):
        return False
    seen: set[str] = set()
    for sheet in sheets:
        if asked[sheet] - identity <= seen:
            return False
        seen |= asked[sheet]
    told: Answers = {}
    for given in answers:
        for place, text in given.items():
            if place[0] not in identity and told.setdefault(place, text) != text:
                return False
    return True


def _join(result: ReadFile, joined: dict[int, int], answered: dict[int, set[tuple[str, str]]]) -> None:
    """Renumber the rows; of two same answers, the first stays."""
    kept = [number for number in range(len(result.rows)) if number not in joined]
    place = {number: position for position, number in enumerate(kept)}
    cells = []
    for cell, row in enumerate(result.cell_row):
        answer = result.cell_question[cell], result.cell_option[cell]
        if row not in joined:
            cells.append(cell)
        elif answer not in answered[joined[row]]:
            answered[joined[row]].add(answer)
            cells.append(cell)
    result.cell_row = [place[joined.get(result.cell_row[cell], result.cell_row[cell])] for cell in cells]
    result.cell_question = [result.cell_question[cell] for cell in cells]
    result.cell_option = [result.cell_option[cell] for cell in cells]
    result.cell_sheet = [result.cell_sheet[cell] for cell in cells]
    result.cell_line = [result.cell_line[cell] for cell in cells]
    result.cell_column = [result.cell_column[cell] for cell in cells]
    result.cell_text = [result.cell_text[cell] for cell in cells]
    result.rows = [result.rows[number] for number in kept]
    result.marks = [(place[joined.get(row, row)], question, rule) for row, question, rule in result.marks]
    result.unknown_values = [
        (place[joined.get(row, row)] if row >= 0 else row, sheet, cell, header, text)
        for row, sheet, cell, header, text in result.unknown_values
    ]
