"""The disclosure folder of a candidate: ``disclosure/<campaign>/``, written by the build, read by gate and release."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from methods.disclosure.amounts import Amounts, read_amounts
from methods.disclosure.earlier import KEPT, Earlier, earlier_vintages
from methods.disclosure.pattern import Pattern
from methods.disclosure.rules import PREFIX, rules_from
from methods.disclosure.states import PRIMARY, PUBLISHED, SECONDARY, UNREVISED

FOLDER = "disclosure"
FIGURES = "figures.parquet"
CELLS = "cells.parquet"
CHANGES = "changes.parquet"
CHANGE_ATOMS = "change_atoms.parquet"
SUMMARY = "summary.json"

FIGURE_COLUMNS = {
    **{"campaign": "int32", "territory_id": "string", "structure_type": "string", "indicator": "string"},
    **{"breakdown": "string", "state": "string", "rule": "string"},
    **{"numerator_hidden": "bool", "denominator_hidden": "bool", "numerator_kept": "bool", "denominator_kept": "bool"},
    **{"told_value": "string", "told_numerator": "string", "told_denominator": "string", "told_n": "string"},
}
CELL_COLUMNS = {
    **{"campaign": "int32", "aggregate": "string", "territory_id": "string", "structure_type": "string"},
    **{"state": "string", "rule": "string", "contributors": "int32", "width": "double"},
}
CHANGE_COLUMNS = {
    **{"campaign": "int32", "vintage": "int32", "aggregate": "string", "territory_id": "string"},
    **{"structure_type": "string", "amount": "double", "answers": "int32", "signed": "bool", "width": "double"},
}
CHANGE_ATOM_COLUMNS = {
    **{"campaign": "int32", "vintage": "int32", "structure_type": "string", "territories": "string"},
    "structures": "int32",
}


def disclosure_folder(candidate: Path, campaign: int) -> Path:
    """Where a candidate keeps the pattern of a campaign."""
    return candidate / FOLDER / str(campaign)


def write_disclosure(
    candidate: Path, campaign: int, thresholds: Mapping[str, str], releases: Path, last: Path | None = None
) -> dict[str, Any]:
    """Decide what each figure of a campaign may tell, and write it. Returns the summary.

    `thresholds`: those of the gate for the campaign; `releases`: where earlier vintages are. A folder that the `last`
    candidate has for the same answers, rules, code and vintages is copied: the result is the same.
    """
    target = disclosure_folder(candidate, campaign)
    rules = {name: value for name, value in thresholds.items() if name.startswith(PREFIX)}
    earlier = earlier_vintages(releases, campaign)
    with duckdb.connect() as connection:
        amounts = read_amounts(connection, candidate, campaign)
        key = _fingerprint(amounts, rules, earlier)
        if last is not None and (done := _same(disclosure_folder(last, campaign), key)):
            shutil.copytree(disclosure_folder(last, campaign), target)
            return done
        codes = dict(
            connection.execute(
                "select territory_id, code from read_parquet(?)", [str(candidate / "marts" / "dim_territory.parquet")]
            ).fetchall()
        )
        found = Pattern(amounts, rules_from(thresholds), earlier, codes)
        target.mkdir(parents=True)
        _write_figures(connection, candidate, campaign, found, target / FIGURES)
        for rows, columns, name in (
            (found.cell_rows(), CELL_COLUMNS, CELLS),
            (found.change_rows(), CHANGE_COLUMNS, CHANGES),
            (found.change_atoms(), CHANGE_ATOM_COLUMNS, CHANGE_ATOMS),
        ):
            _write_rows(connection, campaign, rows, columns, target / name)
        summary = {"campaign": campaign, "rules": rules, **_summary(connection, target), "fingerprint": key}
    (target / SUMMARY).write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return summary


def read_summary(candidate: Path, campaign: int) -> dict[str, Any]:
    """What `write_disclosure` returned. Raises FileNotFoundError when the candidate has no pattern of the campaign."""
    summary: dict[str, Any] = json.loads((disclosure_folder(candidate, campaign) / SUMMARY).read_text(encoding="utf-8"))
    return summary


def _same(folder: Path, key: str) -> dict[str, Any] | None:
    if not (folder / SUMMARY).exists():
        return None
    summary: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    return summary if summary.get("fingerprint") == key else None


def _fingerprint(amounts: Amounts, rules: Mapping[str, str], earlier: Earlier) -> str:
    """Everything that the pattern follows from, this code included."""
    digest = hashlib.sha256(repr(sorted(rules.items())).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    figures = amounts.figures
    for content in (amounts.types, amounts.managers, amounts.values, figures.expression, figures.n_respondents):
        digest.update(repr((content.dtype, content.shape)).encode() + content.tobytes())
    for content in (figures.amount, figures.total):
        digest.update(content.tobytes())
    for texts in (figures.territory, figures.level, figures.structure_type):
        digest.update("\0".join(texts.tolist()).encode())
    others = (
        sorted(amounts.columns.items()),
        sorted((name, rows.tolist()) for name, rows in amounts.territories.items()),
        figures.expressions,
        sorted(amounts.public),
        sorted((address, of.amount, of.origin) for address, of in earlier.told.items()),
        sorted(earlier.hidden),
        sorted((address, sorted(line.items())) for address, line in earlier.lines.items()),
        [sorted(structures) for structures in earlier.respondents],
        amounts.structures,
    )
    for other in others:
        digest.update(repr(other).encode())
    return digest.hexdigest()


def _write_figures(connection: Any, candidate: Path, campaign: int, found: Pattern, target: Path) -> None:
    """One row per figure of the campaign, those on the frame included: they are public. `told_*`: of what is kept, the
    words of the last vintage."""
    figures = found.amounts.figures
    indicator, breakdown = (
        np.array([getattr(e, name) for e in figures.expressions], dtype=object)[figures.expression]
        for name in ("indicator", "breakdown")
    )
    *decided, old_numerator, old_denominator = found.states()
    lines: list[Mapping[str, str]] = [{}] * len(figures)
    for row in np.flatnonzero(old_numerator | old_denominator).tolist():
        code = found.codes.get(figures.territory[row], figures.territory[row])
        where = (figures.level[row], code, figures.structure_type[row], indicator[row], breakdown[row])
        lines[row] = found.earlier.lines.get(where, {})
    _table(
        connection,
        "decided",
        FIGURE_COLUMNS,
        [
            np.full(len(figures), campaign),
            *(figures.territory, figures.structure_type, indicator, breakdown),
            *(*decided, old_numerator, old_denominator),
            *([line.get(name) for line in lines] for name in KEPT),
        ],
    )
    connection.execute(
        f"""
        copy (
            select f.campaign, f.territory_id, f.structure_type, f.indicator, f.breakdown,
                coalesce(d.state, '{PUBLISHED}') as state, coalesce(d.rule, 'public') as rule,
                coalesce(d.numerator_hidden, false) as numerator_hidden,
                coalesce(d.denominator_hidden, false) as denominator_hidden,
                coalesce(d.numerator_kept, false) as numerator_kept,
                coalesce(d.denominator_kept, false) as denominator_kept,
                d.told_value, d.told_numerator, d.told_denominator, d.told_n
            from read_parquet({_literal(candidate / "marts" / "figures.parquet")}) as f
            left join decided as d using (territory_id, structure_type, indicator, breakdown)
            where f.campaign = {int(campaign)}
            order by all
        ) to {_literal(target)} (format parquet)
        """
    )


def _write_rows(
    connection: Any, campaign: int, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, Any], target: Path
) -> None:
    told = [(campaign, *row) for row in rows]
    _table(connection, "written", columns, list(zip(*told, strict=True)) or [()] * len(columns))
    connection.execute(f"copy (from written order by all) to {_literal(target)} (format parquet)")


def _summary(connection: Any, folder: Path) -> dict[str, Any]:
    figures = connection.execute(
        f"select state, rule, count(*) from read_parquet({_literal(folder / FIGURES)}) group by all order by all"
    ).fetchall()
    states: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    for state, rule, count in figures:
        states[state] += count
        if state == PRIMARY:
            by_rule[rule] += count
    total = sum(states.values())
    told = {state: states[state] for state in (PUBLISHED, PRIMARY, SECONDARY, UNREVISED)}
    shares = {f"{state}_pct": round(100 * states[state] / total, 2) if total else 0.0 for state in (PRIMARY, SECONDARY)}
    return {"figures": total, **told, **shares, "primary_by_rule": dict(sorted(by_rule.items()))}


def _table(connection: Any, name: str, types: Mapping[str, Any], columns: Sequence[Any]) -> None:
    """A table of DuckDB from columns."""
    filled = {field: pa.array(column, kind) for (field, kind), column in zip(types.items(), columns, strict=True)}
    connection.register("columns_read", pa.table(filled))
    connection.execute(f"create or replace table {name} as from columns_read")
    connection.unregister("columns_read")


def _literal(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))
