"""Which campaigns there is something to build for."""

from __future__ import annotations

from core.home import Home
from ingest.receive.archive import FRAMES, Archive


class NoFrameError(Exception):
    """No frame of agreed structures is registered: there is nobody to answer."""

    def __init__(self) -> None:
        super().__init__(
            "aucune liste de structures agréées n'est enregistrée : lancez « senacs frame FICHIER --campaign ANNÉE »"
        )


def active_campaigns(home: Home, campaigns: list[int]) -> list[int]:
    """Those of `campaigns` with a frame or with returns."""
    archive = Archive(home)
    return [campaign for campaign in campaigns if archive.latest(FRAMES, campaign) or archive.senders(campaign)]


def framed_campaigns(home: Home, campaigns: list[int]) -> list[int]:
    """Those of `campaigns` whose frame of agreed structures is registered: the others have nothing to answer to."""
    archive = Archive(home)
    return [campaign for campaign in campaigns if archive.latest(FRAMES, campaign)]
