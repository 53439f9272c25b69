"""The lifecycle files registered, put together: each one adds to the events of those before it.

The same event told twice is one event. Two events that can't both be (a structure created twice, a merger with the same
structures on two days) contradict each other: the file that says so is refused, unless it replaces all that is
registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingest.returns.identifiers import structure_id
from ingest.values.panel import CLOSED, CONVERTED, CREATED, FROM_OTHERS, identifiers

ONCE = frozenset({CREATED, CLOSED, CONVERTED})
"""What happens to a structure once at most."""

Event = Mapping[str, Any]


def events_together(files: Iterable[Sequence[Event]]) -> list[Event]:
    """The events of several files, in the order in which they were registered: of the same one told twice, or of two
    that contradict each other, the last counts, in the place of the first."""
    together: list[Event] = []
    for events in files:
        known = _by_structure(together)
        for event in events:
            same = next((one for one in known.get(event["structure_id"], ()) if _same(one, event)), None)
            same = same or next((one for one in known.get(event["structure_id"], ()) if _contradict(one, event)), None)
            if same is None:
                together.append(event)
            else:
                together[next(place for place, one in enumerate(together) if one is same)] = event
                known = _by_structure(together)
    return together


def added_events(registered: Sequence[Event], events: Sequence[Event]) -> list[Event]:
    """Those of `events` that are not registered yet."""
    known = _by_structure(registered)
    return [event for event in events if not any(_same(one, event) for one in known.get(event["structure_id"], ()))]


def contradictions(registered: Sequence[Event], events: Sequence[tuple[int, Event]]) -> list[tuple[int, str]]:
    """The lines that can't be true beside what is registered: number of the line, reason in French."""
    known = _by_structure(registered)
    return [
        (number, f"« {event_said(event)} » contredit l'événement enregistré « {event_said(one)} »")
        for number, event in events
        for one in known.get(event["structure_id"], ())
        if _contradict(one, event)
    ]


def event_said(event: Event) -> str:
    """An event in a few words: ``CS-62-0027, merger, 01/01/2015 (CS-62-0029)``."""
    others = f" ({event['other_ids']})" if event["other_ids"] else ""
    return f"{event['structure_id']}, {event['event']}, {event['date']:%d/%m/%Y}{others}"


def _by_structure(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event["structure_id"], []).append(event)
    return found


def _others(event: Event) -> set[str]:
    return {structure_id(name) for name in identifiers(event["other_ids"])}


def _same(one: Event, other: Event) -> bool:
    """One event, whatever is noted of it."""
    return (one["event"], one["date"]) == (other["event"], other["date"]) and _others(one) == _others(other)


def _contradict(one: Event, other: Event) -> bool:
    if one["event"] != other["event"] or _same(one, other):
        return False
    if one["date"] == other["date"]:
        return one["event"] in FROM_OTHERS or one["event"] in ONCE
    return one["event"] in ONCE or bool(_others(one) & _others(other))
