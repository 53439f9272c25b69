"""What one publication tells of a candidate's figures: the one reader that every renderer has them from.

A figure is told as the candidate computed it, as the last vintage told it (`unrevised`), or not at all (`c`); those of
a territory that the gate withholds are left out. No renderer reads the mart `figures` itself, so that none can print
what another hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from methods.disclosure.released import Disclosure, released_figures

Address = tuple[str, ...]
FIGURES = "figures.parquet"


@dataclass(frozen=True)
class Policy:
    """The figures of a campaign that a publication tells. Raises NotControlledError for a candidate where disclosure
    was not looked at.

    `withheld`: territories of which only the figures on the frame are told: the list of structures is public, and who
    responded tells why a territory is missing. `frame_kinds`: the kinds of such figures. `in_full`: the territory whose
    own figures are all told, '' for none: a restricted edition, never a release.
    """

    candidate: Path
    campaign: int
    withheld: frozenset[str] = frozenset()
    frame_kinds: tuple[str, ...] = ()
    in_full: str = ""

    def __post_init__(self) -> None:
        Disclosure(self.candidate, self.campaign)

    @property
    def disclosure(self) -> Disclosure:
        """What is hidden of each figure, and why."""
        return Disclosure(self.candidate, self.campaign)

    @property
    def figures(self) -> str:
        """The mart `figures` as this publication tells it, as a table of SQL; with a column `status`."""
        told = released_figures(self.candidate, self.in_full)
        return f"(select * from {told} where not {self._left_out})" if self.withheld else told

    @cached_property
    def left_out(self) -> frozenset[Address]:
        """(level, territory code, structure type, indicator, breakdown) of the figures of the withheld territories."""
        if not self.withheld:
            return frozenset()
        with duckdb.connect() as connection:
            rows = connection.execute(
                "select level, territory, structure_type, indicator, breakdown from read_parquet(?) "
                f"where {self._left_out}",
                [str(self.candidate / "marts" / FIGURES)],
            ).fetchall()
        return frozenset(rows)

    @property
    def _left_out(self) -> str:
        territories, kinds = (", ".join(map(_literal, sorted(names))) for names in (self.withheld, self.frame_kinds))
        return f"(campaign = {self.campaign} and territory_id in ({territories}) and kind not in ({kinds}))"


def _literal(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
