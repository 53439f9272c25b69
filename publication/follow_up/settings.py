"""The words and thresholds of the campaign site: ``publication/campaign_site.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.plain_yaml import read_yaml

SETTINGS = Path(__file__).parent.parent / "campaign_site.yml"


@dataclass(frozen=True)
class Settings:
    """Bounds of the map's classes, the rate under which one chases, titles of the pages, words of the
    states, the message to a sender that owes something."""

    classes: tuple[float, ...]
    chase_below_pct: float
    pages: tuple[tuple[str, str], ...]
    outcomes: dict[str, str]
    states: dict[str, str]
    standings: dict[str, str]
    reminder: dict[str, str]


def read_settings(path: Path = SETTINGS) -> Settings:
    """The settings. Raises KeyError for one that is missing."""
    told: dict[str, Any] = read_yaml(path)
    return Settings(
        classes=tuple(told["classes"]),
        chase_below_pct=told["chase_below_pct"],
        pages=tuple((page["slug"], page["title"]) for page in told["pages"]),
        outcomes=told["outcomes"],
        states=told["states"],
        standings=told["standings"],
        reminder=told["reminder"],
    )
