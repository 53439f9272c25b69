"""The plans of the plaquettes (`publication/plans/*.yml`) and their chapters (`publication/plans/chapters/*.yml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.plain_yaml import read_yaml
from publication.candidate import Territory
from publication.documents.plans import PLANS, PlanError, indicators_in

EDITIONS = "editions.yml"


@dataclass(frozen=True)
class ChapterPlan:
    """A chapter as data. `of`: the level of the territory that it speaks of, when not the plaquette's own.

    `static`: shown even when none of its blocks holds a figure; `spare`: only there to fill pages.
    """

    name: str
    heading: str
    question: str
    tone: str
    pictogram: str
    blocks: Sequence[Mapping[str, Any]]
    of: str = ""
    static: bool = False
    spare: bool = False
    opens_page: bool = False


@dataclass(frozen=True)
class PlaquettePlan:
    """One format. `slug` is the path of a plaquette, with ``{level}`` and ``{code}``; `pages` the counts allowed.

    `style` names the furniture of its pages (`layout.PAPERS`).
    """

    format: str
    levels: Sequence[str]
    pages: Sequence[int]
    style: str
    slug: str
    title: str
    kicker: str
    subtitle: str
    edition: Sequence[str]
    footer: str
    description: str
    around: Sequence[str]
    cover: bool
    chapters: Sequence[ChapterPlan] = field(repr=False)
    cover_figures: Sequence[Mapping[str, Any]] = ()

    @property
    def has_editorial(self) -> bool:
        """Whether local committees have places in it."""
        return any(block["kind"] == "editorial" for chapter in self.chapters for block in chapter.blocks)

    def slug_of(self, territory: Territory) -> str:
        """The path of a territory's plaquette, without extension."""
        return self.slug.replace("{level}", territory.level).replace("{code}", territory.code.lower())

    @property
    def indicators(self) -> set[str]:
        """Every indicator that the plan refers to."""
        return indicators_in([*(chapter.blocks for chapter in self.chapters), self.cover_figures, self.subtitle])


def read_plaquette_plan(name: str) -> PlaquettePlan:
    """``<name>.yml`` with its chapters. Raises PlanError when a part is missing or unknown."""
    content = _content(f"{name}.yml")
    try:
        chapters = tuple(_chapter(entry) for entry in content.pop("chapters"))
        return PlaquettePlan(**content, chapters=chapters)
    except (KeyError, TypeError) as mismatch:
        raise PlanError(f"{name}.yml : {mismatch}") from mismatch


def _chapter(entry: str | Mapping[str, Any]) -> ChapterPlan:
    """A chapter by its name, or by its name (`chapter`) and what the plan changes of it."""
    changes = {} if isinstance(entry, str) else dict(entry)
    name = entry if isinstance(entry, str) else changes.pop("chapter")
    return ChapterPlan(**{**_content(f"chapters/{name}.yml"), **changes, "name": name})


def _content(file: str) -> dict[str, Any]:
    path = PLANS / file
    if not path.is_file():
        raise PlanError(f"{file} : plan inconnu")
    content: dict[str, Any] = read_yaml(path)
    return content


def formats_of_a_release() -> tuple[str, ...]:
    """The plans that a release prints."""
    return tuple(_content(EDITIONS)["release"])


def formats_of_proofs() -> dict[str, tuple[str, ...]]:
    """What is asked for → the plans that it prints."""
    return {word: tuple(names) for word, names in _content(EDITIONS)["proofs"].items()}
