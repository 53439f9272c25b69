"""The front page of a release: ways in, the sheet of response, the shelf of plaquettes, the list of other files."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from publication.documents import contents
from publication.documents.document import CONTENT_WIDTH, Section, Sheet
from publication.documents.plans import House
from publication.open_data.bi_file import table_words
from publication.open_data.titles import titles_of
from publication.plaquettes.production import Made
from publication.release.manifest import CHECKSUMS, MANIFEST, files_of


def with_files(front: Sheet, folder: Path, plaquettes: Sequence[Made], house: House, nation: str) -> Sheet:
    """`front` with the plaquettes and the other files of the release in `folder`; manifest and checksums come after it.

    `nation`: its code, that names its plaquettes. The size of the DuckDB file isn't told: it may differ from one
    rebuild to the next.
    """
    sections = list(front.sections)
    ways_in = contents.doors(files_of(folder), house.doors, {"nation": nation.lower()})
    sections.insert(1, Section("", ((ways_in,),), (CONTENT_WIDTH,)))
    if plaquettes:
        shelf = contents.shelf(plaquettes, house.plaquettes)
        sections.insert(3, Section(house.plaquettes["heading"], ((shelf,),), (CONTENT_WIDTH,), anchor="plaquettes"))
    listed = [path for path in files_of(folder) if not path.endswith((".html", ".pdf"))]
    sizes = [(path, None if path.endswith(".duckdb") else (folder / path).stat().st_size) for path in listed]
    tables = {f"marts/{name}.parquet": said for name, said in table_words()["tables"].items()}
    paths = [*sizes, (MANIFEST, None), (CHECKSUMS, None)]
    block = contents.files(paths, {**tables, **titles_of(folder), **house.files}, house.files_header)
    section = Section(house.files_heading, ((block,),), (CONTENT_WIDTH,), anchor="fichiers")
    return dataclasses.replace(front, sections=(*sections, section))
