"""What a column header means in a campaign: a question, an option of a question, an identification column, metadata.

The spellings that senders' tools use are in `registry.header_spellings`. Where none is met, group prefixes, markup,
numbers, units and marks around a label are taken off.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.spelling import folded
from ingest.returns.header_text import Ending, coded, is_of_label, plain, without_number
from ingest.returns.years import OTHER, Years
from registry.header_spellings import code_spellings, kobo_code, limesurvey_code, spellings
from registry.model import Question, Registry

KEY, QUESTION, METADATA = "key", "question", "metadata"
ANY_TYPE = ""
NEAREST_CUTOFF = 0.6
_OTHER_SIGNS = re.compile(r"(?<=\S)(?:::?|\|\|?|>|~|__)(?=\S)")
"""What stands between a group and its question beside Kobo's slash and point."""


@dataclass(frozen=True)
class Target:
    """What a column holds. `code`: a question's, or the role of an identification or metadata column. `option` is None
    for a whole question."""

    kind: str
    code: str
    question: Question | None = None
    option: str | None = None


@dataclass(frozen=True)
class Meaning:
    """What a header means by structure type, and what that amounts to whatever the type.

    `answer`: a question's, an option's or an identification column's; `whole_answer`: not only an option's; `key`: an
    identification column's; `metadata`: the role of a metadata column, else None; `questions`: (structure type, code).
    """

    targets: dict[str, Target]
    answer: bool
    whole_answer: bool
    key: bool
    metadata: str | None
    questions: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, targets: dict[str, Target]) -> Meaning:
        """The meaning of a header with these targets."""
        answers = [target for target in targets.values() if target.kind != METADATA]
        whatever_the_type = targets.get(ANY_TYPE)
        of_metadata = whatever_the_type is not None and whatever_the_type.kind == METADATA
        return cls(
            targets=targets,
            answer=bool(answers),
            whole_answer=any(target.option is None for target in answers),
            key=any(target.kind == KEY for target in answers),
            metadata=whatever_the_type.code if whatever_the_type and of_metadata else None,
            questions=frozenset((kind, target.code) for kind, target in targets.items() if target.kind == QUESTION),
        )


UNKNOWN = Meaning.of({})


class _Meanings(dict[str, Meaning]):
    """The meaning of each header met, worked out once: a form's come back in thousands of files."""

    def __init__(self, targets_of: Callable[[str], dict[str, Target]]) -> None:
        super().__init__()
        self._targets_of = targets_of

    def __missing__(self, header: str) -> Meaning:
        targets = self._targets_of(header)
        meaning = self[header] = Meaning.of(targets) if targets else UNKNOWN
        return meaning


class HeaderIndex:
    """The headers that a campaign's forms can have, by structure type."""

    def __init__(self, registry: Registry, campaign: int) -> None:
        self.registry = registry
        self.campaign = campaign
        self._targets: dict[str, dict[str, Target]] = {}
        self._codes: set[str] = {folded(key.code) for key in registry.key_columns}
        self._key_spellings = {folded(text) for key in registry.key_columns for text in (key.code, key.label_fr)}
        for key in registry.key_columns:
            for spelling in (key.code, key.label_fr):
                self._targets.setdefault(folded(spelling), {})[ANY_TYPE] = Target(KEY, key.role)
        for question in registry.questions_of(campaign):
            self._codes |= {folded(spelling) for spelling in code_spellings(question)}
            for spelling, option in spellings(registry, question):
                by_type = self._targets.setdefault(folded(spelling), {})
                by_type.setdefault(question.structure_type, Target(QUESTION, question.question_code, question, option))
        for question in registry.questions_of(campaign):
            for option in question.options:
                spelling = folded(f"{kobo_code(question.question_code)}_{option}")
                by_type = self._targets.setdefault(spelling, {})
                by_type.setdefault(question.structure_type, Target(QUESTION, question.question_code, question, option))
        self._metadata = {folded(name): role for name, role in registry.metadata_columns.items() if "*" not in name}
        for question in registry.questions_of(campaign):
            self._metadata.setdefault(folded(f"{limesurvey_code(question.question_code)}Time"), "")
        self._metadata_prefixes = tuple(folded(name.rstrip("*")) for name in registry.metadata_columns if "*" in name)
        self._ending = Ending(registry.spellings.get("unit", {}), registry.spellings.get("header_mark", {}))
        self.years = Years(registry, campaign)
        self._short_words = {folded(word): full for word, full in registry.spellings.get("header_word", {}).items()}
        self._bare = self._without_endings()
        self._meanings = _Meanings(self._looked_up)

    def targets(self, header: str) -> dict[str, Target]:
        """What `header` means, by structure type (an empty type: whatever the type). Empty when unknown."""
        return self._meanings[header].targets

    def answers_named(self, headers: Iterable[str]) -> int:
        """How many of `headers` are a question's, an option's or an identification column's."""
        meanings = self._meanings
        return len([header for header in headers if header and meanings[header].answer])

    def names_a_unit(self, text: str) -> bool:
        """Whether `text` is only a unit (``€``, ``(ETP)``), as a row of units under the headers holds."""
        return self._ending.taken_off(f"- ({folded(text).strip('()')})")[1] is not None

    def names_whole_answer(self, header: str) -> bool:
        """Whether `header` is a question's or an identification column's, and not only an option's."""
        return self._meanings[header].whole_answer

    def is_key_spelling(self, text: str) -> bool:
        """Whether `text` is just the code or the label of an identification column."""
        return folded(text) in self._key_spellings

    def identifies(self, headers: Iterable[str]) -> bool:
        """Whether one of `headers` is an identification column."""
        meanings = self._meanings
        return any(meanings[header].key for header in headers if header)

    def names_metadata(self, headers: Iterable[str], role: str) -> bool:
        """Whether one of `headers` is the metadata column of a role."""
        meanings = self._meanings
        return role in [meanings[header].metadata for header in headers if header]

    def questions_named(self, headers: Iterable[str]) -> set[tuple[str, str]]:
        """The (structure type, question code) that `headers` name; an option counts for its question."""
        return set().union(*{self._meanings[header].questions for header in headers})

    def _looked_up(self, header: str) -> dict[str, Target]:
        text = folded(plain(header))
        if not text or text.isdigit():
            return {}
        inner = tuple(_without_groups(text))
        in_group = (self._targets.get(name) for name in inner if name in self._codes or " " in name)
        known = self._targets.get(text) or next(filter(None, in_group), None)
        found = known or self._as_metadata((text, *inner)) or self._with_code(text) or self._dressed(text)
        return found or self._under_other_signs(text) or self._of_this_year(text)

    def _of_this_year(self, text: str) -> dict[str, Target]:
        """What a header means that says to be of this year beside its question: ``ETP 2018``, ``ETP (année N)``."""
        if self.years.said(text) in (None, OTHER) or self.years.is_only_a_year(text):
            return {}
        return self._looked_up(self.years.without(text))

    def targets_of_any_year(self, header: str) -> dict[str, Target]:
        """What an unknown header asks of another year than this: ``ETP 2016``, ``ETP (N-1)``."""
        return self._looked_up(self.years.without(header)) if self.years.said(header) == OTHER else {}

    def _under_other_signs(self, text: str) -> dict[str, Target]:
        """What a header means whose groups are parted by the sign that an exporter chose; nothing where the text before
        the sign is a question of its own."""
        slashed = _OTHER_SIGNS.sub("/", text)
        if slashed == text:
            return {}
        of_a_question = slashed.partition("/")[0] in self._targets
        return self._targets.get(slashed, {}) if of_a_question else self._looked_up(slashed)

    def _as_metadata(self, names: Iterable[str]) -> dict[str, Target]:
        for name in names:
            if name in self._metadata or name.startswith(self._metadata_prefixes):
                return {ANY_TYPE: Target(METADATA, self._metadata.get(name, ""))}
        return {}

    def _with_code(self, text: str) -> dict[str, Target]:
        """What `CODE. text` means: the code says it, the text has to agree for a whole question."""
        parts = coded(text)
        if parts is None:
            return {}
        code, rest, in_brackets = parts
        found = self._targets.get(code, {})
        if in_brackets:
            return self._in_array(code, rest) or found
        if code in self._metadata:
            return self._as_metadata([code])
        return {
            structure_type: target
            for structure_type, target in found.items()
            if target.question and self._reads_like(rest, target.question)
        }

    def _in_array(self, code: str, rest: str) -> dict[str, Target]:
        """What the text of `CODE[PART]. text [part]` says of its part: surveys number options in their own order.

        An option of the question, the question itself (an array of one line), or a question whose code is the part's.
        """
        whole, _, part = code.partition("[")
        text, _, part_text = rest.removesuffix("]").rpartition("[")
        if not rest.endswith("]"):
            return {}
        option = self._targets.get(f"{whole} [{part_text}]", {})
        name, label = (part.rstrip("]"), part_text) if part_text else (whole, text.strip())
        return option or {
            kind: target
            for kind, target in self._targets.get(name, {}).items()
            if target.question and self._reads_like(label, target.question)
        }

    def _reads_like(self, text: str, question: Question) -> bool:
        label = folded(question.question_label_fr)
        bare, unit = self._ending.taken_off(text)
        return is_of_label(text, label) or (bare == self._ending.taken_off(label)[0] and self._in_unit(question, unit))

    def _in_unit(self, question: Question | None, unit: str | None) -> bool:
        return unit is None or (question is not None and self.registry.variables[question.variable].unit == unit)

    def _dressed(self, text: str) -> dict[str, Target]:
        """What a label means under a number, before a unit, a mark of required question, a question mark."""
        number_taken_off = without_number(text)
        for dressed in dict.fromkeys((text, number_taken_off, self._in_full(number_taken_off))):
            bare, unit = self._ending.taken_off(dressed)
            found = self._bare.get(bare, {})
            suited = {kind: target for kind, target in found.items() if self._in_unit(target.question, unit)}
            if suited and not self._contradicted(text, number_taken_off, suited):
                return suited
        return {}

    def _in_full(self, text: str) -> str:
        """A label whose first word is shortened ("Nb de salariés"), in full."""
        first, _, rest = text.partition(" ")
        return f"{self._short_words.get(first, first)} {rest}"

    def _contradicted(self, text: str, rest: str, found: dict[str, Target]) -> bool:
        """Whether the number before a label is the code of another question."""
        named = self._targets.get(text[: len(text) - len(rest)].strip(" .):/°-"), {})
        return any(target.code != named[kind].code for kind, target in found.items() if kind in named)

    def _without_endings(self) -> dict[str, dict[str, Target]]:
        """The known spellings without their endings, those that then mean a single thing."""
        bare: dict[str, dict[str, Target]] = {}
        ambiguous: set[tuple[str, str]] = set()
        for spelling, by_type in self._targets.items():
            text, _ = self._ending.taken_off(spelling)
            kept = bare.setdefault(text, {})
            for kind, target in by_type.items():
                if kept.setdefault(kind, target) != target:
                    ambiguous.add((text, kind))
        for text, kind in ambiguous:
            del bare[text][kind]
        return bare

    def nearest_question(self, header: str, structure_type: str) -> str:
        """The code of the question of a form whose label reads most like `header`; empty when none does."""
        code = folded(plain(header)).split("[")[0].split(". ")[0].strip()
        named = self._targets.get(code, {}).get(structure_type)
        if named is not None and named.kind == QUESTION:
            return named.code
        labels = {
            folded(question.question_label_fr): question.question_code
            for question in self.registry.questions_of(self.campaign)
            if question.structure_type == structure_type
        }
        nearest = difflib.get_close_matches(folded(header), labels, n=1, cutoff=NEAREST_CUTOFF)
        return labels[nearest[0]] if nearest else ""


def _without_groups(text: str) -> Iterator[str]:
    """The text after each slash; after each point too in a name without spaces."""
    rest = text
    while "/" in rest:
        rest = rest.split("/", 1)[1].strip()
        yield rest
    rest = "" if " " in text else text
    while "." in rest:
        rest = rest.split(".", 1)[1]
        yield rest
