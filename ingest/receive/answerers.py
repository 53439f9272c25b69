"""Who may answer for whom: the structures of the frame that are a sender's, and the arbitrations between two senders.

A structure is outside a sender's scope when the frame gives it to another Caf and to no federation of the sender's;
the Cafs of a federation are those of its structures. Such a response is kept, to confirm, until the expected sender's
comes.
An arbitration of the national team says whose response counts; it is a record of the archive, and a later one, or its
withdrawal, takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.home import Home
from ingest.receive.archive import ARBITRATIONS
from ingest.receive.declarations import declare, declared
from registry.model import Registry
from registry.senders import CAF, FEDERATION, LEVELS, NATIONAL, Sender, sender_of_code

if TYPE_CHECKING:
    import polars as pl

ARBITRATE, WITHDRAW = "arbitrate", "withdraw"

Codes = dict[str, str]
"""The federation and the Caf of a structure, by level; '' where the frame tells none."""


@dataclass(frozen=True)
class Answerers:
    """Whose response counts, of several senders'. `codes`: by structure of the frame; `arbitrated`: by structure, the
    sender that the national team chose."""

    campaign: int = 0
    senders: tuple[Sender, ...] = ()
    codes: Mapping[str, Codes] = field(default_factory=dict)
    arbitrated: Mapping[str, str] = field(default_factory=dict)

    def owner(self, structure: str, answered: Iterable[str]) -> str:
        """The sender whose response counts, of those who `answered`, the first to do so first."""
        in_order = list(dict.fromkeys(answered))
        if self.arbitrated.get(structure) in in_order:
            return self.arbitrated[structure]
        return next((sender for sender in in_order if not self.expected(structure, sender)), in_order[0])

    def expected(self, structure: str, sender: str) -> str:
        """Who is asked for a structure outside the scope of `sender`; empty inside it, or where nothing tells."""
        codes = self.codes.get(structure)
        if codes is None or sender == NATIONAL or self.arbitrated.get(structure) == sender:
            return ""
        scope = self._scope(sender)
        own = scope[FEDERATION] | scope[CAF]
        inside = codes[FEDERATION] in scope[FEDERATION] or codes[CAF] in scope[CAF]
        told = codes[CAF] or (codes[FEDERATION] and scope[FEDERATION])
        if not own or inside or not told:
            return ""
        return next(self._collector(level, codes[level]) for level in LEVELS if codes[level])

    def _collector(self, level: str, code: str) -> str:
        lines = [line for line in self.senders if (line.kind, line.code) == (level, code)]
        current = [line for line in lines if line.collects_in(self.campaign)]
        return next((line.sender for line in current), sender_of_code(code))

    def _scope(self, sender: str) -> dict[str, set[str]]:
        """The federations and the Cafs whose structures are a sender's."""
        if sender not in self._scopes:
            lines = [line for line in self.senders if line.sender == sender]
            current = [line for line in lines if line.collects_in(self.campaign)] or lines
            scope = {level: {line.code for line in current if line.kind == level} for level in LEVELS}
            for level in LEVELS:
                scope[level] |= {
                    codes[level] for codes in self.codes.values() if sender_of_code(codes[level]) == sender
                }
            scope[CAF] |= {codes[CAF] for codes in self.codes.values() if codes[FEDERATION] in scope[FEDERATION]}
            self._scopes[sender] = {level: found - {""} for level, found in scope.items()}
        return self._scopes[sender]

    _scopes: dict[str, dict[str, set[str]]] = field(default_factory=dict, compare=False, repr=False)


def answerers_of(home: Home, registry: Registry, campaign: int, frame: pl.DataFrame) -> Answerers:
    """Who may answer for the structures of `frame`, and what was arbitrated between senders."""
    rows = frame.select("structure_id", *LEVELS).iter_rows()
    codes = {structure: dict(zip(LEVELS, (text or "" for text in told), strict=True)) for structure, *told in rows}
    return Answerers(campaign, registry.senders, codes, arbitrations_of(home, campaign))


def arbitrations_of(home: Home, campaign: int) -> dict[str, str]:
    """By structure, the sender whose response the national team chose."""
    chosen: dict[str, str] = {}
    for line in declared(home, ARBITRATIONS, campaign):
        if line["action"] == ARBITRATE:
            chosen[line["structure_id"]] = line["sender"]
        else:
            chosen.pop(line["structure_id"], None)
    return chosen


def arbitrate(home: Home, campaign: int, structure: str, sender: str, *, reason: str, author: str) -> bool:
    """Choose whose response to a structure counts (an empty `sender`: nobody's, the rule holds again). False when that
    is so already. Raises `ArchiveError`."""
    if arbitrations_of(home, campaign).get(structure, "") == sender:
        return False
    content = {
        "action": ARBITRATE if sender else WITHDRAW,
        "structure_id": structure,
        "sender": sender,
        "reason": reason,
        "author": author,
    }
    declare(home, ARBITRATIONS, campaign, NATIONAL, content)
    return True


def known_senders(registry: Registry, campaign: int, frames: Iterable[pl.DataFrame]) -> set[str]:
    """Who may send returns of a campaign: the lines of senders.csv, and the federations and Cafs of the frames."""
    listed = {line.sender for line in registry.senders if line.collects_in(campaign)}
    codes = {code for frame in frames for level in LEVELS for code in frame[level].drop_nulls().to_list() if code}
    return listed | {sender_of_code(code) for code in codes}
