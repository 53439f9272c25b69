"""What a build derives, and how to make it do so again."""

from __future__ import annotations

import shutil

from core.home import Home


def forget_derived(home: Home, parsed_project: bool = False) -> None:
    """Deletes all that builds derived, the archive being kept; dbt's parsed project only if `parsed_project`."""
    derived = [home.intake, home.registry, home.builds]
    for folder in [*derived, home.dbt] if parsed_project else derived:
        shutil.rmtree(folder, ignore_errors=True)
    home.candidate.unlink(missing_ok=True)
