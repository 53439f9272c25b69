"""Editorial parts of a plaquette, written by the local committee as Markdown and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from publication.context import Context
from publication.plaquettes.model import Block


@dataclass(frozen=True)
class Editorial:
    """The folder of a campaign's editorial parts, None without one."""

    folder: Path | None


def editorial_blocks(editorial: Editorial, context: Context, slot: str) -> list[Block]:
    """The parts written for that place of the territory's plaquette."""
    return []
