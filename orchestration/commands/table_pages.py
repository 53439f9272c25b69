"""Pages of tables that commands write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.atomic import replaced_file

if TYPE_CHECKING:
    from publication.table_page import TablePage


def written_page(page: TablePage, target: Path) -> Path:
    """Write a page that needs no other file, whole or not at all; returns `target`."""
    from publication.pages import PagePrinter
    from publication.plans import read_house

    with replaced_file(target) as path:
        path.write_text(PagePrinter(read_house().demo["sentence"]).tables(page), encoding="utf-8")
    return target
