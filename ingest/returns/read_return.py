"""One file of a sender, as read. Nothing is interpreted yet: every answer is the text of its cell."""

from __future__ import annotations

from dataclasses import replace

from core.refusals import Refusal
from ingest.corrections.read_report import read_report
from ingest.readers import Limits, Member, Sheet, delivered_members, is_delivery, read_sheets
from ingest.returns.acknowledged import mapped_headers, settled
from ingest.returns.as_read import ReadFile
from ingest.returns.form_layout import FormLine, columns_of_other_years, form_lines
from ingest.returns.form_version import older_forms, refuse_another_campaigns_template, stamps_of
from ingest.returns.headers import HeaderIndex
from ingest.returns.layout import Table, table_of, tables_of
from ingest.returns.of_this_year import OTHER_YEARS_COLUMN, OTHER_YEARS_SHEET, sheets_of_other_years
from ingest.returns.read_delivery import read_delivery
from ingest.returns.read_form import read_form
from ingest.returns.read_linked import LINKED_ONLY, linked_header, read_linked, without_main_table
from ingest.returns.read_table import read_table
from ingest.returns.read_transposed import read_transposed, transposed_table
from ingest.returns.sections_in_sheets import put_sections_together
from ingest.returns.seen_cells import note_cells
from ingest.returns.unrecognised_sheets import report_unrecognised
from ingest.returns.workbook_sender import refuse_another_senders_workbook
from registry.model import Registry

WELL_KNOWN_SHARE = 0.2
"""Above this share of the questions, the headers found are enough to tell one campaign from another."""


def read_return(
    content: bytes,
    name: str,
    registry: Registry,
    campaign: int,
    indexes: dict[int, HeaderIndex],
    limits: Limits,
    sender: str = "",
) -> ReadFile:
    """A file of `campaign`, as read; of a zip, all its members. `sender`: whose decisions on unknown columns apply.

    Raises `Refusal` (I11 unreadable or not a return, I09 another campaign's form).
    """
    if not is_delivery(name):
        read = _read_file(content, name, registry, campaign, indexes, limits, sender)
        if read.form == LINKED_ONLY:
            raise without_main_table()
        return read

    def read_member(member: Member) -> ReadFile:
        return _read_file(member.content, member.label, registry, campaign, indexes, member.limits, sender)

    return read_delivery(delivered_members(content, limits), read_member)


def _read_file(
    content: bytes,
    name: str,
    registry: Registry,
    campaign: int,
    indexes: dict[int, HeaderIndex],
    limits: Limits,
    sender: str,
) -> ReadFile:
    sheets = read_sheets(content, name, limits)
    result = ReadFile(ignored=[("I13", sheet.name, "", sheet.name) for sheet in sheets if sheet.hidden])
    visible = [sheet for sheet in sheets if not sheet.hidden]
    decisions = read_report(visible, campaign, registry)
    stamps = stamps_of(visible, registry)
    if decisions is None:
        refuse_another_campaigns_template(stamps, campaign)
    if sender:
        refuse_another_senders_workbook(visible, registry, campaign, sender, template=bool(stamps))
    if decisions is not None:
        return ReadFile(form="report", decisions=decisions)
    result.ignored += older_forms(stamps, registry, campaign)
    index = indexes[campaign]
    linked = [(sheet, row) for sheet in visible if (row := linked_header(sheet, index)) is not None]
    visible = [sheet for sheet in visible if all(sheet is not other for other, _ in linked)]
    if linked and not visible:
        result.form = LINKED_ONLY
    else:
        _read_visible(result, visible, registry, campaign, indexes, sender)
    if stamps:  # our own forms show the last known answers beside their questions
        result.ignored = [line for line in result.ignored if line[0] != OTHER_YEARS_COLUMN]
    for sheet, row in linked:
        read_linked(result, sheet, row, index)
    if not result.rows and result.form != LINKED_ONLY:
        raise _without_answer(campaign)
    return result


def _without_answer(campaign: int) -> Refusal:
    """The refusal of headers under which nobody answers: an empty template, a list of structures."""
    return Refusal(
        "I11",
        f"Fichier refusé : il porte les en-têtes du questionnaire {campaign} et aucune réponse n'y a été trouvée. "
        "Vérifiez que le questionnaire est rempli et enregistré, et renvoyez-le.",
    )


def _read_visible(
    result: ReadFile,
    visible: list[Sheet],
    registry: Registry,
    campaign: int,
    indexes: dict[int, HeaderIndex],
    sender: str,
) -> None:
    """Add what stands in the sheets: tables, tables turned, or a form; the other sheets are named."""
    index = indexes[campaign]
    mapped = mapped_headers(registry, campaign, sender)
    tables = [table for sheet in visible for table in tables_of(sheet, index)]
    types = registry.types_asked(campaign)
    identified = any(table.identified for table in tables)
    turned = [] if identified else [t for sheet in visible if (t := transposed_table(sheet, index, types))]
    tables = turned or tables
    lines = [] if identified or turned else form_lines(visible, index)
    if old := sheets_of_other_years(visible, _questions_by_sheet(tables, lines, index), index):
        result.ignored += [(OTHER_YEARS_SHEET, sheet.name, "", sheet.name) for sheet in old]
        kept = [sheet for sheet in visible if all(sheet is not other for other in old)]
        _read_visible(result, kept, registry, campaign, indexes, sender)
        return
    in_tables = index.questions_named(_texts(tables))
    in_form = index.questions_named(line.header.text for line in lines if line.header.targets)
    _refuse_other_campaign(visible, tables, lines, campaign, max(len(in_tables), len(in_form)), indexes)
    if len(in_form) > len(in_tables):
        if mapped:
            lines = [replace(line, header=settled(line.header, mapped, index)) for line in lines]
        result.ignored += columns_of_other_years(visible, index)
        read_form(result, lines, registry, index)
        note_cells(result, visible, registry, campaign)
        used = {line.sheet.name for line in lines}
    else:
        for table in tables:
            (read_transposed if turned else read_table)(result, table, registry, index, mapped)
        note_cells(result, visible, registry, campaign)
        put_sections_together(result, registry, campaign)
        used = {table.sheet.name for table in tables}
    report_unrecognised(result, [sheet for sheet in visible if sheet.name not in used], index)


def _questions_by_sheet(
    tables: list[Table], lines: list[FormLine], index: HeaderIndex
) -> dict[str, set[tuple[str, str]]]:
    texts: dict[str, list[str]] = {}
    for table in tables:
        texts.setdefault(table.sheet.name, []).extend(header.text for header in table.headers)
    for line in lines:
        texts.setdefault(line.sheet.name, []).append(line.header.text)
    return {sheet: index.questions_named(named) for sheet, named in texts.items()}


def _texts(tables: list[Table]) -> list[str]:
    return [header.text for table in tables for header in table.headers]


def _refuse_other_campaign(
    sheets: list[Sheet],
    tables: list[Table],
    lines: list[FormLine],
    campaign: int,
    known: int,
    indexes: dict[int, HeaderIndex],
) -> None:
    """Raise when another campaign's form explains the headers better, or when no campaign does.

    The headers found for `campaign` are tried on the other campaigns; where too few were found to be sure that they are
    headers, the whole sheets are.
    """
    best_count, best = known, campaign
    asked = indexes[campaign].registry.questions_of(campaign)
    well_known = known >= WELL_KNOWN_SHARE * len(asked) or any(table.identified for table in tables)
    for other, index in indexes.items():
        if other == campaign:
            continue
        if well_known:
            texts = [*_texts(tables), *(line.header.text for line in lines)]
            count = len(index.questions_named(texts))
        else:
            others = [table for sheet in sheets if (table := table_of(sheet, index))]
            in_form = (line.header.text for line in form_lines(sheets, index))
            count = max(len(index.questions_named(_texts(others))), len(index.questions_named(in_form)))
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
