"""What the styles of an OpenDocument spreadsheet say of what a person sees: hidden sheets, rows and columns of no size,
struck or raised texts."""

from __future__ import annotations

import re

from ingest.readers.archive import parse_xml, refuse_other_encodings, xml_parser

NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, TEXT, STYLE, DRAWING = (
    f"{NAMESPACE}{name}:1.0 " for name in ("office", "table", "text", "style", "drawing")
)
_TELLING = (b"line-through", b"text-position")
_NO_SIZE = re.compile(r"0+(?:\.0*)?(?:[a-z]+|%)")
_LONGEST_ANCESTRY = 20

Attributes = dict[str, str]


class Styles:
    """The styles met so far, by family and name; what a style doesn't say, its parent does."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], dict[str, bool]] = {}
        self._parents: dict[tuple[str, str], str] = {}
        self._open = ("", "")
        self.starts = {
            f"{STYLE}style": self._start_style,
            f"{STYLE}table-properties": self._start_table,
            f"{STYLE}table-row-properties": self._start_size,
            f"{STYLE}table-column-properties": self._start_size,
            f"{STYLE}text-properties": self._start_text,
        }

    def parse(self, part: bytes) -> None:
        """Add the named styles (`styles.xml`), where any of them tells something of a text. Raises `Refusal`."""
        if not any(word in part for word in _TELLING):
            return
        refuse_other_encodings(part)

        def start(name: str, attributes: Attributes) -> None:
            handler = self.starts.get(name)
            if handler is not None:
                handler(attributes)

        parser = xml_parser(namespace_separator=" ")
        parser.StartElementHandler = start
        parse_xml(part, parser)

    def says(self, family: str, name: str, about: str) -> bool | None:
        """Whether a style is `hidden`, `struck` or `raised`; None where neither it nor its parents tell."""
        if not self._said:
            return None
        for _ in range(_LONGEST_ANCESTRY):
            said = self._said.get((family, name), {}).get(about)
            if said is not None or not name:
                return said
            name = self._parents.get((family, name), "")
        return None

    def _start_style(self, attributes: Attributes) -> None:
        self._open = (attributes.get(f"{STYLE}family", ""), attributes.get(f"{STYLE}name", ""))
        parent = attributes.get(f"{STYLE}parent-style-name")
        if parent:
            self._parents[self._open] = parent

    def _say(self, about: str, holds: bool) -> None:
        self._said.setdefault(self._open, {})[about] = holds

    def _start_table(self, attributes: Attributes) -> None:
        if attributes.get(f"{TABLE}display") == "false":
            self._say("hidden", True)

    def _start_size(self, attributes: Attributes) -> None:
        sizes = (attributes.get(f"{STYLE}{name}", "") for name in ("row-height", "column-width"))
        if any(_NO_SIZE.fullmatch(size) for size in sizes):
            self._say("hidden", True)

    def _start_text(self, attributes: Attributes) -> None:
        lines = {attributes.get(f"{STYLE}text-line-through-{name}") for name in ("style", "type")} - {None}
        if lines:
            self._say("struck", "none" not in lines)
        position = attributes.get(f"{STYLE}text-position", "").split(" ")[0]
        if position:
            self._say("raised", not _NO_SIZE.fullmatch(position))
