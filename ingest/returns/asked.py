"""Who is expected to return which structures of a campaign, for those who chase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.home import Home
from ingest.survey_frame.frames import frame_of
from registry.collectors import load_senders, structures_by_sender
from registry.model import Registry


@dataclass(frozen=True)
class Asked:
    """A sender, its name as printed, and the structures that it is asked for."""

    sender: str
    name: str
    structures: tuple[str, ...]


def asked_of(home: Home, registry: Registry, questionnaires: Path, campaign: int) -> list[Asked]:
    """By sender, the solicited structures of the frame: the others owe nothing yet.

    A structure is its last sender's, this campaign's first; the rule is otherwise that of the templates sent out. The
    intake is read as it stands.
    """
    frame = frame_of(home, registry, campaign)
    solicited = frame.filter(frame["solicited"] == 1)
    senders = structures_by_sender(
        solicited, _last_senders(home, registry, campaign), load_senders(questionnaires), campaign
    )
    return [Asked(line.sender, line.name, tuple(structures)) for line, structures in senders.items()]


def _last_senders(home: Home, registry: Registry, campaign: int) -> dict[str, str]:
    """By structure, who returned it in the last campaign where it was accepted."""
    last: dict[str, str] = {}
    for year in sorted(year for year in registry.campaigns if year <= campaign):
        path = home.intake / str(year) / "responses.parquet"
        if path.exists():
            accepted = pl.read_parquet(path).filter(pl.col("state") == "accepted")
            last |= dict(accepted.select("structure_id", "sender").iter_rows())
    return last
