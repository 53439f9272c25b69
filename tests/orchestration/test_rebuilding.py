"""What a rebuilt vintage says of the inputs that are no longer those of its publication."""

from __future__ import annotations

from pathlib import Path

from orchestration.rebuilding import other_editorial_files
from publication.release.manifest import hashes_of


def test_texts_of_local_committees_that_changed_since_are_named(tmp_path: Path) -> None:
    for name in ("projet.md", "moyens.md", "evs.md"):
        (tmp_path / "departement-62").mkdir(exist_ok=True)
        (tmp_path / "departement-62" / name).write_text(name, encoding="utf-8")
    record = {"editorial": hashes_of(tmp_path)}
    assert other_editorial_files(record, tmp_path) == {}

    (tmp_path / "departement-62" / "projet.md").write_text("# Autre projet", encoding="utf-8")
    (tmp_path / "departement-62" / "evs.md").unlink()
    then, now = other_editorial_files(record, tmp_path)["editorial"]

    assert list(then) == list(now) == ["departement-62/evs.md", "departement-62/projet.md"]
    assert now["departement-62/evs.md"] == "absent"
    assert other_editorial_files({}, tmp_path) == {}
