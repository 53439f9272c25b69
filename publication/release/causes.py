"""Why figures differ between two published vintages: whose answers changed, and what else did.

Answers are those of the two releases' tables. A structure is told by its response: new, sent again, gone, corrected
(same file, another value), or moved by the frame. A figure is explained by the structures of its territory whose
changed questions its formula reads, else by all those of its territory that changed; failing any, by the method where
questionnaires or code are others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from publication.release.revisions import ADDRESS, figures_of, revised_figures

FRAME, LATE, RESENT, WITHDRAWN = "frame", "late", "resent", "withdrawn"
CORRECTION, METHOD, UNKNOWN = "correction", "method", "unknown"
VERSIONS = ("registry_fingerprint", "code_version")
DECIDED_ON_RETURNS = frozenset({"withdrawals", "arbitrations", "corrections", "justifications"})
"""Kinds of references that tell of no frame: what they change is told structure by structure."""
FACTS = "fct_*.parquet"
RECEIPT = ("sender", "received_at")
FRAME_COLUMNS = ("agreed", "solicited")
PART = "__"
PLACE = ("level", "territory", "structure_type")
TOGETHER = "ALL"


@dataclass(frozen=True)
class Explained:
    """What changed from one release to another.

    `figures`: `ADDRESS`, value_before, value_after, change_pct, causes (joined by `;`), structures (how many behind),
    the largest change first. `structures`: structure_id, cause, sender, variables (joined by `, `). `entries`, `gone`:
    entry_ids that the second has and the first not, and the other way round. `changed`: what else is another
    (`frames`, `corrections`, `registry_fingerprint`, `code_version`).
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    figures: pl.DataFrame
    structures: pl.DataFrame
    entries: tuple[str, ...]
    gone: tuple[str, ...]
    changed: frozenset[str]


def explained(before: Path, after: Path, manifests: tuple[Mapping[str, Any], Mapping[str, Any]], campaign: int,
              variables_of: Mapping[str, set[str]]) -> Explained:  # fmt: skip
    """Compare two releases of a campaign. `variables_of`: what the formula of each indicator names."""
    old, new = manifests
    entries, gone = _entries(new) - _entries(old), _entries(old) - _entries(new)
    changed = _changed(old, new, campaign)
    cells = _changed_cells(before, after, campaign)
    centres = _responses(before, after, campaign)
    structures = _structures(cells, centres, changed)
    figures = revised_figures(figures_of(before / "figures.csv", campaign), figures_of(after / "figures.csv", campaign))
    members = _members(before, after, campaign)
    behind, around = _behind(cells, structures, members, variables_of), _around(structures, members)
    otherwise = pl.lit(METHOD if changed & set(VERSIONS) else UNKNOWN)
    told = (
        figures.join(behind, on=[*PLACE, "indicator"], how="left")
        .join(around, on=PLACE, how="left", suffix="_around")
        .with_columns(
            causes=pl.coalesce("causes", "causes_around", otherwise),
            structures=pl.coalesce("structures", "structures_around", 0),
        )
        .drop("causes_around", "structures_around")
    )
    return Explained(
        old, new, told.sort("change_pct", *ADDRESS, descending=[True] + [False] * len(ADDRESS)),
        structures.drop("structure_type").sort("structure_id"), tuple(sorted(entries)), tuple(sorted(gone)), changed,
    )  # fmt: skip


def _entries(manifest: Mapping[str, Any]) -> set[str]:
    return {entry["entry_id"] for entry in manifest["inputs"]}


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], campaign: int) -> frozenset[str]:
    def frames(manifest: Mapping[str, Any]) -> set[str]:
        references = manifest.get("references", [])
        concerned = (entry for entry in references if entry["campaign"] in (0, campaign))
        return {entry["entry_id"] for entry in concerned if entry.get("kind") not in DECIDED_ON_RETURNS}

    def corrections(manifest: Mapping[str, Any]) -> Any:
        return manifest.get("corrections", {}).get(str(campaign))

    others = {name for name in VERSIONS if old.get(name) != new.get(name)}
    if frames(old) != frames(new):
        others.add("frames")
    if corrections(old) != corrections(new):
        others.add("corrections")
    return frozenset(others)


def _table(release: Path, name: str, campaign: int) -> pl.DataFrame:
    return pl.read_parquet(release / "marts" / f"{name}.parquet").filter(pl.col("campaign") == campaign)


def _cells(release: Path, campaign: int) -> pl.DataFrame:
    """structure_id, column, value (text): every answer of the release."""
    tables = []
    for path in sorted((release / "marts").glob(FACTS)):
        table = _table(release, path.stem, campaign).drop("campaign", "structure_type", *RECEIPT, strict=False)
        texts = table.with_columns(pl.exclude("structure_id").cast(pl.String))
        tables.append(texts.unpivot(index="structure_id", variable_name="column").drop_nulls("value"))
    empty = pl.DataFrame(schema={"structure_id": pl.String, "column": pl.String, "value": pl.String})
    return pl.concat([empty, *tables])


def _changed_cells(before: Path, after: Path, campaign: int) -> pl.DataFrame:
    """structure_id, variable: the questions answered otherwise; the parts and the status of one count as it."""
    old, new = _cells(before, campaign), _cells(after, campaign)
    both = old.join(new, on=["structure_id", "column"], how="full", coalesce=True, suffix="_after")
    changed = both.filter(pl.col("value").ne_missing(pl.col("value_after")))
    return changed.select(
        "structure_id", variable=pl.col("column").str.split_exact(PART, 1).struct.field("field_0")
    ).unique(maintain_order=True)


def _responses(before: Path, after: Path, campaign: int) -> pl.DataFrame:
    """structure_id, structure_type, and what `fct_centres` says of it before and after (`_after`)."""
    columns = ("structure_id", "structure_type", *FRAME_COLUMNS, "responded", *RECEIPT)
    old, new = (_table(release, "fct_centres", campaign).select(columns) for release in (before, after))
    return old.join(new, on=["structure_id"], how="full", coalesce=True, suffix="_after")


def _structures(cells: pl.DataFrame, centres: pl.DataFrame, changed: frozenset[str]) -> pl.DataFrame:
    """structure_id, structure_type, cause, sender, variables: the structures whose answers changed."""

    def other(name: str) -> pl.Expr:
        return pl.col(name).ne_missing(pl.col(f"{name}_after"))

    corrected = METHOD if changed & set(VERSIONS) and "corrections" not in changed else CORRECTION
    frame = pl.any_horizontal(other("structure_type"), *(other(name) for name in FRAME_COLUMNS))
    cause = (
        pl.when(frame)
        .then(pl.lit(FRAME))
        .when((pl.col("responded") == 0) & (pl.col("responded_after") == 1))
        .then(pl.lit(LATE))
        .when((pl.col("responded") == 1) & (pl.col("responded_after") == 0))
        .then(pl.lit(WITHDRAWN))
        .when(other("received_at") | other("sender"))
        .then(pl.lit(RESENT))
        .otherwise(pl.lit(corrected))
    )
    variables = cells.group_by("structure_id", maintain_order=True).agg(
        variables=pl.col("variable").sort().str.join(", ")
    )
    return variables.join(centres, on="structure_id").select(
        "structure_id",
        structure_type=pl.coalesce("structure_type_after", "structure_type"),
        cause=cause,
        sender=pl.coalesce("sender_after", "sender", pl.lit("")),
        variables="variables",
    )


def _members(before: Path, after: Path, campaign: int) -> pl.DataFrame:
    """structure_id, level, territory: where each structure counts, before or after."""
    found = []
    for release in (before, after):
        names = pl.read_parquet(release / "marts" / "dim_territory.parquet").select("territory_id", "level", "code")
        bridge = _table(release, "bridge_territory_structure", campaign).join(names, on="territory_id")
        found.append(bridge.select("structure_id", "level", territory=pl.col("code")))
    return pl.concat(found).unique()


def _behind(
    cells: pl.DataFrame, structures: pl.DataFrame, members: pl.DataFrame, variables_of: Mapping[str, set[str]]
) -> pl.DataFrame:
    """level, territory, structure_type (those of the structures, and all together), indicator: causes, structures."""
    pairs = [(name, variable) for name, variables in variables_of.items() for variable in sorted(variables)]
    read = pl.DataFrame(pairs, schema={"indicator": pl.String, "variable": pl.String}, orient="row")
    known = structures.select("structure_id", "structure_type", "cause")
    reached = cells.join(read, on="variable").join(known, on="structure_id").drop("variable").unique()
    return _counted(reached.join(members, on="structure_id"), [*PLACE, "indicator"])


def _around(structures: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """level, territory, structure_type: causes, structures. For figures whose formula names no changed question."""
    known = structures.select("structure_id", "structure_type", "cause")
    return _counted(known.join(members, on="structure_id"), PLACE)


def _counted(reached: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """`keys` (structure_type: each one's, and all together), causes joined by ``;``, number of structures."""
    both = pl.concat([reached, reached.with_columns(structure_type=pl.lit(TOGETHER))])
    return both.group_by(keys).agg(
        causes=pl.col("cause").unique().sort().str.join(";"), structures=pl.col("structure_id").n_unique()
    )
