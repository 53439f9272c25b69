"""The size of a picture, from its own header."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_FRAME_STARTS = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
MOST_BYTES = 3_000_000


class PictureError(ValueError):
    """A picture that can't be printed; the message says why, in French."""


def picture_size(content: bytes) -> tuple[str, int, int]:
    """(format, width, height) of a PNG or a JPEG, in pixels. Raises PictureError for anything else, or too heavy."""
    if len(content) > MOST_BYTES:
        raise PictureError(f"trop lourde ({len(content) // 1_000_000} Mo) ; réduisez-la à {MOST_BYTES // 1_000_000} Mo")
    if content.startswith(_PNG) and len(content) > 24:
        width, height = struct.unpack_from(">II", content, 16)
        return "png", width, height
    if content.startswith(b"\xff\xd8"):
        return "jpeg", *_jpeg_size(content)
    raise PictureError("illisible ; enregistrez-la en JPEG ou en PNG")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAME_STARTS:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    raise PictureError("illisible ; enregistrez-la de nouveau en JPEG")
