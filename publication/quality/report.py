"""The quality report of a vintage as a document: `report.yml` lays it out, the candidate's quality tables fill it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.french import typographic
from core.plain_yaml import read_yaml
from publication.documents.document import (
    CONTENT_WIDTH,
    Block,
    Card,
    Cards,
    Comparison,
    Lead,
    Note,
    Run,
    Runs,
    Section,
    Sheet,
    plain,
)
from publication.documents.plans import read_house
from publication.documents.wording import worded
from publication.quality.measures import SPEC, Measures
from publication.quality.names import names_of
from publication.quality.rows import ROWS

ACROSS = 3
SINGULAR = ("0", "1")


def quality_report(measures: Measures, names: Mapping[str, str], demo: str) -> Sheet:
    """The document. `names`: what every sheet may call by name (`publication.documents.sheet.sheet_names`)."""
    words = report_words()
    writer = _Writer(measures, words, {**names, **names_of(measures, words), "revision_sentence": _revised(measures)})
    sections = [section for spec in words["sections"] if (section := writer.section(spec))]
    note = Note(
        typographic(words["note"]["title"]),
        tuple(said for text in words["note"]["text"] if (said := writer.said(text))),
        (),
        names["build_id"],
    )
    return Sheet(
        slug=words["slug"],
        title=typographic(words["title"]),
        kicker=typographic(words["kicker"]),
        edition=tuple(plain(said) for text in words["edition"] if (said := writer.said(text))),
        footer=typographic(words["footer"]),
        description=plain(writer.said(words["description"]) or ()),
        demo=typographic(demo),
        sections=(*sections, Section("", ((note,),), (CONTENT_WIDTH,))),
    )


def report_words() -> dict[str, Any]:
    """What `report.yml` says."""
    words: dict[str, Any] = read_yaml(SPEC)
    return words


class _Writer:
    def __init__(self, measures: Measures, words: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self._measures, self._words, self._names = measures, words, names
        self._house = read_house()

    def said(self, template: str) -> Runs | None:
        """A sentence filled in; None when a number that it calls is not known."""
        return worded(template, self._names, lambda *_: None, self._house)

    def section(self, spec: Mapping[str, Any]) -> Section | None:
        """A section; None when it has neither a table nor a card, nor a sentence of its own to say."""
        blocks: list[Block] = []
        sentences = tuple(said for text in spec.get("lead", ()) if (said := self.said(text)))
        if spec.get("cards"):
            blocks.append(self._cards())
        tables = [table for each in spec.get("tables", ()) if (table := self._table(each))]
        blocks += tables
        if spec.get("remarks"):
            sentences += tuple((Run(typographic(said)),) for said in _fallbacks(self._measures))
        if spec.get("tables") and not tables and not (spec.get("alone") and sentences):
            return None
        if sentences:
            blocks.insert(0, Lead(sentences))
        return Section(typographic(spec["heading"]), (tuple(blocks),), (CONTENT_WIDTH,)) if blocks else None

    def _cards(self) -> Cards:
        cards = [
            Card(Run(self._names[card["name"]], True), self._label(card), self.said(card["detail"]) or (), "")
            for card in self._words["cards"]
            if self._names.get(card["name"])
        ]
        return Cards(tuple(cards), ACROSS)

    def _label(self, card: Mapping[str, Any]) -> Runs:
        """What the number counts, in the singular for 0 and 1 where the label has both."""
        label = card["label"]
        if not isinstance(label, str):
            label = label[self._names[card["name"]] not in SINGULAR]
        return self.said(label) or ()

    def _table(self, spec: Mapping[str, Any]) -> Comparison | None:
        lines = ROWS[spec["rows"]](self._measures, self._words)
        if not lines:
            return None
        header = [plain(self.said(text) or ()) for text in spec["header"]]
        if spec["rows"] == "revisions":
            header += reversed(self._measures.vintages)
        nothing = self._words["nothing"]
        rows = tuple((typographic(label), tuple(Run(cell or nothing) for cell in cells)) for label, cells in lines)
        title = plain(self.said(spec["title"]) or ()) if spec["title"] else ""
        return Comparison(title, tuple(header), rows)


def _fallbacks(measures: Measures) -> list[str]:
    """What is said of the weightings that did not converge: nothing falls back in silence."""
    labels = measures.labels("weightings", "weighting")
    return [
        f"{labels.get(row['weighting'], row['weighting'])} : {row['reason_fr']} ; "
        f"{labels.get(row['fallback'], 'aucun redressement')} à la place."
        for row in measures.table("weightings")
        if row["converged"] is False
    ]


def _revised(measures: Measures) -> str:
    names = list(measures.vintages)
    if len(names) < 2:
        return "Premier millésime de la campagne : aucun chiffre n'est encore révisé."
    return f"{len(names)} millésimes de la campagne sont publiés, du plus récent au plus ancien."
