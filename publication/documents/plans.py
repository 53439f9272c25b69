"""The plans of the sheets (`publication/sheets/*.yml`): what they show, in which order, with which chart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.plain_yaml import read_yaml

SHEETS = Path(__file__).parents[1] / "sheets"
PLANS = Path(__file__).parents[1] / "plans"
"""The plans of the plaquettes (`publication.plaquettes.plans`)."""

_INDICATORS_OF_REFERENCE = re.compile(r"[A-Z/]+:([a-z0-9_/]+)")


class PlanError(ValueError):
    """A plan that can't be followed; the message names the file and the block."""


@dataclass(frozen=True)
class House:
    """What every sheet shares (``house.yml``): symbols, nouns, wording of bases, cautions, mentions, files."""

    symbols: Mapping[str, str]
    nouns: Mapping[str, Sequence[str]]
    bases: Mapping[str, str]
    base_otherwise: str
    cautions: Mapping[str, Any]
    vintages: Sequence[Mapping[str, str]]
    demo: Mapping[str, str]
    files: Mapping[str, str]
    files_heading: str
    files_header: Sequence[str]
    reuse: Sequence[str]
    signatures: Mapping[str, str]
    unsigned: str
    confidential: str
    restricted: str
    confidential_short: str
    confidential_words: str
    notes: Mapping[str, str]
    plaquettes: Mapping[str, Any]
    doors: Sequence[Mapping[str, Any]]

    def vintage_label(self, vintage: str) -> str:
        """`P1` → its French name, by the first pattern that matches; '' when none does."""
        return self._vintage_words(vintage).get("label", "")

    def vintage_meaning(self, vintage: str) -> str:
        """`P1` → what such a vintage holds, in a few words; '' when no pattern matches."""
        return self._vintage_words(vintage).get("meaning", "")

    def _vintage_words(self, vintage: str) -> Mapping[str, str]:
        return next((entry for entry in self.vintages if re.fullmatch(entry["pattern"], vintage)), {})


@dataclass(frozen=True)
class Plan:
    """One kind of sheet. `slug` is the path of a sheet in the release, with ``{code}``."""

    name: str
    level: str
    slug: str
    title: str
    kicker: str
    edition: Sequence[str]
    footer: str
    description: str
    around: Sequence[str]
    sections: Sequence[Mapping[str, Any]]


def read_house() -> House:
    """``house.yml``. Raises PlanError when a part is missing or unknown."""
    return _record(House, "house")


def read_plan(name: str) -> Plan:
    """``<name>.yml``. Raises PlanError when a part is missing or unknown."""
    return _record(Plan, name, name=name)


def indicators_of(*plans: Plan) -> set[str]:
    """Every indicator that the plans refer to."""
    return indicators_in([plan.sections for plan in plans])


def indicators_in(node: Any) -> set[str]:
    """Every indicator that texts and blocks of a plan refer to."""
    named: set[str] = set()
    for key, text in _texts(node):
        if key == "indicators":
            named.update(text.split("/"))
        for alternatives in _INDICATORS_OF_REFERENCE.findall(text):
            named.update(alternatives.split("/"))
    return named


def _record(kind: type, file: str, **known: Any) -> Any:
    content = read_yaml(SHEETS / f"{file}.yml")
    try:
        return kind(**known, **content)
    except TypeError as mismatch:
        raise PlanError(f"{file}.yml : {mismatch}") from mismatch


def _texts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield key, node
    elif isinstance(node, Mapping):
        for name, child in node.items():
            yield from _texts(child, name)
    elif isinstance(node, Sequence):
        for child in node:
            yield from _texts(child, key)
