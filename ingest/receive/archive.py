"""The archive: what was received, byte for byte, with a receipt. Nothing here is ever rewritten.

An entry is a folder that appears by one rename: ``<file as received>`` and ``receipt.json``. Its place is derived from
its content, so that the same bytes from the same sender for the same campaign are one entry, however many times and
from however many processes they come.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from core.home import PROJECT_ROOT, Home
from core.ledger import CutLedgerError, Ledger, Line, held

RETURNS, FRAMES, LIFECYCLE, ACTION_SHEETS = "returns", "frames", "lifecycle", "action_sheets"
SIGNATURES, LOCKS, NOTES = "signatures", "locks", "notes"
WITHDRAWALS, ARBITRATIONS = "withdrawals", "arbitrations"
CORRECTIONS, JUSTIFICATIONS = "corrections", "justifications"
RECEIVED = (RETURNS, FRAMES, LIFECYCLE, ACTION_SHEETS)
DECIDED = (WITHDRAWALS, ARBITRATIONS, CORRECTIONS, JUSTIFICATIONS)
"""Records of what was decided on receptions, answers and columns: a build reads them as it reads what was received."""
BY_SENDER = frozenset({RETURNS, SIGNATURES, LOCKS, NOTES, *DECIDED})
NOT_BUILT_FROM = frozenset({SIGNATURES, NOTES})
RECEIPT = "receipt.json"
NOT_IN_THE_RECEIPT = frozenset({"folder", "number", "first", "receptions", "withdrawn"})
INCOMING, RECEIVING = ".incoming", ".receiving.lock"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
CHUNK = 1 << 20
SENDER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
BUNDLED_SUMS = PROJECT_ROOT / "samples" / "SHA256SUMS"
LOCAL_TIME = ZoneInfo("Europe/Paris")


class ArchiveError(Exception):
    """The archive can't take what it is given; the text says why, in French."""


@dataclass(frozen=True)
class Entry:
    """A file of the archive. `received_at`: local time without offset, of its last reception that counts, `number` its
    rank in the ledger (0: not in it yet); `first`: the time and the rank of its first one; `listed`: the ledger existed
    when it came; `stored`: None for a file too big to keep; `receptions`: how many times it came; `withdrawn`: it was
    taken back since (`ingest.receive.withdrawals`) and enters nothing."""

    entry_id: str
    kind: str
    campaign: int
    sender: str
    file: str
    received_at: str
    sha256: str
    size: int
    stored: str | None
    demo: bool
    folder: Path = field(compare=False, repr=False)
    listed: bool = False
    number: int = 0
    first: tuple[str, int] = ("", 0)
    receptions: int = 1
    withdrawn: bool = False

    @property
    def path(self) -> Path | None:
        """Where its bytes are."""
        return self.folder / self.stored if self.stored else None

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Order of reception: of two in the same second, that of the ledger."""
        return (self.received_at, self.number, self.file, self.sha256)


class Archive:
    """Entries by kind and campaign."""

    def __init__(self, home: Home) -> None:
        self.root = home.archive
        self._ledger = Ledger(home.archive)

    def add(
        self,
        path: Path,
        *,
        kind: str,
        campaign: int,
        sender: str,
        file: str,
        received_at: dt.datetime | None = None,
        max_bytes: int | None = None,
    ) -> tuple[Entry, bool]:
        """Take a file in. Returns its entry, and whether that changes what counts: it is new, or it comes back after
        another file of the same sender, which it then follows again.

        A file above `max_bytes` leaves a receipt (name, size, sha256) without its bytes. Raises `ArchiveError` for a
        sender that can't name a folder and when there is no room left, `OSError` when the file can't be read.
        """
        if not SENDER.fullmatch(sender):
            raise ArchiveError(f"Émetteur « {sender} » invalide : minuscules, chiffres, point et tiret seulement.")
        with held(self.root / RECEIVING, shared=True):
            return self._added(path, kind, campaign, sender, file, received_at, max_bytes)

    def _added(
        self,
        path: Path,
        kind: str,
        campaign: int,
        sender: str,
        file: str,
        received_at: dt.datetime | None,
        max_bytes: int | None,
    ) -> tuple[Entry, bool]:
        incoming = self.root / INCOMING / uuid.uuid4().hex
        incoming.mkdir(parents=True)
        try:
            size = path.stat().st_size
            kept = max_bytes is None or size <= max_bytes
            stored = stored_name(path.name)
            sha256 = _copied(path, incoming / stored if kept else None)
            target = self._folder(kind, campaign, sender, sha256)
            entry = Entry(
                entry_id="-".join(str(part) for part in (campaign, sender, sha256[:16])),
                kind=kind,
                campaign=campaign,
                sender=sender,
                file=file,
                received_at=local_timestamp(received_at, to_the_second=kind == RETURNS),
                sha256=sha256,
                size=size,
                stored=stored if kept else None,
                demo=sha256 in bundled_sums(),
                folder=target,
            )
            with self._ledger.exclusive():
                if (target / RECEIPT).exists():
                    return self._received_again(target, entry.received_at)
                entry = replace(entry, listed=True)
                _write_receipt(entry, incoming / RECEIPT)
                self._enter_what_came_before()
                receipt = stored_bytes_sha256(incoming / RECEIPT)
                with self._ledger.adding(self._place(target), entry.received_at, receipt) as line:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    incoming.rename(target)
            return replace(entry, number=line.n, first=(entry.received_at, line.n)), True
        except CutLedgerError as error:
            raise ArchiveError(
                f"{file} n'a pas été archivé : le registre des réceptions (archive/{self._ledger.path.name}) a été "
                "raccourci. Remettez à sa place une copie sauvegardée, puis relancez."
            ) from error
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            raise ArchiveError(
                f"{file} n'a pas pu être archivé : {os.strerror(error.errno)}. Ce qui l'a été avant lui le reste. "
                "Libérez de la place, puis relancez la même commande."
            ) from error
        finally:
            shutil.rmtree(incoming, ignore_errors=True)

    def _received_again(self, target: Path, received_at: str) -> tuple[Entry, bool]:
        """A file that is there already: it counts anew after another one of its sender, or once it was withdrawn."""
        there = _read(target)
        received = [entry for entry in self.received(there.campaign, there.kind) if entry.sender == there.sender]
        known = next(entry for entry in received if entry.folder == target)
        theirs = [entry for entry in received if not entry.withdrawn]
        if not known.withdrawn and (theirs[-1] == known or received_at < theirs[-1].received_at):
            return known, False
        self._enter_what_came_before()
        line = self._ledger.append(self._place(target), received_at, stored_bytes_sha256(target / RECEIPT))
        first = (received_at, line.n) if known.withdrawn else known.first
        return replace(known, received_at=received_at, number=line.n, first=first, withdrawn=False), True

    def remove_leftovers(self) -> None:
        """Remove what receptions that were killed left half written, unless one is under way."""
        with held(self.root / RECEIVING, wait=False) as alone:
            for folder in (self.root / INCOMING).glob("*") if alone else ():
                shutil.rmtree(folder, ignore_errors=True)

    def enter_in_ledger(self) -> None:
        """Add to the ledger the entries of an archive from before it was chained to receipts, if it lacks some; its
        head is kept from then on."""
        with self._ledger.exclusive():
            self._enter_what_came_before()
            self._ledger.keep_head()

    def _enter_what_came_before(self) -> None:
        if self._ledger.head() is not None:
            return
        known = self._receptions()
        folders = (receipt.parent for receipt in self.root.glob(f"[!.]*/**/{RECEIPT}"))
        missing = (_read(folder) for folder in folders if self._place(folder) not in known)
        for entry in sorted(missing, key=lambda entry: entry.order):
            receipt = stored_bytes_sha256(entry.folder / RECEIPT)
            self._ledger.append(self._place(entry.folder), entry.received_at, receipt)

    def _place(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()

    def entries(self, campaign: int, kind: str = RETURNS) -> list[Entry]:
        """The entries of a campaign that count, in the order of reception: those withdrawn are left out."""
        return [entry for entry in self.received(campaign, kind) if not entry.withdrawn]

    def received(self, campaign: int, kind: str = RETURNS) -> list[Entry]:
        """The entries of a campaign, in the order of reception, those withdrawn too."""
        depth = "*/*" if kind in BY_SENDER else "*"
        found = (self.root / kind / str(campaign)).glob(f"{depth}/{RECEIPT}")
        receptions = self._receptions()
        withdrawn = self._withdrawn(campaign, kind) if kind in RECEIVED else {}
        entries = []
        for entry in (_read(receipt.parent) for receipt in found):
            lines = receptions.get(self._place(entry.folder))
            before = withdrawn.get(entry.entry_id, 0)
            count = len(lines) if lines else 1
            if lines:
                last = lines[-1].received_at if count > 1 else entry.received_at
                first = lines[before] if before < count else lines[0]
                came = first.received_at if first is not lines[0] else entry.received_at
                entry = replace(entry, received_at=last, number=lines[-1].n, first=(came, first.n))
            entries.append(replace(entry, receptions=count, withdrawn=count <= before))
        return sorted(entries, key=lambda entry: entry.order)

    def everything_received(self) -> list[Entry]:
        """The entries of every campaign that can be withdrawn, in the order of reception."""
        campaigns = {(folder.parent.name, folder.name) for kind in RECEIVED for folder in (self.root / kind).glob("*")}
        found = [self.received(int(campaign), kind) for kind, campaign in campaigns if campaign.isdecimal()]
        return sorted((entry for entries in found for entry in entries), key=lambda entry: entry.order)

    def _withdrawn(self, campaign: int, kind: str) -> dict[str, int]:
        """By entry, how many of its receptions were taken back (0: none any more); what came since counts anew."""
        records = [
            json.loads(path.read_text(encoding="utf-8"))
            for path in (self.root / WITHDRAWALS / str(campaign)).glob("*/*/declaration.json")
        ]
        records.sort(key=lambda record: str(record["declared_at"]))
        return {record["entry"]: record["receptions"] for record in records if record["kind"] == kind}

    def _receptions(self) -> dict[str, list[Line]]:
        """The lines of the ledger by entry."""
        found: dict[str, list[Line]] = {}
        for line in self._ledger.lines():
            found.setdefault(line.entry, []).append(line)
        return found

    def senders(self, campaign: int) -> list[str]:
        """Who returned something for a campaign."""
        folder = self.root / RETURNS / str(campaign)
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def latest(self, kind: str, campaign: int) -> Entry | None:
        """The frame (or the lifecycle file) that counts: the last one registered."""
        entries = self.entries(campaign, kind)
        return entries[-1] if entries else None

    def cursor(self) -> str:
        """Changes whenever something is archived that a build reads: a signature or a note changes no figure."""
        digest = hashlib.sha256()
        for receipt in sorted(self.root.glob(f"[!.]*/**/{RECEIPT}")):
            if receipt.relative_to(self.root).parts[0] in NOT_BUILT_FROM:
                continue
            digest.update(receipt.parent.relative_to(self.root).as_posix().encode() + b"\0")
        for entry, lines in self._receptions().items():
            if len(lines) > 1:
                digest.update(f"{entry} {lines[-1].n}".encode() + b"\0")
        return digest.hexdigest()

    def _folder(self, kind: str, campaign: int, sender: str, sha256: str) -> Path:
        parts = [str(campaign), sender] if kind in BY_SENDER else [str(campaign)]
        return self.root.joinpath(kind, *parts, sha256[:16])


def stored_name(name: str) -> str:
    """A file name that is safe on any disk, keeping what a person recognises and the extension."""
    name = re.split(r"[\\/]", name)[-1]
    stem, dot, extension = name.rpartition(".")
    stem, extension = (stem, extension) if dot else (name, "")
    safe = re.sub(r"[^\w.-]+", "_", stem).strip("._-")[:60] or "fichier"
    ending = re.sub(r"[^\w]+", "", extension)[:10]
    return f"{safe}.{ending}" if ending else safe


def local_timestamp(moment: dt.datetime | None, *, to_the_second: bool = True) -> str:
    """French local time without offset; a time that has an offset is converted. Of two frames registered within a
    second, the last one counts: theirs goes down to the microsecond."""
    if moment is None:
        moment = dt.datetime.now(LOCAL_TIME)
    if moment.tzinfo is not None:
        moment = moment.astimezone(LOCAL_TIME).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds" if to_the_second else "microseconds")


@lru_cache(maxsize=1)
def bundled_sums() -> frozenset[str]:
    """sha256 of the bundled demonstration files: whatever comes from them is marked as such."""
    if not BUNDLED_SUMS.exists():
        return frozenset()
    return frozenset(line.split()[0] for line in BUNDLED_SUMS.read_text(encoding="utf-8").splitlines() if line)


def stored_bytes_sha256(path: Path) -> str:
    """The sha256 of a stored file as it is on the disk; empty when it is gone."""
    return _copied(path, None) if path.is_file() else ""


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk


def _copied(path: Path, target: Path | None) -> str:
    digest = hashlib.sha256()
    if target is None:
        for chunk in _chunks(path):
            digest.update(chunk)
        return digest.hexdigest()
    with target.open("wb") as copy:
        for chunk in _chunks(path):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _flushed(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _write_receipt(entry: Entry, path: Path) -> None:
    values = {name: value for name, value in asdict(entry).items() if name not in NOT_IN_THE_RECEIPT}
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    _flushed(path)


def _read(folder: Path) -> Entry:
    values = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    return Entry(**values, folder=folder, first=(values["received_at"], 0))
