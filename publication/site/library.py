"""What was published: the releases, the last vintage of each campaign, their documents by territory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publication.site.settings import DocumentKind

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Release:
    """A published vintage. `files`: path and bytes of each file, relative to its folder."""

    campaign: int
    data_year: int
    vintage: str
    label: str
    published_at: str
    demo: bool
    remark: str
    folder: Path
    files: dict[str, int]

    @property
    def address(self) -> str:
        """Where its files are on the site."""
        return f"publications/{self.campaign}/{self.vintage}"

    @property
    def bi_file(self) -> Path:
        """Its DuckDB file."""
        return self.folder / f"senacs_{self.campaign}_{self.vintage}.duckdb"


@dataclass(frozen=True)
class Document:
    """A document of a release about a territory: page and PDF, by address from the root of the site."""

    label: str
    level: str
    code: str
    campaign: int
    data_year: int
    page: str
    pdf: str


def releases_in(folder: Path) -> list[Release]:
    """Every published vintage, the last published first."""
    found = [_release(path) for path in folder.glob(f"*/[!.]*/{MANIFEST}")]
    return sorted(found, key=lambda release: (release.published_at, release.campaign), reverse=True)


def last_of_each_campaign(releases: Iterable[Release]) -> list[Release]:
    """The vintage that counts now for each campaign, the last campaign first."""
    last: dict[int, Release] = {}
    for release in releases:
        last.setdefault(release.campaign, release)
    return [last[campaign] for campaign in sorted(last, reverse=True)]


def documents_of(release: Release, kinds: Sequence[DocumentKind]) -> list[Document]:
    """The documents of a release, in the order of their kinds; the kind with the longest pattern that fits counts."""
    found = []
    longest_first = sorted(enumerate(kinds), key=lambda entry: -len(entry[1].pattern))
    for path in sorted(release.files):
        for rank, kind in longest_first:
            named = kind.territory_of(path)
            if named is None:
                continue
            page = f"{path.removesuffix('.pdf')}.html"
            address = f"{release.address}/{page}" if page in release.files else ""
            pdf = f"{release.address}/{path}"
            found.append((rank, Document(kind.label, *named, release.campaign, release.data_year, address, pdf)))
            break
    return [document for _, document in sorted(found, key=lambda entry: entry[0])]


def _release(manifest: Path) -> Release:
    told: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    return Release(
        campaign=told["campaign"],
        data_year=told["data_year"],
        vintage=told["vintage"],
        label=told["vintage_label"],
        published_at=told["published_at"],
        demo=told["demo"],
        remark=told["remark"],
        folder=manifest.parent,
        files={path: about["bytes"] for path, about in told["files"].items()},
    )
