"""What the quality report knows of a vintage: the candidate's quality tables for one campaign, labels, and vintages."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from publication.release.differences import last_vintage
from publication.release.manifest import MANIFEST
from publication.release.revisions import figures_of

SPEC = Path(__file__).with_name("report.yml")
FIGURES = "figures.csv"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class VintageUnderWay:
    """The vintage under way: its name, the day of its publication, and where those before it are."""

    campaign: int
    name: str
    published_on: dt.date
    folder: Path


class Measures:
    """The quality tables of a candidate, read when asked for. A table that the candidate lacks has no rows."""

    def __init__(self, candidate: Path, vintage: VintageUnderWay, nation: str) -> None:
        """`nation`: the territory whose figures are told."""
        self.candidate, self.vintage, self.nation = candidate, vintage, nation
        self._labels: dict[str, dict[str, str]] = {}

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of ``quality/<name>.parquet`` of the campaign."""
        path = self.candidate / "quality" / f"{name}.parquet"
        return self._rows(path, "where campaign = ?", self.vintage.campaign) if path.exists() else []

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """The questions, with their item rates."""
        return self.table("items")

    @cached_property
    def adjusted(self) -> list[dict[str, Any]]:
        """The national figures of each treatment of non-response, but for those that disclosure control hides."""
        return [
            row
            for row in self.table("figures_adjusted")
            if row["territory_id"] == self.nation
            and (row["structure_type"], row["indicator"], row["breakdown"]) not in self._hidden
        ]

    @cached_property
    def suppression(self) -> dict[str, Any]:
        """What disclosure control hides: figures, primary, secondary... Nothing where it was not decided."""
        path = self._disclosure / "summary.json"
        summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return summary

    @cached_property
    def _hidden(self) -> set[tuple[str, str, str]]:
        path = self._disclosure / "figures.parquet"
        rows = self._rows(path, "where territory_id = ? and state <> 'published'", self.nation) if path.exists() else []
        return {(row["structure_type"], row["indicator"], row["breakdown"]) for row in rows}

    @property
    def _disclosure(self) -> Path:
        return self.candidate / "disclosure" / str(self.vintage.campaign)

    @cached_property
    def territories(self) -> dict[str, tuple[str, str]]:
        """territory_id: level, name."""
        rows = self._rows(self.candidate / "marts" / "dim_territory.parquet")
        return {row["territory_id"]: (row["level"], row["name"]) for row in rows}

    def labels(self, table: str, key: str) -> dict[str, str]:
        """The French label of each code of a table of the registry."""
        if table not in self._labels:
            path = self.candidate / "registry" / f"{table}.parquet"
            self._labels[table] = {row[key]: row["label_fr"] for row in self._rows(path)} if path.exists() else {}
        return self._labels[table]

    @cached_property
    def choices(self) -> dict[tuple[str, str], str]:
        """The label of each option: (list, code)."""
        rows = self._rows(self.candidate / "registry" / "choices.parquet")
        return {(row["list"], row["code"]): row["label_fr"] for row in rows}

    @cached_property
    def breaks(self) -> list[dict[str, Any]]:
        """The declared breaks: indicator, campaign, reason_fr."""
        return self._rows(self.candidate / "registry" / "breaks.parquet")

    @cached_property
    def closed_on(self) -> dt.date | None:
        """The day when the campaign closed."""
        rows = self._rows(
            self.candidate / "marts" / "dim_campaign.parquet", "where campaign = ?", self.vintage.campaign
        )
        closed: dt.date | None = rows[0]["closes_on"] if rows else None
        return closed

    @cached_property
    def vintages(self) -> dict[str, Mapping[tuple[str, ...], float]]:
        """The national values of the key figures in each published vintage, oldest first, then in this one.

        Keys: structure type, indicator, breakdown.
        """
        indicators = {row["indicator"] for row in self.adjusted}
        folders = {self.vintage.name: self.vintage.folder}
        before = last_vintage(self.vintage.folder.parent)
        while before is not None:
            folder = self.vintage.folder.parent / before["vintage"]
            folders[folder.name] = folder
            previous = before.get("previous")
            before = _manifest(folder.parent / previous["vintage"]) if previous else None
        return {name: self._values(folders[name] / FIGURES, indicators) for name in reversed(folders)}

    def _values(self, path: Path, indicators: set[str]) -> Mapping[tuple[str, ...], float]:
        figures = figures_of(path, self.vintage.campaign)
        level = self.territories[self.nation][0]
        return {
            (row["structure_type"], row["indicator"], row["breakdown"]): row["value"]
            for row in figures.iter_rows(named=True)
            if row["level"] == level and row["indicator"] in indicators and row["value"] is not None
        }

    def _rows(self, path: Path, where: str = "", *parameters: Any) -> list[dict[str, Any]]:
        with duckdb.connect() as connection:
            found = connection.execute(f"from read_parquet(?) {where}", [str(path), *parameters])
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _manifest(release: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    return manifest
