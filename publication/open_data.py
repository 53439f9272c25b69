"""The data of a release: figures as CSV, marts as Parquet, both up to its campaign."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

REMARK = "remarque"

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def neutralised(cell: str) -> str:
    """`cell`, with an apostrophe before it when a spreadsheet would run it; numbers stay numbers."""
    if cell.startswith(_RUNS_IN_A_SPREADSHEET) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_figures(candidate: Path, campaign: int, remark: str, target: Path) -> int:
    """The campaign's lines of the candidate's ``figures.csv``, and a last column `remarque` when `remark` isn't empty.

    Returns the number of lines.
    """
    written = 0
    with (
        (candidate / "figures.csv").open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as output,
    ):
        lines = csv.reader(source)
        header = next(lines)
        campaign_column = header.index("campaign")
        extra_name, extra = ([REMARK], [remark]) if remark else ([], [])
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow([*header, *extra_name])
        for line in lines:
            if line[campaign_column] == str(campaign):
                writer.writerow([*map(neutralised, line), *extra])
                written += 1
    return written


def write_marts(candidate: Path, campaign: int, folder: Path) -> list[Path]:
    """Every mart of the candidate without the rows of later campaigns, in the same order of rows. Returns the files."""
    folder.mkdir()
    written = []
    with duckdb.connect() as connection:
        for source in sorted((candidate / "marts").glob("*.parquet")):
            target = folder / source.name
            columns = [name for name, *_ in connection.execute(f"describe from {parquet(source)}").fetchall()]
            connection.execute(
                f"copy ({_up_to(campaign, source, columns)}) to {_literal(target)} (format parquet, compression zstd)"
            )
            written.append(target)
    return written


def _up_to(campaign: int, source: Path, columns: list[str]) -> str:
    """The rows up to a campaign; where a row says until when it holds, nothing later than the campaign shows."""
    if "campaign" not in columns:
        return f"from {parquet(source)}"
    replaced = []
    if "valid_to_campaign" in columns:
        replaced.append(f"case when valid_to_campaign < {campaign} then valid_to_campaign end as valid_to_campaign")
    if {"is_latest", "structure_id"} <= set(columns):
        latest = "campaign = max(campaign) over (partition by structure_id)"
        replaced.append(f"cast({latest} as integer) as is_latest")
    replace = f" replace ({', '.join(replaced)})" if replaced else ""
    return f"select *{replace} from {parquet(source)} where campaign <= {campaign}"


def parquet(path: Path) -> str:
    """A table expression of DuckDB's SQL for a Parquet file."""
    return f"read_parquet({_literal(path)})"


def _literal(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))
