"""The data of a release: figures as CSV, marts as Parquet, both up to its campaign, without what must stay hidden."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from methods.disclosure.released import PUBLISHED, STATUS, public_columns, released_columns
from publication.policy import Policy

REMARK = "remarque"
AMOUNTS = ("value", "numerator", "denominator", "n_respondents")
ADDRESS = ("level", "territory", "structure_type", "indicator", "breakdown")

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def neutralised(cell: str) -> str:
    """`cell`, with an apostrophe before it when a spreadsheet would run it; numbers stay numbers."""
    if cell.startswith(_RUNS_IN_A_SPREADSHEET) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_figures(policy: Policy, remark: str, target: Path) -> int:
    """The campaign's lines of the candidate's ``figures.csv`` but those that are left out, a column `status`
    (`published`; `primary` or `secondary` suppression: what is hidden is empty; `unrevised`: as the last vintage said
    it), and a last column `remarque` when `remark` isn't empty.

    Returns the number of lines.
    """
    written = 0
    hidden = policy.disclosure.hidden
    with (
        (policy.candidate / "figures.csv").open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as output,
    ):
        lines = csv.reader(source)
        header = next(lines)
        position = {name: number for number, name in enumerate(header)}
        address = [position[name] for name in ADDRESS]
        amounts = [position[name] for name in AMOUNTS]
        extra_name, extra = ([REMARK], [remark]) if remark else ([], [])
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow([*header, STATUS, *extra_name])
        for line in lines:
            if line[position["campaign"]] != str(policy.campaign):
                continue
            place = tuple(line[number] for number in address)
            if place in policy.left_out:
                continue
            if of := hidden.get(place):
                for number, said in zip(amounts, of.line(*(line[number] for number in amounts)), strict=True):
                    line[number] = said
            writer.writerow([*map(neutralised, line), of.state if of else PUBLISHED, *extra])
            written += 1
    return written


def write_marts(policy: Policy, folder: Path) -> list[Path]:
    """What may be told of the candidate's marts, without the rows of later campaigns, in the same order of rows.

    Facts keep what is a matter of the frame or of the public directory, figures what is not hidden. Returns the files.
    """
    folder.mkdir()
    written = []
    public = public_columns(policy.candidate)
    with duckdb.connect() as connection:
        for source in sorted((policy.candidate / "marts").glob("*.parquet")):
            target = folder / source.name
            table = policy.figures if source.stem == "figures" else parquet(source)
            columns = [name for name, *_ in connection.execute(f"describe from {table}").fetchall()]
            kept = released_columns(source.stem, columns, public)
            if not kept:
                continue
            connection.execute(
                f"copy ({_up_to(policy.campaign, table, kept)}) to {_literal(target)} "
                "(format parquet, compression zstd)"
            )
            written.append(target)
    return written


def _up_to(campaign: int, table: str, columns: list[str]) -> str:
    """The rows up to a campaign; where a row says until when it holds, nothing later than the campaign shows."""
    selected = ", ".join(f'"{name}"' for name in columns)
    if "campaign" not in columns:
        return f"select {selected} from {table}"
    changed = {}
    if "valid_to_campaign" in columns:
        changed["valid_to_campaign"] = f"case when valid_to_campaign < {campaign} then valid_to_campaign end"
    if {"is_latest", "structure_id"} <= set(columns):
        latest = "campaign = max(campaign) over (partition by structure_id)"
        changed["is_latest"] = f"cast({latest} as integer)"
    selected = ", ".join(f'{changed.get(name, name)} as "{name}"' for name in columns)
    return f"select {selected} from {table} where campaign <= {campaign}"


def parquet(path: Path) -> str:
    """A table expression of DuckDB's SQL for a Parquet file."""
    return f"read_parquet({_literal(path)})"


def _literal(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))
