"""What every step of a run needs: the home, the registry, the writer's lock, the stopwatch."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.home import Home, editorial_folder, questionnaires_folder
from ingest.receive.archive import Archive
from orchestration.stages import Stages
from orchestration.writer_lock import WriterLock
from registry import Registry, load_registry
from registry.load import read_registry


@dataclass
class House:
    """The resource that Dagster hands to each asset. `fresh`: derive everything again, trusting no earlier result."""

    home: Home
    questionnaires: Path
    stages: Stages = field(default_factory=Stages)
    fresh: bool = False
    editorial: Path = field(default_factory=editorial_folder)

    @classmethod
    def from_environment(cls) -> House:
        """The house of ``$SENACS_HOME`` and ``$SENACS_QUESTIONNAIRES``."""
        return cls(Home.from_environment(), questionnaires_folder())

    @cached_property
    def registry(self) -> Registry:
        """The registry, loaded once. Raises `RegistryError` naming each wrong line.

        A draft campaign with faults is left out of it, unless returns were received for it: they would be forgotten.
        """
        registry = load_registry(self.questionnaires)
        archive = Archive(self.home)
        if any(archive.senders(campaign) for campaign in registry.left_out):
            return read_registry(self.questionnaires)
        return registry

    @cached_property
    def lock(self) -> WriterLock:
        """The lock that a run takes before its first write and keeps to its end."""
        return WriterLock(self.home.root / "writer.lock")
