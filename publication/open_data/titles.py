"""How pages call the files of the open data."""

from __future__ import annotations

import json
from pathlib import Path

from core.french import typographic
from publication.open_data.words import read_words

FOLDER = "open-data"
PACKAGE = "datapackage.json"


def titles_of(release: Path) -> dict[str, str]:
    """Path of each file of the open data of a release → its French title; {} where the release has none."""
    package = release / FOLDER / PACKAGE
    if not package.is_file():
        return {}
    told = json.loads(package.read_text(encoding="utf-8"))
    listed = {resource["path"]: resource["title"] for resource in told["resources"]}
    others = {name: typographic(title) for name, title in read_words().files.items()}
    return {f"{FOLDER}/{name}": title for name, title in {**others, **listed}.items()}
