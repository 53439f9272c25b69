"""The size of the set and how untidy it is. Every draw comes from the seed and the name of what is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

MODEL = Path(__file__).resolve().parent / "model"


@dataclass(frozen=True)
class Settings:
    """One benchmark set. `scale` multiplies the structures of ``model/structures.csv``; senders stay the same.

    `format`: that of every file of the last campaign, the others having none; '' for the usual mixture, every campaign.
    """

    seed: int = 42
    scale: float = 1.0
    senders: int = 100
    format: str = ""

    @property
    def name(self) -> str:
        """The folder of the set."""
        of_one_format = f"-{self.format}" if self.format else ""
        return f"seed-{self.seed}-scale-{self.scale:g}-senders-{self.senders}{of_one_format}"

    def draws(self, *names: object) -> np.random.Generator:
        """A generator of its own for what is named: adding a question moves no other draw."""
        return np.random.default_rng([self.seed, crc32("|".join(map(str, names)).encode())])


@dataclass(frozen=True)
class Mess:
    """Shares of rows and answers that are not as they should be, close to those of the bundled samples."""

    blank: float = 0.08
    missing_token: float = 0.01
    unit_written: float = 0.01
    approximate: float = 0.002
    unreadable: float = 0.001
    responding: float = 0.87
    responding_unsolicited: float = 0.3
    duplicate: float = 0.005
    outsider: float = 0.003
    unsubmitted: float = 0.2
    correcting_senders: float = 0.08
    corrected: float = 0.05
    words: str = "une douzaine"
