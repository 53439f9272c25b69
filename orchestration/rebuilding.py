"""A published vintage made again from what its manifest says that it was made of, and compared with what was published.

The archive of a home of its own holds the recorded entries only. What names a moment (build, verdict, publication) is
taken from the record; everything else is made again with the code and the questionnaires of today, and if these are
others than the recorded ones, the result says so.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.home import Home, editorial_folder, questionnaires_folder
from core.ledger import Ledger, Line
from ingest.receive.archive import RECEIPT, local_timestamp, stored_bytes_sha256
from orchestration.stages import Listener
from publication.release.comparison import differing_files
from publication.release.manifest import hashes_of

ENVIRONMENT = ("SENACS_HOME", "DAGSTER_HOME")
MOMENTS = ("build_id", "built_at", "waiting")
VERSIONS = {
    "code_version": "le code",
    "registry_fingerprint": "les questionnaires",
    "corrections": "les corrections de l'équipe nationale",
}
EDITORIAL = "editorial"
INPUTS_FR = VERSIONS | {EDITORIAL: "les textes et images des comités locaux"}


class RebuildError(Exception):
    """The vintage can't be made again: the text says what is missing, in French."""


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: `differing` names each file that isn't the published one and why; `versions`, what is no longer
    the recorded version (name, recorded, present); `folder`, the release made again."""

    campaign: int
    vintage: str
    files: int
    differing: dict[str, str]
    versions: dict[str, tuple[Any, Any]]
    folder: Path

    @property
    def equal(self) -> bool:
        """True when every file is the one that was published."""
        return not self.differing


def rebuild(home: Home, campaign: int, vintage: str, workshop: Path, listener: Listener | None = None) -> Rebuilt:
    """Make a vintage again in `workshop` (an empty folder) and compare it, file by file.

    Raises `RebuildError` when the vintage or one of its inputs isn't there or is damaged.
    """
    from orchestration.pipeline import build
    from publication.release.publish import publish

    published = home.releases / str(campaign) / vintage
    record = recorded_manifest(published)
    there = Home(workshop / "home")
    restored_archive(home, record, there)
    previous = record.get("previous")
    while previous:
        before = home.releases / str(campaign) / previous["vintage"]
        shutil.copytree(before, there.releases / str(campaign) / previous["vintage"])
        previous = recorded_manifest(before).get("previous")
    with _environment_kept():
        candidate = build(there, listener=listener).path
    versions = _recorded_provenance(candidate, record) | other_editorial_files(
        record, editorial_folder() / str(campaign)
    )
    verdict = json.loads((published / "verdict.json").read_text(encoding="utf-8"))
    moment = dt.datetime.fromisoformat(record["published_at"])
    again = publish(
        candidate, verdict, campaign, vintage, there.releases, published_at=moment, editorial=editorial_folder()
    )
    count, differing = differing_files(published, again)
    return Rebuilt(campaign, vintage, count, differing, versions, again)


def recorded_manifest(release: Path) -> dict[str, Any]:
    """The manifest of a published vintage. Raises `RebuildError`."""
    path = release / "manifest.json"
    if not path.is_file():
        known = ", ".join(sorted(found.parent.name for found in release.parent.glob("[!.]*/manifest.json")))
        raise RebuildError(
            f"le millésime {release.name} de la campagne {release.parent.name} n'est pas publié "
            f"(publiés : {known or 'aucun'})"
        )
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def restored_archive(home: Home, record: dict[str, Any], there: Home) -> None:
    """The recorded entries, copied into the archive of another home.

    Raises `RebuildError` naming those that are gone, or whose bytes are no longer those that were recorded.
    """
    if not record.get("references"):
        raise RebuildError(
            "ce millésime a été publié par une version qui ne notait pas encore les listes de structures utilisées : "
            "il ne peut pas être refait à l'identique"
        )
    # The same bytes may have come from two senders: they are two entries.
    wanted = {(entry["entry_id"], entry["sha256"]) for entry in (*record["inputs"], *record["references"])}
    found: set[tuple[str, str]] = set()
    restored: set[str] = set()
    for receipt in sorted(home.archive.glob(f"[!.]*/**/{RECEIPT}")):
        entry = json.loads(receipt.read_text(encoding="utf-8"))
        named = (entry["entry_id"], entry["sha256"])
        if named not in wanted:
            continue
        if entry["stored"] and stored_bytes_sha256(receipt.parent / entry["stored"]) != entry["sha256"]:
            raise RebuildError(f"archive abîmée : {entry['entry_id']} ({entry['file']}) n'a plus son contenu d'origine")
        place = receipt.parent.relative_to(home.archive)
        shutil.copytree(receipt.parent, there.archive / place)
        restored.add(place.as_posix())
        found.add(named)
    if missing := sorted(entry_id for entry_id, _ in wanted - found):
        raise RebuildError(f"entrées introuvables dans l'archive : {', '.join(missing)}")
    built_at = local_timestamp(dt.datetime.fromisoformat(record["built_at"]))
    Ledger(there.archive).repeat(_receptions_until(built_at, restored, Ledger(home.archive).lines()))


def _receptions_until(moment: str, restored: set[str], lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of the ledger about the `restored` entries, without those that came back after the build."""
    known: set[str] = set()
    for line in lines:
        if line.entry in restored and (line.entry not in known or line.received_at <= moment):
            known.add(line.entry)
            yield line


def _recorded_provenance(candidate: Path, record: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write the recorded moments and versions into the manifest of a candidate made again; what was another."""
    path = candidate / "manifest.json"
    present = json.loads(path.read_text(encoding="utf-8"))
    others = {name: (record.get(name), present[name]) for name in VERSIONS if record.get(name) != present[name]}
    present |= {name: record[name] for name in (*MOMENTS, *VERSIONS) if name in record}
    path.write_text(json.dumps(present, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return others


def other_editorial_files(record: dict[str, Any], present: Path) -> dict[str, tuple[Any, Any]]:
    """The files of the local committees that are not the recorded ones: path and sha256, then and now."""
    if EDITORIAL not in record:
        return {}
    then: dict[str, str] = record[EDITORIAL]
    now = hashes_of(present) if then else {}
    others = sorted(path for path in {*now, *then} if now.get(path) != then.get(path))
    before, after = ({path: side.get(path, "absent") for path in others} for side in (then, now))
    return {EDITORIAL: (before, after)} if others else {}


@contextmanager
def _environment_kept() -> Iterator[None]:
    """A build says in the environment where its home is: the one of the caller comes back."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ["SENACS_QUESTIONNAIRES"] = str(questionnaires_folder())
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
