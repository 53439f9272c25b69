"""What a sender is asked to look at: one line per refusal and per rule still open, with what ties it to its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from core.home import Home
from ingest.corrections.decision import ON_A_ROW, about
from ingest.corrections.identification import row_signature
from ingest.corrections.report_layout import GUARD_SEVERITIES, SEVERITIES, reference
from ingest.survey_frame.frames import frame_of, lifecycle_of
from ingest.values.panel import predecessors_of, with_predecessors
from registry.model import Registry

HIDDEN_ROW = "I17"
WAITS_FOR_NATIONAL = "Justifiée par vos soins : l'équipe nationale doit encore la valider, rien à faire."
REQUIRED = "R01"


@dataclass(frozen=True)
class ReportLine:
    """A line of a report. `can_confirm`: the value may be confirmed as it is; a refused one is only corrected."""

    reference: str
    severity: str
    structure_id: str
    name: str
    question_code: str
    question_label: str
    raw: str
    previous: str
    file: str
    sheet: str
    cell: str
    rule: str
    why: str
    next_step: str
    can_confirm: bool


@dataclass(frozen=True)
class Report:
    """The report of a sender: what waits for it (`lines`), what it should know (`notes`). `own_columns`: by structure,
    the texts of the columns that it added, by header."""

    campaign: int
    sender: str
    previous_campaign: int | None
    lines: list[ReportLine]
    notes: list[ReportLine]
    own_columns: dict[str, dict[str, str]] = field(default_factory=dict)


def report_of(home: Home, registry: Registry, campaign: int, sender: str) -> Report:
    """The report of `sender`, from the intake as it stands (`build_intake` comes first)."""
    return next(reports_of(home, registry, campaign, [sender]))


def reports_of(home: Home, registry: Registry, campaign: int, senders: Iterable[str]) -> Iterator[Report]:
    """The reports of several senders, from the intake as it stands: what they share is read once.

    Lines: columns that look wrong as a whole and that the sender has not justified, files, rows and answers refused,
    open `confirm` rules, required questions without answer. Notes: the rest.
    """
    folder = home.intake / str(campaign)
    answers = pl.read_parquet(folder / "answers.parquet").filter("current")
    raws: dict[str, dict[str, str]] = {}
    for structure, variable, raw in answers.select("structure_id", "variable", "raw").iter_rows():
        raws.setdefault(structure, {})[variable] = raw
    names = dict(frame_of(home, registry, campaign).select("structure_id", "name").iter_rows())
    standing = set(answers["structure_id"])
    previous, earlier = _previous_values(home, registry, campaign)
    maker = _LineMaker(registry, campaign, raws, names, previous)
    rejects = pl.read_parquet(folder / "rejects.parquet")
    edits = pl.read_parquet(folder / "edits.parquet")
    guards = pl.read_parquet(folder / "guards.parquet").filter(~pl.col("acknowledged"))
    for sender in senders:
        mine = pl.col("sender") == sender
        replaced = _replaced_rows(folder, sender)
        refused = [row for row in rejects.filter(mine).iter_rows(named=True) if _stands(row, standing, replaced)]
        strange = guards.filter(mine)
        columns = [_line_of_column(row) for row in strange.filter(~pl.col("justified")).iter_rows(named=True)]
        lines, notes = _lines_and_notes(maker, refused, edits.filter(mine))
        notes += [_line_of_column(row) for row in strange.filter("justified").iter_rows(named=True)]
        yield Report(campaign, sender, earlier, columns + lines, notes, _own_columns(folder, sender))


def _lines_and_notes(
    maker: _LineMaker, refused: list[dict[str, Any]], edits: pl.DataFrame
) -> tuple[list[ReportLine], list[ReportLine]]:
    lines = [maker.line(row) for row in refused]
    questions = {(line.structure_id, line.question_code) for line in lines}
    notes = []
    for row in edits.iter_rows(named=True):
        asked = row["open"] or (row["current"] and row["rule"] == REQUIRED)
        told = row["rule"] == REQUIRED and (row["structure_id"], row["question_code"]) in questions
        if asked and not told:
            lines.append(maker.line(row))
        elif row["severity"] == "info" and row["rule"] != REQUIRED and (row["current"] or not row["structure_id"]):
            notes.append(maker.line(row))
    return lines, notes


def _stands(row: dict[str, Any], standing: set[str], replaced: set[tuple[str, str]]) -> bool:
    """A refused answer of a row that was replaced since is not asked about any more, nor a hidden row of a structure
    that has answered elsewhere."""
    if row["rule"] == HIDDEN_ROW:
        return row["structure_id"] not in standing
    return row["level"] != "answer" or (row["entry_id"], row["structure_id"]) not in replaced


def _replaced_rows(folder: Any, sender: str) -> set[tuple[str, str]]:
    responses = pl.read_parquet(folder / "responses.parquet")
    gone = responses.filter(pl.col("sender") == sender, pl.col("state") == "replaced")
    return set(gone.select("entry_id", "structure_id").iter_rows())


def _own_columns(folder: Any, sender: str) -> dict[str, dict[str, str]]:
    """By structure, what stands in the sender's columns that are no question's, by header; the last file wins."""
    received = pl.read_parquet(folder / "receipts.parquet").filter(pl.col("sender") == sender)
    texts = pl.read_parquet(folder / "unmapped_values.parquet").filter(pl.col("header") != "", pl.col("text") != "")
    found: dict[str, dict[str, str]] = {}
    for structure, header, text in (
        texts.join(received.select("entry_id", "received_at"), on="entry_id")
        .sort("received_at", maintain_order=True)
        .select("structure_id", "header", "text")
        .iter_rows()
    ):
        if structure:
            found.setdefault(structure, {})[header] = text
    return found


@dataclass(frozen=True)
class _LineMaker:
    registry: Registry
    campaign: int
    raws: dict[str, dict[str, str]]
    names: dict[str, str]
    previous: dict[tuple[str, str], str]

    def line(self, row: dict[str, Any]) -> ReportLine:
        rule = self.registry.edits[row["rule"]]
        structure, variable = row["structure_id"], row["variable"] or ""
        severity = "confirm" if row["rule"] == REQUIRED else rule.severity
        signed = self._signed(row, structure, variable)
        return ReportLine(
            reference=reference(structure, row["rule"], variable, signed),
            severity=SEVERITIES[severity],
            structure_id=structure,
            name=self.names.get(structure, ""),
            question_code=row["question_code"] or "",
            question_label=row["question_label_fr"] or "",
            raw=row["raw"] or "",
            previous=self.previous.get((structure, variable), ""),
            file=row["file"],
            sheet=row["sheet"] or "",
            cell=row["cell"] or "",
            rule=row["rule"],
            why=row["message_fr"],
            next_step=rule.next_step_fr,
            can_confirm=rule.severity == "confirm" and bool(structure),
        )

    def _signed(self, row: dict[str, Any], structure: str, variable: str) -> str:
        if row["rule"] in ON_A_ROW:
            return row_signature(row["entry_id"], row["sheet"] or "", row["cell"] or "")
        raws = self.raws.get(structure, {})
        return about(self.registry, self.campaign, row["rule"], variable, raws, row["entry_id"])


def _line_of_column(row: dict[str, Any]) -> ReportLine:
    """A line about a whole column: it is corrected in the file, or justified here."""
    return ReportLine(
        reference=reference("", row["guard"], row["variable"], row["about"]),
        severity=GUARD_SEVERITIES[row["severity"]],
        structure_id="",
        name="",
        question_code=row["question_code"],
        question_label=row["question_label_fr"],
        raw="",
        previous="",
        file=row["file"],
        sheet=row["sheet"],
        cell=row["column"],
        rule=row["label_fr"],
        why=row["message_fr"],
        next_step=WAITS_FOR_NATIONAL if row["justified"] else row["next_step_fr"],
        can_confirm=True,
    )


def _previous_values(home: Home, registry: Registry, campaign: int) -> tuple[dict[tuple[str, str], str], int | None]:
    """Text of the value of each structure and variable in the latest earlier campaign that has it (predecessors'
    numbers added up), and that campaign."""
    years = [
        year
        for year in sorted((year for year in registry.campaigns if year < campaign), reverse=True)
        if (home.intake / str(year) / "answers.parquet").exists()
    ]
    if not years:
        return {}, None
    predecessors = predecessors_of(frame_of(home, registry, campaign), lifecycle_of(home, registry))
    found: dict[tuple[str, str], str] = {}
    for year in years:
        answers = pl.read_parquet(home.intake / str(year) / "answers.parquet").filter("current")
        numbers = answers.filter(pl.col("value_num").is_not_null())
        wide = numbers.pivot(on="variable", index="structure_id", values="value_num", aggregate_function="first")
        variables = [name for name in wide.columns if name != "structure_id"]
        for row in with_predecessors([wide], predecessors, variables).iter_rows(named=True):
            for variable in variables:
                if row[variable] is not None:
                    found.setdefault((row["structure_id"], variable), f"{row[variable].normalize():f}")
        texts = answers.filter(pl.col("value_text").is_not_null()).select("structure_id", "variable", "raw")
        for structure, variable, raw in texts.iter_rows():
            found.setdefault((structure, variable), raw)
    return found, years[0]
