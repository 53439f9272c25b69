"""What the open data says: ``publication/open_data.yml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.french import typographic
from core.plain_yaml import read_yaml

WORDS = Path(__file__).parent.parent / "open_data.yml"


@dataclass(frozen=True)
class Words:
    """The parts of ``open_data.yml``, under the same names."""

    package: Mapping[str, Any]
    licence: Mapping[str, str]
    forms: Mapping[str, str]
    files: Mapping[str, str]
    resources: Mapping[str, Mapping[str, Any]]
    codebook: Mapping[str, Any]
    bases_noun: str
    words: Mapping[str, Mapping[str, str]]
    readme: Mapping[str, Any]


def read_words(path: Path = WORDS) -> Words:
    """The words. Raises TypeError for a part that is missing or unknown."""
    return Words(**read_yaml(path))


def said(template: str, about: Mapping[str, Any]) -> str:
    """`template` filled with what is known of the release, in French typography."""
    return typographic(template.format(**about))


def lines(templates: Sequence[str], about: Mapping[str, Any]) -> list[str]:
    """Each of the templates, filled."""
    return [said(template, about) for template in templates]
