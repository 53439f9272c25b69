"""Where everything that is not code lives: one folder, ``SENACS_HOME``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_LOCKS = shutil.ignore_patterns(".*")
PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The clone, or the folder where an installed package keeps its code and its data side by side."""


@dataclass(frozen=True)
class Home:
    """The folders under ``SENACS_HOME``. Nothing here creates a folder: writers do, as they write."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """``$SENACS_HOME``, or ``var/``: of the clone, or of the current folder where the package is installed."""
        beside = PROJECT_ROOT if (PROJECT_ROOT / "pyproject.toml").exists() else Path()
        return cls(Path(os.environ.get("SENACS_HOME") or beside / "var").resolve())

    @property
    def archive(self) -> Path:
        """What was received, byte for byte, with its receipts. The only input; never rewritten."""
        return self.root / "archive"

    @property
    def intake(self) -> Path:
        """Derived: answers, rejects, edits and receipts as Parquet, a folder per campaign."""
        return self.root / "intake"

    @property
    def registry(self) -> Path:
        """Derived: the registry and its compiled expressions as Parquet, the sources of dbt."""
        return self.root / "registry"

    @property
    def dbt(self) -> Path:
        """Derived: dbt's working copy, target and logs."""
        return self.root / "dbt"

    @property
    def builds(self) -> Path:
        """Derived: one folder per build; `candidate` points at the last whole one."""
        return self.root / "builds"

    @property
    def candidate(self) -> Path:
        """The last whole build, whatever its verdict (a link into `builds`)."""
        return self.root / "candidate"

    @property
    def releases(self) -> Path:
        """``releases/<campaign>/<vintage>/``: published, immutable."""
        return self.root / "releases"

    @property
    def plaquettes(self) -> Path:
        """Derived: ``plaquettes/<campaign>/``, proofs of the plaquettes of the candidate, before a release."""
        return self.root / "plaquettes"

    @property
    def internal(self) -> Path:
        """Derived: ``internal/<campaign>/``, never published: what goes to one structure's team, or one committee."""
        return self.root / "internal"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage (``DAGSTER_HOME``)."""
        return self.root / "dagster"

    @property
    def read_only(self) -> bool:
        """True when the home is there and this process may not write in it."""
        return self.root.exists() and not os.access(self.root, os.W_OK)

    @property
    def kept(self) -> tuple[Path, ...]:
        """What nothing that is written elsewhere may replace: what was received, made, published, and the settings."""
        made = (self.intake, self.registry, self.dbt, self.builds, self.plaquettes, self.internal, self.dagster)
        return self.archive, self.releases, *made, questionnaires_folder(), editorial_folder()

    @contextmanager
    def derived_apart(self) -> Iterator[Home]:
        """This home where it can be written to; else one that shows the same, its intake being a temporary copy."""
        if not self.read_only:
            yield self
            return
        with tempfile.TemporaryDirectory(prefix="senacs-home-") as folder:
            shown = Home(Path(folder))
            for path in self.root.iterdir():
                if path != self.intake:
                    (shown.root / path.name).symlink_to(path)
            if self.intake.is_dir():
                shutil.copytree(self.intake, shown.intake, copy_function=shutil.copyfile, ignore=_LOCKS)
                for made in (shown.intake, *(path for path in shown.intake.rglob("*") if path.is_dir())):
                    made.chmod(0o755)
            yield shown


def questionnaires_folder() -> Path:
    """The registry's folder: ``$SENACS_QUESTIONNAIRES``, or ``questionnaires/`` of the project."""
    return Path(os.environ.get("SENACS_QUESTIONNAIRES") or PROJECT_ROOT / "questionnaires").resolve()


def editorial_folder() -> Path:
    """What local committees wrote: ``$SENACS_EDITORIAL``, or ``editorial/`` of the project."""
    return Path(os.environ.get("SENACS_EDITORIAL") or PROJECT_ROOT / "editorial").resolve()
