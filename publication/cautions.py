"""When a figure is too frail to be printed, whatever the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def may_be_printed(kind: str, n_respondents: int, n_responded: int, n_agreed: int, cautions: Mapping[str, Any]) -> bool:
    """Not what would tell a respondent's answer, nor totals of a territory where too few answered.

    `cautions` is that part of ``sheets/house.yml``. Figures of the frame are public.
    """
    if kind in cautions["of_the_frame"]:
        return True
    if n_respondents < cautions["least_respondents"]:
        return False
    enough = 100 * n_responded >= cautions["totals_hidden_below_pct"] * n_agreed
    return enough or kind not in cautions["totals"]
