"""The files of the site: what was published, linked; the whole folder, put in place at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_files(source: Path, target: Path) -> None:
    """The files of a release under `target`, as hard links where the disk can: a release never changes."""
    for file in source.rglob("*"):
        if file.is_file():
            path = target / file.relative_to(source)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, path)
            except OSError:
                shutil.copyfile(file, path)


def put_in_place(partial: Path, folder: Path) -> None:
    """`partial` takes the place of `folder`, which is then removed."""
    former = partial.with_suffix(".former")
    if folder.exists():
        folder.rename(former)
    partial.rename(folder)
    shutil.rmtree(former, ignore_errors=True)
