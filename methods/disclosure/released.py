"""What a release may tell: the decisions of the candidate's disclosure folder, applied to figures and marts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from methods.disclosure.states import PUBLISHED, UNREVISED
from methods.disclosure.written import CELLS, CHANGES, FIGURES, FOLDER, SUMMARY, disclosure_folder, read_summary

STATUS = "status"
PUBLIC = "directory"
FACT = "fct_"
# Of a fact, what is a matter of the frame: the rest is what a structure answered, or how well.
FRAME_COLUMNS = frozenset(
    {
        *("campaign", "structure_id", "structure_type", "agreed", "solicited", "fcsf_member", "sender", "received_at"),
        *("response_status", "responded"),
    }
)
KEYS = frozenset({"campaign", "structure_id", "structure_type"})


class NotControlledError(Exception):
    """The candidate does not say which of its figures may be told; the text is French."""

    def __init__(self, campaign: int) -> None:
        super().__init__(
            f"le secret des chiffres de la campagne {campaign} n'a pas été contrôlé : relancer la construction"
        )


@dataclass(frozen=True)
class Hidden:
    """What is hidden of a figure, and which of the two suppressions hides it; or what is kept of it as the last vintage
    told it (`told`: value, numerator, denominator, n)."""

    state: str
    numerator: bool
    denominator: bool
    kept: tuple[bool, bool]
    told: tuple[str | None, ...]

    def line(self, value: str, numerator: str, denominator: str, n: str) -> tuple[str, ...]:
        """What a release says of the figure, of which the candidate says this."""
        if self.state == UNREVISED:
            return tuple(said or "" for said in self.told)
        sides = [
            "" if hidden else (old or "") if kept else new
            for hidden, kept, old, new in zip(
                (self.numerator, self.denominator), self.kept, self.told[1:3], (numerator, denominator), strict=True
            )
        ]
        return ("", *sides, n)


@dataclass(frozen=True)
class Disclosure:
    """The decisions on one campaign's figures. Raises NotControlledError when the candidate has none."""

    candidate: Path
    campaign: int

    def __post_init__(self) -> None:
        folder = disclosure_folder(self.candidate, self.campaign)
        if not all((folder / name).is_file() for name in (FIGURES, CELLS, CHANGES, SUMMARY)):
            raise NotControlledError(self.campaign)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """How many figures are published and hidden, by which rules, for the manifest."""
        return {
            name: value for name, value in read_summary(self.candidate, self.campaign).items() if name != "fingerprint"
        }

    @cached_property
    def hidden(self) -> dict[tuple[str, ...], Hidden]:
        """(level, territory code, structure type, indicator, breakdown) → what is hidden there; {} for open figures."""
        return {tuple(row[:5]): Hidden(row[5], row[6], row[7], (row[8], row[9]), row[10:]) for row in self._rows()}

    def _rows(self) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            return connection.execute(
                f"""
                select f.level, f.territory, f.structure_type, f.indicator, f.breakdown, d.state, d.numerator_hidden,
                    d.denominator_hidden, d.numerator_kept, d.denominator_kept, d.told_value, d.told_numerator,
                    d.told_denominator, d.told_n
                from read_parquet(?) as f
                join read_parquet(?) as d using (campaign, territory_id, structure_type, indicator, breakdown)
                where d.state <> '{PUBLISHED}'
                """,
                [
                    str(self.candidate / "marts" / "figures.parquet"),
                    str(disclosure_folder(self.candidate, self.campaign) / FIGURES),
                ],
            ).fetchall()


def released_figures(candidate: Path, in_full: str = "") -> str:
    """The mart `figures` as SQL, hidden values null, with a column `status`; what isn't revised as the last vintage
    printed it. Campaigns that were not controlled are left out. Of the territory `in_full`, everything is told."""
    unrevised = f"d.state = '{UNREVISED}'"
    said = {
        "value": ("d.state <> 'published'", unrevised, "cast(d.told_value as double)"),
        "value_rounded": ("d.state <> 'published'", unrevised, "cast(d.told_value as decimal(28, 4))"),
        "numerator": (
            f"d.numerator_hidden or d.numerator_kept or {unrevised}",
            "not d.numerator_hidden",
            "cast(nullif(d.told_numerator, '') as decimal(38, 10))",
        ),
        "denominator": (
            f"d.denominator_hidden or d.denominator_kept or {unrevised}",
            "not d.denominator_hidden",
            "cast(nullif(d.told_denominator, '') as decimal(38, 10))",
        ),
        "n_respondents": (unrevised, unrevised, "cast(nullif(d.told_n, '') as bigint)"),
    }
    replaced = ", ".join(
        f"case when not ({other}) then f.{column} when {kept} then {told} end as {column}"
        for column, (other, kept, told) in said.items()
    )
    decided = f"read_parquet({_literal(candidate / FOLDER / '*' / FIGURES)})"
    if in_full:
        open_states = f"'{PUBLISHED}' as state, false as numerator_hidden, false as denominator_hidden"
        kept = "false as numerator_kept, false as denominator_kept"
        own = f"territory_id = '{in_full}'"
        decided = (
            f"(from {decided} where not {own} union all by name select * replace ({open_states}, {kept}) "
            f"from {decided} where {own})"
        )
    return (
        f"(select f.* replace ({replaced}), d.state as {STATUS} from read_parquet("
        f"{_literal(candidate / 'marts' / 'figures.parquet')}) as f join {decided} as d "
        "using (campaign, territory_id, structure_type, indicator, breakdown))"
    )


def released_columns(table: str, columns: list[str], public: frozenset[str]) -> list[str]:
    """The columns of a mart that a release may hold: of a fact, those of the frame and of the directory.

    [] for a fact that would only hold keys.
    """
    if not table.startswith(FACT):
        return columns
    kept = [name for name in columns if name in FRAME_COLUMNS or name in public]
    return kept if set(kept) - KEYS else []


def public_columns(candidate: Path) -> frozenset[str]:
    """The questions whose answers are public, structure by structure: the directory's."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            'select "column" from read_parquet(?) where release = ?',
            [str(candidate / "registry" / "wide_columns.parquet"), PUBLIC],
        ).fetchall()
    return frozenset(name for (name,) in rows)


def released_verdict(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict without the rows behind its checks, which tell what structures answered."""
    without: dict[str, Any] = json.loads(json.dumps(verdict))
    for check in without.get("checks", []):
        check |= {"rows": [], "row_lines": []}
    return without


def _literal(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))
