"""The pages that compare vintages: what changed and why, and the triangle of revisions. Words: sheets/vintages.yml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from core.french import long_date, number
from core.plain_yaml import read_yaml
from publication.documents.plans import SHEETS
from publication.documents.table_page import TablePage, TableSection
from publication.release.causes import Explained

SHOWN = 200
MISSING = "nd"


@dataclass(frozen=True)
class Wording:
    """What the pages need to say a figure in French: labels and decimals by indicator, names of levels, labels of parts
    by (indicator, code of the breakdown)."""

    words: Mapping[str, Any]
    labels: Mapping[str, str]
    decimals: Mapping[str, int]
    levels: Mapping[str, str]
    nation: str
    parts: Mapping[tuple[str, str], str]

    def figure(self, row: Mapping[str, Any]) -> str:
        """``Équivalents temps plein, CS``, with the breakdown where there is one."""
        label = self.labels.get(row["indicator"], row["indicator"])
        breakdown = self.parts.get((row["indicator"], row["breakdown"]), row["breakdown"])
        return ", ".join(part for part in (label, breakdown, row["structure_type"]) if part)

    def value(self, row: Mapping[str, Any], name: str) -> str:
        """The value in French, `MISSING` where there is none."""
        value = row[name]
        return MISSING if value is None else number(value, self.decimals.get(row["indicator"], 1))

    def causes(self, text: str) -> str:
        """The French words of causes joined by ``;``."""
        return ", ".join(self.words["causes"][cause] for cause in text.split(";"))


def vintage_words() -> Mapping[str, Any]:
    """``sheets/vintages.yml``."""
    words: dict[str, Any] = read_yaml(SHEETS / "vintages.yml")
    return words


def what_changed(found: Explained, wording: Wording) -> list[tuple[str, str]]:
    """(input, what became of it): the files taken in and left out, and what else the figures rest on."""
    said = wording.words["difference"]
    told = [(said["entries"], ", ".join(found.entries)), (said["gone"], ", ".join(found.gone))]
    others = {"frames": "frames", "corrections": "corrections", "registry": "registry_fingerprint",
              "code": "code_version"}  # fmt: skip
    told += [(said[word], said["changed" if name in found.changed else "same"]) for word, name in others.items()]
    return [(what, became or "–") for what, became in told]


def difference_page(found: Explained, wording: Wording) -> TablePage:
    """The page of `senacs diff`."""
    said, headers = wording.words["difference"], wording.words["difference"]["headers"]
    nation = found.figures.filter(pl.col("level") == wording.nation)
    elsewhere = found.figures.filter(pl.col("level") != wording.nation)
    counts = found.figures.group_by("level", maintain_order=True).agg(pl.len(), pl.col("change_pct").max())
    structures = [
        (row["structure_id"], wording.causes(row["cause"]), row["variables"])
        for row in found.structures.iter_rows(named=True)
    ]
    sections = [
        TableSection(said["what"], (), headers["what"], what_changed(found, wording), of_words=True),
        TableSection(
            said["counts"],
            () if counts.height else (said["none"],),
            headers["counts"],
            [
                (wording.levels.get(row["level"], row["level"]), str(row["len"]), number(row["change_pct"], 2))
                for row in counts.iter_rows(named=True)
            ],
        ),
        *_figures(said["nation"], nation, wording, place=False),
        *_figures(said["territories"], elsewhere, wording, place=True),
        *(
            [TableSection(said["structures"], (), headers["structures"], structures, of_words=True)]
            if structures
            else []
        ),
    ]
    about = {"campaign": found.after["campaign"], "before": found.before["vintage"], "after": found.after["vintage"]}
    return TablePage(
        kicker=said["kicker"].format(**about),
        title=said["title"].format(**about),
        edition=[_published(side) for side in (found.before, found.after)],
        sections=sections,
        demo=found.after["remark"],
    )


def triangle_page(triangle: pl.DataFrame, manifests: Sequence[Mapping[str, Any]], wording: Wording) -> TablePage:
    """The page of `senacs revisions`: a row per figure, a column per vintage."""
    said = wording.words["triangle"]
    vintages = [manifest["vintage"] for manifest in manifests]
    rows = [
        (
            wording.figure(row),
            *(wording.value(row, vintage) for vintage in vintages),
            MISSING if row["change_pct"] is None else number(row["change_pct"], 2),
        )
        for row in triangle.iter_rows(named=True)
    ]
    sentences = [said["lead"], *([said["only_one"]] if len(vintages) == 1 else [])]
    return TablePage(
        kicker=said["kicker"].format(campaign=manifests[-1]["campaign"]),
        title=said["title"],
        edition=[_published(manifest) for manifest in manifests],
        sections=[TableSection(said["title"], sentences, [*said["headers"], *vintages, said["gap"]], rows)],
        demo=manifests[-1]["remark"],
    )


def _published(manifest: Mapping[str, Any]) -> str:
    """``P1 : 22 novembre 2026``."""
    return f"{manifest['vintage']} : {long_date(dt.date.fromisoformat(manifest['published_at'][:10]))}"


def _figures(heading: str, figures: pl.DataFrame, wording: Wording, *, place: bool) -> list[TableSection]:
    """The largest changes of some figures, with their causes; nothing where none changed."""
    said = wording.words["difference"]
    rows = [
        (
            (f"{wording.levels.get(row['level'], row['level'])} {row['territory']} : " if place else "")
            + wording.figure(row),
            wording.value(row, "value_before"),
            wording.value(row, "value_after"),
            number(row["change_pct"], 2),
            wording.causes(row["causes"]),
            str(row["structures"]),
        )
        for row in figures.head(SHOWN).iter_rows(named=True)
    ]
    more = (said["shown"].format(shown=SHOWN, total=figures.height),) if figures.height > SHOWN else ()
    return [TableSection(heading, more, said["headers"]["figures"], rows)] if rows else []
