"""What a national team does between a first verdict and a publication, done to a set that answers for nobody.

    python -m benchmarks.settling HOME CORRECTIONS

Generated answers weigh on national figures by chance, as real ones do: those that block a campaign until somebody
confirms them are confirmed, by data, in the corrections of the campaign (docs of `ingest.corrections.corrections`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.home import Home
from ingest.corrections.decision import CONFIRM

REASON, AUTHOR, DATE = "valeur du jeu de mesure", "benchmarks.settling", "2026-01-01"


def confirmations(candidate: Path, campaign: int) -> Iterator[dict[str, Any]]:
    """An entry of the corrections for each open edit on an answer that forbids the national publication."""
    import polars as pl

    verdict = json.loads((candidate / "verdicts" / f"{campaign}.json").read_text(encoding="utf-8"))
    blocking = (check for check in verdict["checks"] if check["effect"] == "block" and check["scope"] == "national")
    answers = {(row.get("structure_id"), row.get("variable")) for check in blocking for row in check["rows"]}
    edits = pl.read_parquet(candidate / "intake" / "edits.parquet").filter(
        (pl.col("campaign") == campaign) & pl.col("current") & pl.col("open")
    )
    for edit in edits.select("structure_id", "variable", "rule", "raw").unique(maintain_order=True).iter_rows():
        structure, variable, rule, raw = edit
        if (structure, variable) in answers:
            yield {
                "structure": structure, "variable": variable, "action": CONFIRM, "rule": rule, "expected": raw,
                "reason": REASON, "author": AUTHOR, "date": DATE,
            }  # fmt: skip


def main(home: Home, corrections: Path) -> None:
    """Writes ``<campaign>.yml`` for each campaign that needs one; prints how many entries each has, as JSON."""
    import yaml

    written = {}
    corrections.mkdir(parents=True, exist_ok=True)
    for verdict in sorted((home.candidate / "verdicts").glob("*.json")):
        entries = list(confirmations(home.candidate, int(verdict.stem)))
        if entries:
            text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
            (corrections / f"{verdict.stem}.yml").write_text(text, encoding="utf-8")
            written[verdict.stem] = len(entries)
    print(json.dumps(written))


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), Path(sys.argv[2]))
