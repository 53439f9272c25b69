"""What people declare, kept in the archive like what they send: signatures, closed returns, notes.

A declaration is an entry of the archive whose file is a line of JSON. Nothing is changed or removed: a later
declaration takes the place of an earlier one, and both stay.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.home import Home
from ingest.receive.archive import Archive, ArchiveError, Entry, stored_bytes_sha256

FILE = "declaration.json"


def declare(home: Home, kind: str, campaign: int, who: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Add a declaration of `who` to the archive. Returns it as it is kept: `content`, campaign, who, declared_at (UTC,
    to the microsecond). Raises `ArchiveError` for a name that can't be a sender's."""
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    kept = {**content, "campaign": campaign, "who": who, "declared_at": moment}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text(json.dumps(kept, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        Archive(home).add(path, kind=kind, campaign=campaign, sender=who, file=FILE)
    return kept


def declared(home: Home, kind: str, campaign: int) -> list[dict[str, Any]]:
    """The declarations of a campaign, oldest first, each with its entry_id. Raises `ArchiveError` for one whose bytes
    are not those that were archived."""
    found = [{**_content(entry), "entry_id": entry.entry_id} for entry in Archive(home).entries(campaign, kind)]
    return sorted(found, key=lambda declaration: (declaration["declared_at"], declaration["entry_id"]))


def _content(entry: Entry) -> dict[str, Any]:
    if entry.path is None or stored_bytes_sha256(entry.path) != entry.sha256:
        raise ArchiveError(
            f"Archive abîmée : {entry.kind}/{entry.campaign}, entrée {entry.entry_id}, n'a plus son contenu d'origine. "
            "Rétablir ce fichier depuis une sauvegarde."
        )
    content: dict[str, Any] = json.loads(entry.path.read_text(encoding="utf-8"))
    return content
