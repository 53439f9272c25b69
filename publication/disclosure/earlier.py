"""What earlier vintages of a campaign have told: it can't be hidden again, and the difference with it is a cell too."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

KEYS = ("level", "territory", "structure_type", "indicator", "breakdown")
STATUS = "status"
PUBLISHED = "published"

SIDES = ("numerator", "denominator")

Address = tuple[str, ...]
"""level, territory code, structure type, indicator, breakdown, and which side of the figure."""


@dataclass(frozen=True)
class Told:
    """What the vintages say of an amount: those that were published, and n in the last one that did."""

    amounts: frozenset[Decimal]
    last_n: int


@dataclass(frozen=True)
class Earlier:
    """`told`: amounts published in a vintage. `hidden`: amounts that the last vintage hides."""

    told: dict[Address, Told]
    hidden: frozenset[Address]


def earlier_vintages(releases: Path, campaign: int) -> Earlier:
    """Read the ``figures.csv`` of every vintage published, oldest first. One without a status column hid nothing."""
    folders = [path.parent for path in (releases / str(campaign)).glob("[!.]*/manifest.json")]
    folders.sort(key=lambda folder: json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["published_at"])
    told: dict[Address, Told] = {}
    hidden: set[Address] = set()
    for folder in folders:
        hidden = set()
        with (folder / "figures.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for side in SIDES:
                    address = (*(row[key] for key in KEYS), side)
                    amount = _amount(row[side])
                    if amount is not None:
                        before = told[address].amounts if address in told else frozenset()
                        told[address] = Told(before | {amount}, int(row["n_respondents"] or 0))
                    elif row.get(STATUS, PUBLISHED) != PUBLISHED:
                        hidden.add(address)
    return Earlier(told, frozenset(hidden))


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
