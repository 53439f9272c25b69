"""Templates and numbers as a French reader expects them: decimal comma, narrow no-break spaces."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

NARROW_SPACE = "\u202f"
_BEFORE = re.compile(r"[ \u00a0]+([;:!?%€»])")
_AFTER = re.compile(r"«[ \u00a0]+")


def worded(template: str, values: Mapping[str, Any]) -> str:
    """The template with its values written in French. Raises KeyError for a value it does not have."""
    return typeset(template.format_map({name: written(value) for name, value in values.items()}))


def typeset(text: str) -> str:
    """French typography: a narrow no-break space before ; : ! ? % € » and after «."""
    return _AFTER.sub("«" + NARROW_SPACE, _BEFORE.sub(NARROW_SPACE + r"\1", text))


def written(value: Any) -> str:
    """A value as text: 1 234,5 ; three significant figures under 1, two decimals at most above; nd when missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "nd"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if math.isinf(value):
        return "infini"
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", NARROW_SPACE)
    text = f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", NARROW_SPACE).replace(".", ",")
