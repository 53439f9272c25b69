"""Frames of agreed structures and lifecycle events: registered in the archive, checked line by line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import replaced_file
from core.home import Home
from core.refusals import Refusal
from ingest.readers import cell_address, read_sheets
from ingest.receive.archive import FRAMES, LIFECYCLE, LOCAL_TIME, Archive, Entry
from ingest.receive.withdrawals import withdraw
from ingest.returns.identifiers import STRUCTURE_ID, structure_id
from ingest.store.read_store import limits_of
from ingest.survey_frame.frame_changes import FrameChanges, frame_changes
from ingest.survey_frame.frame_codes import KnownCodes
from ingest.survey_frame.lifecycle_checks import event_faults
from ingest.survey_frame.lifecycle_files import Event, added_events, contradictions, event_said, events_together
from ingest.values.company_numbers import is_siren, is_siret
from registry.model import Registry

TEXTS = (
    "name", "commune_code", "commune_name", "departement", "caf", "federation", "manager_name", "manager_siren",
    "manager_siret", "management_mode", "other_network", "focus_territories", "previous_ids", "lifecycle",
)  # fmt: skip
FLAGS = ("agreed", "solicited", "fcsf_member", "network_member")
DATES = ("first_agreement_date", "agreement_end")
OPTIONAL = frozenset({"network_member", "other_network", "focus_territories", "previous_ids", "lifecycle", "caf",
                      "manager_siret", "agreement_end"})  # fmt: skip
COLUMNS = ("campaign", "structure_id", "structure_type", *TEXTS[:9], "management_mode", *DATES, *FLAGS, *TEXTS[10:])
EVENT_COLUMNS = ("structure_id", "event", "date", "other_ids", "note")

# The frames read by this process, by content, campaign and registry: a run asks for the same ones at every step.
_read: dict[tuple[str, int, str], pl.DataFrame] = {}
_events: dict[tuple[str, str], list[Event]] = {}


class FrameError(Exception):
    """A frame or a lifecycle file that can't be registered: `lines` says which line, why, in French."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def register_frame(
    home: Home, registry: Registry, path: Path, campaign: int, root: Path | None = None
) -> dict[str, Any]:
    """Archive the frame of a campaign.

    Returns campaign, structures, entry_id, already_received, changes (lines in French).

    Raises `FrameError` naming each wrong line; nothing is then registered.
    """
    if campaign not in registry.campaigns:
        raise FrameError([f"La campagne {campaign} n'est pas dans questionnaires/campaigns.csv."])
    changes = compared_frame(home, registry, path, campaign)
    rows = _frame_rows(path, registry, campaign)
    entry, new = _archived(home, path, FRAMES, campaign, root)
    return {
        "campaign": campaign,
        "structures": len(rows),
        "entry_id": entry.entry_id,
        "already_received": not new,
        "changes": changes.lines_fr(),
    }


def compared_frame(home: Home, registry: Registry, path: Path, campaign: int) -> FrameChanges:
    """What the frame in `path` changes against the last one registered: of this campaign, else of the one before.

    Raises `FrameError`.
    """
    new = _frame_table(_frame_rows(path, registry, campaign))
    years = [year for year in sorted(registry.campaigns, reverse=True) if year <= campaign]
    registered = (frame_of(home, registry, year) for year in years)
    last = next((frame for frame in registered if frame.height), new.clear())
    return frame_changes(new, last, lifecycle_of(home, registry))


def register_lifecycle(
    home: Home, registry: Registry, path: Path, root: Path | None = None, *, replace: str = ""
) -> dict[str, Any]:
    """Archive lifecycle events, which add to those registered; with `replace` (who decides), they take their place.

    Returns what `foreseen_lifecycle` does, with entry_id and already_received. Raises `FrameError` naming each wrong
    line; nothing is then registered.
    """
    foreseen = foreseen_lifecycle(home, registry, path, replace=bool(replace))
    before = Archive(home).entries(0, LIFECYCLE)
    entry, new = _archived(home, path, LIFECYCLE, 0, root)
    for other in before if replace else ():
        if other.entry_id != entry.entry_id:
            withdraw(home, other, reason=f"remplacé par {entry.file}", author=replace)
    return foreseen | {"entry_id": entry.entry_id, "already_received": not new}


def foreseen_lifecycle(home: Home, registry: Registry, path: Path, *, replace: bool = False) -> dict[str, Any]:
    """What the file in `path` would change: events (in the file), added, total (afterwards), replaced (the
    events that it erases, in French). Raises `FrameError` where a line can't be, or contradicts what is registered."""
    events = checked_lifecycle(home, registry, path, replace=replace)
    registered = registered_events(home, registry)
    kept = [] if replace else registered
    gone = added_events(events, registered) if replace else []
    return {
        "events": len(events),
        "added": len(added_events(registered, events)),
        "total": len(events_together([kept, events])),
        "replaced": [event_said(event) for event in gone],
    }


def checked_lifecycle(home: Home, registry: Registry, path: Path, *, replace: bool = False) -> list[dict[str, Any]]:
    """The events in `path`, checked against each other, the registered frames and (but to `replace` them) the events
    registered. Raises `FrameError`."""
    events = _event_rows(path, registry)
    frames = {year: set(frame_of(home, registry, year)["structure_id"]) for year in registry.campaigns}
    known = {year: structures for year, structures in frames.items() if structures}
    today = dt.datetime.now(LOCAL_TIME).date()
    registered = [] if replace else registered_events(home, registry)
    others = [(0, event) for event in added_events([event for _, event in events], registered)]
    already = set(event_faults(others, known, today))
    faults = [fault for fault in event_faults([*others, *events], known, today) if fault not in already]
    clash = contradictions([event for _, event in others], events)
    if not (faults or clash):
        return [event for _, event in events]
    told = [f"{path.name}, ligne {number} : {reason}." for number, reason in [*faults, *clash] if number]
    told += [f"Événement déjà enregistré : {reason}." for number, reason in faults if not number]
    if clash:
        listed = " ; ".join(event_said(event) for event in registered)
        told.append(
            f"Corrigez ces lignes ; ou, si {path.name} dit tout ce qui doit rester, ajoutez --replace : il remplace "
            f"les {len(registered)} événements enregistrés : {listed}."
        )
    raise FrameError(told)


def frame_of(home: Home, registry: Registry, campaign: int) -> pl.DataFrame:
    """The campaign's frame: the last one registered; no row when none is."""
    entry = Archive(home).latest(FRAMES, campaign)
    if entry is None:
        return _frame_table([])
    key = (entry.sha256, campaign, registry.fingerprint)
    if key not in _read:
        _read[key] = _frame_table(_frame_rows(_stored(entry), registry, campaign))
    return _read[key]


def lifecycle_of(home: Home, registry: Registry) -> pl.DataFrame:
    """The lifecycle events of all the files registered; no row when none is."""
    schema = dict.fromkeys(EVENT_COLUMNS, pl.String()) | {"date": pl.Date()}
    return pl.DataFrame(registered_events(home, registry), schema=schema, orient="row")


def registered_events(home: Home, registry: Registry) -> list[Event]:
    """The lifecycle events registered, in the order of their files."""
    files = []
    for entry in Archive(home).entries(0, LIFECYCLE):
        key = (entry.sha256, registry.fingerprint)
        if key not in _events:
            _events[key] = [event for _, event in _event_rows(_stored(entry), registry)]
        files.append(_events[key])
    return events_together(files)


def export_frames(home: Home, registry: Registry) -> None:
    """Write ``intake/frame.parquet`` and ``intake/lifecycle.parquet`` from what is registered."""
    frames = pl.concat([frame_of(home, registry, campaign) for campaign in registry.campaigns])
    for name, table in {"frame": frames, "lifecycle": lifecycle_of(home, registry)}.items():
        with replaced_file(home.intake / f"{name}.parquet") as path:
            table.write_parquet(path)


def _stored(entry: Entry) -> Path:
    if entry.path is None:
        raise FrameError([f"{entry.file} : le fichier archivé n'a pas de contenu."])
    return entry.path


def _archived(home: Home, path: Path, kind: str, campaign: int, root: Path | None) -> tuple[Entry, bool]:
    label = path.resolve().relative_to(root.resolve()).as_posix() if root else path.name
    return Archive(home).add(path, kind=kind, campaign=campaign, sender="national", file=label)


def _frame_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    kinds: dict[str, Any] = {"campaign": pl.Int32} | dict.fromkeys(FLAGS, pl.Int32) | dict.fromkeys(DATES, pl.Date)
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in COLUMNS}, orient="row")


@dataclass(frozen=True)
class _Line:
    """A line of a file: its number, its cells by name of column, and the letter of each column."""

    number: int
    values: dict[str, str]
    letters: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def at(self, name: str) -> str:
        """A column and its cell: ``caf (H3)``."""
        return f"{name} ({self.letters[name]}{self.number})" if name in self.letters else name


def _lines(path: Path, registry: Registry, required: tuple[str, ...]) -> list[_Line]:
    """The lines of the first visible sheet. Raises `FrameError`."""
    try:
        sheets = [
            sheet
            for sheet in read_sheets(path.read_bytes(), path.name, limits_of(registry))
            if not sheet.hidden and sheet.rows
        ]
    except Refusal as refusal:
        raise FrameError([f"{path.name} : {refusal.message_fr}"]) from refusal
    if not sheets:
        raise FrameError([f"{path.name} : aucune ligne."])
    header = [cell.strip() for cell in sheets[0].rows[0]]
    missing = [name for name in required if name not in header and name not in OPTIONAL]
    if missing:
        raise FrameError([f"{path.name}, ligne 1 : colonne(s) absente(s) : {', '.join(missing)}."])
    letters = {name: cell_address(0, place)[:-1] for place, name in enumerate(header)}
    lines = []
    for number, cells in enumerate(sheets[0].rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            lines.append(_Line(number, {name: values.get(name, "") for name in required}, letters))
    return lines


def _frame_rows(path: Path, registry: Registry, campaign: int) -> list[dict[str, Any]]:
    """The structures of a frame. Raises `FrameError` with every fault of every line."""
    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    kinds = {kind.structure_type for kind in registry.structure_types}
    known = KnownCodes.of(registry)
    for line in _lines(path, registry, COLUMNS):
        identifier = structure_id(line["structure_id"])
        reasons = []
        match = STRUCTURE_ID.fullmatch(identifier)
        if match is None or match[1] not in kinds:
            reasons.append(f"identifiant « {line['structure_id']} » invalide (attendu TYPE-DEP-NNNN)")
        elif line["structure_type"] != match[1]:
            reasons.append(f"type « {line['structure_type']} » différent de celui de l'identifiant {identifier}")
        if identifier in seen:
            reasons.append(f"{identifier} figure déjà ligne {seen[identifier]}")
        if line["campaign"] != str(campaign):
            reasons.append(f"campagne « {line['campaign']} » au lieu de {campaign}")
        reasons += [f"{line.at(column)} : {reason}" for column, reason in known.faults(line.values)]
        reasons += _wrong_numbers(line.values)
        row: dict[str, Any] = {"campaign": campaign, "structure_id": identifier}
        for name in COLUMNS[2:]:
            try:
                row[name] = _typed(name, line[name])
            except ValueError:
                reasons.append(f"{line.at(name)} : « {line[name]} » illisible")
        seen.setdefault(identifier, line.number)
        if reasons:
            faults += [f"{path.name}, ligne {line.number} : {reason}." for reason in reasons]
        else:
            rows.append(row)
    if faults:
        raise FrameError(faults)
    return rows


def _wrong_numbers(line: dict[str, str]) -> list[str]:
    siren, siret = line["manager_siren"], line["manager_siret"]
    reasons = []
    if siren and not is_siren(siren):
        reasons.append(f"SIREN du gestionnaire « {siren} » invalide (9 chiffres et leur clé)")
    if siret and not is_siret(siret):
        reasons.append(f"SIRET du gestionnaire « {siret} » invalide (14 chiffres et leur clé)")
    elif siren and siret and not siret.startswith(siren):
        reasons.append(f"SIRET « {siret} » qui n'est pas celui du SIREN « {siren} »")
    return reasons


def _typed(name: str, text: str) -> Any:
    if name in FLAGS:
        if text not in ("0", "1", ""):
            raise ValueError(text)
        return int(text or "0")
    if name in DATES:
        return dt.date.fromisoformat(text) if text else None
    return text


def _event_rows(path: Path, registry: Registry) -> list[tuple[int, dict[str, Any]]]:
    """The events of a file, each with the number of its line. Raises `FrameError` for one that can't be read."""
    faults: list[str] = []
    rows = []
    for line in _lines(path, registry, EVENT_COLUMNS):
        number = line.number
        if STRUCTURE_ID.fullmatch(structure_id(line["structure_id"])) is None:
            faults.append(f"{path.name}, ligne {number} : identifiant « {line['structure_id']} » invalide.")
            continue
        try:
            event = {"structure_id": structure_id(line["structure_id"]), "date": dt.date.fromisoformat(line["date"])}
            rows.append((number, line.values | event))
        except ValueError:
            faults.append(f"{path.name}, ligne {number} : date « {line['date']} » illisible (attendu AAAA-MM-JJ).")
    if faults:
        raise FrameError(faults)
    return rows
