"""What an event of the life of a structure can't say: an unknown event or structure, the same thing twice, a wrong day.

Structures are looked up in the registered frames, and only where these can know: one that was created after the last
frame is in none of them, and a frame without any EVS says nothing of an EVS.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingest.returns.identifiers import STRUCTURE_ID, structure_id
from ingest.values.panel import CLOSED, CONVERTED, CREATED, MERGED, RENAMED, SPLIT, identifiers

EVENTS = (CREATED, RENAMED, MERGED, SPLIT, CONVERTED, CLOSED)
FIRST_YEAR = 1900
_IN_A_FRAME_BEFORE, _IN_A_FRAME_AFTER = frozenset({CLOSED, RENAMED}), frozenset({CREATED})

Event = Mapping[str, Any]


def event_faults(
    events: Sequence[tuple[int, Event]], frames: Mapping[int, set[str]], today: dt.date
) -> list[tuple[int, str]]:
    """The line and the reason, in French, of each event that can't be.

    `events`: number of the line, and its columns (date as a day); `frames`: the structures of each registered frame.
    """
    faults: list[tuple[int, str]] = []
    seen: dict[tuple[str, str, dt.date], int] = {}
    created = {event["structure_id"]: event["date"] for _, event in events if event["event"] == CREATED}
    known = set(created).union(*frames.values())
    years = _years_by_type(frames)
    for number, event in events:
        structure, kind, day = event["structure_id"], event["event"], event["date"]
        reasons = list(_impossible(event, created, today))
        if kind not in EVENTS:
            reasons.append(f"événement « {kind} » inconnu (attendu : {', '.join(EVENTS)})")
        first = seen.setdefault((structure, kind, day), number)
        if first != number:
            reasons.append(f"le même événement de {structure} figure déjà ligne {first}")
        for name, role in _named(event):
            match = STRUCTURE_ID.fullmatch(name)
            if match is None:
                reasons.append(f"identifiant « {name} » invalide (attendu TYPE-DEP-NNNN)")
            elif name not in known and _frames_can_know(role, day, years.get(match[1], set())):
                reasons.append(f"{name} n'est dans aucun référentiel enregistré")
        faults += [(number, reason) for reason in reasons]
    return faults


def _named(event: Event) -> Iterable[tuple[str, str]]:
    """The structures that an event names, with the event that tells in which frames they should be."""
    yield event["structure_id"], event["event"]
    for other in identifiers(event["other_ids"]):
        yield structure_id(other), MERGED


def _impossible(event: Event, created: Mapping[str, dt.date], today: dt.date) -> Iterable[str]:
    structure, day = event["structure_id"], event["date"]
    if day.year < FIRST_YEAR or day > today:
        yield f"date « {day:%d/%m/%Y} » impossible (de {FIRST_YEAR} à aujourd'hui)"
    if event["event"] == CLOSED and structure in created and day < created[structure]:
        yield f"{structure} fermerait le {day:%d/%m/%Y}, avant sa création le {created[structure]:%d/%m/%Y}"
    if structure in map(structure_id, identifiers(event["other_ids"])):
        yield f"{structure} est aussi dans other_ids"


def _years_by_type(frames: Mapping[int, set[str]]) -> dict[str, set[int]]:
    """The campaigns whose frame holds structures of each type, by the prefix of their identifiers."""
    years: dict[str, set[int]] = {}
    for year, structures in frames.items():
        for structure in structures:
            years.setdefault(structure.partition("-")[0], set()).add(year)
    return years


def _frames_can_know(kind: str, day: dt.date, years: set[int]) -> bool:
    """Whether frames of these campaigns would hold the structure of such an event."""
    before, after = any(year <= day.year for year in years), any(year > day.year for year in years)
    if kind in _IN_A_FRAME_BEFORE:
        return before
    return after if kind in _IN_A_FRAME_AFTER else before and after
