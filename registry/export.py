"""The registry as Parquet: the sources of dbt, and the labels that a candidate carries with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import replaced_file
from core.source_code import code_fingerprint
from registry.breaks import indicator_breaks
from registry.figures import AdjustedExpression, adjusted_expressions, figure_expressions
from registry.model import Registry
from registry.nonresponse import Weighting
from registry.wide import wide_columns

STAMP = "fingerprint.txt"


def export_registry(registry: Registry, folder: Path) -> None:
    """Write ``registry/*.parquet`` (see docs/data-contracts.md). Does nothing when `folder` is up to date."""
    stamp, present = folder / STAMP, _stamp(registry)
    if stamp.exists() and stamp.read_text() == present:
        return
    folder.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name, frame in registry_tables(registry).items():
        with replaced_file(folder / f"{name}.parquet") as path:
            frame.write_parquet(path)
    with replaced_file(stamp) as path:
        path.write_text(present)


def _stamp(registry: Registry) -> str:
    """What the tables follow from: the questionnaires, the drafts left out of them, the code that compiles them."""
    return " ".join([registry.fingerprint, code_fingerprint(), *map(str, registry.campaigns)])


def registry_tables(registry: Registry) -> dict[str, pl.DataFrame]:
    """The tables by name."""
    return {
        "campaigns": _table(registry.campaign_list, drop=("state", "line")),
        "structure_types": _table(registry.structure_types),
        "variables": _table(registry.variables.values(), drop=("line", "structure_types")),
        "questions": _table(registry.questions, drop=("file", "line")),
        "choices": _table(registry.choices),
        "territory_levels": _table(registry.territory_levels),
        "territories": _table(registry.territories, drop=("line",)),
        "territory_members": _table(registry.territory_members, drop=("line",)),
        "indicators": _table(registry.indicators, drop=("line", "numerator", "denominator", "base")),
        "wide_columns": _table(wide_columns(registry)),
        "figure_expressions": _table(figure_expressions(registry)),
        "adjusted_expressions": _table(adjusted_expressions(registry), of=AdjustedExpression),
        "weightings": _table(registry.weightings, drop=("line",), of=Weighting),
        "breaks": _breaks(registry),
        "edits": _table(registry.edits.values(), drop=("line", "expression", "check", "rejects")),
    }


def _breaks(registry: Registry) -> pl.DataFrame:
    """indicator, campaign, reason_fr. May be empty."""
    rows = [(line.indicator, line.campaign, line.reason) for line in indicator_breaks(registry)]
    schema = {"indicator": pl.String, "campaign": pl.Int32, "reason_fr": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _table(records: Iterable[Any], drop: tuple[str, ...] = (), of: type | None = None) -> pl.DataFrame:
    """One line per record. `of`: the kind of record that gives the columns of a table that may be empty."""
    rows = []
    for record in records:
        values = record if isinstance(record, dict) else _fields(record)
        rows.append({name: _flat(value) for name, value in values.items() if name not in drop})
    if not rows and of:
        return _empty(of, drop)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    integers = [name for name, kind in frame.schema.items() if kind == pl.Int64]
    nulls = [name for name, kind in frame.schema.items() if kind == pl.Null]
    return frame.with_columns(pl.col(integers).cast(pl.Int32), pl.col(nulls).cast(pl.String))


def _empty(of: type, drop: tuple[str, ...]) -> pl.DataFrame:
    kinds = {"int": pl.Int32(), "float": pl.Float64(), "bool": pl.Boolean()}
    fields = {field.name: str(field.type).partition(" ")[0] for field in dataclasses.fields(of)}
    return pl.DataFrame(
        schema={name: kinds.get(kind, pl.String()) for name, kind in fields.items() if name not in drop}
    )


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _flat(value: Any) -> Any:
    return ";".join(str(part) for part in value) if isinstance(value, tuple) else value
