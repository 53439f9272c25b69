"""When a figure is too frail to be printed, whatever the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def may_be_printed(kind: str, n_responded: int, n_agreed: int, cautions: Mapping[str, Any]) -> bool:
    """Not the totals of a territory where too few answered: they say little of it. Secrecy is another matter, which the
    policy of the publication has settled (`publication.policy`).

    `cautions` is that part of ``sheets/house.yml``.
    """
    enough = 100 * n_responded >= cautions["totals_hidden_below_pct"] * n_agreed
    return enough or kind not in cautions["totals"]
