"""How far imputed values are from the truth: each known value is hidden in turn, imputed from the others, compared."""

from __future__ import annotations

import zlib
from typing import Any

import polars as pl

from methods.nonresponse.imputation import RUN, filled
from registry.model import Variable
from registry.nonresponse import Imputation

# A fifth of the known values is hidden at a time: four fifths are left to impute from, as in real non-response.
FOLDS = 5
ALL_METHODS = "all"


def masked(
    known: pl.DataFrame, line: Imputation, variable: Variable, campaigns: tuple[int, int | None]
) -> pl.DataFrame:  # fmt: skip
    """`known` (the donors of `imputation.filled`), each value imputed as if it had been left blank (`value`, `method`).

    A structure is always hidden in the same round, so that the test gives the same numbers each time.
    """
    rounds = [zlib.crc32(identifier.encode()) % FOLDS for identifier in known["structure_id"]]
    hidden = known.with_columns(pl.Series(RUN, rounds, pl.Int32))
    others = pl.concat(
        hidden.filter(pl.col(RUN) != number).with_columns(pl.lit(number, pl.Int32).alias(RUN))
        for number in range(FOLDS)
    )  # fmt: skip
    return filled(hidden, others, line, variable, campaigns)


def masking_report(campaign: int, variable: str, tested: pl.DataFrame) -> list[dict[str, Any]]:
    """A line per method, and one for all: campaign, variable, method, hidden, imputed, total_known, total_imputed (over
    the values imputed), relative_error (of the total), mape (mean absolute percentage error, known values of 0 left
    out). No line where nothing was known."""
    if not tested.height:
        return []
    found = tested.filter(pl.col("method").is_not_null())
    parts = [(ALL_METHODS, found), *((key, part) for (key,), part in sorted(found.group_by("method")))]
    lines = []
    for method, part in parts:
        known, imputed = float(part["now"].sum()), float(part["value"].sum())
        positive = part.filter(pl.col("now") > 0)
        lines.append(
            {
                "campaign": campaign,
                "variable": variable,
                "method": method,
                "hidden": tested.height,
                "imputed": part.height,
                "total_known": known,
                "total_imputed": imputed,
                "relative_error": imputed / known - 1 if known else None,
                "mape": ((positive["value"] - positive["now"]).abs() / positive["now"]).mean(),
            }
        )
    return lines


def masking_table(lines: list[dict[str, Any]]) -> pl.DataFrame:
    """The lines of `masking_report`, as ``masking.parquet``."""
    numbers = ("total_known", "total_imputed", "relative_error", "mape")
    kinds = {"campaign": pl.Int32(), "variable": pl.String(), "method": pl.String(), "hidden": pl.Int32()}
    kinds |= {"imputed": pl.Int32(), **dict.fromkeys(numbers, pl.Float64())}
    return pl.DataFrame(lines, schema=kinds)
