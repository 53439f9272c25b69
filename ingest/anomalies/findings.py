"""What a guard finds in a column: the shape that the guards share."""

from __future__ import annotations

import polars as pl

WARN, BLOCK = "warn", "block"
PREVIOUS, OTHERS, PARTS_SUM, REQUIRED = "previous", "others", "parts", "required"
"""What a column is compared with: the earlier campaign, the other senders, its own parts, the questionnaire."""


def finding(found: pl.DataFrame) -> pl.DataFrame:
    """unit, variable, guard, severity, basis, n, observed, expected, other (a variable, an option or null)."""
    absent = {"other": pl.String, "basis": pl.String, "expected": pl.Float64}
    found = found.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in absent.items() if name not in found.columns
    )
    return found.select(
        pl.col("unit").cast(pl.UInt32),
        *(pl.col(name).cast(pl.String) for name in ("variable", "guard", "severity", "basis")),
        pl.col("n").cast(pl.Int64),
        *(pl.col(name).cast(pl.Float64) for name in ("observed", "expected")),
        pl.col("other").cast(pl.String),
    )


def no_finding() -> pl.DataFrame:
    """The same columns, and nothing found."""
    names = ("unit", "variable", "guard", "severity", "n", "observed")
    return finding(pl.DataFrame(schema=dict.fromkeys(names, pl.Int64)))
