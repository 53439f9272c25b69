"""One file of a sender, as read: its rows, its filled cells with their question, its unknown columns.

Nothing is interpreted yet: every answer is the text of its cell.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from ingest.headers import ANY_TYPE, KEY, METADATA, QUESTION, HeaderIndex, Target
from ingest.layout import Header, Table, best_type, form_lines, known_questions, table_of
from ingest.reading import Limits, Refusal, Sheet, cell_address, read_sheets
from ingest.registry.model import Registry
from ingest.spelling import folded

IDENTIFIER, NAME, COMMUNE = "IDENT", "NOM_REF", "INSEE"
SUBMITTED = "submitted"
STRUCTURE_ID = re.compile(r"([A-Z]+)-(2A|2B|\d{2,3})-(\d{4})")
NEAREST_CUTOFF = 0.6


@dataclass
class ReadRow:
    """A row of a table, or a whole form: what identifies its structure, and whether it was submitted."""

    sheet: str
    row: int
    column: int
    structure_type: str
    form_type: str
    form_known: bool
    identifier: str
    name: str
    commune_code: str
    commune_name: str
    submitted: bool


@dataclass
class ReadFile:
    """A file as read. `cells` is column-wise: row (position in `rows`), question code, option, sheet, place, text."""

    form: str = ""
    rows: list[ReadRow] = field(default_factory=list)
    cell_row: list[int] = field(default_factory=list)
    cell_question: list[str] = field(default_factory=list)
    cell_option: list[str] = field(default_factory=list)
    cell_sheet: list[str] = field(default_factory=list)
    cell_line: list[int] = field(default_factory=list)
    cell_column: list[int] = field(default_factory=list)
    cell_text: list[str] = field(default_factory=list)
    columns: list[tuple[str, str, str, int]] = field(default_factory=list)
    unknown: list[dict[str, object]] = field(default_factory=list)
    ignored: list[tuple[str, str, str, str]] = field(default_factory=list)


def read_return(
    content: bytes, name: str, registry: Registry, campaign: int, indexes: dict[int, HeaderIndex], limits: Limits
) -> ReadFile:
    """A file of `campaign`, as read. Raises `Refusal` (I11 unreadable or not a return, I09 another campaign's form)."""
    sheets = read_sheets(content, name, limits)
    result = ReadFile(ignored=[("I13", sheet.name, "", sheet.name) for sheet in sheets if sheet.hidden])
    visible = [sheet for sheet in sheets if not sheet.hidden]
    index = indexes[campaign]
    tables = [table for sheet in visible if (table := table_of(sheet, index))]
    lines = form_lines(visible, index) if len(visible) >= 1 else []
    in_tables = known_questions(header for table in tables for header in table.headers)
    in_form = known_questions(line.header for line in lines)
    _refuse_other_campaign(visible, campaign, max(len(in_tables), len(in_form)), indexes)
    acknowledged = _acknowledged(registry, campaign)
    if len(in_form) > len(in_tables):
        _read_form(result, lines, registry, acknowledged)
    else:
        for table in tables:
            _read_table(result, table, registry, campaign, index, acknowledged)
    if not result.rows and not any(rule == "I12" for rule, *_ in result.ignored) and not tables:
        raise Refusal("I11", "Fichier sans réponse : aucune ligne de structure n'a été trouvée sous les en-têtes.")
    return result


def _refuse_other_campaign(sheets: list[Sheet], campaign: int, known: int, indexes: dict[int, HeaderIndex]) -> None:
    """Raise when another campaign's form explains the headers better, or when no campaign does."""
    best_count, best = known, campaign
    for other, index in indexes.items():
        if other == campaign:
            continue
        tables = [table for sheet in sheets if (table := table_of(sheet, index))]
        count = max(
            len(known_questions(header for table in tables for header in table.headers)),
            len(known_questions(line.header for line in form_lines(sheets, index))),
        )
        if count > best_count:
            best_count, best = count, other
    if best != campaign:
        raise Refusal(
            "I09",
            f"Le fichier correspond au questionnaire de la campagne {best}, et non {campaign} : "
            f"déposez-le pour la campagne {best}, ou renvoyez le formulaire {campaign}.",
        )
    if not known:
        raise Refusal(
            "I11",
            f"Fichier refusé : aucune question de la campagne {campaign} n'a été reconnue. Vérifiez que la ligne "
            "d'en-têtes porte les codes ou les libellés du questionnaire.",
        )


def _acknowledged(registry: Registry, campaign: int) -> dict[str, str]:
    """Folded headers that were mapped to a question by a line of data."""
    return {
        folded(line.header): line.question_code
        for line in registry.acknowledged
        if line.campaign == campaign and line.decision == "map"
    }


def _typed_target(targets: dict[str, Target], structure_type: str) -> Target | None:
    return targets.get(structure_type) or targets.get(ANY_TYPE)


def _remapped(header: Header, acknowledged: dict[str, str], index: HeaderIndex) -> Header:
    code = None if header.targets else acknowledged.get(folded(header.text))
    return Header(header.row, header.column, header.text, index.targets(code)) if code else header


def _read_table(
    result: ReadFile, table: Table, registry: Registry, campaign: int, index: HeaderIndex, acknowledged: dict[str, str]
) -> None:
    types = registry.types_asked(campaign)
    sheet = table.sheet
    headers = [_remapped(header, acknowledged, index) for header in table.headers]
    form_type = best_type(headers, types)
    keys, submitted = _key_columns(headers)
    width = max((header.column for header in headers), default=-1) + 1
    body = [cells + [""] * (width - len(cells)) for cells in sheet.rows[table.first_row :]]
    if IDENTIFIER not in keys and not (NAME in keys or _name_columns(headers, form_type, registry)):
        raise Refusal(
            "I11",
            f"Fichier refusé : la feuille « {sheet.name} » n'a pas de colonne « {registry.key_columns[IDENTIFIER]} » "
            f"(code {IDENTIFIER}). Ajoutez-la et renvoyez le fichier.",
        )
    names = _name_columns(headers, form_type, registry)
    types_known = {structure_type for structure_type, _ in known_questions(headers)}
    summary = {folded(word) for word in registry.spellings.get("summary_row", {})}
    numbers_by_type: dict[str, list[tuple[int, int]]] = {}
    for offset, cells in enumerate(body):
        if not any(cells):
            continue
        identifier = cells[keys[IDENTIFIER]] if IDENTIFIER in keys else ""
        line = table.first_row + offset
        if not identifier.strip() or folded(identifier) in summary:
            total = next((cell for cell in cells if folded(cell) in summary), None)
            if total is not None:
                result.ignored.append(("I12", sheet.name, str(line + 1), total))
                continue
            if not any(cell.strip() for cell in cells):
                continue
        row_type = type_of_identifier(identifier, types) or form_type
        result.rows.append(
            ReadRow(
                sheet=sheet.name,
                row=line + 1,
                column=keys.get(IDENTIFIER, 0),
                structure_type=row_type,
                form_type=form_type,
                form_known=row_type in types_known,
                identifier=identifier,
                name=_first(cells, [keys[NAME]] if NAME in keys else [], names.get("structure_name", [])),
                commune_code=_first(cells, [keys[COMMUNE]] if COMMUNE in keys else [], []),
                commune_name=_first(cells, [], names.get("city", [])),
                submitted=submitted is None or bool(cells[submitted].strip()),
            )
        )
        numbers_by_type.setdefault(row_type, []).append((len(result.rows) - 1, offset))
    for structure_type in [form_type, *(name for name in numbers_by_type if name != form_type)]:
        _read_columns(result, sheet, headers, structure_type, body, numbers_by_type.get(structure_type, []), table)
    _report_unknown(result, sheet, headers, body, index, form_type)


def _read_columns(
    result: ReadFile,
    sheet: Sheet,
    headers: list[Header],
    structure_type: str,
    body: list[list[str]],
    numbers: list[tuple[int, int]],
    table: Table,
) -> None:
    seen: set[tuple[str, str | None]] = set()
    for header in headers:
        target = _typed_target(header.targets, structure_type)
        if target is None or target.kind != QUESTION or (target.code, target.option) in seen:
            continue
        seen.add((target.code, target.option))
        result.columns.append((sheet.name, structure_type, target.code, header.column))
        column = header.column
        filled = [(row, offset, text) for row, offset in numbers if (text := body[offset][column])]
        if not filled:
            continue
        rows, offsets, texts = zip(*filled, strict=True)
        count = len(rows)
        result.cell_row += rows
        result.cell_question += [target.code] * count
        result.cell_option += [target.option or ""] * count
        result.cell_sheet += [sheet.name] * count
        result.cell_line += [table.first_row + offset for offset in offsets]
        result.cell_column += [column] * count
        result.cell_text += texts


def _read_form(result: ReadFile, lines: list, registry: Registry, acknowledged: dict[str, str]) -> None:
    types = [kind.structure_type for kind in registry.structure_types]
    form_type = best_type((line.header for line in lines), types)
    values: dict[str, str] = {}
    place = lines[0]
    for line in lines:
        for target in line.header.targets.values():
            if target.kind == KEY and target.code not in values:
                values[target.code] = line.raw
                place = line if target.code == IDENTIFIER else place
    by_variable = {
        target.question.variable: line.raw
        for line in lines
        for structure_type, target in line.header.targets.items()
        if target.question is not None and structure_type == form_type
    }
    identifier = values.get(IDENTIFIER, "")
    structure_type = type_of_identifier(identifier, types) or form_type
    result.form = "form"
    result.rows.append(
        ReadRow(
            sheet=place.sheet.name,
            row=place.row + 1,
            column=place.column,
            structure_type=structure_type,
            form_type=form_type,
            form_known=structure_type in {kind for kind, _ in known_questions(line.header for line in lines)},
            identifier=identifier,
            name=values.get(NAME) or by_variable.get("structure_name", ""),
            commune_code=values.get(COMMUNE, ""),
            commune_name=by_variable.get("city", ""),
            submitted=True,
        )
    )
    for line in lines:
        target = _typed_target(line.header.targets, structure_type)
        if target is None:
            if line.raw.strip() and not line.header.targets:
                _add_unknown(result, line.sheet.name, line.header, 1)
            continue
        if target.kind != QUESTION:
            continue
        result.columns.append((line.sheet.name, structure_type, target.code, line.column))
        if line.raw:
            result.cell_row.append(0)
            result.cell_question.append(target.code)
            result.cell_option.append(target.option or "")
            result.cell_sheet.append(line.sheet.name)
            result.cell_line.append(line.row)
            result.cell_column.append(line.column)
            result.cell_text.append(line.raw)


def type_of_identifier(identifier: str, types: list[str]) -> str | None:
    """The structure type that an identifier's prefix names, if it is one of `types`."""
    match = STRUCTURE_ID.fullmatch(structure_id(identifier))
    return match[1] if match and match[1] in types else None


def structure_id(identifier: str) -> str:
    """Rule N11: spaces removed, upper case."""
    return re.sub(r"\s+", "", identifier).upper()


def _key_columns(headers: list[Header]) -> tuple[dict[str, int], int | None]:
    keys: dict[str, int] = {}
    submitted: int | None = None
    for header in headers:
        target = header.targets.get(ANY_TYPE)
        if target is None:
            continue
        if target.kind == KEY:
            keys.setdefault(target.code, header.column)
        elif target.kind == METADATA and target.code == SUBMITTED:
            submitted = header.column
    return keys, submitted


def _name_columns(headers: list[Header], structure_type: str, registry: Registry) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for header in headers:
        target = header.targets.get(structure_type)
        if target and target.question and target.question.variable in ("structure_name", "city"):
            columns.setdefault(target.question.variable, []).append(header.column)
    return columns


def _first(cells: list[str], *places: list[int]) -> str:
    return next((cells[column] for group in places for column in group if cells[column].strip()), "")


def _report_unknown(
    result: ReadFile, sheet: Sheet, headers: list[Header], body: list[list[str]], index: HeaderIndex, form_type: str
) -> None:
    seen: set[tuple[str, str | None]] = set()
    for header in headers:
        target = _typed_target(header.targets, form_type)
        repeated = target is not None and target.kind == QUESTION and (target.code, target.option) in seen
        if target is not None and target.kind == QUESTION:
            seen.add((target.code, target.option))
        if not header.targets or repeated:
            filled = sum(1 for cells in body if cells[header.column].strip())
            nearest = difflib.get_close_matches(folded(header.text), index.labels, n=1, cutoff=NEAREST_CUTOFF)
            _add_unknown(result, sheet.name, header, filled, index.labels[nearest[0]].question_code if nearest else "")


def _add_unknown(result: ReadFile, sheet: str, header: Header, filled: int, nearest: str = "") -> None:
    result.unknown.append(
        {
            "sheet": sheet,
            "cell": cell_address(header.row, header.column),
            "header": header.text,
            "filled": filled,
            "nearest_question": nearest,
        }
    )
