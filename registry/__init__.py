"""The registry: what is asked, computed, checked and published, as data (`questionnaires/`).

It is loaded once and validated whole; a wrong line is named with its file, its line and the reason.
"""

from registry.faults import RegistryError
from registry.load import load_registry
from registry.model import Registry

__all__ = ["Registry", "RegistryError", "load_registry"]
