"""The form of a structure type in a campaign, as it is shown: its questions with their options, units and bounds.

Sections and units have their French names in questionnaires/sections.csv and units.csv; one without a line keeps its
code.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.spelling import folded
from ingest.returns.form_version import form_id, form_version
from registry.model import Campaign, Choice, Question, Registry, StructureType, Variable
from registry.tables import french_names


@dataclass(frozen=True)
class Item:
    """A question as it is shown. `label` names it alone in its form; `options`: those of the campaign, in order."""

    question: Question
    variable: Variable
    label: str
    unit: str
    options: tuple[Choice, ...]

    @property
    def code(self) -> str:
        """The question's code."""
        return self.question.question_code

    @property
    def type(self) -> str:
        """The type of the answer."""
        return self.question.type


@dataclass(frozen=True)
class Form:
    """A structure type's form in a campaign. `version` changes with what the form asks."""

    campaign: Campaign
    structure_type: StructureType
    items: tuple[Item, ...]
    section_labels: dict[str, str]
    version: str

    @property
    def form_id(self) -> str:
        """What tells the form, on one line: campaign, structure type, version."""
        return form_id(self.campaign.campaign, self.structure_type.structure_type, self.version)

    @property
    def title(self) -> str:
        """What stands above every sheet."""
        return f"SENACS - Enquête {self.campaign.campaign} (données {self.campaign.data_year})"

    @property
    def constants(self) -> dict[str, str | int]:
        """What the expressions of the registry may name that is the same for every structure of the form."""
        return {"campaign": self.campaign.campaign, "structure_type": self.structure_type.structure_type}

    def sections(self) -> list[tuple[str, str, list[Item]]]:
        """Code, label and questions of each section, in the order of the questions."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.question.section, []).append(item)
        return [(code, self.section_labels.get(code, code), items) for code, items in found.items()]


def forms_of(registry: Registry, folder: Path, campaign: int) -> list[Form]:
    """The forms of a campaign, in the order of the structure types. Raises `RegistryError`."""
    described = next(line for line in registry.campaign_list if line.campaign == campaign)
    sections, units = french_names(folder, "sections.csv", "section"), french_names(folder, "units.csv", "unit")
    kinds = {kind.structure_type: kind for kind in registry.structure_types}
    return [
        Form(
            described,
            kinds[name],
            _items(registry, campaign, name, units),
            sections,
            form_version(registry, campaign, name),
        )
        for name in registry.types_asked(campaign)
    ]


def _items(registry: Registry, campaign: int, structure_type: str, units: dict[str, str]) -> tuple[Item, ...]:
    questions = [q for q in registry.questions_of(campaign) if q.structure_type == structure_type]
    questions.sort(key=lambda question: question.order)
    repeated = Counter(folded(question.question_label_fr) for question in questions)
    items = []
    for question in questions:
        label, variable = question.question_label_fr, registry.variables[question.variable]
        alone = repeated[folded(label)] == 1
        choices = {choice.code: choice for choice in registry.choices_of.get(question.choices, [])}
        items.append(
            Item(
                question,
                variable,
                label if alone else f"{question.question_code} {label}",
                units.get(variable.unit, variable.unit),
                tuple(choices[code] for code in question.options),
            )
        )
    return tuple(items)
