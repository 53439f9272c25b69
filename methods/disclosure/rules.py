"""The rules of disclosure control, from the dated thresholds of the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "disclosure_"


@dataclass(frozen=True)
class Rules:
    """When a cell is sensitive, and how well it must be protected.

    `min_contributors`: managers who answered. `dominance_pct`: the largest contributor's part of the total above which
    it shows. `p_pct`: the second largest contributor must not estimate the largest more closely. `small_persons`:
    counts of `persons_unit` from 1 to this one are sensitive. `width_pct`: the feasible interval of a sensitive cell is
    at least that part of its largest contributor, and never under `width_min`.
    `structure_kinds`: kinds that count structures, to which only `min_contributors` applies.
    `order_statistics_min`: contributors that a figure which doesn't add up needs. `revisions`: what
    changed since an earlier vintage is protected too. `optimal_cells`: up to so many cells the pattern is optimal,
    within `optimal_nodes` nodes of the search.
    """

    min_contributors: int
    dominance_pct: float
    p_pct: float
    small_persons: int
    persons_unit: str
    width_pct: float
    width_min: float
    structure_kinds: frozenset[str]
    order_statistics_min: int
    revisions: bool
    optimal_cells: int
    optimal_nodes: int


def rules_from(thresholds: Mapping[str, str]) -> Rules:
    """The rules in force. `thresholds`: those of one campaign, by name, as written. Raises LookupError, ValueError."""

    def number(name: str) -> float:
        return float(thresholds[PREFIX + name])

    def names(name: str) -> frozenset[str]:
        return frozenset(filter(None, thresholds[PREFIX + name].split(";")))

    return Rules(
        min_contributors=int(number("min_contributors")),
        dominance_pct=number("dominance_pct"),
        p_pct=number("p_pct"),
        small_persons=int(number("small_persons")),
        persons_unit=thresholds[PREFIX + "persons_unit"],
        width_pct=number("width_pct"),
        width_min=number("width_min"),
        structure_kinds=names("structure_kinds"),
        order_statistics_min=int(number("order_statistics_min")),
        revisions=number("revisions") > 0,
        optimal_cells=int(number("optimal_cells")),
        optimal_nodes=int(number("optimal_nodes")),
    )
