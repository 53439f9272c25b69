"""What a column header means in a campaign: a question, an option of a question, an identification column, metadata.

The spellings of a header are those of the formats that senders use: question code or label, option after a slash,
a dash or in brackets, LimeSurvey's codes (no dot, ``[SQ001]``), Kobo's (lower case, underscores, group prefix).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.registry.model import Question, Registry
from ingest.spelling import folded

KEY, QUESTION, METADATA = "key", "question", "metadata"
ANY_TYPE = ""
NEAREST_CUTOFF = 0.6


@dataclass(frozen=True)
class Target:
    """What a column holds. `code`: a question's, or the role of an identification or metadata column. `option` is None
    for a whole question."""

    kind: str
    code: str
    question: Question | None = None
    option: str | None = None


class HeaderIndex:
    """The headers that a campaign's forms can have, by structure type."""

    def __init__(self, registry: Registry, campaign: int) -> None:
        self.registry = registry
        self.campaign = campaign
        self._targets: dict[str, dict[str, Target]] = {}
        for key in registry.key_columns:
            for spelling in (key.code, key.label_fr):
                self._targets.setdefault(folded(spelling), {})[ANY_TYPE] = Target(KEY, key.role)
        for question in registry.questions_of(campaign):
            for spelling, option in _spellings(registry, question):
                by_type = self._targets.setdefault(folded(spelling), {})
                by_type.setdefault(question.structure_type, Target(QUESTION, question.question_code, question, option))
        self._metadata = {folded(name): role for name, role in registry.metadata_columns.items() if "*" not in name}
        self._metadata_prefixes = tuple(folded(name.rstrip("*")) for name in registry.metadata_columns if "*" in name)
        self._seen: dict[str, dict[str, Target]] = {}

    def targets(self, header: str) -> dict[str, Target]:
        """What `header` means, by structure type (an empty type: whatever the type). Empty when unknown."""
        found = self._seen.get(header)
        if found is None:
            found = self._seen[header] = self._looked_up(header)
        return found

    def names_an_answer(self, header: str) -> bool:
        """Whether `header` is a question's, an option's or an identification column's."""
        return any(target.kind != METADATA for target in self.targets(header).values())

    def questions_named(self, headers: Iterable[str]) -> set[tuple[str, str]]:
        """The (structure type, question code) that `headers` name; an option counts for its question."""
        return {
            (structure_type, target.code)
            for header in headers
            for structure_type, target in self.targets(header).items()
            if target.kind == QUESTION
        }

    def _looked_up(self, header: str) -> dict[str, Target]:
        text = folded(header)
        if not text or text.isdigit():
            return {}
        for spelling in (text, *_without_groups(text)):
            if spelling in self._targets:
                return self._targets[spelling]
        if text in self._metadata or text.startswith(self._metadata_prefixes):
            return {ANY_TYPE: Target(METADATA, self._metadata.get(text, ""))}
        return {}

    def nearest_question(self, header: str, structure_type: str) -> str:
        """The code of the question of a form whose label reads most like `header`; empty when none does."""
        labels = {
            folded(question.question_label_fr): question.question_code
            for question in self.registry.questions_of(self.campaign)
            if question.structure_type == structure_type
        }
        nearest = difflib.get_close_matches(folded(header), labels, n=1, cutoff=NEAREST_CUTOFF)
        return labels[nearest[0]] if nearest else ""


def limesurvey_code(code: str) -> str:
    """LimeSurvey's name of a question: letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", code)


def kobo_code(code: str) -> str:
    """Kobo's name of a question: lower case, underscores."""
    return re.sub(r"[^a-z0-9]", "_", code.lower())


def _spellings(registry: Registry, question: Question) -> Iterator[tuple[str, str | None]]:
    code, label = question.question_code, question.question_label_fr
    names = {code, limesurvey_code(code), kobo_code(code)}
    for whole in (*names, label, f"{code} {label}", f"{code}. {label}", f"{code} - {label}", f"{code} : {label}"):
        yield whole, None
    if question.type != "multi_choice":
        return
    labels = {choice.code: choice.label_fr for choice in registry.choices_of[question.choices]}
    for rank, option in enumerate(question.options, start=1):
        text = labels[option]
        yield f"{limesurvey_code(code)}[SQ{rank:03d}]", option
        for name in names:
            yield f"{name}/{option}", option
            yield f"{name}[{option}]", option
            yield f"{name}/{text}", option
        for name in (code, label):
            yield f"{name} - {text}", option
            yield f"{name} [{text}]", option
            yield f"{name}/{text}", option
            yield f"{name} : {text}", option


def _without_groups(text: str) -> Iterator[str]:
    while "/" in text:
        text = text.split("/", 1)[1].strip()
        yield text
