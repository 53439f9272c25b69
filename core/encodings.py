"""Bytes of text to characters: which encoding, on the whole evidence."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from core.refusals import unreadable

FALLBACKS = ("cp1252", "mac_roman", "cp850")
"""Encodings of text that is not Unicode: Windows, older Macs, the DOS of some business software."""
CONTROL_SHARE = 50
"""Text has less than one control character in so many."""
MOSTLY_UNICODE = 4
"""A text with more than one right UTF-8 sequence for so many wrong bytes is UTF-8 with wrong bytes in it: in another
encoding, French makes such a sequence once in a thousand accents."""

FRENCH = dict.fromkeys("éèàêçùôîâûëïü", 4) | dict.fromkeys("œæÿ’‘“”«»€°–—…\xa0²³", 2)
"""What the characters of French weigh, beside a letter in lower case; a capital is none inside such a word."""
CAPITALS = frozenset("ÀÂÇÉÈÊËÎÏÔÙÛÜŒÆ")
MISPLACED = -4
WIDE_SHARE = 3
"""A text in UTF-16 without its mark has a zero in one byte of three at least."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_PAIR = re.compile(rb"(?s)(?=(.[\x80-\xff]))")
"""A character beyond ASCII and the one before it."""
_WRONG_BYTE = "wrong-byte-as-windows"


def decoded_text(content: bytes, fallback: str = "") -> str:
    """UTF-16, UTF-8 with or without its mark, else the fallback; without one, the encoding of `FALLBACKS` whose
    characters make the most French. A byte that is wrong in UTF-8 is the letter it is in Windows-1252, or the mark of
    a lost character: it spoils its cell. Raises `Refusal` for binary content."""
    wide = _wide_encoding(content)
    undefined = 0
    try:
        text = content.decode(wide or "utf-8-sig")
    except UnicodeDecodeError:
        bare = content.removeprefix(codecs.BOM_UTF8)
        if wide or _is_mostly_unicode(bare):
            text = bare.decode(wide or "utf-8", errors="replace" if wide else _WRONG_BYTE)
        else:
            text = bare.decode(fallback or _most_french_encoding(bare), errors="replace")
        undefined = text.count("\N{REPLACEMENT CHARACTER}")
    narrow = text.encode("utf-8", "replace") if wide else content
    controls = len(narrow) - len(narrow.translate(None, _CONTROLS))
    if "\0" in text or (controls + undefined) * CONTROL_SHARE > len(text):
        raise unreadable(
            "le fichier contient des données binaires et non du texte",
            "Exportez-le à nouveau en CSV (UTF-8) ou en .xlsx et renvoyez-le",
        )
    return text


def _wide_encoding(content: bytes) -> str:
    """The UTF-16 of a text, by its mark or by where its zeros are; empty for any other."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if content.count(0) * WIDE_SHARE < len(content) or len(content) % 2:
        return ""
    even, odd = content[0::2].count(0), content[1::2].count(0)
    if min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_mostly_unicode(content: bytes) -> bool:
    wrong = content.decode("utf-8", errors="replace").count("\N{REPLACEMENT CHARACTER}")
    right = sum(byte >= 0xC0 for byte in content.decode("utf-8", errors="ignore").encode())
    return right * MOSTLY_UNICODE > wrong


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """The first wrong byte as the letter that it is in Windows-1252, else as the mark of a lost character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    letter = error.object[error.start : error.start + 1].decode("cp1252", errors="replace")
    return letter if letter.isalpha() else "\N{REPLACEMENT CHARACTER}", error.start + 1


codecs.register_error(_WRONG_BYTE, _as_windows)


def _most_french_encoding(content: bytes) -> str:
    """The one whose letters are those of French, where French has them: a whole text of accents decides, never the one
    foreign letter in it."""
    pairs = Counter(_PAIR.findall(b" " + content))

    def french(encoding: str) -> int:
        return sum(_weight(pair.decode(encoding, errors="replace")) * count for pair, count in pairs.items())

    return max(FALLBACKS, key=french)


def _weight(pair: str) -> int:
    before, character = pair[:-1], pair[-1]
    if character in CAPITALS:
        return MISPLACED if before.islower() else 2
    if character in FRENCH:
        return FRENCH[character]
    return 0 if character.isalpha() else MISPLACED
