"""Who returns questionnaires: a line of questionnaires/senders.csv for the federation or the Caf whose structures a
sender collects, since and until when. A federation or a Caf without a line is a sender under its own code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.spelling import folded

FEDERATION, CAF, NATIONAL = "federation", "caf", "national"
LEVELS = (FEDERATION, CAF)
"""The columns of a frame that name who collects, the first that is filled counts."""


@dataclass(frozen=True)
class Sender:
    """Who returns the structures of a federation or Caf (`code`), between two campaigns (None: no bound)."""

    sender: str
    kind: str
    code: str
    name: str
    campaign_from: int | None = None
    campaign_to: int | None = None

    def collects_in(self, campaign: int) -> bool:
        """Whether the line holds for a campaign."""
        return (self.campaign_from or campaign) <= campaign <= (self.campaign_to or campaign)


def sender_of_code(code: str) -> str:
    """The name of the folder of a federation or Caf that has no line: ``FEDE-01`` is fede-01."""
    return re.sub(r"[^a-z0-9._-]+", "-", folded(code)).strip("-._")
