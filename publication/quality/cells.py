"""How the tables of the quality report write a line: a label, then cells as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.french import NARROW_SPACE, number

Line = tuple[str, tuple[str, ...]]
Words = Mapping[str, Any]


def percent(value: float | None, decimals: int = 0) -> str:
    """`87 %`; '' for none."""
    return "" if value is None else f"{number(value, decimals)}{NARROW_SPACE}%"


def count(value: float | None) -> str:
    """A whole number; '' for none."""
    return "" if value is None else number(value, 0)
