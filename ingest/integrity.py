"""Is the archive still what was received? Every entry is read again and compared with its receipt."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from ingest.archive import RECEIPT, Archive, ArchiveError
from ingest.home import Home
from ingest.ledger import Ledger, broken_line

ENTRY = re.compile(r"[0-9a-f]{16}")


class AlteredArchiveError(ArchiveError):
    """Entries are not what was received any more: a line for each, in French, with what to do."""


def check_archive(home: Home) -> None:
    """Raises `AlteredArchiveError` naming each entry whose bytes or receipt changed or disappeared, and the
    ledger where that did. What the ledger lacks is then entered in it.

    Nothing may be built or published from such an archive: a figure could not be walked back to what was received.
    """
    faults = [
        f"Archive altérée : {folder.relative_to(home.root)} : {fault}. "
        "Remettez à sa place une copie sauvegardée de ce dossier, puis relancez."
        for folder in sorted(_entries(home.archive))
        if (fault := _fault(folder))
    ]
    faults += _ledger_faults(home)
    if faults:
        raise AlteredArchiveError("\n".join(faults))
    Archive(home).enter_in_ledger()


def _ledger_faults(home: Home) -> list[str]:
    """What is wrong with the ledger: gone, rewritten, or telling of an entry that is gone."""
    what_to_do = "Remettez à sa place une copie sauvegardée, puis relancez."
    ledger = Ledger(home.archive)
    place = ledger.path.relative_to(home.root)
    if not ledger.path.exists():
        listed = any(map(_was_listed, _entries(home.archive)))
        return [f"Archive altérée : {place} : le registre des réceptions manque. {what_to_do}"] if listed else []
    try:
        lines = ledger.lines()
    except (ValueError, TypeError):
        return [f"Archive altérée : {place} : le registre des réceptions n'est plus lisible. {what_to_do}"]
    broken = broken_line(lines)
    if broken is not None:
        return [f"Archive altérée : {place}, ligne {broken} : le registre des réceptions a été réécrit. {what_to_do}"]
    gone = {line.entry: line for line in lines if not (home.archive / line.entry).is_dir()}
    return [
        f"Archive altérée : archive/{entry} : cette entrée, reçue le {line.received_at[:10]}, a disparu avec son "
        f"dossier. {what_to_do}"
        for entry, line in gone.items()
    ]


def _was_listed(folder: Path) -> bool:
    """Whether the ledger existed when an entry came; one without a receipt says nothing."""
    try:
        return bool(json.loads((folder / RECEIPT).read_text(encoding="utf-8"))["listed"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _entries(archive: Path) -> Iterator[Path]:
    kinds = (folder for folder in archive.glob("[!.]*") if folder.is_dir())
    return (path for kind in kinds for path in kind.rglob("*") if ENTRY.fullmatch(path.name) and path.is_dir())


def _fault(folder: Path) -> str:
    """What is wrong with an entry; empty when nothing is."""
    try:
        receipt = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        expected, stored, label = str(receipt["sha256"]), receipt["stored"], receipt["file"]
    except (OSError, ValueError, KeyError, TypeError):
        return f"le reçu {RECEIPT} manque ou n'est plus lisible"
    if not expected.startswith(folder.name):
        return f"le reçu {RECEIPT} n'est plus celui du fichier reçu"
    if stored is None:
        return ""
    try:
        with (folder / stored).open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return f"le fichier {stored} (« {label} ») manque ou n'est plus lisible"
    return "" if found == expected else f"le fichier {stored} (« {label} ») n'est plus celui qui a été reçu"
