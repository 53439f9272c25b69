"""The folders of releases: private while they grow, whole and read-only when they have their name.

``releases/<campaign>/.<vintage>.<random>.partial`` becomes ``releases/<campaign>/<vintage>`` by one rename. A process
killed at any moment leaves earlier releases whole, and a partial folder that the next publication removes.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.partial_folders import partial_folder

PROVISIONAL = re.compile(r"P([1-9][0-9]{0,2})")
FINAL = "F"
CORRECTED = re.compile(r"F([1-9][0-9]{0,2})")
VINTAGE_NAME = re.compile(rf"{PROVISIONAL.pattern}|{FINAL}|{CORRECTED.pattern}")
NAMES_FR = "P1, P2… (provisoire, révisés), F (définitif), F1, F2… (ses corrections)"


class VintageExistsError(Exception):
    """That vintage of that campaign is published: it never changes; a correction is another vintage."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"le millésime {folder.name} de la campagne {folder.parent.name} est déjà publié : {folder}")
        self.folder = folder


class VintageOrderError(Exception):
    """Vintages follow each other: P1, P2… provisional and revised, F final, then its corrections. Text in French."""


def refuse_out_of_order(campaign_folder: Path, vintage: str) -> None:
    """Raises VintageOrderError when the vintages published in ``releases/<campaign>/`` leave no place for this one."""
    published = {path.name for path in campaign_folder.glob("[!.]*")}
    finals = sorted(name for name in published if name == FINAL or CORRECTED.fullmatch(name))
    where = f"de la campagne {campaign_folder.name}"
    if provisional := PROVISIONAL.fullmatch(vintage):
        before = f"P{int(provisional[1]) - 1}"
        if finals:
            raise VintageOrderError(
                f"{vintage} vient trop tard : les résultats définitifs {where} sont publiés ({', '.join(finals)}) ; "
                "la correction d'une erreur paraît sous F1, puis F2…"
            )
        if int(provisional[1]) > 1 and before not in published:
            raise VintageOrderError(f"{vintage} vient trop tôt : le millésime {before} {where} n'est pas publié")
    elif corrected := CORRECTED.fullmatch(vintage):
        later = [name for name in finals if name != FINAL and int(name[1:]) > int(corrected[1])]
        if FINAL not in published:
            raise VintageOrderError(f"{vintage} vient trop tôt : il corrige {FINAL}, qui n'est pas publié {where}")
        if later:
            raise VintageOrderError(f"{vintage} vient trop tard : {', '.join(later)} {where} est publié")


@contextmanager
def new_vintage(releases: Path, campaign: int, vintage: str) -> Iterator[Path]:
    """A private folder to fill; on leaving without error it is sealed and gets its name.

    Raises VintageExistsError, at once or when another publication was faster, VintageOrderError for one that comes too
    early or too late, and ValueError for a name that no vintage has (`VINTAGE_NAME`).
    """
    if not VINTAGE_NAME.fullmatch(vintage):
        raise ValueError(f"« {vintage} » n'est pas un nom de millésime : {NAMES_FR}")
    target = releases / str(campaign) / vintage
    if target.exists():
        raise VintageExistsError(target)
    refuse_out_of_order(target.parent, vintage)
    target.parent.mkdir(parents=True, exist_ok=True)
    with partial_folder(target, VINTAGE_NAME) as partial:
        yield partial
        _seal(partial)
        _flush_folder(partial.parent)
        try:
            partial.rename(target)
        except OSError as refusal:
            if refusal.errno in (errno.EEXIST, errno.ENOTEMPTY):
                raise VintageExistsError(target) from refusal
            raise
        _flush_folder(target.parent)


def _seal(folder: Path) -> None:
    """Every file on the disk for good and read-only, every folder too."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            _flush_folder(path)
            path.chmod(0o555)
        else:
            with path.open("rb") as written:
                os.fsync(written.fileno())
            path.chmod(0o444)
    _flush_folder(folder)
    folder.chmod(0o555)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
