"""What a withdrawal changes, or what putting back does: whose response counts, and the vintages that rested on it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from core.home import Home
from ingest.receive.archive import RETURNS, Archive, Entry
from ingest.store.intake import standing_files
from registry.model import Registry


@dataclass(frozen=True)
class ChangedAnswer:
    """A structure whose response changes; `before`, `after`: the sender and the file that count, None for none."""

    structure_id: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None


def changed_answers(home: Home, registry: Registry, entry: Entry, *, counting: bool) -> list[ChangedAnswer]:
    """What changes of whose response counts when an entry that counts is withdrawn, or one that doesn't is put back
    (`counting`), by structure."""
    if entry.kind != RETURNS:
        return []
    withdrawn = {one.entry_id for one in Archive(home).received(entry.campaign) if one.withdrawn}
    without, with_it = withdrawn | {entry.entry_id}, withdrawn - {entry.entry_id}
    before, after = (without, with_it) if counting else (with_it, without)
    was = standing_files(home, registry, entry.campaign, without=before)
    now = standing_files(home, registry, entry.campaign, without=after)
    return [
        ChangedAnswer(structure, was.get(structure), now.get(structure))
        for structure in sorted({*was, *now})
        if was.get(structure) != now.get(structure)
    ]


def vintages_resting_on(home: Home, entry: Entry) -> list[str]:
    """The published vintages of the entry's campaign that were made of it (of any campaign: ``2019 P1``)."""
    found = []
    for manifest in sorted(home.releases.glob("*/[!.]*/manifest.json")):
        record = json.loads(manifest.read_text(encoding="utf-8"))
        used = {one["entry_id"] for one in (*record.get("inputs", ()), *record.get("references", ()))}
        if entry.entry_id in used and entry.campaign in (0, int(manifest.parent.parent.name)):
            found.append(f"{manifest.parent.parent.name} {manifest.parent.name}")
    return found
