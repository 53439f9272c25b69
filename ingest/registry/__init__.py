"""The registry: what is asked, computed, checked and published, as data (`questionnaires/`).

It is loaded once and validated whole; a wrong line is named with its file, its line and the reason.
"""

from ingest.registry.faults import RegistryError
from ingest.registry.load import load_registry
from ingest.registry.model import Registry

__all__ = ["Registry", "RegistryError", "load_registry"]
