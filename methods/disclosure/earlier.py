"""What earlier vintages of a campaign have told: it can't be hidden again, and the difference with it is told too."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from methods.disclosure.states import PUBLISHED, UNREVISED

KEYS = ("level", "territory", "structure_type", "indicator", "breakdown")
STATUS = "status"
SIDES = ("numerator", "denominator")
KEPT = ("value", *SIDES, "n_respondents")

Address = tuple[str, ...]
"""level, territory code, structure type, indicator, breakdown."""


@dataclass(frozen=True)
class Told:
    """What the last vintage that tells an amount says of it. `origin`: the vintage that computed it, by number: a
    later one may have repeated it, unrevised."""

    amount: Decimal
    origin: int


@dataclass(frozen=True)
class Earlier:
    """By address and side (`numerator`, `denominator`): `told` in a vintage, or `hidden` by the last one. `lines`: what
    the last vintage says of a figure, as written. `respondents`: of each vintage, oldest first."""

    told: Mapping[Address, Told]
    hidden: frozenset[Address]
    lines: Mapping[Address, Mapping[str, str]]
    respondents: tuple[frozenset[str], ...]


NOTHING = Earlier({}, frozenset(), {}, ())


def earlier_vintages(releases: Path, campaign: int) -> Earlier:
    """Read the ``figures.csv`` of every vintage published, oldest first. One without a status column hid nothing."""
    folders = [path.parent for path in (releases / str(campaign)).glob("[!.]*/manifest.json")]
    folders.sort(key=lambda folder: json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["published_at"])
    told: dict[Address, Told] = {}
    hidden: set[Address] = set()
    lines: dict[Address, dict[str, str]] = {}
    for number, folder in enumerate(folders):
        hidden, lines = set(), {}
        with (folder / "figures.csv").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                of = tuple(row[key] for key in KEYS)
                status = row.get(STATUS, PUBLISHED)
                lines[of] = {name: row[name] for name in KEPT}
                for side in SIDES:
                    amount = _amount(row[side])
                    if amount is not None:
                        before = told.get((*of, side))
                        repeated = before is not None and before.amount == amount and status != PUBLISHED
                        told[(*of, side)] = before if repeated and before else Told(amount, number)
                    elif status not in (PUBLISHED, UNREVISED):
                        hidden.add((*of, side))
    return Earlier(told, frozenset(hidden), lines, tuple(_respondents(folder, campaign) for folder in folders))


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _respondents(release: Path, campaign: int) -> frozenset[str]:
    """Who had answered: a release says it of every agreed structure."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select structure_id from read_parquet(?) where campaign = ? and responded = 1",
            [str(release / "marts" / "fct_centres.parquet"), campaign],
        ).fetchall()
    return frozenset(structure for (structure,) in rows)
