"""What changed since the last vintage of a campaign: one line per figure that is new, gone or different."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

from publication.open_data.data_files import neutralised
from publication.release.manifest import MANIFEST

KEYS = ("campaign", "level", "territory", "structure_type", "indicator", "breakdown")
COMPARED = ("value", "numerator", "denominator", "n_respondents", "n_agreed", "n_solicited", "n_responded")
HEADER = (*KEYS, "change", "value_before", "value_after", "n_before", "n_after")


def last_vintage(campaign_folder: Path) -> dict[str, Any] | None:
    """The manifest of the vintage published last in ``releases/<campaign>/``; None before the first."""
    manifests = [json.loads(path.read_text(encoding="utf-8")) for path in campaign_folder.glob(f"[!.]*/{MANIFEST}")]
    return max(manifests, key=lambda manifest: (manifest["published_at"], manifest["vintage"]), default=None)


def write_differences(before: Path, after: Path, target: Path) -> dict[str, int]:
    """Compares two ``figures.csv``. Columns: those of the address of a figure, change, values and n before and after.

    `change`: added, removed, value (what is printed differs), basis (only what it rests on does). Returns how many of
    each.
    """
    old, new = _figures(before), _figures(after)
    counts: Counter[str] = Counter()
    with target.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(HEADER)
        for key in dict.fromkeys([*new, *old]):
            change = _change(old.get(key), new.get(key))
            if not change:
                continue
            counts[change] += 1
            sides = (old.get(key, {}), new.get(key, {}))
            shown = (side.get(column, "") for column in ("value", "n_respondents") for side in sides)
            writer.writerow([*map(neutralised, key), change, *shown])
    return dict(sorted(counts.items()))


def _figures(path: Path) -> dict[tuple[str, ...], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {tuple(row[key] for key in KEYS): row for row in csv.DictReader(lines)}


def _change(old: dict[str, str] | None, new: dict[str, str] | None) -> str:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    if old["value"] != new["value"]:
        return "value"
    return "basis" if any(old[column] != new[column] for column in COMPARED) else ""
