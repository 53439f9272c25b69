"""Structures through time: who a structure comes from, and what its predecessors had answered.

A structure that comes from others (merger, conversion, split) has, for last time's value, the sum of its predecessors':
all of them, or none (a part of a sum compares with nothing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

MERGED, CONVERTED, SPLIT = "merger", "conversion_evs_to_cs", "split"
CLOSED, CREATED, RENAMED = "closure", "created", "renamed"
FROM_OTHERS = frozenset({MERGED, CONVERTED, SPLIT})


@dataclass(frozen=True)
class Contradiction:
    """What two sources say of a structure, that can't both be true."""

    structure_id: str
    message_fr: str


def identifiers(text: str | None) -> list[str]:
    """``A;B`` as ['A', 'B']."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def predecessors_of(frame: pl.DataFrame, lifecycle: pl.DataFrame) -> dict[str, list[str]]:
    """The structures that each one of `frame` comes from: its column `previous_ids`, and the lifecycle's events.

    An event names the others on either side: of two structures of a merger, the predecessor is the one that is not in
    the frame any more.
    """
    present = set(frame["structure_id"])
    found: dict[str, set[str]] = {}
    for structure, previous in frame.select("structure_id", "previous_ids").iter_rows():
        found.setdefault(structure, set()).update(identifiers(previous))
    for event in lifecycle.iter_rows(named=True):
        if event["event"] in FROM_OTHERS and event["structure_id"] in present:
            others = set(identifiers(event["other_ids"]))
            split = event["event"] == SPLIT
            found.setdefault(event["structure_id"], set()).update(others if split else others - present)
    return {structure: sorted(others - {structure}) for structure, others in found.items() if others - {structure}}


def with_predecessors(
    earlier: list[pl.DataFrame], predecessors: Mapping[str, list[str]], names: list[str]
) -> pl.DataFrame:
    """structure_id and `names`: the values of the latest earlier campaign, a structure's own or its predecessors' sum.

    `earlier`: the values of each earlier campaign, the latest first.
    """
    links = pl.DataFrame(
        [(structure, other, len(others)) for structure, others in predecessors.items() for other in others],
        schema={"structure_id": pl.String, "predecessor": pl.String, "number": pl.UInt32},
        orient="row",
    )
    found = []
    for values in earlier:
        summed = (
            links.join(values, left_on="predecessor", right_on="structure_id")
            .group_by("structure_id")
            .agg(
                pl.col("number").first(),
                pl.len().alias("present"),
                *(
                    pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)
                    for name in names
                ),
            )
            .filter(pl.col("present") == pl.col("number"))
        )
        numbers = [pl.col(name).cast(values.schema[name]) for name in names]
        found += [values.select("structure_id", *numbers), summed.select("structure_id", *numbers)]
    return pl.concat(found).unique("structure_id", keep="first", maintain_order=True)


def contradictions(
    frame: Mapping[str, Mapping[str, Any]],
    earlier: Mapping[str, Mapping[str, Any]],
    events: Iterable[Mapping[str, Any]],
) -> list[Contradiction]:
    """Where a frame, the one before it and the lifecycle don't agree (rows by structure_id)."""
    by_structure: dict[str, dict[str, Mapping[str, Any]]] = {}
    succeeded: dict[str, str] = {}
    for event in events:
        by_structure.setdefault(event["structure_id"], {})[event["event"]] = event
        if event["event"] in FROM_OTHERS and event["structure_id"] in frame:
            succeeded.update(dict.fromkeys(identifiers(event["other_ids"]), event["structure_id"]))
    for structure, row in frame.items():
        succeeded.update(dict.fromkeys(identifiers(row["previous_ids"]), structure))
    found = []
    for structure in sorted(frame):
        known = by_structure.get(structure, {})
        if CLOSED in known:
            found.append(
                Contradiction(
                    structure, f"figure au référentiel, mais fermée le {_day(known[CLOSED])} d'après les événements."
                )
            )
        if structure in succeeded and succeeded[structure] != structure:
            found.append(
                Contradiction(structure, f"figure au référentiel avec {succeeded[structure]}, qui lui succède.")
            )
        if structure in earlier and CREATED in known and _after(known[CREATED], earlier[structure]):
            found.append(
                Contradiction(structure, "était déjà au référentiel précédent, mais un événement dit sa création.")
            )
    for structure in sorted(set(earlier) - set(frame)):
        explained = structure in succeeded or by_structure.get(structure, {}).keys() & {
            CLOSED,
            MERGED,
            CONVERTED,
            SPLIT,
        }
        if not explained:
            found.append(
                Contradiction(structure, "était au référentiel précédent et n'y est plus : aucun événement ne le dit.")
            )
    return found


def _day(event: Mapping[str, Any]) -> str:
    return f"{event['date']:%d/%m/%Y}"


def _after(event: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    return event["date"].year > int(row["campaign"])
