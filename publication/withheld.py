"""Territories that the gate withholds: what their structures answered stays out of the whole release.

The list of structures is public, and who responded tells why a territory is missing: figures on the frame stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

Address = tuple[str, ...]


@dataclass(frozen=True)
class Withheld:
    """The figures of a campaign that a release leaves out. `kept`: the kinds of figures on the frame."""

    candidate: Path
    campaign: int
    territories: frozenset[str]
    kept: tuple[str, ...]

    @property
    def condition(self) -> str:
        """SQL that is true of the figures left out, over the columns of the mart `figures`."""
        territories, kinds = (", ".join(map(_literal, sorted(values))) for values in (self.territories, self.kept))
        return f"(campaign = {self.campaign} and territory_id in ({territories}) and kind not in ({kinds}))"

    @cached_property
    def addresses(self) -> frozenset[Address]:
        """(level, territory code, structure type, indicator, breakdown) of the figures left out."""
        return self._rows("level, territory")

    @cached_property
    def ids(self) -> frozenset[Address]:
        """(territory_id, structure type, indicator, breakdown) of the figures left out."""
        return self._rows("territory_id")

    def _rows(self, place: str) -> frozenset[Address]:
        if not self.territories:
            return frozenset()
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"select {place}, structure_type, indicator, breakdown from read_parquet(?) where {self.condition}",
                [str(self.candidate / "marts" / "figures.parquet")],
            ).fetchall()
        return frozenset(rows)


def _literal(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
