"""The returns of a campaign made into answers, rejects, edits and receipts (Parquet).

Everything is set-wise over all the files of the campaign; a file, a row or an answer that is refused stops no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import remove_partial_files, replaced_file
from core.home import Home
from core.ledger import held
from core.source_code import code_fingerprint
from ingest.anomalies.justified import justifications
from ingest.anomalies.table import guards_table
from ingest.corrections.apply import decided as decided_on
from ingest.corrections.apply import sent_decisions, with_corrections
from ingest.corrections.corrections import Written, national_lines
from ingest.corrections.decision import ERASES_GOOD_ANSWERS
from ingest.corrections.identification import identified
from ingest.receive.answerers import Answerers, answerers_of, arbitrations_of
from ingest.receive.archive import FRAMES, LIFECYCLE, Archive
from ingest.receive.locks import waiting_entries
from ingest.receive.replacing import erased_by, forced_rows, replacing_or_replaced
from ingest.returns.read_tables import ReadFrames
from ingest.returns.seen_cells import noted_marks, with_marks
from ingest.store import records
from ingest.store.batch import Batch
from ingest.store.read_store import Progress, everything_read, refreshed
from ingest.survey_frame.frames import frame_of, lifecycle_of
from ingest.values.acceptance import ACCEPTED, OTHER_SENDER, REPLACED, Frame, Member, Response, note_thinner, responses
from ingest.values.checking import checked
from ingest.values.edit_rules import compared_variables
from ingest.values.panel import predecessors_of, with_predecessors
from ingest.values.parsing import answers_of
from registry.model import Registry

STATE = "state.json"
LOCK = ".lock"


@dataclass
class Intake:
    """What a campaign's returns became: the tables of docs/data-contracts.md, by name."""

    tables: dict[str, pl.DataFrame]
    values: pl.DataFrame


@dataclass(frozen=True)
class Settlement:
    """What the national team settled beside the returns: corrections, and whose response counts."""

    corrections: Sequence[Written] = ()
    answerers: Answerers = field(default_factory=Answerers)


NOTHING_SETTLED = Settlement()


def settlement_of(home: Home, registry: Registry, campaign: int, frame: pl.DataFrame) -> Settlement:
    """What is settled of a campaign now."""
    return Settlement(national_lines(home, campaign), answerers_of(home, registry, campaign, frame))


def build_intake(
    home: Home, registry: Registry, campaign: int, *, force: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Bring ``intake/<campaign>/`` up to date. Returns a summary (counts, and whether anything had to be done).

    What waits for the next vintage (`ingest.receive.locks`) is left out.
    Campaigns are built oldest first: some rules compare with the values of earlier ones.
    """
    folder = home.intake / str(campaign)
    with held(folder / LOCK):
        remove_partial_files(folder)
        return _built(home, registry, campaign, folder, force=force, progress=progress)


def _built(
    home: Home, registry: Registry, campaign: int, folder: Path, *, force: bool, progress: Progress | None
) -> dict[str, Any]:
    read = refreshed(home, registry, campaign, fresh=force, progress=progress)
    read = read.without(entry.entry_id for entry in waiting_entries(home, campaign))
    frame = frame_of(home, registry, campaign)
    stamp = _stamp(home, registry, campaign, read, frame)
    state = folder / STATE
    if not force and state.exists():
        kept = json.loads(state.read_text())
        if kept["stamp"] == stamp:
            return kept["summary"] | {"rebuilt": False}
    state.unlink(missing_ok=True)
    previous, settled = previous_values(home, registry, campaign), settlement_of(home, registry, campaign, frame)
    intake = intake_of(registry, campaign, read, frame, previous, settled)
    intake.tables["guards"] = guards_table(home, registry, campaign, intake.tables, read.columns, frame)
    for name, table in {**intake.tables, "values": intake.values}.items():
        with replaced_file(folder / f"{name}.parquet") as path:
            table.write_parquet(path)
    summary = records.summary(campaign, intake.tables)
    with replaced_file(state) as path:
        told = _archive_stamp(home, registry, campaign)
        path.write_text(json.dumps({"stamp": stamp, "summary": summary, "archive": told}))
    return summary | {"rebuilt": True}


def earlier_campaigns_missed(home: Home, registry: Registry, campaign: int) -> list[int]:
    """Bring the campaigns before `campaign` up to date where the archive says that they are not; those that can't be.

    Nothing is read of a campaign whose archive is what it was: a reception must not take longer for an old one.
    """
    missed = []
    for year in sorted(year for year in registry.campaigns if year < campaign):
        state = home.intake / str(year) / STATE
        known = json.loads(state.read_text()).get("archive") if state.exists() else None
        if not Archive(home).entries(year) or known == _archive_stamp(home, registry, year):
            continue
        try:
            build_intake(home, registry, year)
        except Exception:  # the file received is another campaign's: its answer says that it was not compared
            missed.append(year)
    return missed


def _archive_stamp(home: Home, registry: Registry, campaign: int) -> str:
    """What the intake of a campaign follows from, without reading any file of it."""
    archive = Archive(home)
    told: list[object] = [registry.fingerprint, code_fingerprint()]
    for year in sorted(year for year in registry.campaigns if year <= campaign):
        told.append([(one.entry_id, one.received_at, one.number) for one in archive.entries(year)])
        told.append(sorted(one.entry_id for one in waiting_entries(home, year)))
        told.append([one.entry_id for one in archive.entries(year, FRAMES)])
        told.append([national_lines(home, year), sorted(arbitrations_of(home, year).items())])
    told += [[one.entry_id for one in archive.entries(0, LIFECYCLE)], justifications(home, registry, campaign)]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def campaign_intake(home: Home, registry: Registry, campaign: int) -> Intake:
    """The campaign's intake as it stands now, brought up to date first."""
    build_intake(home, registry, campaign)
    folder = home.intake / str(campaign)
    tables = {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")}
    return Intake(tables, tables.pop("values"))


def intake_of(
    registry: Registry,
    campaign: int,
    read: ReadFrames,
    frame: pl.DataFrame,
    previous: pl.DataFrame,
    settlement: Settlement = NOTHING_SETTLED,
) -> Intake:
    """The intake of a campaign from its files as read, its frame, the values of earlier campaigns and what the national
    team settled."""
    members, sent = _frame_index(frame), sent_decisions(read.decisions)
    chosen = identified(read, sent, settlement.corrections, members)
    files, forced = _files_in_order(read, chosen.identifiers), forced_rows(read, sent)
    decided = responses(files, members, settlement.answerers)
    both = replacing_or_replaced(decided) if ERASES_GOOD_ANSWERS in registry.edits else set()
    if both - forced.rows:
        concerned = _response_table(campaign, decided, read).filter(pl.col("row_id").is_in(list(both)))
        kinds = concerned.select("row_id", "entry_id", "structure_type")
        sent_again = with_marks(answers_of(read.cells.join(kinds, on="row_id"), registry, campaign), read.marks)
        erased = erased_by(registry, campaign, concerned, sent_again, frame, previous)
        decided = responses(
            files,
            members,
            settlement.answerers,
            lambda row_id, earlier: "" if row_id in forced.rows else erased(row_id, earlier),
        )
    note_thinner(decided, _questions_answered(decided, read), float(registry.parameters.get("replacing_share", 0)))
    rows = _response_table(campaign, decided, read)
    counted = rows.filter(pl.col("state").is_in([ACCEPTED, REPLACED]))
    cells = read.cells.join(
        counted.select("row_id", "entry_id", "structure_type"), on="row_id", how="inner", maintain_order="left"
    )
    answers = with_marks(answers_of(cells, registry, campaign), read.marks)
    settled = decided_on(registry, campaign, sent, settlement.corrections, rows, answers)
    settled.outcomes += [*chosen.outcomes, *forced.outcomes]
    answers = with_corrections(registry, campaign, settled, rows, answers)
    answers, rules = checked(registry, campaign, counted, answers, frame, previous)
    notes = pl.concat([rules.notes, noted_marks(answers, read.marks)])
    tables = records.tables(Batch(registry, campaign, read, rows, answers, notes, decided, settled))
    return Intake(tables, rules.values)


def standing_files(
    home: Home, registry: Registry, campaign: int, *, without: Collection[str]
) -> dict[str, tuple[str, str]]:
    """By structure, the sender and the file of the response that counts, were the entries `without` withdrawn and no
    other."""
    files, decided = _decided_now(home, registry, campaign, without)
    return {one.structure_id: files[one.row_id] for one in decided if one.state == ACCEPTED}


def files_answering(home: Home, registry: Registry, campaign: int, structure: str) -> dict[str, tuple[str, bool]]:
    """By sender who answered for a structure, its last file, and whether that response counts."""
    withdrawn = [entry.entry_id for entry in Archive(home).received(campaign) if entry.withdrawn]
    files, decided = _decided_now(home, registry, campaign, withdrawn)
    theirs = [one for one in decided if one.structure_id == structure]
    counting = [one for one in theirs if one.state == ACCEPTED or one.rule == OTHER_SENDER]
    return {files[one.row_id][0]: (files[one.row_id][1], one.state == ACCEPTED) for one in counting}


def _decided_now(
    home: Home, registry: Registry, campaign: int, without: Collection[str]
) -> tuple[dict[int, tuple[str, str]], list[Response]]:
    """The sender and the file of each row received, by row_id, and what becomes of the rows."""
    read = everything_read(home, registry, campaign)
    waiting = {entry.entry_id for entry in waiting_entries(home, campaign)}
    read = read.without({*without, *waiting})
    frame = frame_of(home, registry, campaign)
    members, sent = _frame_index(frame), sent_decisions(read.decisions)
    settlement = settlement_of(home, registry, campaign, frame)
    chosen = identified(read, sent, settlement.corrections, members)
    decided = responses(_files_in_order(read, chosen.identifiers), members, settlement.answerers)
    places = {row["entry_id"]: (row["sender"], row["file"]) for row in read.files.iter_rows(named=True)}
    return {row: places[entry] for row, entry in read.rows.select("row_id", "entry_id").iter_rows()}, decided


def previous_values(home: Home, registry: Registry, campaign: int) -> pl.DataFrame:
    """structure_id and the variables that rules compare: from the latest earlier campaign that has the structure, or
    its predecessors (whose values are then added up)."""
    names = compared_variables(registry)
    schema = pl.Schema({"structure_id": pl.String(), **dict.fromkeys(names, pl.Decimal(18, 6))})
    earlier = []
    for year in sorted((year for year in registry.campaigns if year < campaign), reverse=True):
        path = home.intake / str(year) / "values.parquet"
        if path.exists():
            earlier.append(pl.read_parquet(path).select(list(schema)).cast(schema))
    if not earlier:
        return pl.DataFrame(schema=schema)
    predecessors = predecessors_of(frame_of(home, registry, campaign), lifecycle_of(home, registry))
    return with_predecessors(earlier, predecessors, names)


def _stamp(home: Home, registry: Registry, campaign: int, read: ReadFrames, frame: pl.DataFrame) -> str:
    decided = (national_lines(home, campaign), justifications(home, registry, campaign))
    digest = hashlib.sha256(f"{registry.fingerprint} {code_fingerprint()} {decided}".encode())
    for row in read.files.select("entry_id", "received_at", "number", "file").sort("entry_id").iter_rows():
        digest.update(repr(row).encode())
    digest.update(repr(sorted(arbitrations_of(home, campaign).items())).encode())
    digest.update(frame.write_csv().encode() + lifecycle_of(home, registry).write_csv().encode())
    for year in registry.campaigns:
        state = home.intake / str(year) / STATE
        if year < campaign and state.exists():
            digest.update(json.loads(state.read_text())["stamp"].encode())
    return digest.hexdigest()


def _files_in_order(
    read: ReadFrames, identifiers: Mapping[int, str]
) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The files in the order of reception, each with its rows; `identifiers` take the place of those read."""
    by_entry: dict[str, list[dict[str, Any]]] = {}
    for row in read.rows.sort("row_id").iter_rows(named=True):
        identifier = identifiers.get(row["row_id"], row["identifier"])
        by_entry.setdefault(row["entry_id"], []).append(row | {"identifier": identifier})
    files = read.files.sort("received_at", "number", "file", "sha256").iter_rows(named=True)
    return [(file, by_entry.get(file["entry_id"], [])) for file in files]


def _questions_answered(decided: list[Response], read: ReadFrames) -> dict[int, int]:
    """How many questions have an answer in each row that replaces another, or is replaced."""
    both = {row for one in decided if one.replaces is not None for row in (one.row_id, one.replaces)}
    cells = read.cells.filter(pl.col("row_id").is_in(list(both)))
    return dict(cells.group_by("row_id").agg(pl.col("question_code").n_unique()).iter_rows())


def _frame_index(frame: pl.DataFrame) -> Frame:
    columns = ("structure_id", "structure_type", "name", "commune_code", "commune_name", "solicited")
    return Frame(
        Member(**row) for row in frame.select(columns).with_columns(pl.col("solicited") == 1).iter_rows(named=True)
    )


def _response_table(campaign: int, decided: list[Response], read: ReadFrames) -> pl.DataFrame:
    """row_id, structure and state of each row, the structures proposed for it, its file."""
    table = pl.DataFrame(
        [(r.row_id, r.structure_id, r.structure_type, r.state, r.rule, r.detail, r.proposed) for r in decided],
        schema={
            "row_id": pl.Int32,
            "structure_id": pl.String,
            "structure_type": pl.String,
            "state": pl.String,
            "rule": pl.String,
            "detail": pl.String,
            "proposed": pl.String,
        },
        orient="row",
    )
    places = read.rows.select("row_id", "entry_id", "member", "sheet", "row", "column", "identifier")
    files = read.files.select("entry_id", "file", "sender", "received_at")
    return (
        table.join(places, on="row_id", how="left", maintain_order="left")
        .join(files, on="entry_id", how="left", maintain_order="left")
        .with_columns(campaign=pl.lit(campaign, pl.Int32))
    )
