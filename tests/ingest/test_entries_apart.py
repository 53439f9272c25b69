"""An entry on which the program breaks is set aside by name; the others go on, now and at each later build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from ingest.receive.reception import Delivery, FileAnswer, receive
from ingest.returns.as_read import ReadFile
from ingest.store import intake, read_store
from ingest.store.intake import campaign_intake
from registry import Registry

SENDER, CAMPAIGN = "fede-npdc", 2019


def received(home: Home, registry: Registry, path: Path, text: str) -> FileAnswer:
    path.write_text(text, encoding="utf-8")
    return receive(home, registry, [Delivery(path, path.name, CAMPAIGN, SENDER)])[0]


@pytest.mark.parametrize("fault", ["raises", "repeats"])
def test_the_program_breaks_on_one_file(
    framed_home: Home, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    sound = read_store.read_return

    def broken(content: bytes, name: str, *context: Any) -> ReadFile:
        if name != "casse.csv":
            return sound(content, name, *context)
        if fault == "raises":
            raise KeyError("a value of the file")
        read = sound(content, name, *context)
        read.cell_row += read.cell_row
        for column in ("question", "option", "sheet", "line", "column", "text"):
            getattr(read, f"cell_{column}").extend(list(getattr(read, f"cell_{column}")))
        return read

    monkeypatch.setattr(read_store, "read_return", broken)
    first = received(framed_home, registry, tmp_path / "casse.csv", "IDENT;Q7.01\nCS-62-0001;5\n")
    second = received(framed_home, registry, tmp_path / "juste.csv", "IDENT;Q7.01\nCS-62-0002;6\n")

    assert (first.verdict, first.rule) == ("rejected", "I90")
    assert "Erreur du logiciel, pas de votre fichier" in first.message
    assert "a value of the file" not in first.message
    assert second.verdict == "accepted"
    tables = campaign_intake(framed_home, registry, CAMPAIGN).tables
    assert tables["rejects"].select("file", "level", "rule").rows() == [("casse.csv", "file", "I90")]
    assert set(tables["answers"]["structure_id"]) == {"CS-62-0002"}

    monkeypatch.undo()
    for module in (read_store, intake):
        monkeypatch.setattr(module, "code_fingerprint", lambda: "the next version")
    again = campaign_intake(framed_home, registry, CAMPAIGN).tables
    assert set(again["answers"]["structure_id"]) == {"CS-62-0001", "CS-62-0002"}
