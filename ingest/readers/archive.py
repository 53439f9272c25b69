"""The parts of a zip container (.xlsx, .ods), unpacked in memory and found harmless.

Nothing is written to disk and no name of the archive is ever used as a path.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from itertools import pairwise
from typing import NoReturn
from xml.parsers import expat

from core.refusals import damaged, unreadable
from ingest.readers.sheets import Limits, password_protected

MAX_MEMBERS = 2000
"""A workbook of a hundred sheets has some three hundred."""

_CENTRAL_ENTRY = b"PK\x01\x02"
_LOCAL_ENTRY = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30
_DIRECTORY_END = b"PK\x05\x06"
_DIRECTORY_END_BYTES = 22
_LARGE_LOCATOR = b"PK\x06\x07"
_LARGE_LOCATOR_BYTES = 20
_ENCRYPTED = 0x1
_PARENT_OR_ROOT = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")
_LEFT_BY_SYSTEMS = ("__macosx/", "._", "~$", ".ds_store", "thumbs.db", "desktop.ini")
_XML_SUFFIXES = (".xml", ".rels")


def unpacked_parts(content: bytes, limits: Limits) -> dict[str, bytes]:
    """The files of a zip archive by name (with `/`), each inflated once and checked against its size and CRC.

    Raises `Refusal` for an archive that is cut short, encrypted or too large once unpacked, whose members overlap,
    share a name, are links or leave the archive's root, and for XML parts that declare a DTD or entities. What systems
    leave beside the files is left out.
    """
    members = _members(content)
    if sum(member.file_size for member in members) > limits.max_uncompressed_bytes:
        raise unreadable(
            f"le classeur dépasse {limits.max_uncompressed_mb:g} Mo une fois décompressé",
            "Retirez ce qui n'est pas une réponse au questionnaire et renvoyez-le",
        )
    parts: dict[str, bytes] = {}
    folded_names: set[str] = set()
    spans: list[tuple[int, int]] = []
    for member in members:
        name = harmless_name(member)
        if name.endswith("/") or left_by_systems(name):
            continue
        if name.lower() in folded_names:
            _refuse_archive("deux éléments portent le même nom")
        folded_names.add(name.lower())
        start, end = data_span(content, member)
        spans.append((member.header_offset, end))
        parts[name] = inflated(content, start, end, member)
        if name.lower().endswith(_XML_SUFFIXES):
            _refuse_declarations(parts[name])
    spans.sort()
    if any(following[0] < span[1] for span, following in pairwise(spans)):
        _refuse_archive("ses éléments se chevauchent")
    return parts


def parse_xml(data: bytes, parser: expat.XMLParserType) -> None:
    """Parse a part with the handlers of a parser made by `xml_parser`. Raises `Refusal` when it is not well formed."""
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise damaged() from None


def xml_parser(namespace_separator: str | None = None) -> expat.XMLParserType:
    """A parser that reads UTF-8 whatever the document claims, and stops at a DTD."""
    parser = expat.ParserCreate("utf-8", namespace_separator)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    if content.count(_CENTRAL_ENTRY) > MAX_MEMBERS:
        _refuse_archive(f"il contient plus de {MAX_MEMBERS} éléments")
    return _listed(content)


def _listed(content: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        raise damaged() from None


def members_of(content: bytes, most: int) -> list[zipfile.ZipInfo]:
    """What the directory at the end of an archive lists; archives stored inside it don't count.

    Raises `Refusal` when it can't be read or lists more than `most` members.
    """
    end = content.rfind(_DIRECTORY_END)
    if end < 0 or len(content) - end < _DIRECTORY_END_BYTES:
        raise damaged()
    if content[max(end - _LARGE_LOCATOR_BYTES, 0) :].startswith(_LARGE_LOCATOR):
        _refuse_archive("il est d'un format réservé aux très gros fichiers")
    (size,) = struct.unpack_from("<I", content, end + 12)
    if content.count(_CENTRAL_ENTRY, max(end - size, 0), end) > most:
        _refuse_archive(f"il contient plus de {most} éléments")
    return _listed(content)


def harmless_name(member: zipfile.ZipInfo) -> str:
    """A member's name with `/`. Raises `Refusal` when it leaves the archive, is a link or is encrypted."""
    name = member.orig_filename.replace("\\", "/")
    if member.flag_bits & _ENCRYPTED:
        raise password_protected()
    if leaves_archive(name) or "\0" in name:
        _refuse_archive("un de ses éléments sort de l'archive")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        _refuse_archive("il contient un lien")
    return name


def data_span(content: bytes, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Where a member's compressed bytes start and end. Raises `Refusal` when they aren't there."""
    offset = member.header_offset
    if offset < 0 or content[offset : offset + 4] != _LOCAL_ENTRY or offset + _LOCAL_HEADER_BYTES > len(content):
        raise damaged()
    name_bytes, extra_bytes = struct.unpack_from("<HH", content, offset + 26)
    start = offset + _LOCAL_HEADER_BYTES + name_bytes + extra_bytes
    end = start + member.compress_size
    if end > len(content):
        raise damaged()
    return start, end


def inflated(content: bytes, start: int, end: int, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes. At most one byte more than declared is ever inflated: the declared sizes were summed.

    Raises `Refusal` when they aren't what the directory announces.
    """
    if member.compress_type == zipfile.ZIP_STORED:
        data = content[start:end]
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = inflater.decompress(memoryview(content)[start:end], member.file_size + 1)
        except zlib.error:
            raise damaged() from None
        if not inflater.eof and len(data) <= member.file_size:
            raise damaged()
    else:
        _refuse_archive("il emploie une compression inhabituelle")
    if len(data) > member.file_size:
        _refuse_archive("la taille annoncée d'un élément est fausse")
    if len(data) != member.file_size or zlib.crc32(data) != member.CRC:
        raise damaged()
    return data


def _refuse_declarations(data: bytes) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        _refuse_doctype()


def refuse_other_encodings(part: bytes) -> None:
    """Raise `Refusal` for a part that isn't in UTF-8: asked of those that are read, for programs keep what is theirs
    (Power Query) in other encodings."""
    if b"\0" in part:
        _refuse_archive("un de ses éléments n'est pas en UTF-8")


def left_by_systems(name: str) -> bool:
    """Whether a member is what macOS, Windows or an open spreadsheet leave beside the files of a folder."""
    folded = name.lower()
    return folded.startswith(_LEFT_BY_SYSTEMS) or folded.rpartition("/")[2].startswith(_LEFT_BY_SYSTEMS)


def leaves_archive(name: str) -> bool:
    """Whether a member's name climbs out of the folder where the archive would be opened."""
    return _PARENT_OR_ROOT.search(name.replace("\\", "/")) is not None


def _refuse_doctype(*_: object) -> NoReturn:
    _refuse_archive("il déclare des entités XML, ce qu'aucun tableur n'écrit")


def _refuse_archive(cause: str) -> NoReturn:
    raise unreadable(
        f"le classeur est refusé par sécurité, {cause}",
        "Ouvrez-le dans votre tableur, enregistrez-le à nouveau au format .xlsx et renvoyez-le",
    )
