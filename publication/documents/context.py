"""One sheet's view of the figures: its territory, those around it, and the rules on what may be printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.french import NARROW_SPACE, alphabetical, is_plural, number, typographic
from publication.candidate import Edition, Figure, Structure, Territory
from publication.documents.cautions import may_be_printed
from publication.documents.document import Run, Runs
from publication.documents.plans import House
from publication.documents.wording import figure_run, is_told, quantity, worded
from publication.drawing.geography import Geography
from publication.release.gate import Gate


@dataclass(frozen=True)
class Context:
    """`around` gives the territory of each level, the sheet's own included; `names` what templates may call by name."""

    edition: Edition
    house: House
    geography: Geography
    territory: Territory
    around: Mapping[str, Territory]
    names: Mapping[str, str]
    gate: Gate

    @property
    def structures(self) -> list[Structure]:
        """The territory's agreed structures, by type, commune and name."""
        inside = (
            self.edition.structures[identifier] for identifier in self.edition.members[self.territory.territory_id]
        )
        types = list(self.edition.structure_types)
        return sorted(
            inside,
            key=lambda s: (types.index(s.structure_type), *map(alphabetical, (s.commune_name, s.name)), s.structure_id),
        )

    def figure(
        self, types: str, indicators: str, breakdown: str = "", level: str = "", campaign: int | None = None
    ) -> Figure | None:
        """The first figure that exists among alternatives separated by a slash, and that may be printed: as its value
        or, where it is confidential, as the sign that says so."""
        territory = self.around.get(level) if level else self.territory
        return self.figure_of(territory, types, indicators, breakdown, campaign) if territory else None

    def figure_of(
        self, territory: Territory, types: str, indicators: str, breakdown: str = "", campaign: int | None = None
    ) -> Figure | None:
        """The same for any territory."""
        for indicator in indicators.split("/"):
            for structure_type in types.split("/"):
                found = self.edition.figure(territory.territory_id, structure_type, indicator, breakdown, campaign)
                if found is not None and (found.value is None or self._may_be_printed(found)):
                    return found
        return None

    def breakdown(self, types: str, indicators: str, level: str = "") -> list[tuple[str, Figure]]:
        """(label, figure) of the first indicator with figures by breakdown, in the order of its list of choices."""
        for indicator in indicators.split("/"):
            known = self.edition.indicators.get(indicator)
            choices = self.edition.choices.get(known.breakdown, []) if known else []
            found = [(label, self.figure(types, indicator, code, level)) for code, label in choices]
            shown = [(typographic(label), figure) for label, figure in found if figure is not None]
            if shown:
                return shown
        return []

    def sentence(self, template: str) -> Runs | None:
        """A template of the plan, filled in; None when a figure that it names is missing."""
        return worded(template, self.names, self.figure, self.house)

    def sentences(self, templates: Sequence[str | Sequence[str]]) -> tuple[Runs, ...]:
        """The sentences that can be said. A list among them is alternatives: the first without a confidential figure,
        else the first that can be said."""
        spoken = []
        for entry in templates:
            alternatives = [entry] if isinstance(entry, str) else entry
            known = [runs for template in alternatives if (runs := self.sentence(template)) is not None]
            spoken += [next(filter(is_told, known), known[0])] if known else []
        return tuple(spoken)

    def quantity(self, figure: Figure) -> str:
        """The figure as published."""
        return quantity(figure, self.house)

    def run(self, figure: Figure, *, strong: bool = False, short: bool = False) -> Run:
        """The figure as published, as a run that knows its address."""
        return figure_run(figure, self.house, strong=strong, short=short)

    def base(self, figures: Sequence[Figure]) -> str:
        """What the figures rest on: « sur 35 centres ayant répondu à la question »; '' for figures of the frame."""
        first = figures[0]
        indicator = self.edition.indicators.get(first.indicator)
        template = self.house.bases.get(indicator.base_label if indicator else "", self.house.base_otherwise)
        if not template:
            return ""
        counts = sorted({figure.n_respondents for figure in figures})
        one, many = self.house.nouns.get(first.structure_type, ("structure", "structures"))
        shown = " à ".join(number(count, 0) for count in dict.fromkeys((counts[0], counts[-1])))
        noun = many if is_plural(counts[-1]) else one
        said = typographic(template.replace("{n}", f"{shown}\u00a0{noun}"))
        partial = self.house.cautions["partial_below_pct"]
        if any(100 * figure.n_respondents < partial * figure.n_responded for figure in figures):
            warning = self.house.cautions["partial"].replace("{pct}", number(partial, 0))
            said = f"{said}{NARROW_SPACE}; {typographic(warning)}"
        return said

    def _may_be_printed(self, figure: Figure) -> bool:
        return may_be_printed(figure.kind, figure.n_responded, figure.n_agreed, self.house.cautions)
