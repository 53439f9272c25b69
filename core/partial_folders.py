"""Folders that grow in private beside the place they will take: locked by whoever writes, removed once abandoned.

A process killed at any moment leaves a hidden folder, ``.<name>.<random>.partial``, that the next one removes. Whoever
writes one holds a lock on it, so that a folder in use is never taken for a leftover.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"
FORMER = ".former"
RANDOM = "[0-9a-f]{32}"


@contextmanager
def partial_folder(target: Path, names: re.Pattern[str] | None = None) -> Iterator[Path]:
    """A new folder beside `target`, locked until the end, then removed unless it was renamed.

    Leftovers of the target go first, or those of every name that `names` matches.
    """
    entrance = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(entrance, fcntl.LOCK_EX)
        _remove_leftovers(target, names.pattern if names else re.escape(target.name))
        partial = target.with_name(f".{target.name}.{uuid.uuid4().hex}{PARTIAL}")
        partial.mkdir()
        claim = os.open(partial, os.O_RDONLY)
        fcntl.flock(claim, fcntl.LOCK_EX)
    finally:
        os.close(entrance)
    try:
        yield partial
    finally:
        if partial.exists():
            _remove(partial)
        os.close(claim)


def take_the_place_of(folder: Path, partial: Path) -> None:
    """`partial` takes the place of `folder`, which is then removed."""
    former = partial.with_suffix(FORMER)
    if folder.exists():
        folder.rename(former)
    partial.rename(folder)
    shutil.rmtree(former, ignore_errors=True)


def _remove_leftovers(target: Path, names: str) -> None:
    named = re.compile(rf"\.(?:{names})\.{RANDOM}(?:{PARTIAL}|{FORMER})")
    for path in target.parent.iterdir():
        if named.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            _remove_if_abandoned(path)


def _remove_if_abandoned(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        _remove(folder)
    finally:
        os.close(handle)


def _remove(folder: Path) -> None:
    """Removes a folder that may be read-only already."""
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())):
        path.chmod(0o755)
    shutil.rmtree(folder)
