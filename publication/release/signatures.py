"""Who answers for the figures of each territory, as publications print it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.french import long_date


def signed_line(state: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The line of a signature or of a declared absence; '' for another state. `words`: ``house.yml``, by state."""
    if state["state"] not in words:
        return ""
    mark = words["demo"] if state["demo"] else ""
    day = long_date(dt.date.fromisoformat(state["declared_at"][:10]))
    return words[state["state"]].format(**state, day=day, mark=mark)


def lines_by_territory(states: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> dict[str, list[str]]:
    """territory_id → the lines of those who signed it or were declared absent."""
    lines: dict[str, list[str]] = defaultdict(list)
    for state in states:
        line = signed_line(state, words)
        if line:
            lines[state["territory_id"]].append(line)
    return dict(lines)
