"""The lines of the tables on non-response and revisions: national figures, treated or not, vintage by vintage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.french import number
from publication.quality.cells import Line, Words, count, percent
from publication.quality.measures import Measures


def weightings(measures: Measures, words: Words) -> list[Line]:
    """How each weighting went."""
    labels = measures.labels("weightings", "weighting")
    return [
        (
            labels.get(row["weighting"], row["weighting"]),
            (
                words["modes"][row["mode"]],
                *(count(row[name]) for name in ("respondents", "in_population")),
                _strata(row, words),
                count(row["capped"]),
                " à ".join(number(row[name] or 1, 2) for name in ("weight_min", "weight_max")),
            ),
        )
        for row in measures.table("weightings")
    ]


def adjusted(measures: Measures, words: Words) -> list[Line]:
    """Each national figure with each treatment, without any, and the distance."""
    labels = measures.labels("weightings", "weighting")
    rows = _on_all_types(measures)
    plain = {_key(row): row for row in rows if row["weighting"] == "none" and not row["imputed"]}
    lines = []
    for row in rows:
        base = plain.get(_key(row))
        if base is None or row is base:
            continue
        treatment = labels.get(row["weighting"], words["unadjusted"])
        told = [treatment, *([words["with_imputed"]] if row["imputed"] else [])]
        told += [words["is_published"]] if row["published"] else []
        distance = 100 * (row["value"] / base["value"] - 1) if base["value"] else None
        values = (number(cell["value_rounded"], cell["decimals"]) for cell in (row, base))
        lines.append((f"{_named(measures, row, words)} – {', '.join(told)}", (_signed(distance), *values)))
    return lines


def imputation(measures: Measures, words: Words) -> list[Line]:
    """Imputation rate of each variable that the registry may impute."""
    return [
        (
            f"{row['label_fr']} ({row['structure_type']})",
            (percent(row["rate_pct"], 1), *(count(row[name]) for name in ("answered", "missing", "imputed"))),
        )
        for row in measures.table("imputation")
    ]


def masking(measures: Measures, words: Words) -> list[Line]:
    """The masking test: error of the total, mean absolute error."""
    labels = {row["variable"]: row["label_fr"] for row in measures.items}
    rows = measures.table("masking")
    methods = Counter(row["variable"] for row in rows)
    return [
        (
            f"{labels.get(row['variable'], row['variable'])}, {words['methods'][row['method']]}",
            (
                _signed(None if row["relative_error"] is None else 100 * row["relative_error"]),
                percent(None if row["mape"] is None else 100 * row["mape"], 1),
                count(row["hidden"]),
                count(row["imputed"]),
            ),
        )
        for row in rows
        if row["method"] != "all" or methods[row["variable"]] != 2
    ]


def revisions(measures: Measures, words: Words) -> list[Line]:
    """The value of each key figure in each vintage; nothing for the first."""
    vintages = measures.vintages
    if len(vintages) < 2:
        return []
    rows = {_key(row): row for row in _on_all_types(measures)}
    return [
        (
            _named(measures, row, words),
            tuple(
                number(values[key], row["decimals"]) if key in values else "" for values in reversed(vintages.values())
            ),
        )
        for key, row in rows.items()
    ]


def _strata(row: Mapping[str, Any], words: Words) -> str:
    strata, collapsed = count(row["strata"] or None), row["strata_collapsed"]
    if not collapsed:
        return strata
    told: str = words["collapsed"].replace("{n}", strata).replace("{collapsed}", count(collapsed))
    return told


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["structure_type"], row["indicator"], row["breakdown"]


def _on_all_types(measures: Measures) -> list[dict[str, Any]]:
    """The figures without a breakdown, on all types together where there is such a figure."""
    whole = [row for row in measures.adjusted if row["breakdown"] == ""]
    types = measures.labels("structure_types", "structure_type")
    combined = {row["indicator"] for row in whole if row["structure_type"] not in types}
    return [row for row in whole if row["structure_type"] not in types or row["indicator"] not in combined]


def _named(measures: Measures, row: Mapping[str, Any], words: Words) -> str:
    """`Équivalents temps plein (toutes structures)`."""
    types = measures.labels("structure_types", "structure_type")
    kind = row["structure_type"] if row["structure_type"] in types else words["all_types"].lower()
    return f"{measures.labels('indicators', 'indicator').get(row['indicator'], row['indicator'])} ({kind})"


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    return ("+" if value > 0 else "") + percent(value, 1)
