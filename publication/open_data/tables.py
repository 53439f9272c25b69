"""A resource as files: CSV for everybody, CSV for Excel in French, Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from publication.open_data.resources import NUMBER, Resource

EXCEL = {"delimiter": ";", "lineTerminator": "\r\n"}
"""The dialect of the CSV for Excel in French, as a data package names it."""


def write_csv(resource: Resource, target: Path) -> None:
    """UTF-8, commas, decimal points."""
    resource.safe.write_csv(target)


def write_excel_csv(resource: Resource, target: Path) -> None:
    """UTF-8 with a mark at its head, semicolons, decimal commas: what a double click opens well on a French machine."""
    numbers = [name for name, kind in resource.types().items() if kind == NUMBER]
    french = resource.safe.with_columns(pl.col(name).str.replace(".", ",", literal=True) for name in numbers)
    french.write_csv(target, separator=EXCEL["delimiter"], line_terminator=EXCEL["lineTerminator"], include_bom=True)


def excel_schema(resource: Resource) -> dict[str, Any]:
    """The Table Schema of the CSV for Excel: the same, with its decimal sign."""
    schema = resource.schema()
    fields = [{**field, "decimalChar": ","} if field["type"] == NUMBER else field for field in schema["fields"]]
    return {**schema, "fields": fields}


def write_parquet(resource: Resource, target: Path) -> None:
    """Typed columns."""
    resource.typed.write_parquet(target, compression="zstd")
