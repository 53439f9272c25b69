"""A zip of returns (.zip): the files that a sender put together in one delivery, each judged on its own.

The names of the members are labels, never paths. What is wrong with one member is said of that member; what is wrong
with the archive itself (cut short, encrypted as a whole, members that overlap) refuses it all.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from core.refusals import Refusal, unreadable
from ingest.readers.archive import (
    MAX_MEMBERS,
    data_span,
    harmless_name,
    inflated,
    leaves_archive,
    left_by_systems,
    members_of,
)
from ingest.readers.containers import content_kind
from ingest.readers.sheets import MEBIBYTE, Limits

EXTENSION = "zip"
_LONGEST_LABEL = 120
_UTF8_NAME = 0x800
_NAME_OF_DOS, _NAME_OF_WINDOWS = "cp437", "cp850"


@dataclass(frozen=True)
class Member:
    """A file of a delivery: its label, its bytes, the limits left for it; or why it is refused."""

    label: str
    content: bytes
    limits: Limits
    refusal: Refusal | None = None


def is_delivery(name: str) -> bool:
    """Whether a file is announced as a zip of returns (its content is judged when it is opened)."""
    return name.rpartition(".")[2].strip().lower() == EXTENSION


def delivered_members(content: bytes, limits: Limits) -> Iterator[Member]:
    """The files of a delivery, in the order of the archive, one in memory at a time.

    All of them together stay within the unpacked size of `limits`, workbooks unpacked included. Raises `Refusal` for an
    archive that can't be opened, has too many members, members that overlap or whose names climb, or none.
    """
    if len(content) > limits.max_file_bytes:
        raise unreadable(
            f"l'archive pèse plus de {limits.max_file_mb:g} Mo", "Répartissez les réponses en plusieurs envois"
        )
    if content_kind(content) != "zip":
        raise unreadable(
            "le fichier porte l'extension .zip mais n'est pas une archive zip",
            "Envoyez les questionnaires eux-mêmes (.xlsx, .ods, .csv), ou une archive .zip",
        )
    listed = members_of(content, limits.max_members)
    _refuse_climbing(listed)
    members = [member for member in listed if _is_sent(member)]
    if not members:
        raise unreadable("l'archive est vide", "Vérifiez qu'elle contient les questionnaires et renvoyez-la")
    _refuse_overlaps(content, members)
    return _opened(content, members, limits)


def _opened(content: bytes, members: list[zipfile.ZipInfo], limits: Limits) -> Iterator[Member]:
    remaining = limits.max_uncompressed_bytes
    labels: set[str] = set()
    for member in members:
        label = _label(member)
        left = replace(limits, max_uncompressed_mb=remaining / MEBIBYTE)
        try:
            if label.lower() in labels:
                raise unreadable("deux fichiers de l'archive portent ce nom", "Renommez-les et renvoyez l'archive")
            labels.add(label.lower())
            data = _unpacked(content, member, remaining, limits)
            remaining -= _unpacked_bytes(data)
            if remaining < 0:
                raise _too_much(limits)
        except Refusal as refusal:
            yield Member(label, b"", left, refusal)
        else:
            yield Member(label, data, left)


def _unpacked(content: bytes, member: zipfile.ZipInfo, remaining: int, limits: Limits) -> bytes:
    name = harmless_name(member)
    if is_delivery(name):
        raise unreadable("c'est une archive dans l'archive", "Placez ses fichiers directement dans l'archive envoyée")
    if member.file_size > limits.max_file_bytes:
        raise unreadable(
            f"le fichier pèse plus de {limits.max_file_mb:g} Mo", "Retirez les images et les feuilles inutiles"
        )
    if member.file_size > remaining:
        raise _too_much(limits)
    return inflated(content, *data_span(content, member), member)


def _unpacked_bytes(data: bytes) -> int:
    """What a file weighs once read: a workbook is itself an archive, whose parts tell (and are held to) their size."""
    if content_kind(data) != "zip":
        return len(data)
    try:
        return max(len(data), sum(member.file_size for member in members_of(data, MAX_MEMBERS)))
    except Refusal:
        return len(data)


def _refuse_climbing(members: list[zipfile.ZipInfo]) -> None:
    """No program makes such a name unless it is asked to: what else the archive holds is not to be trusted."""
    for member in members:
        if leaves_archive(member.orig_filename):
            raise unreadable(
                f"l'archive est refusée par sécurité, le chemin de « {_label(member)} » sort de l'archive",
                "Recréez l'archive à partir des questionnaires et renvoyez-la",
            )


def _refuse_overlaps(content: bytes, members: list[zipfile.ZipInfo]) -> None:
    """Members that share bytes are a way to have the same data inflated without end."""
    spans = sorted((member.header_offset, end) for member in members if (end := _end(content, member)))
    if any(following[0] < span[1] for span, following in pairwise(spans)):
        raise unreadable(
            "l'archive est refusée par sécurité, ses éléments se chevauchent", "Recréez l'archive et renvoyez-la"
        )


def _end(content: bytes, member: zipfile.ZipInfo) -> int | None:
    """Where a member ends; None for one that isn't where the directory says, and is refused when its turn comes."""
    try:
        return data_span(content, member)[1]
    except Refusal:
        return None


def _is_sent(member: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what macOS, Windows or an open spreadsheet leave beside the files."""
    name = _label(member)
    return bool(name.rpartition("/")[2]) and not left_by_systems(name)


def _label(member: zipfile.ZipInfo) -> str:
    """A member's name, as a text to show: French systems write names without UTF-8 in their own code page."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        name = name.encode(_NAME_OF_DOS, "replace").decode(_NAME_OF_WINDOWS, "replace")
    shown = "".join(character for character in name.replace("\\", "/") if character.isprintable())
    return shown[-_LONGEST_LABEL:]


def _too_much(limits: Limits) -> Refusal:
    return unreadable(
        f"l'archive dépasse {limits.max_uncompressed_mb:g} Mo une fois décompressée",
        "Renvoyez ce fichier et les suivants dans un autre envoi",
    )
