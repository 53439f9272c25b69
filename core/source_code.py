"""Which code made something: what was derived by other code is stale."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from core.home import PROJECT_ROOT

SOURCES_OF_ANSWERS = ("core", "registry", "ingest", "methods")
"""The rooms that turn files into answers, weights and imputed values."""


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """sha256 over the source of these rooms: what they derive is stale when it changes."""
    digest = hashlib.sha256()
    for room in SOURCES_OF_ANSWERS:
        for path in sorted((PROJECT_ROOT / room).rglob("*.py")):
            digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
