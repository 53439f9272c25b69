"""Files of `questionnaires/` that are read only when they are needed: checked with the others all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from registry.action_sheet_fields import read_fields
from registry.collectors import load_senders
from registry.faults import CELLS, Problems, RegistryError
from registry.tables import french_names

READERS: tuple[Callable[[Path], Any], ...] = (
    lambda folder: french_names(folder, "sections.csv", "section"),
    lambda folder: french_names(folder, "units.csv", "unit"),
    load_senders,
    read_fields,
)


def check_files_beside(folder: Path, problems: Problems) -> None:
    """Report the faults of the names of sections and units, of the senders, of the fields of action sheets.

    Nothing of the registry follows from them.
    """
    for read in READERS:
        try:
            read(folder)
        except RegistryError as error:
            for fault in error.faults:
                stage = max(fault.stage, CELLS)
                problems.add(fault.file, fault.line, fault.reason, column=fault.column, stage=stage)
