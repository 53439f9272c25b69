"""The lines of each table of the quality report: a label, then cells as text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from core.french import number
from publication.quality.cells import Line, Words, count, percent
from publication.quality.measures import Measures
from publication.quality.nonresponse_rows import adjusted, imputation, masking, revisions, weightings

RESPONSE = ("agreed", "solicited", "started", "responded", "complete")
EDITS = ("still_open", "raised", "standing", "confirmed", "corrected", "overrides")


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
