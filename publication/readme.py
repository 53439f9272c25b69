"""``README.txt`` of a release: what is in the folder, and how far it may be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from publication.french import typographic
from publication.plans import House
from publication.signatures import signed_line


def write_readme(
    folder: Path,
    about: Mapping[str, Any],
    house: House,
    paths: Iterable[str],
    verdict: Mapping[str, Any],
) -> None:
    """Names the vintage, marks demonstration data, describes each kind of file, says who signed and why it changed."""
    known = list(paths)
    names = {*known, *(path.split("/")[0] for path in known)}
    lines = [
        f"SENACS – enquête {about['campaign']}, données {about['data_year']}",
        f"Millésime {about['vintage']} ({about['vintage_label']}), publié le {about['published_at']}",
        house.vintage_meaning(about["vintage"]),
        "",
        *([house.demo["sentence"], ""] if about["demo"] else []),
        *(
            f"{_shown(pattern, names)} : {words}"
            for pattern, words in house.files.items()
            if any(fnmatch(name, pattern) for name in names)
        ),
        "",
        *signed_lines(verdict.get("signatures", []), house.signatures),
        *noted_lines(verdict.get("notes", []), house.notes),
        *house.reuse,
    ]
    (folder / "README.txt").write_text("\n".join(map(typographic, lines)) + "\n", encoding="utf-8")


def signed_lines(signatures: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    """Who answers for each territory: a line per signature or declared absence, then an empty one; [] without any."""
    told = [line for state in signatures if (line := signed_line(state, words))]
    return [words["heading"], *told, ""] if told else []


def noted_lines(notes: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    """Why figures changed since the last vintage: a line per note, then an empty one; [] without any."""
    told = [words["note"].format(**note) for note in notes]
    return [words["heading"], *told, ""] if told else []


def _shown(pattern: str, names: Iterable[str]) -> str:
    return next(name for name in sorted(names) if fnmatch(name, pattern))
