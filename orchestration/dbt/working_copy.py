"""dbt's working copy: the sources of `dbt_project/` synchronised under ``SENACS_HOME``, and their parsed manifest.

dbt writes beside its project. The project's own tree stays clean, and may be read-only; the contracts of the facts are
written into the copy from the registry, so that a new variable is a line of data.

Parsing takes longer than a small build. A manifest therefore names no home: set-up parses the bundled registry once for
all homes, and a home parses again when its registry or the project differ.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import PROJECT_ROOT, Home
from orchestration.dbt.contracts import contracts_yaml
from registry import Registry
from registry.wide import wide_columns

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

SOURCES = PROJECT_ROOT / "dbt_project"
NOT_SOURCES = {"target", "logs", "dbt_packages", ".user.yml", "__pycache__"}
GENERATED_CONTRACTS = Path("models/marts/facts.yml")
WAREHOUSE = "warehouse.duckdb"
PARSERS = ("dbt-core", "dbt-duckdb", "dagster-dbt")
STAMP = "fingerprint.txt"
PREPARED = Path(sys.prefix) / "share" / "senacs" / "dbt"

# Stands for the home in a parsed manifest.
ANY_HOME = Home(Path("/any-senacs-home"))


class DbtError(Exception):
    """dbt could not parse or run the project, or the tables disagree with each other; the text says where."""


@dataclass(frozen=True)
class WorkingCopy:
    """A synchronised and parsed project. `fingerprint` stands for everything that its manifest depends on.

    `folder`: the project. `target`: what dbt writes as it runs. `parsed`: where the manifest is.
    """

    home: Home
    folder: Path
    target: Path
    parsed: Path
    fingerprint: str

    @cached_property
    def manifest_json(self) -> Mapping[str, Any]:
        """The manifest as dagster-dbt reads it."""
        manifest: Mapping[str, Any] = json.loads((self.parsed / "manifest.json").read_bytes())
        return manifest

    def manifest(self) -> Manifest:
        """The manifest as dbt itself takes it, to skip parsing; its sources are the files of this home."""
        from dbt.contracts.graph.manifest import Manifest

        manifest = Manifest.from_msgpack((self.parsed / "partial_parse.msgpack").read_bytes())
        for source in manifest.sources.values():
            for known in (source.meta, source.config.meta):
                if "external_location" in known:
                    known["external_location"] = self._of_this_home(known["external_location"])
            source.relation_name = source.relation_name and self._of_this_home(source.relation_name)
        return manifest

    @property
    def arguments(self) -> list[str]:
        """What every invocation of dbt is told: where to work, and to keep quiet (results are read, not the log)."""
        return _arguments(self.folder, self.target)

    def _of_this_home(self, location: str) -> str:
        return location.replace(str(ANY_HOME.root), str(self.home.root))


def working_copy(home: Home, registry: Registry, prepared: Path = PREPARED) -> WorkingCopy:
    """The project as it is now, under ``SENACS_HOME/dbt``; parsed only when something it depends on has changed."""
    folder, target, parsed = home.dbt / "project", home.dbt / "target", home.dbt / "parsed"
    fingerprint = _synchronised(folder, _contents(registry))
    for ready in (parsed, prepared):
        stamp = ready / STAMP
        if stamp.exists() and stamp.read_text() == fingerprint:
            return WorkingCopy(home, folder, target, ready, fingerprint)
    _parse(folder, parsed, fingerprint)
    return WorkingCopy(home, folder, target, parsed, fingerprint)


def prepare(registry: Registry, prepared: Path = PREPARED) -> None:
    """Parse the project for every home that uses this registry. What is prepared already is left."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = working_copy(Home(Path(temporary)), registry, prepared)
        if copy.parsed != prepared:
            shutil.rmtree(prepared, ignore_errors=True)
            shutil.copytree(copy.parsed, prepared)


def set_dbt_environment(home: Home, warehouse: Path) -> None:
    """The variables that `dbt_project/` reads."""
    os.environ["SENACS_REGISTRY_DIR"] = str(home.registry)
    os.environ["SENACS_INTAKE_DIR"] = str(home.intake)
    os.environ["SENACS_DUCKDB_PATH"] = str(warehouse)


def _arguments(folder: Path, target: Path) -> list[str]:
    return [
        *("--project-dir", str(folder), "--profiles-dir", str(folder)),
        *("--target-path", str(target), "--log-path", str(folder.parent / "logs")),
        *("--log-level", "none", "--log-level-file", "none", "--no-use-colors", "--quiet"),
    ]


def _contents(registry: Registry) -> dict[Path, bytes]:
    contents = {
        path.relative_to(SOURCES): path.read_bytes()
        for path in sorted(SOURCES.rglob("*"))
        if path.is_file() and NOT_SOURCES.isdisjoint(path.relative_to(SOURCES).parts)
    }
    contents[GENERATED_CONTRACTS] = contracts_yaml([asdict(column) for column in wide_columns(registry)]).encode()
    return contents


def _synchronised(folder: Path, contents: Mapping[Path, bytes]) -> str:
    """Write the files that differ, remove those that are gone, and return the fingerprint of the whole."""
    digest = hashlib.sha256()
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


def _parse(folder: Path, parsed: Path, fingerprint: str) -> None:
    from dbt.cli.main import dbtRunner

    shutil.rmtree(parsed, ignore_errors=True)
    parsed.mkdir(parents=True)
    set_dbt_environment(ANY_HOME, ANY_HOME.dbt / WAREHOUSE)
    result = dbtRunner().invoke(["parse", *_arguments(folder, parsed)])
    if not result.success:
        raise DbtError(f"dbt cannot parse the project in {folder}: {result.exception}")
    (parsed / STAMP).write_text(fingerprint)
