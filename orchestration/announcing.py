"""What a publication will do, told before it does it: what appears, what is withheld and why, what changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from core.home import Home
from expectations.verdict import Verdict
from orchestration.judging import revisions_of
from orchestration.sign_off import SignOff
from publication.release.differences import last_vintage
from publication.release.vintages import VintageExistsError, refuse_out_of_order

ALL = "all"
BLOCKED = "blocked"


class WithheldError(Exception):
    """Territories would be withheld that nobody accepted by name: nothing is published. Text in French."""


@dataclass(frozen=True)
class Withheld:
    """A territory that the gate withholds. `reasons`: what blocks it, each once."""

    address: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Announced:
    """A publication to come, of a candidate with its verdict."""

    home: Home
    questionnaires: Path
    folder: Path
    verdict: Verdict
    vintage: str

    @cached_property
    def _signing(self) -> SignOff:
        return SignOff(self.home, self.questionnaires, self.folder, self.verdict.campaign)

    @cached_property
    def withheld(self) -> list[Withheld]:
        """The territories without documents, in the order of the verdict."""
        addresses = {place.territory_id: place.address for place in self._signing.territories}
        return [
            Withheld(
                addresses.get(territory_id, territory_id),
                self.verdict.publication_names.get(territory_id, territory_id),
                tuple(dict.fromkeys(check.question_fr for check in self._blocking(territory_id))),
            )
            for territory_id, outcome in self.verdict.publications.items()
            if outcome == BLOCKED
        ]

    def _blocking(self, territory_id: str) -> Iterable[Any]:
        national = territory_id == next(iter(self.verdict.publications))
        return (check for check in self.verdict.blocking if check.touches(territory_id, national))

    @cached_property
    def published(self) -> list[str]:
        """The addresses of the territories that the publication is about."""
        hidden = {place.address for place in self.withheld}
        return [place.address for place in self._signing.territories if place.address not in hidden]

    @cached_property
    def since(self) -> str:
        """The vintage published last; '' before the first."""
        last = last_vintage(self.home.releases / str(self.verdict.campaign))
        return str(last["vintage"]) if last else ""

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
        """A line per territory and cause: figures that change, the largest change in %, and its note ('' without)."""
        revised = revisions_of(self._signing)
        counted = revised.group_by("territory", "cause", maintain_order=True).agg(
            figures=pl.len(), largest_pct=pl.col("change_pct").max().round(1)
        )
        return counted.to_dicts()

    def refuse_what_can_not_be(self) -> None:
        """Raises VintageExistsError or VintageOrderError."""
        target = self.home.releases / str(self.verdict.campaign) / self.vintage
        if target.exists():
            raise VintageExistsError(target)
        refuse_out_of_order(target.parent, self.vintage)

    def refuse_unaccepted(self, accepted: Collection[str]) -> None:
        """Raises WithheldError naming what is withheld and was not accepted (by address, or `ALL`)."""
        left = [place for place in self.withheld if place.address not in accepted]
        if left and ALL not in accepted:
            options = " ".join(f"--accept-withheld {place.address}" for place in left)
            told = " ; ".join(f"{place.name} ({', '.join(place.reasons)})" for place in left)
            raise WithheldError(
                f"rien n'est publié : sans document, et leurs réponses hors de la publication, seraient {told}. Réglez "
                f"ce qui bloque, ou acceptez : {options} (ou --accept-withheld seul, pour tous)"
            )
