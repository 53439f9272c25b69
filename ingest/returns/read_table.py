"""A sheet with one row per structure: its rows, its filled cells, its unknown columns."""

from __future__ import annotations

from core.refusals import Refusal
from core.spelling import folded
from ingest.readers import cell_address
from ingest.returns.acknowledged import settled
from ingest.returns.as_read import NO_ANSWER, ReadFile, ReadRow, target_for
from ingest.returns.headers import KEY, QUESTION, HeaderIndex
from ingest.returns.identifiers import starts_with_identifier, structure_id, type_of_identifier
from ingest.returns.layout import Header, Table, best_type
from ingest.returns.of_this_year import holds_something, of_this_year
from ingest.returns.seen_cells import CONTRADICTED
from ingest.returns.table_rows import RowsApart, RowsAsWritten, Submissions
from registry.model import COMMUNE, IDENTIFIER, NAME, Registry

HIDDEN_REPEATED, HIDDEN_READ = "I42", "I43"

Row = tuple[int, int]
"""A row of the result: its position among the rows read, its offset under the headers."""


def read_table(result: ReadFile, table: Table, registry: Registry, index: HeaderIndex, mapped: dict[str, str]) -> None:
    """Add the rows, cells and unknown columns of `table` to `result`; `mapped`: the question of some unknown headers.

    Raises `Refusal` without an identifier.
    """
    types = registry.types_asked(index.campaign)
    shown = _shown_first(result, table, [settled(header, mapped, index) for header in table.headers])
    headers, untold = of_this_year(result, table, shown, index)
    form_type = best_type((header.text for header in headers), types, index)
    width = max((header.column for header in headers), default=-1) + 1
    body = [cells + [""] * (width - len(cells)) for cells in table.sheet.rows[table.first_row :]]
    by_type = _read_rows(result, table, headers, body, form_type, registry, index)
    for structure_type in [form_type, *(name for name in by_type if name != form_type)]:
        _read_cells(result, table, headers, structure_type, body, by_type.get(structure_type, []))
    row_at = {offset: row for rows in by_type.values() for row, offset in rows}
    for columns in untold:
        _mark_contradictions(result, columns, form_type, body, row_at)
    _report_unknown(result, table, headers, body, row_at, index, form_type)
    _report_headless(result, table, {header.column for header in table.headers}, body, row_at)


def _shown_first(result: ReadFile, table: Table, headers: list[Header]) -> list[Header]:
    """The headers without the hidden ones that ask what a visible one asks: what a person sees is the answer.

    A hidden column that alone asks a question is read as the others. Both are named in `result`, where they hold
    something.
    """
    hidden = [header for header in headers if header.column in table.sheet.hidden_columns]
    asked = {
        (kind, target.kind, target.code, target.option)
        for header in headers
        if header not in hidden
        for kind, target in header.targets.items()
    }
    left_out = set()
    for header in hidden:
        meant = {(kind, target.kind, target.code, target.option) for kind, target in header.targets.items()}
        repeated = bool(meant) and meant <= asked
        if repeated:
            left_out.add(header.column)
        if any(kind == QUESTION for _, kind, _, _ in meant) and holds_something(table, header.column):
            place = cell_address(header.row, header.column)
            result.ignored.append((HIDDEN_REPEATED if repeated else HIDDEN_READ, table.sheet.name, place, header.text))
    return [header for header in headers if header.column not in left_out]


def _read_rows(
    result: ReadFile,
    table: Table,
    headers: list[Header],
    body: list[list[str]],
    form_type: str,
    registry: Registry,
    index: HeaderIndex,
) -> dict[str, list[Row]]:
    types = registry.types_asked(index.campaign)
    sheet = table.sheet.name
    places = _identifying_columns(headers, form_type, registry)
    _refuse_without_identification(sheet, places, registry)
    _refuse_tables_side_by_side(sheet, body, places.get(IDENTIFIER, []), types)
    submissions = Submissions(registry, headers)
    superseded = submissions.superseded(body)
    communes = [*places.get(COMMUNE, []), *places.get(f"{COMMUNE}?", [])]
    as_written = RowsAsWritten(table, _ends_with_a_text(headers, form_type, registry))
    apart = RowsApart(index, headers, [*places.get(IDENTIFIER, []), *places.get(NAME, [])], communes)
    types_known = {name for header in headers for name, target in header.targets.items() if target.kind == QUESTION}
    spoken = _answer_columns(headers)
    silent = 0
    by_type: dict[str, list[Row]] = {}
    for offset, cells in enumerate(body):
        identifier = _first(cells, places.get(IDENTIFIER, []))
        line = table.first_row + offset + 1
        if not identifier and not any(cell.strip() for cell in cells):
            continue
        reason = apart.reason(cells, identifier)
        if reason is not None:
            rule, text = reason
            result.ignored.append((rule, sheet, str(line), text))
            continue
        hidden, broken = line - 1 in table.sheet.hidden_rows, as_written.is_broken(line - 1)
        answered = any(cells[column].strip() for column in spoken) or starts_with_identifier(identifier)
        if (hidden or not submissions.are_marked) and not (answered or broken):
            silent += not hidden
            continue
        structure_type = type_of_identifier(identifier, types) or form_type
        by_type.setdefault(structure_type, []).append((len(result.rows), offset))
        result.rows.append(
            ReadRow(
                sheet=sheet,
                row=line,
                column=places.get(IDENTIFIER, [0])[0],
                structure_type=structure_type,
                form_type=form_type,
                form_known=structure_type in types_known,
                identifier=identifier,
                name=_first(cells, places.get(NAME, [])),
                commune_code=_first(cells, places.get(COMMUNE, [])),
                commune_name=_first(cells, places.get(f"{COMMUNE}?", [])),
                submitted=submissions.is_submitted(cells),
                superseded=offset in superseded,
                hidden=hidden,
                broken=broken,
            )
        )
    if silent:
        result.ignored.append((NO_ANSWER, sheet, "", str(silent)))
    return by_type


def _ends_with_a_text(headers: list[Header], form_type: str, registry: Registry) -> bool:
    """Whether the last column holds the answers to a question in words."""
    target = target_for(headers[-1].targets, form_type) if headers else None
    return bool(target and target.question and registry.variables[target.question.variable].type == "text")


def _refuse_without_identification(sheet: str, places: dict[str, list[int]], registry: Registry) -> None:
    if IDENTIFIER in places or NAME in places:
        return
    key = registry.key_column(IDENTIFIER)
    raise Refusal(
        "I11",
        f"Fichier refusé : la feuille « {sheet} » n'a pas de colonne « {key.label_fr} » (code {key.code}). "
        "Ajoutez-la et renvoyez le fichier.",
    )


def _refuse_tables_side_by_side(sheet: str, body: list[list[str]], places: list[int], types: list[str]) -> None:
    """A row with the identifiers of two structures is a row of two tables: whose answers are which is not guessed."""
    for cells in body if len(places) > 1 else []:
        found = {structure_id(cells[column]) for column in places if type_of_identifier(cells[column], types)}
        if len(found) > 1:
            raise Refusal(
                "I11",
                f"Fichier refusé : la feuille « {sheet} » porte deux tableaux côte à côte "
                f"({' et '.join(sorted(found))} sur une même ligne). Mettez-les l'un sous l'autre, sous une seule "
                "ligne d'en-têtes, et renvoyez le fichier.",
            )


def _answer_columns(headers: list[Header]) -> list[int]:
    """The columns that may hold answers, known or not: a structure listed with nothing there has not answered."""
    kinds = {header.column: {target.kind for target in header.targets.values()} for header in headers}
    return [column for column, known in kinds.items() if not known or QUESTION in known]


def _identifying_columns(headers: list[Header], form_type: str, registry: Registry) -> dict[str, list[int]]:
    """The columns of each role (identifier, name, commune); a question serves for a role as key_columns.csv says.

    The commune's name, which a question gives, stands apart from its code (role with a question mark).
    """
    fallbacks = {key.fallback_variable: key.role for key in registry.key_columns if key.fallback_variable}
    keys: dict[str, list[int]] = {}
    places: dict[str, list[int]] = {}
    for header in headers:
        target = target_for(header.targets, form_type)
        if target is None:
            continue
        if target.kind == KEY:
            keys.setdefault(target.code, []).append(header.column)
        elif target.question and target.question.variable in fallbacks:
            role = fallbacks[target.question.variable]
            places.setdefault(f"{role}?" if role == COMMUNE else role, []).append(header.column)
    return {role: keys.get(role, []) + places.get(role, []) for role in {**keys, **places}}


def _first(cells: list[str], columns: list[int]) -> str:
    return next((cells[column] for column in columns if cells[column].strip()), "")


def _read_cells(
    result: ReadFile, table: Table, headers: list[Header], structure_type: str, body: list[list[str]], rows: list[Row]
) -> None:
    """The filled cells of the rows of one structure type, a column at a time; of two same columns, the first."""
    sheet = table.sheet.name
    seen: set[tuple[str, str | None]] = set()
    for header in headers:
        target = target_for(header.targets, structure_type)
        if target is None or target.kind != QUESTION or (target.code, target.option) in seen:
            continue
        seen.add((target.code, target.option))
        result.columns.append((sheet, structure_type, target.code, None, header.column))
        column = header.column
        filled = [(row, offset, text) for row, offset in rows if (text := body[offset][column])]
        if not filled:
            continue
        numbers, offsets, texts = zip(*filled, strict=True)
        count = len(filled)
        result.cell_row += numbers
        result.cell_question += [target.code] * count
        result.cell_option += [target.option or ""] * count
        result.cell_sheet += [sheet] * count
        result.cell_line += [table.first_row + offset for offset in offsets]
        result.cell_column += [column] * count
        result.cell_text += texts


def _mark_contradictions(
    result: ReadFile, headers: list[Header], form_type: str, body: list[list[str]], row_at: dict[int, int]
) -> None:
    """Mark the answers that columns of one question give, where they don't say the same: whose year each is is not
    told, and none of them is taken."""
    target = target_for(headers[0].targets, form_type)
    if target is None:
        return
    for offset, row in row_at.items():
        if len({folded(text) for header in headers if (text := body[offset][header.column]).strip()}) > 1:
            result.marks.append((row, target.code, CONTRADICTED))


def _report_unknown(
    result: ReadFile,
    table: Table,
    headers: list[Header],
    body: list[list[str]],
    row_at: dict[int, int],
    index: HeaderIndex,
    form_type: str,
) -> None:
    """Columns without a question, and columns that repeat one (only the first counts)."""
    seen: set[tuple[str, str | None]] = set()
    for header in headers:
        target = target_for(header.targets, form_type)
        repeated = False
        if target is not None and target.kind == QUESTION:
            repeated = (target.code, target.option) in seen
            seen.add((target.code, target.option))
        if header.targets and not repeated:
            continue
        values = (
            (row_at.get(offset, -1), table.first_row + offset, header.column, cells[header.column])
            for offset, cells in enumerate(body)
        )
        nearest = index.nearest_question(header.text, form_type)
        result.add_unknown(table.sheet.name, header, values, nearest)


def _report_headless(
    result: ReadFile, table: Table, headed: set[int], body: list[list[str]], row_at: dict[int, int]
) -> None:
    """Columns that hold something in the rows of structures, under no header at all."""
    width = max((len(body[offset]) for offset in row_at), default=0)
    for column in (column for column in range(width) if column not in headed):
        values = [
            (row, table.first_row + offset, column, body[offset][column])
            for offset, row in row_at.items()
            if column < len(body[offset]) and body[offset][column].strip()
        ]
        if values:
            result.add_unknown(table.sheet.name, Header(table.first_row - 1, column, "", {}), values)
