"""What was read of a campaign's returns, kept so that only new files are read again.

``intake/<campaign>/read/*.parquet``: files, rows, cells, columns, unknown, unknown_values, refused,
ignored, marks, decisions. Everything here can be
deleted: it is read again from the archive. It is stale when the registry or the code of this room changes.
"""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from core.atomic import replaced_file
from core.home import Home
from core.refusals import Refusal
from core.source_code import code_fingerprint
from ingest.readers import Limits
from ingest.receive.archive import Archive, Entry
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import HeaderIndex
from ingest.returns.read_return import read_return
from ingest.returns.read_tables import GatheredFiles, ReadFrames, first_order
from registry.model import Registry

Progress = Callable[[str, int, int], None]
STATE = "state.json"
ENGINE_ERROR = "I90"
"""The rule of a file on which the program breaks: nothing is said of the file by it."""

_indexes: dict[int, HeaderIndex] = {}


def limits_of(registry: Registry) -> Limits:
    """The size limits of parameters.csv."""
    return Limits(
        max_file_mb=registry.number("max_file_mb"),
        max_uncompressed_mb=registry.number("max_uncompressed_mb"),
        max_rows=int(registry.number("max_rows")),
        max_columns=int(registry.number("max_columns")),
        max_members=int(registry.number("max_members")),
    )


def read_entry(entry: Entry, registry: Registry, indexes: dict[int, HeaderIndex], limits: Limits) -> ReadFile | Refusal:
    """An entry as read, or why it is refused. One on which the program breaks is set aside under `ENGINE_ERROR`, with
    the place of the fault: the other entries go on, and it is read again by the next version of the code."""
    try:
        if entry.path is None:
            raise Refusal(
                "I11",
                f"Fichier refusé : {entry.size / 1e6:.0f} Mo, au-delà de la limite de {limits.max_file_mb:.0f} Mo. "
                "Renvoyez-le en plusieurs fichiers, sans images.",
            )
        read = read_return(entry.path.read_bytes(), entry.file, registry, entry.campaign, indexes, limits, entry.sender)
        read.refuse_two_answers_in_one_place()
    except Refusal as refusal:
        return refusal
    except Exception as error:  # the boundary: whatever breaks inside an entry is that entry's alone
        return _engine_error(error)
    return read


def _engine_error(error: Exception) -> Refusal:
    """Names the kind and the place of a fault of the program, and no value of the file."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}, {Path(place.filename).name}, ligne {place.lineno}"
    return Refusal(
        ENGINE_ERROR,
        f"Erreur du logiciel, pas de votre fichier ({where}) : il est conservé et mis de côté. L'équipe technique doit "
        "corriger ; il sera relu ensuite, sans nouvel envoi.",
    )


def refreshed(
    home: Home,
    registry: Registry,
    campaign: int,
    senders: Iterable[str] | None = None,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
) -> ReadFrames:
    """The campaign's returns that count, as read, reading only the files not yet read (of `senders`, or of all)."""
    withdrawn = [entry.entry_id for entry in Archive(home).received(campaign) if entry.withdrawn]
    read = everything_read(home, registry, campaign, senders, fresh=fresh, progress=progress)
    return read.without(withdrawn)


def everything_read(
    home: Home,
    registry: Registry,
    campaign: int,
    senders: Iterable[str] | None = None,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
) -> ReadFrames:
    """The same with what was withdrawn: a file that is restored is not read again."""
    folder = home.intake / str(campaign) / "read"
    stamp = f"{registry.fingerprint} {code_fingerprint()}"
    entries = Archive(home).received(campaign)
    kept = None if fresh else _stored(folder, stamp)
    known = set(kept.files["entry_id"]) if kept else set()
    wanted = set(senders) if senders is not None else None
    missing = [entry for entry in entries if entry.entry_id not in known and (wanted is None or entry.sender in wanted)]
    if kept:
        kept.files = _in_order_of(entries, kept.files)
    if kept and not missing and known <= {entry.entry_id for entry in entries}:
        return kept
    frames = read_frames(missing, registry, campaign, progress, first_row_id=_next_row_id(kept))
    frames = _appended(kept, frames) if kept else frames
    _store(folder, frames, stamp)
    return frames


def _in_order_of(entries: list[Entry], files: pl.DataFrame) -> pl.DataFrame:
    """The files with the time and the rank of their last reception: one may have come back since it was read."""
    last = pl.DataFrame(
        [(entry.entry_id, entry.received_at, entry.number, first_order(entry)) for entry in entries],
        schema={"entry_id": pl.String, "received_at": pl.String, "number": pl.Int64, "first": pl.String},
        orient="row",
    )
    return (
        files.drop("received_at", "number", "first")
        .join(last, on="entry_id", how="left", maintain_order="left")
        .select(files.columns)
    )


def read_frames(
    entries: list[Entry], registry: Registry, campaign: int, progress: Progress | None = None, first_row_id: int = 0
) -> ReadFrames:
    """`entries` as read, in one set of tables."""
    indexes = header_indexes(registry)
    limits = limits_of(registry)
    read = GatheredFiles(first_row_id)
    for number, entry in enumerate(entries, start=1):
        read.add(entry, read_entry(entry, registry, indexes, limits))
        if progress:
            progress(f"Lecture des retours {campaign}", number, len(entries))
    return read.tables()


def header_indexes(registry: Registry) -> dict[int, HeaderIndex]:
    """The headers of each campaign's forms; those of the registry asked for last are kept, for its other campaigns."""
    if any(index.registry is not registry for index in _indexes.values()) or not _indexes:
        _indexes.clear()
        _indexes.update({year: HeaderIndex(registry, year) for year in registry.campaigns})
    return dict(_indexes)


def _next_row_id(kept: ReadFrames | None) -> int:
    return 0 if kept is None or kept.rows.is_empty() else int(kept.rows["row_id"].max()) + 1  # type: ignore[arg-type]


def _appended(kept: ReadFrames, frames: ReadFrames) -> ReadFrames:
    return ReadFrames(**{name: pl.concat([table, getattr(frames, name)]) for name, table in vars(kept).items()})


def _stored(folder: Path, stamp: str) -> ReadFrames | None:
    state = folder / STATE
    if not state.exists() or json.loads(state.read_text())["stamp"] != stamp:
        return None
    return ReadFrames(**{name: pl.read_parquet(folder / f"{name}.parquet") for name in ReadFrames.__dataclass_fields__})


def _store(folder: Path, frames: ReadFrames, stamp: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, table in vars(frames).items():
        with replaced_file(folder / f"{name}.parquet") as path:
            table.write_parquet(path, compression="lz4")
    with replaced_file(folder / STATE) as path:
        path.write_text(json.dumps({"stamp": stamp}))
