"""Forms: one line per question, over all the sheets of a workbook; several structures are several forms.

A question that stands on two lines (a sheet copied, a recap) is one answer where both say the same, and none where
they don't.
"""

from __future__ import annotations

from core.refusals import Refusal
from core.spelling import folded
from ingest.readers import cell_address
from ingest.returns.as_read import NO_ANSWER, ReadFile, ReadRow, target_for
from ingest.returns.form_layout import FORM_WIDTH, FormLine
from ingest.returns.headers import KEY, QUESTION, HeaderIndex
from ingest.returns.identifiers import structure_id, type_of_identifier
from ingest.returns.layout import best_type
from ingest.returns.seen_cells import CONTRADICTED
from registry.model import COMMUNE, IDENTIFIER, NAME, Registry

HIDDEN_LINE = "I44"


def read_form(result: ReadFile, lines: list[FormLine], registry: Registry, index: HeaderIndex) -> None:
    """Add the row of each form, its cells and its unknown lines to `result`."""
    lines = _shown(result, lines)
    _refuse_an_answer_per_row(lines, registry.types_asked(index.campaign))
    result.form = "form"
    for form in _forms(lines):
        _read_structure(result, form, registry, index)


def _forms(lines: list[FormLine]) -> list[list[FormLine]]:
    """The lines of each structure: a sheet that names another one is another form; one that names none goes with the
    sheet before it."""
    named: dict[str, str] = {}
    for line in lines:
        if line.raw.strip() and _identifies(line):
            named.setdefault(line.sheet.name, structure_id(line.raw))
    forms: dict[str, list[FormLine]] = {}
    current = next(iter(named.values()), "")
    for line in lines:
        current = named.get(line.sheet.name, current)
        forms.setdefault(current, []).append(line)
    return list(forms.values())


def _identifies(line: FormLine) -> bool:
    return any(target.kind == KEY and target.code == IDENTIFIER for target in line.header.targets.values())


def _read_structure(result: ReadFile, lines: list[FormLine], registry: Registry, index: HeaderIndex) -> None:
    types = registry.types_asked(index.campaign)
    form_type = best_type((line.header.text for line in lines), types, index)
    keys: dict[str, FormLine] = {}
    for line in lines:
        for target in line.header.targets.values():
            if target.kind == KEY:
                keys.setdefault(target.code, line)
    roles = {code: line.raw for code, line in keys.items()}
    fallbacks = _fallbacks(lines, form_type, registry)
    identifier = roles.get(IDENTIFIER, "")
    structure_type = type_of_identifier(identifier, types) or form_type
    place = keys.get(IDENTIFIER, lines[0])
    if not any(line.raw.strip() for line in lines if not _is_identification(line)):
        result.ignored.append((NO_ANSWER, place.sheet.name, "", identifier))
        return
    result.rows.append(
        ReadRow(
            sheet=place.sheet.name,
            row=place.row + 1,
            column=place.column,
            structure_type=structure_type,
            form_type=form_type,
            form_known=any(structure_type in line.header.targets for line in lines),
            identifier=identifier,
            name=roles.get(NAME) or fallbacks.get(NAME, ""),
            commune_code=roles.get(COMMUNE, ""),
            commune_name=fallbacks.get(COMMUNE, ""),
            submitted=True,
        )
    )
    _read_cells(result, lines, structure_type)


def _shown(result: ReadFile, lines: list[FormLine]) -> list[FormLine]:
    """The lines without the hidden ones that answer a question, which are named."""
    hidden = [
        line
        for line in lines
        if line.row in line.sheet.hidden_rows
        and line.raw.strip()
        and any(target.kind == QUESTION for target in line.header.targets.values())
    ]
    result.ignored += [(HIDDEN_LINE, line.sheet.name, cell_address(line.row, line.column), line.raw) for line in hidden]
    return [line for line in lines if line not in hidden] if hidden else lines


def _refuse_an_answer_per_row(lines: list[FormLine], types: list[str]) -> None:
    """A column of identifiers beside the questions makes no form: a row there is an answer of one of them."""
    for sheet in {line.sheet.name: line.sheet for line in lines}.values():
        for column in range(FORM_WIDTH):
            texts = (cells[column] for cells in sheet.rows if column < len(cells))
            if len({structure_id(text) for text in texts if type_of_identifier(text, types)}) > 1:
                raise Refusal(
                    "I11",
                    f"Fichier refusé : la feuille « {sheet.name} » porte une ligne par réponse (plusieurs structures "
                    f"dans la colonne {cell_address(0, column)[:-1]}). Mettez une ligne par structure, une colonne "
                    "par question, et renvoyez le fichier.",
                )


def _is_identification(line: FormLine) -> bool:
    kinds = {target.kind for target in line.header.targets.values()}
    return bool(kinds) and QUESTION not in kinds


def _fallbacks(lines: list[FormLine], form_type: str, registry: Registry) -> dict[str, str]:
    """By role of key_columns.csv, the answer of the question that serves for it."""
    answers = {
        target.question.variable: line.raw
        for line in lines
        if (target := line.header.targets.get(form_type)) and target.question is not None
    }
    return {key.role: answers.get(key.fallback_variable, "") for key in registry.key_columns if key.fallback_variable}


def _read_cells(result: ReadFile, lines: list[FormLine], structure_type: str) -> None:
    """The answers of the last row of `result`. Of two lines that ask the same, the first filled one; where another says
    something else, the answer is marked as contradicted."""
    row = len(result.rows) - 1
    answered: dict[tuple[str, str], str] = {}
    for line in lines:
        target = target_for(line.header.targets, structure_type)
        if target is None:
            if line.raw.strip() and not line.header.targets:
                result.add_unknown(line.sheet.name, line.header, [(row, line.row, line.column, line.raw)])
            continue
        if target.kind != QUESTION:
            continue
        result.columns.append((line.sheet.name, structure_type, target.code, line.row + 1, line.column))
        if not line.raw:
            continue
        place = (target.code, target.option or "")
        if place in answered:
            if folded(line.raw) != answered[place]:
                result.marks.append((row, target.code, CONTRADICTED))
            continue
        if not line.raw.strip():
            continue
        answered[place] = folded(line.raw)
        result.cell_row.append(row)
        result.cell_question.append(target.code)
        result.cell_option.append(target.option or "")
        result.cell_sheet.append(line.sheet.name)
        result.cell_line.append(line.row)
        result.cell_column.append(line.column)
        result.cell_text.append(line.raw)
