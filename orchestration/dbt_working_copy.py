"""dbt's working copy: the sources of `dbt_project/` synchronised under ``SENACS_HOME``, and their parsed manifest.

dbt writes beside its project. The project's own tree stays clean, and may be read-only; the contract of the wide mart
is written into the copy from the registry, so that a new variable is a line of data.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.home import PROJECT_ROOT, Home
from ingest.registry import Registry

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

SOURCES = PROJECT_ROOT / "dbt_project"
NOT_SOURCES = {"target", "logs", "dbt_packages", ".user.yml", "__pycache__"}
GENERATED_CONTRACTS = Path("models/marts/facts.yml")
WAREHOUSE = "warehouse.duckdb"
PARSERS = ("dbt-core", "dbt-duckdb", "dagster-dbt")


class DbtError(Exception):
    """dbt could not parse or run the project, or the tables disagree with each other; the text says where."""


@dataclass(frozen=True)
class WorkingCopy:
    """A synchronised and parsed project. `fingerprint` stands for everything that its manifest depends on."""

    folder: Path
    target: Path
    fingerprint: str

    @cached_property
    def manifest_json(self) -> Mapping[str, Any]:
        """The manifest as dagster-dbt reads it."""
        manifest: Mapping[str, Any] = json.loads((self.target / "manifest.json").read_bytes())
        return manifest

    def manifest(self) -> Manifest:
        """The manifest as dbt itself takes it, to skip parsing."""
        from dbt.contracts.graph.manifest import Manifest

        return Manifest.from_msgpack((self.target / "partial_parse.msgpack").read_bytes())

    @property
    def arguments(self) -> list[str]:
        """What every invocation of dbt is told: where to work, and to keep quiet (results are read, not the log)."""
        return [
            *("--project-dir", str(self.folder), "--profiles-dir", str(self.folder)),
            *("--target-path", str(self.target), "--log-path", str(self.target.parent / "logs")),
            *("--log-level", "none", "--log-level-file", "none", "--no-use-colors", "--quiet"),
        ]


def working_copy(home: Home, registry: Registry) -> WorkingCopy:
    """The project as it is now, under ``SENACS_HOME/dbt``; parsed only when something it depends on has changed."""
    folder, target = home.dbt / "project", home.dbt / "target"
    fingerprint = _synchronised(folder, _contents(registry), home)
    copy = WorkingCopy(folder, target, fingerprint)
    stamp = target / "fingerprint.txt"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        stamp.unlink(missing_ok=True)
        _parse(copy, home)
        stamp.write_text(fingerprint)
    return copy


def set_dbt_environment(home: Home, warehouse: Path) -> None:
    """The variables that `dbt_project/` reads."""
    os.environ["SENACS_REGISTRY_DIR"] = str(home.registry)
    os.environ["SENACS_INTAKE_DIR"] = str(home.intake)
    os.environ["SENACS_DUCKDB_PATH"] = str(warehouse)


def _contents(registry: Registry) -> dict[Path, bytes]:
    from ingest.registry.wide import wide_columns
    from orchestration.dbt_contracts import contracts_yaml

    contents = {
        path.relative_to(SOURCES): path.read_bytes()
        for path in sorted(SOURCES.rglob("*"))
        if path.is_file() and NOT_SOURCES.isdisjoint(path.relative_to(SOURCES).parts)
    }
    contents[GENERATED_CONTRACTS] = contracts_yaml([asdict(column) for column in wide_columns(registry)]).encode()
    return contents


def _synchronised(folder: Path, contents: Mapping[Path, bytes], home: Home) -> str:
    """Write the files that differ, remove those that are gone, and return the fingerprint of the whole."""
    digest = hashlib.sha256(f"{home.root}\0{home.registry}\0{home.intake}".encode())
    for parser in PARSERS:
        digest.update(f"{parser}={importlib.metadata.version(parser)}\0".encode())
    for relative, content in sorted(contents.items()):
        digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode() + content)
        path = folder / relative
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder) not in contents:
            path.unlink()
    return digest.hexdigest()


def _parse(copy: WorkingCopy, home: Home) -> None:
    from dbt.cli.main import dbtRunner

    shutil.rmtree(copy.target, ignore_errors=True)
    copy.target.mkdir(parents=True)
    set_dbt_environment(home, copy.target / WAREHOUSE)
    result = dbtRunner().invoke(["parse", *copy.arguments])
    if not result.success:
        raise DbtError(f"dbt cannot parse the project in {copy.folder}: {result.exception}")
