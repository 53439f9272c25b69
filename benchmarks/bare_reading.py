"""Every return of a manifest stacked in one DuckDB table, for the bare script: layouts are known, nothing checked."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import load_workbook

Grid = list[list[str]]


def text_of(cell: object) -> str:
    """A cell as text."""
    return cell if isinstance(cell, str) else str(cell)


def grids(path: Path) -> Iterator[Grid]:
    """The sheets of a file, cells as text."""
    if path.suffix == ".csv":
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("cp1252")
        yield list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.split("\n", 1)[0] else ","))
        return
    workbook = load_workbook(path)
    sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    if len(sheets[0][0]) <= 3:
        pairs = [row for sheet in sheets for row in sheet if row[0] and row[0] != "Code"]
        yield [[text_of(row[0]) for row in pairs], [text_of(row[2]) for row in pairs]]
        return
    for sheet in sheets:
        yield [[text_of(cell) for cell in row] for row in sheet]


def table_of(grid: Grid, identifiers: set[str]) -> tuple[list[str], Grid]:
    """Header and rows: titles above, a second row of labels and unfinished responses left out."""
    top = next(place for place, row in enumerate(grid) if not identifiers.isdisjoint(row))
    header, rows = grid[top], grid[top + 1 :]
    if rows and not identifiers.isdisjoint(rows[0]):
        rows = rows[1:]
    if "submitdate" in header:
        done = header.index("submitdate")
        rows = [row for row in rows if row[done]]
    return header, rows


def stack_cells(con: duckdb.DuckDBPyConnection, folder: Path, identifiers: set[str]) -> None:
    """Table `cells`: campaign, file (order of reception), row, structure_id, header, value."""
    con.execute("CREATE TABLE cells (campaign INT, file INT, row INT, structure_id TEXT, header TEXT, value TEXT)")
    alike: dict[tuple[str, ...], list[list[object]]] = {}
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        for number, line in enumerate(csv.DictReader(file)):
            for grid in grids(folder / line["file"]):
                header, rows = table_of(grid, identifiers)
                stack = alike.setdefault((line["campaign"], *header), [])
                stack += [[number, place, *row] for place, row in enumerate(rows)]
    for (campaign, *header), stack in alike.items():
        columns: Iterable[tuple[object, ...]] = zip(*stack, strict=True)
        names = ["file", "row", *header]
        sheet = pa.table(dict(zip(names, (pa.array(column) for column in columns), strict=True)))
        identifier = next(name for name in header if name in identifiers)
        con.register("sheet", sheet)
        con.execute(
            f"""INSERT INTO cells SELECT {campaign}, file, row, "{identifier}", header, value
            FROM (UNPIVOT sheet ON COLUMNS(* EXCLUDE (file, row, "{identifier}")) INTO NAME header VALUE value)
            WHERE value <> ''"""
        )
