"""How wide and how high a text is in the vendored typeface: what the layout needs before anything is set."""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from pathlib import Path

FONTS = Path(__file__).parent.parent / "assets" / "fonts"
MM_PER_POINT = 25.4 / 72
CAP_HEIGHT = 0.72
LEADING = 0.62
"""Of the type size: a line goes from the baseline to the capitals; how far apart lines are (as in the template)."""

_FALLBACK_ADVANCE = 0.58


@cache
def _advances(weight: int) -> dict[int, float]:
    """Code point → advance width, in type sizes, read from the font's own tables (OpenType: cmap format 4, hmtx)."""
    font = (FONTS / f"senacs-sans-{weight}.ttf").read_bytes()
    tables = {
        font[at : at + 4].decode("ascii"): struct.unpack_from(">II", font, at + 8)
        for at in range(12, 12 + 16 * struct.unpack_from(">H", font, 4)[0], 16)
    }
    em = struct.unpack_from(">H", font, tables["head"][0] + 18)[0]
    measured = struct.unpack_from(">H", font, tables["hhea"][0] + 34)[0]
    start = tables["hmtx"][0]

    def advance(glyph: int) -> float:
        width: int = struct.unpack_from(">H", font, start + 4 * min(glyph, measured - 1))[0]
        return width / em

    return {code: advance(glyph) for code, glyph in _glyphs(font, tables["cmap"][0]).items()}


def _glyphs(font: bytes, cmap: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for entry in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * entry)[0]
        if struct.unpack_from(">H", font, at)[0] != 4:
            continue
        count = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", font, at + 14)
        starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
        deltas = struct.unpack_from(f">{count}h", font, at + 16 + 4 * count)
        ranges_at = at + 16 + 6 * count
        ranges = struct.unpack_from(f">{count}H", font, ranges_at)
        for rank, (first, last) in enumerate(zip(starts, ends, strict=True)):
            for code in range(first, last + 1):
                glyph = code
                if ranges[rank]:
                    glyph = struct.unpack_from(">H", font, ranges_at + 2 * rank + ranges[rank] + 2 * (code - first))[0]
                found[code] = (glyph + deltas[rank]) & 0xFFFF
    return found


def text_width(text: str, points: float, weight: int = 400) -> float:
    """Millimetres, without kerning: never less than what is set."""
    return _width(text, weight) * points * MM_PER_POINT


@lru_cache(maxsize=65536)
def _width(text: str, weight: int) -> float:
    """In type sizes. Kept: the same words are measured for many places before one is chosen."""
    advances = _advances(weight)
    return sum(advances.get(ord(character), _FALLBACK_ADVANCE) for character in text)


def wrapped(text: str, points: float, width: float, weight: int = 400) -> list[str]:
    """The lines of a paragraph, broken at spaces that may break."""
    lines, used, space = [""], 0.0, text_width(" ", points, weight)
    for word in text.split(" "):
        needed = text_width(word, points, weight)
        if lines[-1] and used + space + needed > width:
            lines.append(word)
            used = needed
        elif lines[-1]:
            lines[-1] = f"{lines[-1]} {word}"
            used += space + needed
        else:
            lines[-1], used = word, needed
    return lines


def lines_height(lines: int, points: float) -> float:
    """Millimetres from the top of the first line's capitals to the last baseline."""
    return (lines * CAP_HEIGHT + max(lines - 1, 0) * LEADING) * points * MM_PER_POINT


def text_height(text: str, points: float, width: float, weight: int = 400) -> float:
    """Millimetres that a paragraph takes."""
    return lines_height(len(wrapped(text, points, width, weight)), points) if text else 0.0
