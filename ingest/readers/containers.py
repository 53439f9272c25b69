"""From the extension and the first bytes of a file to the reader that understands it."""

from __future__ import annotations

import re
from collections.abc import Callable

from core.refusals import Refusal, unreadable
from ingest.readers.delimited import read_delimited
from ingest.readers.html_tables import read_html_tables
from ingest.readers.ods import read_ods
from ingest.readers.sheets import Limits, Sheet, password_protected
from ingest.readers.xls import read_xls
from ingest.readers.xlsx import read_xlsx

_READERS: dict[str, dict[str, Callable[[bytes, Limits], list[Sheet]]]] = {
    "csv": {"text": read_delimited},
    "txt": {"text": read_delimited},
    "tsv": {"text": read_delimited},
    "xlsx": {"zip": read_xlsx},
    "ods": {"zip": read_ods},
    "xls": {"ole": read_xls, "biff": read_xls, "html": read_html_tables},
}
"""By extension, then by what the content is: N19 of the normalisation rules."""

_SIGNATURES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
    b"%PDF": "pdf",
    b"{\\rtf": "rtf",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
}
_BIFF_STARTS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
"""The first record of a workbook stream of Excel 2 to 97, when it is not wrapped in an OLE file."""

_HEAD_BYTES = 2048
_HTML_TAG = re.compile(rb"<(?:html|head|body|table|meta|style|div|tr)\b", re.IGNORECASE)

_LABELS = {
    "zip": "un classeur récent (.xlsx, .ods) ou une archive zip",
    "ole": "un classeur Excel 97-2003 (.xls) ou un autre document Office",
    "biff": "un ancien classeur Excel (.xls)",
    "html": "une page HTML",
    "xml": "un document XML",
    "pdf": "un document PDF",
    "rtf": "un document RTF",
    "gzip": "une archive compressée",
    "7z": "une archive compressée",
    "rar": "une archive compressée",
    "image": "une image",
    "text": "du texte simple ou des données inconnues",
}
_MACRO_EXTENSIONS = {"xlsm", "xltm", "xlsb", "xlam"}
_UTF8_MARK = b"\xef\xbb\xbf"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read_sheets(content: bytes, name: str, limits: Limits) -> list[Sheet]:
    """The sheets of a file as text cells, in the order of the workbook, hidden ones included and marked.

    Of `name` only the extension counts. Sheets of charts are left out. At least one cell of one sheet is filled.
    Raises `Refusal` (rule I11) for anything else.
    """
    extension = _extension(name)
    if extension not in _READERS:
        raise _refused_extension(extension)
    if not content or content.isspace():
        raise _empty()
    if len(content) > limits.max_file_bytes:
        raise unreadable(
            f"le fichier pèse plus de {limits.max_file_mb:g} Mo",
            "Retirez les images et les feuilles inutiles, ou répartissez les réponses en plusieurs fichiers",
        )
    kind = content_kind(content)
    if kind == "ole" and _ENCRYPTED_PACKAGE in content:
        raise password_protected()
    reader = _READERS[extension].get(kind)
    if reader is None:
        raise unreadable(
            f"le fichier porte l'extension .{extension} mais son contenu est {_LABELS[kind]}",
            "Ouvrez-le dans votre tableur, enregistrez-le au format .xlsx et renvoyez-le",
        )
    sheets = reader(content, limits)
    if all(sheet.is_blank for sheet in sheets):
        raise _empty()
    return sheets


def content_kind(content: bytes) -> str:
    """What the first bytes say: zip, ole, biff, html, xml, pdf, rtf, gzip, 7z, rar, image, else text."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    if content.startswith(_BIFF_STARTS):
        return "biff"
    # in UTF-16 each ASCII character has a NUL beside it
    head = content[:_HEAD_BYTES].removeprefix(_UTF8_MARK).replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        if _HTML_TAG.search(head):
            return "html"
        if head.startswith(b"<?xml"):
            return "xml"
    return "text"


def _extension(name: str) -> str:
    """The lower-case text after the last point of a name, whatever else the name holds."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _empty() -> Refusal:
    return unreadable("le fichier est vide", "Vérifiez que le questionnaire est rempli et enregistré, et renvoyez-le")


def _refused_extension(extension: str) -> Refusal:
    if extension in _MACRO_EXTENSIONS:
        return unreadable(
            f"les classeurs .{extension} peuvent contenir des macros",
            "Enregistrez-le au format .xlsx, sans macros, et renvoyez-le",
        )
    shown = "".join(character for character in extension[:10] if character.isalnum())
    cause = f"l'extension .{shown} n'est pas acceptée" if shown else "le nom du fichier n'a pas d'extension"
    return unreadable(cause, "Envoyez un fichier .xlsx, .ods, .xls, .csv ou .txt, ou leur archive .zip")
