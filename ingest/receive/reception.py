"""Receive files: archive them, read them, answer at once.

The answer says what each file is worth beside all that the campaign received: what it replaces, what another sender
had answered, which decisions of a report hold. A file that waits for the next vintage is told alone.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import Home
from core.refusals import Refusal
from ingest.anomalies.table import columns_told, guards_table
from ingest.receive.archive import RETURNS, Archive, ArchiveError, Entry
from ingest.receive.delivery_faults import delivery_faults
from ingest.receive.locks import Closings, late_message, published_message, published_vintages, waiting_entries
from ingest.receive.receipt_text import accepted_message, columns_said
from ingest.returns.read_tables import GatheredFiles, ReadFrames
from ingest.store.intake import (
    Intake,
    campaign_intake,
    earlier_campaigns_missed,
    intake_of,
    previous_values,
    settlement_of,
)
from ingest.store.read_store import header_indexes, limits_of, read_entry
from ingest.survey_frame.frames import frame_of
from registry.model import Registry

if TYPE_CHECKING:
    import polars as pl

MANIFEST_COLUMNS = ("file", "campaign", "sender", "received_at")
COUNTS = ("rows_accepted", "rows_replaced", "rows_dropped", "rows_rejected", "rows_incomplete", "answers_rejected",
          "non_responses", "edits")  # fmt: skip


class ReceptionError(Exception):
    """What was asked can't be done (unknown campaign, unreadable manifest); the text says why, in French."""


class DeliveryError(ReceptionError):
    """What was said of the files can't be (unknown sender, day in the future): a sentence in French for each fault."""


@dataclass(frozen=True)
class Delivery:
    """A file to receive. `label` is the path by which it will be named."""

    path: Path
    label: str
    campaign: int
    sender: str
    received_at: dt.datetime | None = None


@dataclass
class FileAnswer:
    """What a sender hears of a file. `waits`: it came after the closing, and is for the next vintage.

    `columns_to_check`: those that look wrong as a whole (see `ingest.anomalies.table.TOLD`).
    """

    file: str
    campaign: int
    sender: str
    verdict: str
    rule: str = ""
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    already_received: bool = False
    entry_id: str = ""
    waits: bool = False
    columns_to_check: list[dict[str, Any]] = field(default_factory=list)


def receive(
    home: Home,
    registry: Registry,
    deliveries: list[Delivery],
    on_file: Callable[[FileAnswer], None] | None = None,
) -> list[FileAnswer]:
    """Archive and read `deliveries`, in the order of reception; one answer each, in that order.

    A refused file is archived too (with its reason, nothing is lost) and changes nothing else. Raises `ReceptionError`
    for what can't be received at all; nothing is then archived.
    """
    unknown = sorted({delivery.campaign for delivery in deliveries} - set(registry.campaigns))
    if unknown:
        raise ReceptionError(
            f"Campagne inconnue : {', '.join(map(str, unknown))}. "
            f"Campagnes ouvertes : {', '.join(map(str, registry.campaigns))}."
        )
    if faults := delivery_faults(home, registry, deliveries):
        raise DeliveryError(" ; ".join(faults) + ". Rien n'a été reçu.")
    Archive(home).remove_leftovers()
    indexes = header_indexes(registry)
    limits = limits_of(registry)
    answers: list[FileAnswer] = []
    read: dict[int, GatheredFiles] = {}
    refusals: dict[str, Refusal | None] = {}
    for answer, entry in _archived(home, sorted(deliveries, key=_reception_order), limits.max_file_mb):
        answers.append(answer)
        if entry is None:
            continue
        if entry.entry_id not in refusals:
            outcome = read_entry(entry, registry, indexes, limits)
            read.setdefault(entry.campaign, GatheredFiles()).add(entry, outcome)
            refusals[entry.entry_id] = outcome if isinstance(outcome, Refusal) else None
        if refusal := refusals[entry.entry_id]:
            answer.rule, answer.message = refusal.rule, refusal.message_fr
        else:
            answer.verdict = "accepted"
        if on_file:
            on_file(answer)
    while read:
        campaign = min(read)
        _count(home, registry, campaign, read.pop(campaign).tables(), answers)
    return answers


def deliveries_from_manifest(manifest: Path, root: Path | None = None) -> list[Delivery]:
    """The files that a manifest lists (columns file, campaign, sender, received_at).

    Paths are relative to `root`; without it, to the manifest's folder or the one above. Raises `ReceptionError`.
    """
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in MANIFEST_COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise ReceptionError(f"{manifest.name}, ligne 1 : colonne(s) absente(s) : {', '.join(missing)}.")
            lines = list(enumerate(reader, start=2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReceptionError(f"{manifest.name} ne peut pas être lu : {error}") from error
    deliveries = []
    for number, line in lines:
        try:
            moment = dt.datetime.fromisoformat(line["received_at"]) if line["received_at"] else None
            campaign = int(line["campaign"])
        except (TypeError, ValueError) as error:
            raise ReceptionError(f"{manifest.name}, ligne {number} : {error}") from error
        path = _located(line["file"], manifest, root)
        deliveries.append(Delivery(path, line["file"], campaign, line["sender"], moment))
    return deliveries


def label_of(path: Path, root: Path | None) -> str:
    """The path by which a file is named: relative to `root` where given and above it, else as given."""
    if root is not None and path.resolve().is_relative_to(root.resolve()):
        return path.resolve().relative_to(root.resolve()).as_posix()
    return path.as_posix()


def _reception_order(delivery: Delivery) -> tuple[bool, str, str]:
    moment = delivery.received_at
    return (moment is None, moment.replace(tzinfo=None).isoformat() if moment else "", delivery.label)


def _located(file: str, manifest: Path, root: Path | None) -> Path:
    bases = [root] if root else [manifest.parent, manifest.parent.parent, Path()]
    return next((base / file for base in bases if (base / file).exists()), bases[0] / file)


def _archived(home: Home, deliveries: list[Delivery], max_mb: float) -> Iterator[tuple[FileAnswer, Entry | None]]:
    """Each delivery archived, in order, one ahead: the disk flushes a file while another is read."""
    with ThreadPoolExecutor(max_workers=1) as archivist:
        ahead: deque[Future[tuple[FileAnswer, Entry | None]]] = deque()
        for delivery in deliveries:
            ahead.append(archivist.submit(_archived_one, home, delivery, max_mb))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _archived_one(home: Home, delivery: Delivery, max_mb: float) -> tuple[FileAnswer, Entry | None]:
    answer = FileAnswer(delivery.label, delivery.campaign, delivery.sender, "rejected")
    try:
        entry, new = Archive(home).add(
            delivery.path,
            kind=RETURNS,
            campaign=delivery.campaign,
            sender=delivery.sender,
            file=delivery.label,
            received_at=delivery.received_at,
            max_bytes=int(max_mb * 1_000_000),
        )
    except ArchiveError as error:
        raise ReceptionError(str(error)) from error
    except OSError as error:
        answer.rule, answer.message = "I11", f"Fichier introuvable ou illisible : {error.strerror or error}."
        return answer, None
    answer.entry_id, answer.already_received = entry.entry_id, not new
    return answer, entry


def _count(home: Home, registry: Registry, campaign: int, frames: ReadFrames, answers: list[FileAnswer]) -> None:
    """Fill in the counts and the message of the accepted files of a campaign."""
    closings, published = Closings(home, campaign), published_vintages(home.releases, campaign)
    by_entry = {answer.entry_id: answer for answer in answers if answer.entry_id}
    frame = frame_of(home, registry, campaign)
    missed = earlier_campaigns_missed(home, registry, campaign)
    intake = _taken_in(home, registry, campaign, frames, frame)
    wrong = columns_told(intake.tables["guards"])
    confirm = dict(intake.tables["edits"].filter("open").group_by("entry_id").len().iter_rows())
    received = intake.tables["receipts"].join(frames.files.select("entry_id"), on="entry_id", how="semi")
    for receipt in received.iter_rows(named=True):
        answer = by_entry[receipt["entry_id"]]
        if receipt["verdict"] == "accepted":
            answer.counts = {name: receipt[name] for name in COUNTS}
            answer.counts["to_confirm"] = confirm.get(receipt["entry_id"], 0)
            answer.message = accepted_message(intake, registry, answer.entry_id, answer.counts, frame.height, campaign)
            answer.columns_to_check = wrong.get(receipt["entry_id"], [])
            answer.message += columns_said(answer.columns_to_check) + _not_compared(missed)
        closing = closings.of(answer.sender)
        answer.waits = closing is not None and answer.entry_id not in closing.entries
        if closing and answer.waits and answer.verdict == "accepted":
            answer.message = late_message(closing) + answer.message
        elif answer.verdict == "accepted" and not answer.already_received:
            answer.message += published_message(published)
        if answer.already_received:
            answer.message = f"Déjà reçu : rien n'a changé. {answer.message}"


def _not_compared(missed: list[int]) -> str:
    """What a sender hears when an earlier campaign could not be looked at; '' when all could."""
    if not missed:
        return ""
    years = ", ".join(map(str, missed))
    return f" Non comparé à la campagne {years}, qui n'a pas pu être relue : d'autres points peuvent apparaître."


def _taken_in(home: Home, registry: Registry, campaign: int, frames: ReadFrames, frame: pl.DataFrame) -> Intake:
    """The campaign with what was just received, and its guards; that alone where nothing else was received, where some
    of it waits."""
    known = set(frames.files["entry_id"])
    others = any(entry.entry_id not in known for entry in Archive(home).entries(campaign))
    waiting = {entry.entry_id for entry in waiting_entries(home, campaign)}
    if others and not known & waiting:
        return campaign_intake(home, registry, campaign)
    previous, settled = previous_values(home, registry, campaign), settlement_of(home, registry, campaign, frame)
    intake = intake_of(registry, campaign, frames, frame, previous, settled)
    intake.tables["guards"] = guards_table(home, registry, campaign, intake.tables, frames.columns, frame)
    return intake
