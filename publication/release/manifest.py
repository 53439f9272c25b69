"""The provenance of a release: what it holds, from which inputs, code and verdict."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publication.release.gate import Gate

MANIFEST = "manifest.json"
CHECKSUMS = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """The file's sha256, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files_of(folder: Path) -> list[str]:
    """Paths of the release's files relative to its folder, sorted; not the manifest nor the checksums."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if path not in (MANIFEST, CHECKSUMS))


def hashes_of(folder: Path | None) -> dict[str, str]:
    """path: sha256 of every file under a folder; {} where there is none."""
    return {path: sha256_of(folder / path) for path in files_of(folder)} if folder and folder.is_dir() else {}


def write_manifest(
    folder: Path,
    edition: Mapping[str, Any],
    candidate: Mapping[str, Any],
    verdict: Mapping[str, Any],
    gate: Gate,
) -> None:
    """``manifest.json``, then ``SHA256SUMS`` of every file, the manifest included.

    `edition`: campaign, data_year, vintage, vintage_label, published_at, demo, remark, previous, disclosure, editorial
    (path: sha256 of what local committees wrote for the campaign). `candidate` is the
    build's own manifest.
    """
    content = {
        **edition,
        **{key: candidate.get(key) for key in ("build_id", "built_at", "code_version", "registry_fingerprint")},
        "inputs": candidate.get("inputs", []),
        "references": candidate.get("references", []),
        "corrections": candidate.get("corrections", {}),
        "waiting": candidate.get("waiting", []),
        "verdict": {
            "outcome": gate.outcome,
            "judged_on": verdict.get("judged_on"),
            "candidate_hash": verdict.get("candidate_hash"),
            "checks": sum(suite.asked for suite in gate.suites),
            "passed": sum(suite.passed for suite in gate.suites),
            "reservations": len(gate.reservations),
            "withheld": sorted(gate.withheld),
            "signatures": verdict.get("signatures", []),
            "notes": verdict.get("notes", []),
        },
        "files": {
            path: {"sha256": sha256_of(folder / path), "bytes": (folder / path).stat().st_size}
            for path in files_of(folder)
        },
    }
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sums = {path: entry["sha256"] for path, entry in content["files"].items()} | {
        MANIFEST: sha256_of(folder / MANIFEST)
    }
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / CHECKSUMS).write_text(lines, encoding="utf-8")


def moment(published_at: dt.datetime) -> str:
    """A moment as manifests write it: ISO 8601, UTC, to the second."""
    return published_at.astimezone(dt.UTC).isoformat(timespec="seconds")
