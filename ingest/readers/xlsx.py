"""Excel workbooks (.xlsx): bytes to sheets.

The cells are read by calamine, which trusts what it reads: it lays a sheet out as a full grid, copies a shared string
into every cell that cites it and reserves what a count announces. So the parts are unpacked and measured here, and
calamine is only given a new archive of the parts that it needs and that were found sound.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from core.refusals import damaged, unreadable
from ingest.readers.archive import parse_xml, refuse_other_encodings, unpacked_parts, xml_parser
from ingest.readers.cell_text import text_row
from ingest.readers.sheet_extent import refuse_too_much_text, refuse_too_spread_out
from ingest.readers.sheets import DAYS_TO_1904, MEBIBYTE, Limits, Sheet, password_protected, trimmed_sheet
from ingest.readers.xlsx_cells import layout_of, show_cells

LARGE_BYTES = 16 * MEBIBYTE
"""From this size on parts are packed again for calamine, which copies its input: slower, but it spares the memory."""

_SHARED_STRINGS = "sharedstrings.xml"
_NEEDED_PARTS = {".rels", "workbook.xml", "workbook.xml.rels", _SHARED_STRINGS, "styles.xml"}
_SHEET_MARK = b"sheetData"
_ERROR_CELL = re.compile(rb"""(<(?:[^\s<>/:!?]+:)?c\s[^<>]*?\bt\s*=\s*)(?:"e"|'e')""")
_ASKED = {name: re.compile(name + rb"""\s*=\s*["'](?:1|true)["']""") for name in (b"date1904", b"fullCalcOnLoad")}
_ANNOUNCED_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']\s*(\d+)""")


def read_xlsx(content: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of a workbook, hidden ones included. Formulas give the value that was saved with them.

    Raises `Refusal`.
    """
    parts = unpacked_parts(content, limits)
    _refuse_other_containers(parts)
    for name in [name for name, data in parts.items() if not _is_needed(name, data)]:
        del parts[name]
    for data in parts.values():
        refuse_other_encodings(data)
    part_of = _parse(parts)
    _measure(parts, limits)
    _show_errors(parts)
    workbook = next(data for part, data in parts.items() if _file_name(part) == "workbook.xml")
    first_day = DAYS_TO_1904 if _ASKED[b"date1904"].search(workbook) else 0
    _show_as_seen(parts, recalculated=bool(_ASKED[b"fullCalcOnLoad"].search(workbook)))
    layouts = {_place(part): layout_of(data) for part, data in parts.items() if _SHEET_MARK in data}
    sheets = list(_calamine_sheets(_repacked(parts), limits))
    for sheet in sheets:
        layout = layouts.get(part_of.get(sheet.name, ""))
        if layout is not None:
            sheet.hidden_rows, sheet.hidden_columns = layout.hidden_rows, layout.hidden_columns
            sheet.cover(layout.merged, limits)
        sheet.first_day = first_day
    return sheets


def _file_name(part: str) -> str:
    return part.rpartition("/")[2].lower()


def _is_needed(part: str, data: bytes) -> bool:
    """What calamine reads. A sheet may have any name: it is known by its content."""
    return _file_name(part) in _NEEDED_PARTS or _SHEET_MARK in data.replace(b"\0", b"")


def _refuse_other_containers(parts: dict[str, bytes]) -> None:
    names = {_file_name(part) for part in parts}
    if "vbaproject.bin" in names:
        raise unreadable("le classeur contient des macros", "Enregistrez-le en .xlsx, sans macros, et renvoyez-le")
    if "workbook.bin" in names:
        raise unreadable("c'est un classeur binaire .xlsb", "Enregistrez-le au format .xlsx et renvoyez-le")
    if "workbook.xml" not in names:
        kind = "un classeur .ods" if "content.xml" in names else "une autre archive zip"
        raise unreadable(
            f"le fichier porte l'extension .xlsx mais son contenu est {kind}",
            "Enregistrez le questionnaire au format .xlsx et renvoyez-le",
        )


def _place(part: str) -> str:
    """The folder and the file name of a part: a target is relative to the workbook or to the archive."""
    return "/".join(part.lower().split("/")[-2:])


def _parse(parts: dict[str, bytes]) -> dict[str, str]:
    """The part of each sheet, by the sheet's name.

    Raises `Refusal` for a part that isn't well-formed XML, and for two sheets of one name or of one part: no
    spreadsheet writes the latter, which is a way to have the same cells read without end.
    """
    targets: dict[str, str] = {}
    names: list[str] = []
    relations: list[str] = []

    def collect(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
        elif local == "sheet":
            names.append(attributes.get("name", ""))
            relations.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")

    for part, data in parts.items():
        parser = xml_parser()
        if _file_name(part) in ("workbook.xml", "workbook.xml.rels"):
            parser.StartElementHandler = collect
        parse_xml(data, parser)
    sheets = [_place(targets.get(relation, relation)) for relation in relations]
    if len(set(names)) < len(names) or len(set(sheets)) < len(sheets):
        raise damaged()
    return dict(zip(names, sheets, strict=False))


def _measure(parts: dict[str, bytes], limits: Limits) -> None:
    """Raise `Refusal` for what would make calamine fill the memory."""
    if any(int(count) > len(data) for data in parts.values() for count in _ANNOUNCED_COUNT.findall(data)):
        raise damaged()
    sheets = [data for data in parts.values() if _SHEET_MARK in data]
    refuse_too_spread_out(sheets, limits)
    for part, data in parts.items():
        if _file_name(part) == _SHARED_STRINGS:
            refuse_too_much_text(data, sheets, limits)


def _show_errors(parts: dict[str, bytes]) -> None:
    """Turn error cells (#N/A, #REF!...) into text cells: calamine gives errors as blank, and blank means no answer."""
    for part, data in parts.items():
        if _SHEET_MARK in data and (b't="e"' in data or b"t='e'" in data):
            parts[part] = _ERROR_CELL.sub(rb'\1"str"', data)


def _show_as_seen(parts: dict[str, bytes], recalculated: bool) -> None:
    named = {_file_name(part): part for part in parts}
    sheets = [part for part, data in parts.items() if _SHEET_MARK in data]
    show_cells(parts, sheets, named.get(_SHARED_STRINGS, ""), named.get("styles.xml", ""), recalculated)


def _repacked(parts: dict[str, bytes]) -> io.BytesIO:
    """A new archive of these parts, which are taken out of the dictionary as they go in."""
    container = io.BytesIO()
    large = sum(map(len, parts.values())) > LARGE_BYTES
    with zipfile.ZipFile(
        container, "w", zipfile.ZIP_DEFLATED if large else zipfile.ZIP_STORED, compresslevel=1
    ) as archive:
        while parts:
            name, data = parts.popitem()
            archive.writestr(zipfile.ZipInfo(name), data, archive.compression)
    container.seek(0)
    return container


def _calamine_sheets(container: io.BytesIO, limits: Limits) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(container)
        container.close()
        for index, about in enumerate(workbook.sheets_metadata):
            if about.typ == SheetTypeEnum.WorkSheet:
                rows = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
                hidden = about.visible != SheetVisibleEnum.Visible
                yield trimmed_sheet(about.name, hidden, map(text_row, rows), limits)
    except PasswordError:
        raise password_protected() from None
    except (CalamineError, OSError, ValueError):
        raise damaged() from None
    except BaseException as error:
        # a panic of the Rust library derives from BaseException and has no importable class
        if type(error).__name__ == "PanicException":
            raise damaged() from None
        raise
