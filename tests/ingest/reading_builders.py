"""Workbooks made in memory, sound or hostile, for the tests of the readers."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence

import pytest
import xlsxwriter

from core.refusals import Refusal
from ingest.readers import Limits, Sheet, read_sheets

LIMITS = Limits(max_file_mb=20, max_uncompressed_mb=100, max_rows=20_000, max_columns=2_000)

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
WORKBOOK = "xl/workbook.xml"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def read(content: bytes, name: str) -> list[Sheet]:
    return read_sheets(content, name, LIMITS)


def rows_of(content: bytes, name: str) -> list[list[str]]:
    """The rows of the only sheet of a file."""
    (sheet,) = read(content, name)
    return sheet.rows


def refusal_of(content: bytes, name: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(Refusal) as caught:
        read_sheets(content, name, limits)
    assert caught.value.rule == "I11"
    message = caught.value.message_fr
    assert message.startswith("Fichier illisible ou refusé : ")
    assert message.endswith(".")
    return message


def xlsx(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    """An Excel workbook filled by a function."""
    container = io.BytesIO()
    with xlsxwriter.Workbook(container) as workbook:
        fill(workbook)
    return container.getvalue()


def xlsx_of(rows: Iterable[Iterable[object]]) -> bytes:
    """An Excel workbook of one sheet."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return xlsx(fill)


def parts_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zip_of(parts: dict[str, bytes], *more: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """A zip archive of these parts, then of more members, whose names may repeat."""
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*parts.items(), *more]:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return container.getvalue()


def patched(archive: bytes, **patches: Callable[[bytes], bytes]) -> bytes:
    """The same archive with parts rewritten: `sheet`, `strings`, `workbook` of an .xlsx, `content` of an .ods."""
    names = {"sheet": SHEET, "strings": STRINGS, "workbook": WORKBOOK, "content": "content.xml"}
    parts = parts_of(archive)
    for key, patch in patches.items():
        parts[names[key]] = patch(parts[names[key]])
    return zip_of(parts)


def with_cells(sheet_data: bytes) -> bytes:
    """An .xlsx whose sheet holds this XML between `<sheetData>` and `</sheetData>`."""

    def patch(sheet: bytes) -> bytes:
        return sheet.partition(b"<sheetData>")[0] + b"<sheetData>" + sheet_data + b"</sheetData></worksheet>"

    return patched(xlsx_of([["x"]]), sheet=patch)


def ods(tables: str, styles: str = "", mimetype: bytes = ODS_TYPE) -> bytes:
    """An OpenDocument spreadsheet with this XML as tables and automatic styles."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("draw", "drawing"),
        )
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} {calc}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return zip_of({"mimetype": mimetype, "content.xml": content.encode(), "META-INF/manifest.xml": b"<manifest/>"})


def ods_table(rows: str, attributes: str = 'table:name="CS"') -> str:
    return f"<table:table {attributes}>{rows}</table:table>"


def ods_cell(text: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def record(code: int, data: bytes = b"") -> bytes:
    """A record of a BIFF stream (.xls)."""
    return struct.pack("<HH", code, len(data)) + data


def xls_label(row: int, column: int, text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + encoded)


def xls_number(row: int, column: int, value: float, date: bool = False) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, int(date), value))


def xls_true(row: int, column: int) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, 1, 0))


def xls_missing(row: int, column: int) -> bytes:
    """The error #N/A."""
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, 0x2A, 1))


def xls_formula(row: int, column: int, value: float) -> bytes:
    return record(0x0006, struct.pack("<HHHdHIH", row, column, 0, value, 0, 0, 0))


def xls(sheets: dict[str, bytes], hidden: Iterable[str] = (), globals_: bytes = b"") -> bytes:
    """An Excel 97-2003 workbook: the cell records of each sheet, in an OLE file."""

    def beginning(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0x06))

    formats = b"".join(record(0x00E0, struct.pack("<HH", 0, key) + bytes(16)) for key in (0, 14))
    head = beginning(0x0005) + record(0x0042, struct.pack("<H", 1200)) + formats + globals_
    names = {name: struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets}
    bodies = {name: beginning(0x0010) + cells + record(0x000A) for name, cells in sheets.items()}
    position = len(head) + sum(4 + 6 + len(name) for name in names.values()) + 4
    bounds = b""
    for name, body in bodies.items():
        bounds += record(0x0085, struct.pack("<IBB", position, name in hidden, 0) + names[name])
        position += len(body)
    return ole("Workbook", head + bounds + record(0x000A) + b"".join(bodies.values()))


def ole(stream_name: str, stream: bytes) -> bytes:
    """An OLE file of one stream, of at most 63 kB."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = (name + "\0").encode("utf-16-le")
        links = struct.pack("<IIi", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            encoded.ljust(64, b"\0")
            + struct.pack("<HBB", len(encoded), kind, 1)
            + links
            + bytes(36)
            + struct.pack("<III", start, size, 0)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(stream_name, 2, -1, 2, len(stream)) + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + fat + directory + stream.ljust(sectors * 512, b"\0")


def lying_zip(name: str, data: bytes, declared: int) -> bytes:
    """A zip archive whose headers announce another unpacked size than the real one."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflater.compress(data) + deflater.flush()
    sizes = struct.pack("<HHHIII", 8, 0, 0, zlib.crc32(data), len(packed), declared)
    encoded = name.encode()
    local = b"PK\x03\x04" + struct.pack("<HH", 20, 0) + sizes + struct.pack("<HH", len(encoded), 0) + encoded + packed
    central = b"PK\x01\x02" + struct.pack("<HHH", 20, 20, 0) + sizes
    central += struct.pack("<HHHHHII", len(encoded), 0, 0, 0, 0, 0, 0) + encoded
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def sheets(**rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook: the rows of each sheet by its name."""

    def fill(workbook: xlsxwriter.Workbook) -> None:
        for name, grid in rows.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(grid):
                sheet.write_row(number, 0, row)

    return xlsx(fill)
