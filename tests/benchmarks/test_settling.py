"""What blocks the set for want of a confirmation is confirmed by data, as a national team would; nothing else is."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from benchmarks.settling import main
from core.home import Home
from ingest.corrections.corrections import REQUIRED, national_lines

CAMPAIGN = 2019


def check(structure: str, effect: str, scope: str = "national") -> dict[str, object]:
    return {"effect": effect, "scope": scope, "rows": [{"structure_id": structure, "variable": "result"}]}


def test_only_open_edits_on_answers_that_block_the_nation_are_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, corrections = Home(tmp_path / "home"), tmp_path / "corrections"
    checks = [check("CS-44-0023", "block"), check("CS-62-0001", "reserve"), check("CS-59-0001", "block", "DEP-59")]
    (home.candidate / "verdicts").mkdir(parents=True)
    (home.candidate / "verdicts" / f"{CAMPAIGN}.json").write_text(json.dumps({"checks": checks}), encoding="utf-8")
    (home.candidate / "intake").mkdir()
    edits = {
        "campaign": [CAMPAIGN] * 4,
        "structure_id": ["CS-44-0023", "CS-44-0023", "CS-62-0001", "CS-59-0001"],
        "variable": ["result"] * 4,
        "rule": ["E15", "E16", "E15", "E15"],
        "raw": ["356 598"] * 4,
        "current": [True] * 4,
        "open": [True, False, True, True],
    }
    pl.DataFrame(edits).write_parquet(home.candidate / "intake" / "edits.parquet")

    main(home, corrections)

    assert json.loads(capsys.readouterr().out) == {str(CAMPAIGN): 1}
    monkeypatch.setenv("SENACS_CORRECTIONS", str(corrections))
    (written,) = national_lines(home, CAMPAIGN)
    entry = written.said
    assert (entry["structure"], entry["action"], entry["rule"]) == ("CS-44-0023", "confirm", "E15")
    assert entry["expected"] == "356 598" and all(entry[name] for name in REQUIRED)
