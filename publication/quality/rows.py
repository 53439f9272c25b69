"""The lines of each table of the quality report: a label, then cells as text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from publication.french import NARROW_SPACE, number
from publication.quality.measures import Measures

Line = tuple[str, tuple[str, ...]]
Words = Mapping[str, Any]

RESPONSE = ("agreed", "solicited", "started", "responded", "complete")
EDITS = ("still_open", "raised", "standing", "confirmed", "corrected", "overrides")


def percent(value: float | None, decimals: int = 0) -> str:
    """`87 %`; '' for none."""
    return "" if value is None else f"{number(value, decimals)}{NARROW_SPACE}%"


def count(value: float | None) -> str:
    """A whole number; '' for none."""
    return "" if value is None else number(value, 0)


def response_by_type(measures: Measures, words: Words) -> list[Line]:
    """Response by structure type, then of all structures."""
    types = measures.labels("structure_types", "structure_type")
    lines = _response(measures, "structure_type", lambda code: types.get(code, code))
    return [*lines, *_response(measures, "all", lambda code: words["all_types"])] if len(lines) > 1 else lines


def response_by_management(measures: Measures, words: Words) -> list[Line]:
    """Response by management mode."""
    return _response(measures, "management_mode", lambda code: measures.choices.get(("management_mode", code), code))


def response_by_region(measures: Measures, words: Words) -> list[Line]:
    """Response by region."""
    return _response_of_level(measures, "region")


def low_departements(measures: Measures, words: Words) -> list[Line]:
    """The départements under the threshold, lowest first."""
    below = words["listed_departements_below_pct"]
    return _response_of_level(measures, "departement", below)[: words["most_rows"]]


def duplicates(measures: Measures, words: Words) -> list[Line]:
    """Rows of structures that returned more than one."""
    return [
        (
            row["message_fr"] or row["rule"],
            (count(row["rows_found"]), count(row["structures"]), words["returned"][row["state"]]),
        )
        for row in measures.table("duplicates")
    ]


def items_by_section(measures: Measures, words: Words) -> list[Line]:
    """Mean item rates by section and structure type."""
    sections: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in measures.items:
        sections[row["section"]].append(row)
    titles = words["sections_fr"]
    return [
        (
            titles.get(section, section),
            (
                percent(_mean(rows, "rate_respondents_pct")),
                percent(_mean(rows, "rate_in_scope_pct")),
                count(len(rows)),
                count(len(flagged(rows, words))),
            ),
        )
        for section, rows in sorted(sections.items(), key=lambda entry: list(titles).index(entry[0]))
    ]


def low_items(measures: Measures, words: Words) -> list[Line]:
    """The questions least answered, among those flagged."""
    lowest = sorted(flagged(measures.items, words), key=lambda row: row["rate_respondents_pct"])
    return [
        (
            f"{row['label_fr']} ({row['structure_type']})",
            (
                percent(row["rate_respondents_pct"]),
                percent(row["rate_in_scope_pct"]),
                *(count(row[name]) for name in ("answered", "declined", "rejected")),
            ),
        )
        for row in lowest[: words["most_rows"]]
    ]


def edits_by_severity(measures: Measures, words: Words) -> list[Line]:
    """Edits by severity."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in measures.table("edits"):
        sums[row["severity"]].update({name: row[name] for name in EDITS})
    names = words["severities"]
    return [
        (names[severity], tuple(count(sums[severity][name]) for name in EDITS))
        for severity in names
        if severity in sums
    ]


def edits_by_rule(measures: Measures, words: Words) -> list[Line]:
    """The rules with most open edits."""
    rows = sorted(measures.table("edits"), key=lambda row: (-row["still_open"], -row["raised"], row["rule"]))
    return [
        (
            f"{row['rule']} – {row['message_fr']}",
            tuple(count(row[name]) for name in ("still_open", "raised", "confirmed", "corrected")),
        )
        for row in rows[: words["most_rows"]]
        if row["still_open"]
    ]


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


def reconciliation(measures: Measures, words: Words) -> list[Line]:
    """National figures against the sums of their parts."""
    return [
        (
            words["parts"].get(row["part"], row["part"]),
            (count(row["differing"]), count(row["figures"]), number(row["largest_gap"], 2)),
        )
        for row in measures.table("reconciliation")
    ]


def suppression(measures: Measures, words: Words) -> list[Line]:
    """Figures that disclosure control hides; nothing where it was not decided."""
    known = measures.suppression
    if not known:
        return []
    hidden = known["primary"] + known["secondary"]
    share = 100 * hidden / known["figures"] if known["figures"] else None
    cells = (percent(share, 1), *(count(value) for value in (hidden, known["primary"], known["secondary"])))
    return [(words["released"], (*cells, count(known["figures"])))]


def series(measures: Measures, words: Words) -> list[Line]:
    """Indicators by number of comparable campaigns."""
    lengths = Counter(row["campaigns"] for row in measures.table("series"))
    said = words["campaigns_compared"]
    return [
        (said["many" if length > 1 else "one"].replace("{n}", str(length)), (count(lengths[length]),))
        for length in sorted(lengths, reverse=True)
    ]


def broken_series(measures: Measures, words: Words) -> list[Line]:
    """The indicators whose series is broken, with the reason."""
    why = {(line["indicator"], line["campaign"]): line["reason_fr"] for line in measures.breaks}
    return [
        (
            f"{row['label_fr']} : {why[row['indicator'], row['last_break']]}",
            (str(row["last_break"]),),
        )
        for row in measures.table("series")
        if (row["indicator"], row["last_break"]) in why
    ]


def flagged(rows: list[Any], words: Words) -> list[Any]:
    """The questions under the threshold."""
    return [
        row
        for row in rows
        if row["rate_respondents_pct"] is not None and row["rate_respondents_pct"] < words["flagged_below_pct"]
    ]


def _response(measures: Measures, dimension: str, label: Callable[[str], str]) -> list[Line]:
    return [
        (label(row["category"]), _response_cells(row))
        for row in measures.table("response")
        if row["dimension"] == dimension
    ]


def _response_of_level(measures: Measures, level: str, below: float | None = None) -> list[Line]:
    rows = [
        row
        for row in measures.table("response")
        if row["dimension"] == "territory" and measures.territories[row["category"]][0] == level
    ]
    if below is not None:
        kept = (row for row in rows if row["rate_pct"] is not None and row["rate_pct"] < below)
        rows = sorted(kept, key=lambda row: row["rate_pct"])
    return [(measures.territories[row["category"]][1], _response_cells(row)) for row in rows]


def _response_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (percent(row["rate_pct"]), *(count(row[name]) for name in RESPONSE))


def _mean(rows: list[Any], name: str) -> float | None:
    values = [row[name] for row in rows if row[name] is not None]
    return sum(values) / len(values) if values else None


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


ROWS: Mapping[str, Callable[[Measures, Words], list[Line]]] = {
    builder.__name__: builder
    for builder in (
        response_by_type,
        response_by_management,
        response_by_region,
        low_departements,
        duplicates,
        items_by_section,
        low_items,
        edits_by_severity,
        edits_by_rule,
        weightings,
        adjusted,
        imputation,
        masking,
        revisions,
        reconciliation,
        suppression,
        series,
        broken_series,
    )
}
