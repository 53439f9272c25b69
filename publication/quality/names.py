"""The numbers that the sentences of the quality report call by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.french import long_date
from publication.quality.cells import count, percent
from publication.quality.measures import Measures
from publication.quality.rows import flagged

RESPONSE = ("agreed", "solicited", "started", "responded", "responded_in_scope", "complete")
COVERAGE = ("out_of_scope", "expired", "respondents_out_of_scope", "unknown_rows")


def names_of(measures: Measures, words: Mapping[str, Any]) -> dict[str, str]:
    """Name: text. '' where nothing is known: a sentence that calls it is not said."""
    whole = next((row for row in measures.table("response") if row["dimension"] == "all"), {})
    coverage = next(iter(measures.table("coverage")), {})
    names = {name: count(whole.get(name)) for name in RESPONSE} | {name: count(coverage.get(name)) for name in COVERAGE}
    names["response_pct"] = percent(whole.get("rate_pct"), 1)
    complete = 100 * whole["complete"] / whole["responded"] if whole.get("responded") else None
    names["complete_pct"] = percent(complete)
    thresholds = ("flagged_below_pct", "listed_departements_below_pct")
    names |= {name: count(words[name]) for name in thresholds}
    return (
        names
        | _items(measures, words)
        | _edits(measures)
        | _imputed(measures)
        | _reconciled(measures)
        | _days(measures)
    )


def _items(measures: Measures, words: Mapping[str, Any]) -> dict[str, str]:
    items = measures.items
    means = {}
    for name, column in (("items_pct", "rate_respondents_pct"), ("items_in_scope_pct", "rate_in_scope_pct")):
        values = [row[column] for row in items if row[column] is not None]
        means[name] = percent(sum(values) / len(values) if values else None)
    return means | {"items": count(len(items) or None), "items_flagged": count(len(flagged(items, words)))}


def _edits(measures: Measures) -> dict[str, str]:
    edits = measures.table("edits")
    sums = {name: count(sum(row[name] for row in edits)) for name in ("confirmed", "corrected", "overrides")}
    to_confirm = [row for row in edits if row["severity"] == "confirm"]
    return sums | {
        "edits_open": count(sum(row["still_open"] for row in to_confirm)),
        "edits_confirm": count(sum(row["raised"] for row in to_confirm)),
    }


def _imputed(measures: Measures) -> dict[str, str]:
    """Imputed values, and the structures with one of them under the published national figures."""
    published = [row["n_imputed"] for row in measures.adjusted if row["published"]]
    return {
        "imputed": count(len(measures.table("imputed"))),
        "imputed_published": count(max(published, default=0)),
    }


def _reconciled(measures: Measures) -> dict[str, str]:
    rows = measures.table("reconciliation")
    return {
        "differing": count(sum(row["differing"] for row in rows)),
        "reconciled": count(sum(row["figures"] for row in rows) or None),
    }


def _days(measures: Measures) -> dict[str, str]:
    closed, published = measures.closed_on, measures.vintage.published_on
    return {
        "closed_on": long_date(closed) if closed else "",
        "published_on": long_date(published),
        "days": count((published - closed).days) if closed else "",
    }
