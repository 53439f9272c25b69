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

from ingest.home import PROJECT_ROOT, Home
from ingest.ledger import Ledger, Line, held

RETURNS, FRAMES, LIFECYCLE, ACTION_SHEETS = "returns", "frames", "lifecycle", "action_sheets"
SIGNATURES, LOCKS, NOTES = "signatures", "locks", "notes"
BY_SENDER = frozenset({RETURNS, SIGNATURES, LOCKS, NOTES})
NOT_BUILT_FROM = frozenset({SIGNATURES, NOTES})
RECEIPT = "receipt.json"
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
    when it came; `stored`: None for a file too big to keep."""

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
                target.parent.mkdir(parents=True, exist_ok=True)
                incoming.rename(target)
                line = self._ledger.append(self._place(target), entry.received_at)
            return replace(entry, number=line.n, first=(entry.received_at, line.n)), True
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
        known = _read(target)
        theirs = [entry for entry in self.entries(known.campaign, known.kind) if entry.sender == known.sender]
        if theirs[-1].entry_id == known.entry_id or received_at < theirs[-1].received_at:
            return known, False
        line = self._ledger.append(self._place(target), received_at)
        return replace(known, received_at=received_at, number=line.n), True

    def remove_leftovers(self) -> None:
        """Remove what receptions that were killed left half written, unless one is under way."""
        with held(self.root / RECEIVING, wait=False) as alone:
            for folder in (self.root / INCOMING).glob("*") if alone else ():
                shutil.rmtree(folder, ignore_errors=True)

    def enter_in_ledger(self) -> None:
        """Add to the ledger the entries that it lacks: from before there was one, or from a reception killed just
        before."""
        known = self._receptions()
        folders = (receipt.parent for receipt in self.root.glob(f"[!.]*/**/{RECEIPT}"))
        missing = [folder for folder in folders if self._place(folder) not in known]
        if missing:
            with self._ledger.exclusive():
                for entry in sorted(map(_read, missing), key=lambda entry: entry.order):
                    self._ledger.append(self._place(entry.folder), entry.received_at)

    def _place(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()

    def entries(self, campaign: int, kind: str = RETURNS) -> list[Entry]:
        """The entries of a campaign, in the order of reception."""
        depth = "*/*" if kind in BY_SENDER else "*"
        found = (self.root / kind / str(campaign)).glob(f"{depth}/{RECEIPT}")
        receptions = self._receptions()
        entries = []
        for entry in (_read(receipt.parent) for receipt in found):
            lines = receptions.get(self._place(entry.folder))
            if lines:
                last = lines[-1].received_at if len(lines) > 1 else entry.received_at
                entry = replace(entry, received_at=last, number=lines[-1].n, first=(entry.received_at, lines[0].n))
            entries.append(entry)
        return sorted(entries, key=lambda entry: entry.order)

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
    values = {name: value for name, value in asdict(entry).items() if name not in ("folder", "number", "first")}
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    _flushed(path)


def _read(folder: Path) -> Entry:
    values = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
    return Entry(**values, folder=folder, first=(values["received_at"], 0))
