"""Walk from a cell of a file to what became of it, and to the figures that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import polars as pl
from openpyxl.utils.cell import coordinate_from_string, range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException

from core.home import Home
from lineage.trace import STATUS_WORDS, FigureAddress, TraceError, facts_joined
from registry.expressions import columns_of
from registry.figures import ALL_TYPES, FRAME_KINDS, filled_expressions
from registry.model import Registry
from registry.wide import resting_on

ANSWER_COLUMNS = (
    *("structure_id", "structure_type", "variable", "question_code", "status", "raw", "received", "decision"),
    *("current", "cell"),
)
UNREAD = (
    "Aucune réponse n'a été lue dans cette cellule : elle est vide, hors du tableau, ou d'une colonne sans question."
)


@dataclass(frozen=True)
class Cell:
    """A cell of a file received; `sheet` is '' for a text file."""

    campaign: int
    file: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class RestingFigure:
    """A figure that reads the variable of an answer. `counted`: the structure satisfies the figure's base."""

    address: str
    label_fr: str
    value: float | None
    unit: str
    counted: bool


@dataclass(frozen=True)
class CellTrace:
    """What became of a cell. `answers`: those read there (`ANSWER_COLUMNS`). `outcomes`: sentences, in French, one per
    thing that happened to it. `figures`: those of the answers that count today."""

    cell: Cell
    answers: list[dict[str, Any]]
    outcomes: list[str]
    figures: list[RestingFigure]

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return asdict(self)


def trace_cell(
    candidate: Path, home: Home, registry: Registry, asked: Cell, withdrawn: Iterable[tuple[int, str, str]] = ()
) -> list[CellTrace]:
    """What became of a cell, in each campaign that received a file of that label or name. Raises `TraceError`.

    `asked.campaign`: 0 for every campaign. `withdrawn`: the files taken back, as (campaign, label, what is said of it).
    """
    campaigns = [year for year in registry.campaigns if asked.campaign in (0, year)]
    found = [
        _traced(candidate, home, registry, Cell(year, label, asked.sheet, asked.cell.upper().replace("$", "")))
        for year in campaigns
        for label in _labels(home, year, asked.file)
    ]
    found += [
        CellTrace(Cell(year, label, asked.sheet, asked.cell), [], [said], [])
        for year, label, said in withdrawn
        if year in campaigns and asked.file in (label, PurePosixPath(label).name)
    ]
    if not found:
        raise TraceError(
            f"Fichier inconnu : « {asked.file} ». Les fichiers reçus sont dans senacs status CAMPAGNE --json."
        )
    return found


def _labels(home: Home, campaign: int, file: str) -> list[str]:
    """The labels under which the file was received: each delivery of a name is another file."""
    receipts = home.intake / str(campaign) / "receipts.parquet"
    if not receipts.exists():
        return []
    labels = pl.read_parquet(receipts)["file"].unique().sort()
    return [label for label in labels if file in (label, PurePosixPath(label).name)]


def _traced(candidate: Path, home: Home, registry: Registry, cell: Cell) -> CellTrace:
    folder = home.intake / str(cell.campaign)
    _refuse_unreadable(cell)
    answers = _holding(folder / "answers.parquet", cell)
    outcomes = [*_of_answers(answers.to_dicts()), *_of_other_tables(folder, cell, read=not answers.is_empty())]
    return CellTrace(
        cell,
        answers.select(ANSWER_COLUMNS).to_dicts(),
        outcomes or [UNREAD],
        [
            figure
            for answer in answers.filter("current").iter_rows(named=True)
            for figure in _figures(candidate, registry, cell.campaign, answer)
        ],
    )


def _refuse_unreadable(cell: Cell) -> None:
    try:
        coordinate_from_string(cell.cell)
    except CellCoordinatesException as error:
        raise TraceError(f"Cellule illisible : « {cell.cell} » (attendu : C12).") from error


def _holding(table: Path, cell: Cell) -> pl.DataFrame:
    """The rows of an intake table read in the cell, or in a range that holds it."""
    rows = pl.read_parquet(table).filter(pl.col("file") == cell.file, pl.col("sheet") == cell.sheet)
    column, line, _, _ = range_boundaries(cell.cell)
    ranges = rows.filter(pl.col("cell").str.contains(":", literal=True))["cell"].unique()
    holding = [cell.cell]
    for text in ranges:
        first_column, first_line, last_column, last_line = range_boundaries(text)
        if first_column <= column <= last_column and first_line <= line <= last_line:
            holding.append(text)
    return rows.filter(pl.col("cell").is_in(holding))


def _of_answers(answers: list[dict[str, Any]]) -> Iterator[str]:
    for answer in answers:
        about = f"{answer['structure_id']}, {answer['variable']}"
        if not answer["current"]:
            yield f"{about} : réponse remplacée, une autre du même établissement compte à sa place."
        elif answer["status"] == "rejected":
            yield f"{about} : réponse écartée, elle n'entre dans aucun total."
        elif answer["status"] == "corrected":
            yield f"{about} : réponse corrigée (reçu : « {answer['received']} »), {answer['decision']}."
        else:
            yield f"{about} : réponse retenue ({STATUS_WORDS.get(answer['status'], answer['status'])})."


def _of_other_tables(folder: Path, cell: Cell, *, read: bool) -> Iterator[str]:
    """What the other tables of the intake say of the cell; of its row, column and file where no answer was `read`."""
    for line in _holding(folder / "contacts.parquet", cell).iter_rows(named=True):
        yield f"{line['structure_id']}, {line['variable']} : donnée personnelle, elle n'entre dans aucun chiffre."
    for line in _holding(folder / "edits.parquet", cell).iter_rows(named=True):
        state = "à confirmer" if line["open"] else "sans suite attendue"
        yield f"Règle {line['rule']} ({state}) : {line['message_fr']}"
    for line in _holding(folder / "decisions.parquet", cell).iter_rows(named=True):
        yield f"Décision ({line['action']}, {line['state']}) de {line['author']} : {line['reason'] or line['comment']}"
    rejects = pl.read_parquet(folder / "rejects.parquet").filter(pl.col("file") == cell.file)
    letters, row = cell.cell.rstrip("0123456789"), cell.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    in_sheet = pl.col("sheet") == cell.sheet
    same_row = pl.col("cell").str.extract(r"(\d+)$") == row
    told = (pl.col("level") == "answer") & in_sheet & (pl.col("cell") == cell.cell)
    if not read:
        told = told | (pl.col("level") == "file") | ((pl.col("level") == "row") & in_sheet & same_row)
    what = {"file": "Fichier refusé", "row": "Ligne écartée", "answer": "Réponse écartée"}
    for line in rejects.filter(told).iter_rows(named=True):
        yield f"{what[line['level']]} (règle {line['rule']}) : {line['message_fr']}"
    unknown = pl.read_parquet(folder / "unmapped.parquet").filter(
        pl.col("file") == cell.file, in_sheet, pl.col("cell").str.extract(r"^([A-Z]+)") == letters
    )
    for line in unknown.iter_rows(named=True) if not read else ():
        nearest = f" ; question la plus proche : {line['nearest_question']}" if line["nearest_question"] else ""
        yield f"Colonne sans question (« {line['header']} », {line['cell']}){nearest}. Elle n'entre dans aucun chiffre."


def _figures(candidate: Path, registry: Registry, campaign: int, answer: dict[str, Any]) -> list[RestingFigure]:
    """The figures of the structure's territories whose expressions read the answer's variable, or what is derived from
    it."""
    structure, kind = answer["structure_id"], answer["structure_type"]
    columns = resting_on(answer["variable"], registry, campaign)
    bases: dict[tuple[str, str, str], str] = {}
    labels = {}
    for indicator in registry.indicators:
        if campaign not in indicator.campaigns or indicator.kind in FRAME_KINDS:
            continue
        labels[indicator.indicator] = indicator.label_fr
        for filled in filled_expressions(registry, indicator, campaign):
            if kind in filled.types and any(columns_of(text) & columns for text in filled.texts):
                bases[filled.structure_type, indicator.indicator, filled.choice] = filled.base
    counting = _bases_met(candidate, campaign, structure, set(bases.values()))
    marts = candidate / "marts"
    places = pl.scan_parquet(marts / "bridge_territory_structure.parquet").filter(
        pl.col("campaign") == campaign, pl.col("structure_id") == structure
    )
    figures = (
        pl.scan_parquet(marts / "figures.parquet")
        .filter(pl.col("campaign") == campaign, pl.col("structure_type").is_in([kind, ALL_TYPES]))
        .join(places.select("territory_id"), on="territory_id", how="semi")
        .sort("territory_id", "structure_type", "indicator", "breakdown")
        .collect()
    )
    return [
        RestingFigure(
            str(FigureAddress(campaign, line["territory_id"], *key)),
            labels[line["indicator"]],
            line["value"],
            line["unit"],
            bases[key] in counting,
        )
        for line in figures.iter_rows(named=True)
        if (key := (line["structure_type"], line["indicator"], line["breakdown"])) in bases
    ]


def _bases_met(candidate: Path, campaign: int, structure: str, bases: set[str]) -> set[str]:
    """Those of `bases` that the structure satisfies as it answered."""
    texts = sorted(bases)
    if not texts:
        return set()
    conditions = ", ".join(f"coalesce({text or 'true'}, false)" for text in texts)
    with duckdb.connect() as connection:
        row = connection.execute(
            f"select {conditions} from {facts_joined(candidate)} "
            "where campaign = ? and structure_id = ? and responded = 1",
            [campaign, structure],
        ).fetchone()
    return {text for text, met in zip(texts, row or (), strict=bool(row)) if met}
