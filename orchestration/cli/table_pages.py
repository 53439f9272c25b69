"""Pages of tables that commands write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.atomic import replaced_file
from publication.documents.pages import PagePrinter
from publication.documents.plans import read_house

if TYPE_CHECKING:
    from publication.documents.table_page import TablePage


def written_page(page: TablePage, target: Path) -> Path:
    """Write a page that needs no other file, whole or not at all; returns `target`."""
    with replaced_file(target) as path:
        path.write_text(PagePrinter(read_house().demo["sentence"]).tables(page), encoding="utf-8")
    return target
