"""Returns that are closed for the vintage under preparation: what comes later waits for the next one.

`senacs lock` archives a declaration that lists what had been received from a sender (or from all of them) and the
vintages published so far. As long as no other vintage of the campaign is published, and nobody reopens the returns,
what is not on the list waits: it is archived and answered, and enters no figure. No clock is looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.home import Home
from ingest.receive.archive import LOCKS, Archive, Entry
from ingest.receive.declarations import declare, declared

CLOSE, REOPEN = "close", "reopen"
EVERYONE = "*"
RELEASED = "manifest.json"


@dataclass(frozen=True)
class Closing:
    """Returns closed, of `sender` or of everyone. `entries`: what was received before, and counts."""

    campaign: int
    sender: str
    who: str
    author: str
    reason: str
    declared_at: str
    entries: frozenset[str]
    vintages: frozenset[str]

    @property
    def day(self) -> str:
        """The day of the closing, ``2019-09-30``."""
        return self.declared_at[:10]


class Closings:
    """What was closed and reopened of a campaign, as far as it still holds."""

    def __init__(self, home: Home, campaign: int) -> None:
        published = published_vintages(home.releases, campaign)
        self._last: dict[str, tuple[int, Closing | None]] = {}
        for number, line in enumerate(declared(home, LOCKS, campaign)):
            holds = line["action"] == CLOSE and published <= set(line["vintages"])
            self._last[line["sender"]] = (number, _closing(line) if holds else None)

    def __bool__(self) -> bool:
        return any(closing for _, closing in self._last.values())

    def of(self, sender: str) -> Closing | None:
        """The closing that holds for a sender: the last word said of it, or of everyone."""
        nothing: tuple[int, Closing | None] = (-1, None)
        return max(self._last.get(sender, nothing), self._last.get(EVERYONE, nothing), key=lambda said: said[0])[1]

    def makes_wait(self, entry: Entry) -> bool:
        """True for what came after the closing of its sender."""
        closing = self.of(entry.sender)
        return closing is not None and entry.entry_id not in closing.entries

    def in_force(self) -> list[Closing]:
        """The closings that hold, by sender; the one of everyone first."""
        return [closing for _, (_, closing) in sorted(self._last.items()) if closing]


def close_returns(home: Home, campaign: int, sender: str, *, who: str, author: str, reason: str) -> Closing:
    """Close the returns of a sender (or of `EVERYONE`) for the vintage under preparation.

    What waits already goes on waiting. Raises `ArchiveError`.
    """
    closings = Closings(home, campaign)
    concerned = [entry for entry in Archive(home).entries(campaign) if sender in (EVERYONE, entry.sender)]
    content = {
        "action": CLOSE,
        "sender": sender,
        "author": author,
        "reason": reason,
        "entries": [entry.entry_id for entry in concerned if not closings.makes_wait(entry)],
        "vintages": sorted(published_vintages(home.releases, campaign)),
    }
    return _closing(declare(home, LOCKS, campaign, who, content))


def reopen_returns(home: Home, campaign: int, sender: str, *, who: str, author: str, reason: str) -> None:
    """Take back what was closed for a sender, or for everyone: what waited enters the next build."""
    senders = [sender]
    if sender == EVERYONE:
        senders += [closing.sender for closing in Closings(home, campaign).in_force() if closing.sender != EVERYONE]
    for one in senders:
        content = {"action": REOPEN, "sender": one, "author": author, "reason": reason}
        declare(home, LOCKS, campaign, who, content)


def waiting_entries(home: Home, campaign: int) -> list[Entry]:
    """What was received after a closing that still holds, in the order of reception."""
    closings = Closings(home, campaign)
    return [entry for entry in Archive(home).entries(campaign) if closings.makes_wait(entry)] if closings else []


def published_vintages(releases: Path, campaign: int) -> set[str]:
    """The names of the vintages of a campaign."""
    return {path.parent.name for path in (releases / str(campaign)).glob(f"[!.]*/{RELEASED}")}


def late_message(closing: Closing) -> str:
    """What the sender of a late return hears."""
    prepared, following = next_vintages(closing.vintages)
    return (
        f"Reçu après la clôture des retours (le {closing.day}) : archivé et lu, il attend le prochain millésime "
        f"({_or_final(following)}) et n'entre pas dans les chiffres de celui qui se prépare ({_or_final(prepared)}). "
    )


def published_message(published: Collection[str]) -> str:
    """What the sender of a return hears once a vintage is published; empty before."""
    if not published:
        return ""
    last, (following, _) = sorted(published, key=_rank)[-1], next_vintages(published)
    enters = f"ce retour entrera dans le suivant ({_or_final(following)})"
    return f" Le millésime {last} est publié et ne change pas : {enters}."


def next_vintages(published: Collection[str]) -> tuple[str, str]:
    """The vintage under preparation, and the one after it: P1, P2…; once F is published, its corrections F1, F2…"""
    kind, number = _rank(sorted(published, key=_rank)[-1]) if published else (0, 0)
    letter = "F" if kind else "P"
    return f"{letter}{number + 1}", f"{letter}{number + 2}"


def _rank(vintage: str) -> tuple[int, int]:
    """Provisional vintages before final ones, each in the order of their numbers."""
    return int(vintage.startswith("F")), int(vintage[1:]) if vintage[1:].isdecimal() else 0


def _or_final(vintage: str) -> str:
    return vintage if vintage.startswith("F") else f"{vintage}, ou F s'il est définitif"


def _closing(line: dict[str, Any]) -> Closing:
    return Closing(
        campaign=line["campaign"],
        sender=line["sender"],
        who=line["who"],
        author=line["author"],
        reason=line["reason"],
        declared_at=line["declared_at"],
        entries=frozenset(line["entries"]),
        vintages=frozenset(line["vintages"]),
    )
