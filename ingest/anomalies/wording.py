"""The French sentence of a finding, from the words of guards.csv."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ingest.anomalies.findings import OTHERS, PARTS_SUM, PREVIOUS, REQUIRED
from registry.guard_settings import COMMON, GuardSettings

BASES = {PREVIOUS: "previous_fr", OTHERS: "others_fr", PARTS_SUM: "parts_fr", REQUIRED: "required_fr"}
NARROW_SPACE = "\u202f"
WHOLE_FROM = 100
"""From here on a number is told without decimals."""


def message(row: Mapping[str, Any], settings: GuardSettings) -> str:
    """`row`: a finding with question_code, question_label_fr, and other_code, other_label where it names another."""
    basis = settings.text(COMMON, BASES[row["basis"]]) if row["basis"] in BASES else ""
    other = f"{row['other_code']}, {row['other_label']}" if row["other_code"] else row["other"]
    return settings.text(row["guard"], "message_fr").format(
        question=f"{row['question_code']}, {row['question_label_fr']}",
        other=other,
        observed=french_number(row["observed"]),
        expected=french_number(row["expected"]),
        n=row["n"],
        basis=basis,
    )


def french_number(value: float | None) -> str:
    """``1 234`` or ``0,25``, rounded half away from zero."""
    if value is None:
        return "?"
    step = Decimal(1) if abs(value) >= WHOLE_FROM else Decimal("0.01")
    text = f"{Decimal(str(value)).quantize(step, ROUND_HALF_UP):,f}".replace(",", NARROW_SPACE).replace(".", ",")
    return text.rstrip("0").rstrip(",") if "," in text else text
