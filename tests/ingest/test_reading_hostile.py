"""What can't be accepted is refused with rule I11, its cause and a remedy, and never by a crash."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from ingest.readers import read_sheets
from tests.ingest.reading_builders import (
    LIMITS,
    SHEET,
    lying_zip,
    ods,
    ods_cell,
    ods_table,
    ole,
    parts_of,
    patched,
    read,
    record,
    refusal_of,
    xls,
    xls_label,
    xlsx_of,
    zip_of,
)

SOUND = xlsx_of([["Identifiant", "Réponse"], ["CS-62-0001", 12]])
SOUND_ODS = ods(ods_table(f"<table:table-row>{ods_cell('x')}</table:table-row>"))
SOUND_XLS = xls({"CS": xls_label(0, 0, "x")})
NOISE = bytes(byte * 73 % 251 for byte in range(5000))

DAMAGED = "endommagé ou incomplet"
MISMATCH = "mais son contenu est"


def with_member(name: str, data: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> bytes:
    """The sound workbook with one more member."""
    member = zipfile.ZipInfo(name)
    member.create_system = 3
    member.external_attr = mode << 16
    return zip_of(parts_of(SOUND), (member, data))


def encrypted_zip(archive: bytes) -> bytes:
    """The same archive, all members flagged as encrypted."""
    content = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = content.find(signature)
        while position >= 0:
            content[position + offset] |= 1
            position = content.find(signature, position + 1)
    return bytes(content)


def overlapping_zip(copies: int) -> bytes:
    """Many members of different names that share the same compressed bytes."""
    archive = zip_of({"a.xml": bytes(1000)})
    start, end = archive.index(b"PK\x01\x02"), archive.index(b"PK\x05\x06")
    entry = archive[start:end]
    entries = b"".join(entry.replace(b"a.xml", b"%05d" % number) for number in range(copies))
    return (
        archive[:start]
        + entries
        + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), start, 0)
    )


def declared(part: bytes, declaration: bytes) -> bytes:
    """An XML part with a document type declaration after its XML declaration."""
    head, end, rest = part.partition(b"?>")
    return head + end + declaration + rest


EXTERNAL_ENTITY = b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx", "a.ods", "a.xls"])
@pytest.mark.parametrize("content", [b"", b" \r\n\t \n"], ids=["no byte", "blanks"])
def test_nothing_to_read(name: str, content: bytes) -> None:
    assert "le fichier est vide" in refusal_of(content, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b";;;\n;;;\n"),
        ("a.csv", b"\xef\xbb\xbf"),
        ("a.xlsx", xlsx_of([])),
        ("a.xlsx", xlsx_of([["  ", " "]])),
        ("a.ods", ods(ods_table("<table:table-row><table:table-cell/></table:table-row>"))),
        ("a.ods", ods("")),
        ("a.xls", xls({"CS": b""})),
    ],
)
def test_no_filled_cell(name: str, content: bytes) -> None:
    assert "le fichier est vide" in refusal_of(content, name)


@pytest.mark.parametrize("name", ["retour", "a.", "a.zip", "a.pdf", "a.docx", "a.csv.exe", "a.csv/", "csv"])
def test_other_extensions(name: str) -> None:
    assert ".xlsx, .ods, .xls, .csv ou .txt" in refusal_of(b"a;b\n", name)


@pytest.mark.parametrize("name", ["a.xlsm", "a.XLSB"])
def test_workbooks_with_macros(name: str) -> None:
    assert "macros" in refusal_of(SOUND, name)


def test_macros_under_an_innocent_name() -> None:
    assert "macros" in refusal_of(with_member("xl/vbaProject.bin"), "a.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("a.xlsx", b"a;b\n1;2\n", MISMATCH),
        ("a.xlsx", NOISE, MISMATCH),
        ("a.xlsx", SOUND_XLS, MISMATCH),
        ("a.xlsx", b"<html><table><tr><td>x</td></tr></table></html>", MISMATCH),
        ("a.xlsx", SOUND_ODS, MISMATCH),
        ("a.xlsx", zip_of({"a.txt": b"x"}), MISMATCH),
        ("a.xlsx", zip_of({}), MISMATCH),
        ("a.ods", SOUND, "n'est pas un classeur OpenDocument"),
        ("a.ods", ods("", mimetype=b"application/vnd.oasis.opendocument.text"), "n'est pas un classeur OpenDocument"),
        ("a.ods", b"texte", MISMATCH),
        ("a.csv", SOUND, MISMATCH),
        ("a.csv", SOUND_XLS, MISMATCH),
        ("a.txt", b"%PDF-1.7\n", MISMATCH),
        ("a.csv", b"<!DOCTYPE html><html><table></table></html>", MISMATCH),
        ("a.xls", SOUND, MISMATCH),
        ("a.xls", b"a;b\n1;2\n", MISMATCH),
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', MISMATCH),
        ("a.xls", NOISE, MISMATCH),
        ("a.xls", ole("WordDocument", b"x"), DAMAGED),
    ],
)
def test_content_that_is_not_what_the_extension_says(name: str, content: bytes, cause: str) -> None:
    assert cause in refusal_of(content, name)


@pytest.mark.parametrize(
    "content",
    [NOISE, b"a;b\0;c\n", b"\x01\x02\x03\x04\x05;b\n", b"\xff\xfea\0\0\0"],
    ids=["noise", "nul", "controls", "nul in utf-16"],
)
def test_binary_content_as_csv(content: bytes) -> None:
    assert "données binaires" in refusal_of(content, "a.csv")


def test_a_quote_left_open_does_not_swallow_the_rows_after_it() -> None:
    [sheet] = read_sheets(b'a;b\nc;"d\ne;f\ng;h\n', "a.csv", LIMITS)
    assert sheet.rows == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]
    assert sheet.broken_rows == {1}


def test_a_quote_left_open_before_a_text_without_end_breaks_its_line() -> None:
    [sheet] = read_sheets(('a;"' + "x" * 200_000).encode(), "a.csv", LIMITS)
    assert sheet.broken_rows == {0}


def test_utf_16_without_its_mark_is_read() -> None:
    [sheet] = read_sheets("a;b\nc;d\n".encode("utf-16-le"), "a.csv", LIMITS)
    assert sheet.rows == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("content", [SOUND, SOUND_ODS, SOUND_XLS], ids=["xlsx", "ods", "xls"])
@pytest.mark.parametrize("kept", [0.05, 0.5, 0.9])
def test_a_file_cut_short(content: bytes, kept: float) -> None:
    extension = "xls" if content is SOUND_XLS else "ods" if content is SOUND_ODS else "xlsx"
    assert DAMAGED in refusal_of(content[: int(len(content) * kept)], f"a.{extension}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", ole("EncryptedPackage", bytes(5000))),
        ("a.xls", ole("EncryptedPackage", bytes(5000))),
        ("a.xlsx", encrypted_zip(SOUND)),
        ("a.ods", encrypted_zip(SOUND_ODS)),
        (
            "a.ods",
            zip_of(parts_of(SOUND_ODS) | {"META-INF/manifest.xml": b"<m:manifest><m:encryption-data/></m:manifest>"}),
        ),
        ("a.xls", xls({"CS": xls_label(0, 0, "x")}, globals_=record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48)))),
    ],
)
def test_a_password(name: str, content: bytes) -> None:
    assert "mot de passe" in refusal_of(content, name)


MEBIBYTE = 1024 * 1024


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("build", "cause"),
    [
        (
            lambda: zip_of(parts_of(SOUND) | {"xl/media/image1.png": bytes(101 * MEBIBYTE)}),
            "100 Mo une fois décompressé",
        ),
        (
            lambda: zip_of(parts_of(SOUND) | {f"xl/{i}": bytes(11 * MEBIBYTE) for i in range(10)}),
            "100 Mo une fois décompressé",
        ),
        (lambda: lying_zip(SHEET, bytes(101 * MEBIBYTE), declared=1000), "la taille annoncée d'un élément est fausse"),
        (lambda: lying_zip(SHEET, b"x" * 100, declared=1000), DAMAGED),
        (lambda: overlapping_zip(100), "se chevauchent"),
        (lambda: overlapping_zip(60_000), "plus de 2000 éléments"),
        (lambda: with_member("../../etc/passwd"), "sort de l'archive"),
        (lambda: with_member("xl\\..\\..\\x.xml"), "sort de l'archive"),
        (lambda: with_member("/etc/passwd"), "sort de l'archive"),
        (lambda: with_member("C:\\x.xml"), "sort de l'archive"),
        (lambda: with_member("xl/lien.xml", b"/etc/passwd", stat.S_IFLNK | 0o777), "un lien"),
        (lambda: with_member("xl/tube", b"", stat.S_IFIFO | 0o644), "un lien"),
        (lambda: with_member(SHEET, b"<worksheet/>"), "le même nom"),
        (lambda: with_member("XL\\Worksheets\\SHEET1.xml", b"<worksheet/>"), "le même nom"),
        (lambda: patched(SOUND, sheet=lambda part: declared(part, EXTERNAL_ENTITY)), "entités XML"),
        (lambda: patched(SOUND, strings=lambda part: declared(part, LAUGHS)), "entités XML"),
        (lambda: with_member("docProps/custom.xml", b"<!DOCTYPE x><x/>"), "entités XML"),
        (lambda: patched(SOUND, workbook=lambda part: part.decode().encode("utf-16")), "UTF-8"),
    ],
)
def test_hostile_archives(build: Callable[[], bytes], cause: str) -> None:
    assert cause in refusal_of(build(), "a.xlsx")


def test_an_altered_answer_is_noticed() -> None:
    container = io.BytesIO()
    with zipfile.ZipFile(container, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts_of(SOUND).items():
            archive.writestr(name, part)
    content = container.getvalue()
    assert read(content, "a.xlsx")[0].rows[1][0] == "CS-62-0001"
    assert DAMAGED in refusal_of(content.replace(b"CS-62-0001", b"CS-62-0009"), "a.xlsx")


@pytest.mark.parametrize("declaration", [EXTERNAL_ENTITY, LAUGHS])
def test_entities_in_ods(declaration: bytes) -> None:
    content = patched(SOUND_ODS, content=lambda part: declared(part, declaration))
    assert "entités XML" in refusal_of(content, "a.ods")


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        (b"<html><p>rien</p></html>", "aucun tableau rempli"),
        (b"<table>" * 5000 + b"<tr><td>x", "plus de 1000 tableaux"),
        (b"<table>" + b'<tr><td colspan="1000" rowspan="99999999999">x' * 20_000, "couvre trop de cellules"),
        (b"<table><tr>" + b"<td>x" * 3000, "3000 colonnes"),
        (b"<table><tr><td>x</td></tr><![autre[", DAMAGED),
        (b"<table><tr><td>\0</td></tr></table>", "données binaires"),
    ],
)
def test_hostile_pages(page: bytes, cause: str) -> None:
    assert cause in refusal_of(page, "a.xls")


@pytest.mark.parametrize(
    "filler", [b"<a", b"<!--", b"<a b='", b"</", b"<![CDATA[", b"<?", b"&", b"<script>", b"<td b=c "]
)
def test_unfinished_markup_is_not_searched_again_and_again(filler: bytes) -> None:
    table = b"<table><tr><td>x</td></tr></table>"
    assert read(table + filler * (200_000 // len(filler)), "a.xls")[0].rows == [["x"]]
    if b">" not in filler:
        assert refusal_of(table + filler * 400_000, "a.xls")


def test_a_page_of_too_many_tags() -> None:
    assert "trop de cellules" in refusal_of(b"<table>" + b"<tr>" * 2_000_000, "a.xls")


def test_a_panic_of_the_rust_library_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panics derive from BaseException: an `except Exception` would let them end the run."""

    class PanicException(BaseException):
        pass

    class Workbook:
        @staticmethod
        def from_filelike(_: object) -> None:
            raise PanicException("index out of bounds")

    monkeypatch.setattr("ingest.readers.xlsx.CalamineWorkbook", Workbook)
    assert DAMAGED in refusal_of(SOUND, "a.xlsx")


def test_an_interruption_is_not_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Workbook:
        @staticmethod
        def from_filelike(_: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("ingest.readers.xlsx.CalamineWorkbook", Workbook)
    with pytest.raises(KeyboardInterrupt):
        read(SOUND, "a.xlsx")


def test_a_failure_of_our_own_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.readers.xls._RUN_MAIN", "import no_such_module")
    with pytest.raises(RuntimeError, match="no_such_module"):
        read(SOUND_XLS, "a.xls")


def test_xls_are_read_within_the_memory_of_a_child_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that makes its reader take a gigabyte is refused, and the session goes on."""
    start = "import sys; sys.path.insert(0, sys.argv[1]); import xlrd; import ingest.readers.xls as xls\n"
    greedy = "def greedy(**_):\n    bytearray(1 << 30)\nxlrd.open_workbook = greedy\nxls.main(sys.argv[2])"
    monkeypatch.setattr("ingest.readers.xls._RUN_MAIN", start + greedy)
    assert DAMAGED in refusal_of(SOUND_XLS, "a.xls")
