"""``README.txt`` of a release: what is in the folder, and how far it may be used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from core.french import typographic
from publication.documents.plans import House
from publication.release.gate import BLOCKED
from publication.release.signatures import signed_line


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
        *signed_lines(verdict.get("signatures", []), house.signatures, _withheld(verdict)),
        *noted_lines(verdict.get("notes", []), house.notes),
        *house.reuse,
    ]
    (folder / "README.txt").write_text("\n".join(map(typographic, lines)) + "\n", encoding="utf-8")


def signed_lines(
    signatures: Iterable[Mapping[str, Any]], words: Mapping[str, str], withheld: Collection[str] = ()
) -> list[str]:
    """Who signed each published territory, then, apart, who was declared absent: a line each, [] without any."""
    told: dict[str, list[str]] = {"signed": [], "absent": []}
    for state in signatures:
        if state["state"] in told and state["territory_id"] not in withheld:
            told[state["state"]].append(signed_line(state, words))
    headings = {"signed": words["heading"], "absent": words["absent_heading"]}
    return [line for state, lines in told.items() if lines for line in (headings[state], *lines, "")]


def noted_lines(notes: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    """Why figures changed since the last vintage: a line per note, then an empty one; [] without any."""
    told = [words["note"].format(**note) for note in notes]
    return [words["heading"], *told, ""] if told else []


def _withheld(verdict: Mapping[str, Any]) -> set[str]:
    return {name for name, outcome in verdict.get("publications", {}).items() if outcome == BLOCKED}


def _shown(pattern: str, names: Iterable[str]) -> str:
    return next(name for name in sorted(names) if fnmatch(name, pattern))
