"""What a new frame changes against the last one: structures added, gone, changed; what contradicts the lifecycle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.values.panel import contradictions

if TYPE_CHECKING:
    import polars as pl

COMPARED = (
    "name", "structure_type", "commune_code", "departement", "federation", "manager_name", "manager_siren",
    "management_mode", "agreed", "solicited", "focus_territories",
)  # fmt: skip


@dataclass
class FrameChanges:
    """`against`: the campaign of the frame compared with (None for a first one). `changed`: structure_id, column,
    before, after."""

    against: int | None
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    contradictions: list[tuple[str, str]] = field(default_factory=list)

    def lines_fr(self) -> list[str]:
        """The changes in French, one a line."""
        if self.against is None:
            return ["Premier référentiel : rien à comparer."]
        lines = [
            f"Par rapport au référentiel {self.against} : {len(self.added)} structure(s) ajoutée(s), "
            f"{len(self.removed)} retirée(s), {len(self.changed)} changement(s)."
        ]
        lines += [f"+ {structure}" for structure in self.added]
        lines += [f"- {structure}" for structure in self.removed]
        lines += [f"~ {structure}, {column} : {old} ► {new}" for structure, column, old, new in self.changed]
        lines += [f"! {structure} {message}" for structure, message in self.contradictions]
        return lines


def frame_changes(new: pl.DataFrame, last: pl.DataFrame, lifecycle: pl.DataFrame) -> FrameChanges:
    """Compare `new` with `last` (a frame of the same campaign, or of the latest earlier one; empty: a first frame)."""
    rows = {row["structure_id"]: row for row in new.iter_rows(named=True)}
    earlier = {row["structure_id"]: row for row in last.iter_rows(named=True)}
    if not earlier:
        return FrameChanges(None)
    changes = FrameChanges(
        against=next(iter(earlier.values()))["campaign"],
        added=sorted(set(rows) - set(earlier)),
        removed=sorted(set(earlier) - set(rows)),
    )
    for structure in sorted(set(rows) & set(earlier)):
        before, after = earlier[structure], rows[structure]
        changes.changed += [
            (structure, name, before[name], after[name]) for name in COMPARED if before[name] != after[name]
        ]
    found = contradictions(rows, earlier, lifecycle.iter_rows(named=True))
    changes.contradictions = [(line.structure_id, line.message_fr) for line in found]
    return changes
