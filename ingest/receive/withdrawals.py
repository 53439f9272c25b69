"""A reception taken back, and put back: a record of the archive, never a deletion.

A file received by mistake (wrong sender, wrong file, wrong campaign) is withdrawn with a reason: it stays in the
archive and enters nothing any more, so that an earlier file of the same structures counts again. The record tells how
many receptions of the file it takes back: the same bytes received again afterwards are received anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from core.home import Home
from ingest.receive.archive import WITHDRAWALS, Archive, Entry
from ingest.receive.declarations import declare, declared

WITHDRAW, RESTORE = "withdraw", "restore"
NATIONAL = "national"
LEAST_PREFIX = 4
SHOWN = 8


class UnknownEntryError(Exception):
    """No entry, or several, are meant by what was asked for; the text says which could be, in French."""


@dataclass(frozen=True)
class Withdrawal:
    """What was last said of an entry that is withdrawn."""

    entry: Entry
    reason: str
    author: str
    declared_at: str

    @property
    def day(self) -> str:
        """The day of the withdrawal, ``2019-09-30``."""
        return self.declared_at[:10]

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for pages: entry_id, sender, file, received_at, day, author, reason."""
        return {
            "entry_id": self.entry.entry_id,
            "sender": self.entry.sender,
            "file": self.entry.file,
            "received_at": self.entry.received_at,
            "day": self.day,
            "author": self.author,
            "reason": self.reason,
        }


def entry_named(home: Home, text: str) -> Entry:
    """The entry that `text` names: its identifier or the beginning of it or of its sha256, or the name of its file.

    Raises `UnknownEntryError`.
    """
    entries = Archive(home).everything_received()
    wanted = text.strip()
    for named in (_whole_name, _beginning):
        found = [entry for entry in entries if named(entry, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = " ; ".join(f"{one.entry_id} ({one.file}, reçu le {one.received_at[:10]})" for one in found[:SHOWN])
            raise UnknownEntryError(
                f"« {text} » désigne {len(found)} entrées de l'archive ; donnez l'identifiant de l'une : {listed}"
            )
    raise UnknownEntryError(
        f"aucune entrée de l'archive ne s'appelle « {text} » ; l'identifiant de chaque fichier reçu est dans "
        "« senacs status CAMPAGNE --json » (receipts)"
    )


def _whole_name(entry: Entry, wanted: str) -> bool:
    names = (entry.entry_id, entry.sha256, entry.file, PurePosixPath(entry.file).name)
    return wanted in names


def _beginning(entry: Entry, wanted: str) -> bool:
    return len(wanted) >= LEAST_PREFIX and (entry.entry_id.startswith(wanted) or entry.sha256.startswith(wanted))


def withdraw(home: Home, entry: Entry, *, reason: str, author: str) -> bool:
    """Take back an entry; False when it is already. Raises `ArchiveError`."""
    return _said(home, entry, WITHDRAW, reason, author)


def restore(home: Home, entry: Entry, *, reason: str, author: str) -> bool:
    """Put back an entry that was withdrawn, in its place; False when it counts already. Raises `ArchiveError`."""
    return _said(home, entry, RESTORE, reason, author)


def _said(home: Home, entry: Entry, action: str, reason: str, author: str) -> bool:
    if entry.withdrawn == (action == WITHDRAW):
        return False
    content = {
        "action": action,
        "kind": entry.kind,
        "entry": entry.entry_id,
        "receptions": entry.receptions if action == WITHDRAW else 0,
        "reason": reason,
        "author": author,
    }
    declare(home, WITHDRAWALS, entry.campaign, NATIONAL, content)
    return True


def withdrawn_of(home: Home, campaign: int) -> list[Withdrawal]:
    """The returns of a campaign that are withdrawn, in the order of reception."""
    entries = [entry for entry in Archive(home).received(campaign) if entry.withdrawn]
    return [withdrawal_of(home, entry) for entry in entries]


def withdrawn_files(home: Home, campaigns: Iterable[int]) -> list[tuple[int, str, str]]:
    """The files withdrawn in these campaigns: campaign, label, and what is to be said of whatever is in it."""
    return [
        (
            campaign,
            withdrawal.entry.file,
            f"Fichier retiré le {withdrawal.day} par {withdrawal.author} : {withdrawal.reason}. "
            "Rien n'en compte ; « senacs restore » le rétablit.",
        )
        for campaign in campaigns
        for withdrawal in withdrawn_of(home, campaign)
    ]


def withdrawal_of(home: Home, entry: Entry) -> Withdrawal:
    """What was said of an entry that is withdrawn."""
    records = declared(home, WITHDRAWALS, entry.campaign)
    last = [record for record in records if (record["kind"], record["entry"]) == (entry.kind, entry.entry_id)][-1]
    return Withdrawal(entry, last["reason"], last["author"], last["declared_at"])
