"""When two spellings are the same word: case, accents, apostrophes, Unicode forms and spaces don't count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae", "–": "-", "—": "-"})


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """`text` reduced to what makes it the same word as another (rules N9 and N13 of normalisation.csv)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SAME))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _SPACES.sub(" ", bare.casefold().translate(_SAME)).strip()
