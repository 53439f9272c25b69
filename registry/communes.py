"""The communes that a frame may name: the vendored official codes, and former ones that old frames still use."""

from __future__ import annotations

import csv
import gzip
from functools import lru_cache

from core.home import PROJECT_ROOT

GEOGRAPHY = PROJECT_ROOT / "questionnaires" / "geo"
COMMUNES = GEOGRAPHY / "communes.csv.gz"
FORMER_COMMUNES = GEOGRAPHY / "former_communes.csv"


@lru_cache(maxsize=1)
def commune_names() -> dict[str, str]:
    """Name by code, of the code officiel géographique of questionnaires/geo and of former_communes.csv."""
    with gzip.open(COMMUNES, "rt", encoding="utf-8", newline="") as lines:
        names = {row["commune_code"]: row["commune_name"] for row in csv.DictReader(lines)}
    with FORMER_COMMUNES.open(encoding="utf-8", newline="") as former:
        names |= {row["commune_code"]: row["name"] for row in csv.DictReader(former)}
    return names
