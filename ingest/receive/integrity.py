"""Is the archive still what was received? Every entry is read again and compared with its receipt, every receipt with
the ledger, and the ledger with its head."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.home import Home
from core.ledger import NO_LINE, Ledger, Line, broken_line
from ingest.receive.archive import BY_SENDER, RECEIPT, Archive, ArchiveError, stored_bytes_sha256

ENTRY = re.compile(r"[0-9a-f]{16}")
COPY_BACK = "Remettez à sa place une copie sauvegardée, puis relancez."
TAKE_AWAY = "Ôtez-le de l'archive, puis relancez."


class AlteredArchiveError(ArchiveError):
    """The archive is not what was received any more: a line for each fault, in French, with what to do."""


def check_archive(home: Home) -> None:
    """Raises `AlteredArchiveError` naming each entry whose bytes or receipt changed or disappeared, what was put into
    the archive by hand, and the ledger where it was rewritten or cut short. The entries of an archive from before the
    ledger are then entered in it.

    Nothing may be built or published from such an archive: a figure could not be walked back to what was received.
    """
    ledger = Ledger(home.archive)
    try:
        with ledger.steady():
            folders = sorted(_entries(home.archive))
            faults = _ledger_faults(home, ledger, folders)
    except (ValueError, TypeError, KeyError):
        faults = [_told(home, ledger.path, "le registre des réceptions n'est plus lisible", COPY_BACK)]
    copy_back = "Remettez à sa place une copie sauvegardée de ce dossier, puis relancez."
    own = [_told(home, folder, fault, copy_back) for folder in folders if (fault := _fault(home, folder))]
    faults = [*own, *_strangers(home, folders), *faults]
    if faults:
        raise AlteredArchiveError("\n".join(faults))
    Archive(home).enter_in_ledger()


def _told(home: Home, path: Path, fault: str, what_to_do: str) -> str:
    return f"Archive altérée : {path.relative_to(home.root)} : {fault}. {what_to_do}"


def _ledger_faults(home: Home, ledger: Ledger, folders: list[Path]) -> list[str]:
    """What is wrong with the ledger: gone, rewritten, cut short, telling of an entry that is gone or not of one that
    is there. Raises `ValueError`, `TypeError` or `KeyError` when it can't be read."""
    listed = [folder for folder in folders if _receipt(folder).get("listed")]
    if not ledger.path.exists():
        gone = bool(listed) or ledger.head_path.exists()
        return [_told(home, ledger.path, "le registre des réceptions manque", COPY_BACK)] if gone else []
    lines, head = ledger.lines(), ledger.head()
    broken = broken_line(lines)
    if broken is not None:
        return [_told(home, ledger.path, f"ligne {broken} : le registre des réceptions a été réécrit", COPY_BACK)]
    known = {home.archive / line.entry: line for line in lines}
    missing = [folder for folder in folders if folder not in known]
    if head is None:
        # Before receipts were chained, a reception that was killed left one entry out of the ledger at most.
        if any(line.receipt for line in lines):
            return [_told(home, ledger.head_path, "la tête du registre des réceptions manque", COPY_BACK)]
        missing = missing if sum(folder in set(listed) for folder in missing) > 1 else []
    elif head.last != (lines[-1] if lines else NO_LINE):
        lost = head.last.n - len(lines)
        what = f"il y manque {lost} réception(s)" if lost > 0 else "ce n'est plus celui qui a été écrit en dernier"
        return [_told(home, ledger.path, f"le registre des réceptions a été raccourci ou remplacé : {what}", COPY_BACK)]
    return [*_unlike_their_line(home, known), *(_told(home, folder, _UNLISTED, COPY_BACK) for folder in missing)]


_UNLISTED = (
    "cette entrée n'est pas au registre des réceptions : elle en a été ôtée, ou le dossier a été ajouté à la main"
)


def _unlike_their_line(home: Home, known: dict[Path, Line]) -> Iterator[str]:
    """The entries that are gone, and those whose receipt was edited since."""
    for folder, line in known.items():
        if not folder.is_dir():
            day = line.received_at[:10]
            yield _told(home, folder, f"cette entrée, reçue le {day}, a disparu avec son dossier", COPY_BACK)
        elif line.receipt and (now := stored_bytes_sha256(folder / RECEIPT)) and now != line.receipt:
            yield _told(
                home, folder, f"le reçu {RECEIPT} a été modifié depuis la réception du {line.received_at[:10]}",
                "Remettez à sa place une copie sauvegardée de ce dossier, puis relancez.",
            )  # fmt: skip


def _strangers(home: Home, folders: list[Path]) -> Iterator[str]:
    """What no reception wrote: links, files in an entry beside its own, files that stand in no entry."""
    entries = set(folders)
    for place, names, files in os.walk(home.archive):
        folder = Path(place)
        if folder == home.archive:
            names[:] = sorted(name for name in names if not name.startswith("."))
            files = []
        own = {RECEIPT, _receipt(folder).get("stored")} if folder in entries else set()
        for name in sorted([*names, *files]):
            path = folder / name
            if path.is_symlink():
                yield _told(home, path, "c'est un lien, et non ce qui a été reçu", COPY_BACK)
            elif name not in own and (name in files or folder in entries):
                yield _told(home, path, "aucune réception ne l'y a mis", TAKE_AWAY)


def _entries(archive: Path) -> Iterator[Path]:
    kinds = (folder for folder in archive.glob("[!.]*") if folder.is_dir())
    return (path for kind in kinds for path in kind.rglob("*") if ENTRY.fullmatch(path.name) and path.is_dir())


def _receipt(folder: Path) -> dict[str, Any]:
    """The receipt of an entry; nothing where it can't be read."""
    try:
        found = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _fault(home: Home, folder: Path) -> str:
    """What is wrong with an entry; empty when nothing is."""
    receipt = _receipt(folder)
    try:
        expected, stored, label = str(receipt["sha256"]), receipt["stored"], receipt["file"]
        told = [receipt["kind"], str(receipt["campaign"]), receipt["sender"]]
    except KeyError:
        return f"le reçu {RECEIPT} manque ou n'est plus lisible"
    place = [*(told if told[0] in BY_SENDER else told[:2]), expected[:16]]
    if list(folder.relative_to(home.archive).parts) != place:
        return f"le reçu {RECEIPT} n'est plus celui du fichier reçu"
    if stored is None or (folder / stored).is_symlink():
        return ""
    try:
        with (folder / stored).open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return f"le fichier {stored} (« {label} ») manque ou n'est plus lisible"
    return "" if found == expected else f"le fichier {stored} (« {label} ») n'est plus celui qui a été reçu"
