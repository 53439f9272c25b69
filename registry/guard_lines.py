"""The lines of guards.csv and acknowledged_guards.csv."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class GuardLine:
    """A setting of a guard on the columns received, from a campaign on (None: from the first)."""

    guard: str
    parameter: str
    value: str
    from_campaign: int | None
    line: int = 0


@dataclass(frozen=True)
class AcknowledgedGuard:
    """What a guard found in a column of a sender, and the national team takes as it is.

    `about`: signature of the files that it was found in; others need another line.
    """

    campaign: int
    sender: str
    question_code: str
    guard: str
    about: str
    reason: str
    author: str
    date: dt.date
    line: int = 0
