"""What must hold of a home, whatever happened to the commands that ran in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.home import Home
from ingest.receive.integrity import check_archive

CANDIDATE_FILES = ("figures.csv", "intake.csv")


def archived(home: Path) -> dict[str, bytes]:
    """Every receipt of a home whose archive is whole."""
    check_archive(Home(home))
    return {
        path.parent.relative_to(home).as_posix(): path.read_bytes()
        for path in home.glob("archive/[!.]*/**/receipt.json")
    }


def candidate_files(home: Path) -> list[bytes]:
    """What a candidate says; it is whole, with its verdicts, and so is every other visible build."""
    visible = [folder for folder in home.glob("builds/*") if folder.suffix != ".partial"]
    assert all((folder / "manifest.json").is_file() for folder in visible)
    folder = (home / "candidate").resolve()
    assert list((folder / "verdicts").glob("*.json"))
    return [(folder / name).read_bytes() for name in CANDIDATE_FILES]


def releases(home: Path) -> dict[str, dict[str, str]]:
    """The files of each visible vintage: those of its SHA256SUMS, no other, and unchanged since."""
    found = {}
    for folder in sorted(home.glob("releases/*/[!.]*")):
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
        present = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "SHA256SUMS"
        }
        assert present == listed
        found[folder.relative_to(home).as_posix()] = listed
    return found


def leftovers(home: Path) -> list[Path]:
    """What an interrupted build or publication had begun and nobody removed."""
    patterns = ("builds/*.partial", "releases/*/.*.partial", ".candidate.*")
    return [path for pattern in patterns for path in home.glob(pattern)]
