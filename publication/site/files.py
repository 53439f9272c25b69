"""The files of the site: where it may be written, and what was published, copied into it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

MARK = ".senacs-site"
"""A folder that holds this file is a site that we wrote: it may be replaced."""
MARK_TEXT = "Ce dossier est écrit par « senacs site », qui le remplace en entier : n'y rangez rien d'autre.\n"


class NotASiteError(Exception):
    """The folder asked for isn't one that a site may replace. The text says why, in French."""


def site_folder(wanted: Path, kept: Iterable[Path]) -> Path:
    """The folder to write, links followed. `kept`: folders that no site may stand in, be, or hold.

    Raises NotASiteError for those, for a file, and for a folder that holds something and isn't a site.
    """
    folder = wanted.resolve()
    for place in (path.resolve() for path in kept):
        if folder == place or folder in place.parents or place in folder.parents:
            raise NotASiteError(f"{wanted} touche à {place}, que rien ne remplace : choisissez un autre dossier")
    if folder.exists() and not folder.is_dir():
        raise NotASiteError(f"{wanted} est un fichier : un site est un dossier")
    if folder.is_dir() and not (folder / MARK).is_file() and any(folder.iterdir()):
        raise NotASiteError(
            f"{wanted} n'est pas vide et n'est pas un site écrit par « senacs site » (il n'a pas de {MARK}) : rien n'y "
            "a été touché. Choisissez un dossier vide ou absent, ou videz celui-là"
        )
    return folder


def copy_files(source: Path, target: Path) -> None:
    """The files of a release under `target`, as copies: whoever changes the site can't change the release."""
    for file in source.rglob("*"):
        if file.is_file():
            path = target / file.relative_to(source)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, path)
