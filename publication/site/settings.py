"""What the public site shows and says: ``publication/site.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core.plain_yaml import read_yaml

SETTINGS = Path(__file__).parent.parent / "site.yml"


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document of a release: where its PDF is, what it is called. Codes are compared in capitals."""

    pattern: str
    label: str
    level: str = ""

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        escaped = re.escape(self.pattern).replace(r"\{level\}", r"(?P<level>\w+)")
        return re.compile(escaped.replace(r"\{code\}", r"(?P<code>[\w-]+)") + r"\.pdf")

    def territory_of(self, path: str) -> tuple[str, str] | None:
        """Level and code ('' for the only territory of a level) that the path of a PDF names; None for another kind."""
        found = self._expression.fullmatch(path)
        if found is None:
            return None
        named = found.groupdict()
        return self.level or named.get("level", ""), named.get("code", "").upper()


@dataclass(frozen=True)
class Settings:
    """The parts of ``site.yml``, under the same names."""

    title: str
    headline: str
    tagline: str
    documents: Sequence[DocumentKind]
    key_figures: Sequence[str]
    families: Mapping[str, str]
    levels: Mapping[str, str]
    kinds: Mapping[str, str]
    symbols: Mapping[str, str]
    pages: Sequence[Mapping[str, str]]
    method: Sequence[Mapping[str, Any]]
    accessibility: Sequence[str]


def read_settings(path: Path = SETTINGS) -> Settings:
    """The settings. Raises TypeError for a part that is missing or unknown."""
    told = read_yaml(path)
    return Settings(**{**told, "documents": [DocumentKind(**kind) for kind in told["documents"]]})
