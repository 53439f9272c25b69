"""What the registry says, as typed records, with the look-ups that the other modules need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from registry.computed import Break, Derived, Edit, Indicator, Parameter
from registry.guard_lines import AcknowledgedGuard, GuardLine
from registry.nonresponse import Imputation, Treatment, Weighting
from registry.senders import Sender

ANSWER_TYPES = frozenset({"text", "date", "integer", "decimal", "money", "boolean", "single_choice", "multi_choice"})
IDENTIFIER, NAME, COMMUNE = "identifier", "name", "commune"
NUMERIC_TYPES = frozenset({"integer", "decimal", "money"})
CHOICE_TYPES = frozenset({"single_choice", "multi_choice"})
SECTIONS = frozenset(
    {"identity", "project", "actions", "publics", "governance", "volunteers", "staff", "partnerships", "finances"}
)
"""The sections that a fact table of the marts holds."""
DRAFT, OPENED = "draft", "opened"
CAMPAIGN_STATES = frozenset({DRAFT, OPENED})


@dataclass(frozen=True)
class Campaign:
    """A survey year and the year that it asks about. `state`: a draft with a fault is left out, it stops nothing."""

    campaign: int
    data_year: int
    opens_on: dt.date | None
    closes_on: dt.date | None
    state: str = OPENED
    line: int = 0


@dataclass(frozen=True)
class StructureType:
    """A kind of structure: the prefix of its identifiers, its French name."""

    structure_type: str
    label_fr: str
    order: int


@dataclass(frozen=True)
class Variable:
    """A canonical variable, stable across campaigns. `release`: directory, mart or never."""

    variable: str
    section: str
    structure_types: tuple[str, ...]
    type: str
    unit: str
    choices: str
    min: float | None
    max: float | None
    pii: bool
    release: str
    label_fr: str
    line: int = 0


@dataclass(frozen=True)
class Choice:
    """An option of a list. `group` is the option of the grouped list that it belongs to."""

    list: str
    code: str
    label_fr: str
    order: int
    group: str


@dataclass(frozen=True)
class Question:
    """A line of a crosswalk: how a variable was asked in a campaign, of a structure type."""

    campaign: int
    data_year: int
    structure_type: str
    module: str
    question_code: str
    question_label_fr: str
    variable: str
    type: str
    choices: str
    options: tuple[str, ...]
    required: bool
    order: int
    section: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Territory:
    """A set of structures. `vintage_from` and `vintage_to` bound the campaigns where it exists."""

    territory_id: str
    level: str
    code: str
    name: str
    vintage_from: int | None
    vintage_to: int | None
    line: int = 0


@dataclass(frozen=True)
class TerritoryMember:
    """A département, a federation or a focus that belongs to a territory."""

    territory_id: str
    member_type: str
    member_code: str
    line: int = 0


@dataclass(frozen=True)
class KeyColumn:
    """An identification column of the returns. `fallback_variable`: the question that serves when it is missing."""

    code: str
    label_fr: str
    role: str
    fallback_variable: str


@dataclass(frozen=True)
class Acknowledged:
    """What was decided about an unknown column: mapped to a question, or ignored with a reason."""

    campaign: int
    sender: str
    header: str
    decision: str
    question_code: str
    reason: str


@dataclass(frozen=True)
class Translation:
    """A label of a question, or of one of its options, in another language. No campaign: all that ask it."""

    campaign: int | None
    question_code: str
    option: str
    language: str
    label: str
    line: int = 0


@dataclass(frozen=True)
class Registry:
    """The whole of `questionnaires/`, validated. `fingerprint` changes with any byte of it.

    `left_out`: the draft campaigns that are not part of it, each with the faults that keep it out; `waiting`: the
    columns that only they would give.
    """

    fingerprint: str
    campaign_list: tuple[Campaign, ...]
    structure_types: tuple[StructureType, ...]
    variables: dict[str, Variable]
    choices: tuple[Choice, ...]
    questions: tuple[Question, ...]
    derived: tuple[Derived, ...]
    edits: dict[str, Edit]
    indicators: tuple[Indicator, ...]
    parameter_lines: tuple[Parameter, ...]
    special_values: dict[str, str]
    key_columns: tuple[KeyColumn, ...]
    spellings: dict[str, dict[str, str]]
    metadata_columns: dict[str, str]
    territory_levels: tuple[dict[str, object], ...]
    territories: tuple[Territory, ...]
    territory_members: tuple[TerritoryMember, ...]
    reasons: dict[str, str]
    acknowledged: tuple[Acknowledged, ...] = field(default=())
    breaks: tuple[Break, ...] = field(default=())
    guard_lines: tuple[GuardLine, ...] = field(default=())
    acknowledged_guards: tuple[AcknowledgedGuard, ...] = field(default=())
    translations: tuple[Translation, ...] = field(default=())
    weightings: tuple[Weighting, ...] = field(default=())
    treatments: tuple[Treatment, ...] = field(default=())
    imputations: tuple[Imputation, ...] = field(default=())
    senders: tuple[Sender, ...] = field(default=())
    left_out: dict[int, tuple[str, ...]] = field(default_factory=dict)
    waiting: frozenset[str] = field(default=frozenset())

    @cached_property
    def campaigns(self) -> list[int]:
        """The campaigns, oldest first."""
        return sorted(campaign.campaign for campaign in self.campaign_list)

    @cached_property
    def choices_of(self) -> dict[str, list[Choice]]:
        """The options of each list, in order."""
        lists: dict[str, list[Choice]] = {}
        for choice in sorted(self.choices, key=lambda choice: (choice.list, choice.order)):
            lists.setdefault(choice.list, []).append(choice)
        return lists

    @cached_property
    def _translated(self) -> dict[tuple[str, str], list[Translation]]:
        found: dict[tuple[str, str], list[Translation]] = {}
        for line in sorted(self.translations, key=lambda line: line.campaign is not None):
            found.setdefault((line.question_code, line.option), []).append(line)
        return found

    def labels_abroad(self, question: Question, option: str = "") -> dict[str, str]:
        """The label of a question (or of one of its options) in other languages, by language; a line of the campaign
        counts more than one of all of them."""
        lines = self._translated.get((question.question_code, option), ())
        return {line.language: line.label for line in lines if line.campaign in (None, question.campaign)}

    def questions_of(self, campaign: int) -> list[Question]:
        """What was asked in a campaign, by structure type and order."""
        return self._questions_by_campaign.get(campaign, [])

    @cached_property
    def _questions_by_campaign(self) -> dict[int, list[Question]]:
        asked: dict[int, list[Question]] = {}
        for question in self.questions:
            asked.setdefault(question.campaign, []).append(question)
        return asked

    def types_asked(self, campaign: int) -> list[str]:
        """The structure types that have a form in a campaign, in the registry's order."""
        return self._types_by_campaign.get(campaign, [])

    @cached_property
    def _types_by_campaign(self) -> dict[int, list[str]]:
        asked = {
            campaign: {question.structure_type for question in questions}
            for campaign, questions in self._questions_by_campaign.items()
        }
        order = [kind.structure_type for kind in self.structure_types]
        return {campaign: [kind for kind in order if kind in kinds] for campaign, kinds in asked.items()}

    def derived_in(self, campaign: int) -> list[Derived]:
        """The formulas of a campaign, in the order in which they can be computed."""
        return [derived for derived in self.derived if campaign in derived.campaigns]

    def formula_types(self, derived: Derived, campaign: int) -> list[str]:
        """The structure types for which a formula computes its variable in a campaign."""
        if derived.structure_types:
            return [kind for kind in self.types_asked(campaign) if kind in derived.structure_types]
        asking = self._types_asking.get((campaign, derived.variable), set())
        return [kind for kind in self.types_asked(campaign) if kind not in asking]

    @cached_property
    def _types_asking(self) -> dict[tuple[int, str], set[str]]:
        asking: dict[tuple[int, str], set[str]] = {}
        for question in self.questions:
            asking.setdefault((question.campaign, question.variable), set()).add(question.structure_type)
        return asking

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The value of each parameter in the last campaign that it is given for."""
        lines = sorted(self.parameter_lines, key=lambda line: max(line.campaigns, default=0))
        return {line.parameter: line.value for line in lines}

    def parameters_of(self, campaign: int) -> dict[str, str]:
        """The value of each parameter in a campaign: its own, else that of the nearest campaign before, else the first
        known."""

        def nearness(line: Parameter) -> tuple[bool, int]:
            before = [year for year in line.campaigns if year <= campaign]
            return (not before, -max(before) if before else min(line.campaigns, default=0))

        lines = sorted(self.parameter_lines, key=nearness, reverse=True)
        return {line.parameter: line.value for line in lines}

    def key_column(self, role: str) -> KeyColumn:
        """The identification column of a role."""
        return next(key for key in self.key_columns if key.role == role)

    def number(self, parameter: str) -> float:
        """A numeric parameter, as of the last campaign that it is given for."""
        return float(self.parameters[parameter])
