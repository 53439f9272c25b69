"""What a page's tags and style sheets say of what a person sees: hidden, struck or raised."""

from __future__ import annotations

import re

HIDDEN, STRIKES, RAISES = "hidden", "strikes", "raises"
_COMMENT_MARKS = re.compile("<!--|-->")
_CLASS = re.compile(r"(?:[a-z0-9]*)\.([\w-]+)")
_DECLARATIONS = (
    (HIDDEN, re.compile(r"(?:^|;)(?:display:none|visibility:(?:collapse|hidden)|(?:width|height):0(?:p[xt])?(?:;|$))")),
    (STRIKES, re.compile(r"(?:^|;)text-decoration(?:-line)?:[^;]*line-through")),
    (RAISES, re.compile(r"(?:^|;)vertical-align:su(?:per|b)")),
)
_OF_TAGS = {"s": STRIKES, "strike": STRIKES, "del": STRIKES, "sup": RAISES, "sub": RAISES}
_SPACES = re.compile(r"\s|/\*.*?\*/|!important", re.DOTALL)

Attributes = list[tuple[str, str | None]]


class PageStyles:
    """The classes of a page's style sheets, as they are read."""

    def __init__(self) -> None:
        self._classes: dict[str, set[str]] = {}

    def read(self, style_sheet: str) -> None:
        """Add the rules of classes of a style sheet."""
        for rule in _COMMENT_MARKS.sub("", style_sheet).split("}"):
            selectors, _, declarations = rule.partition("{")
            told = _declared(declarations)
            for selector in selectors.split(",") if told else ():
                name = _CLASS.fullmatch(selector.strip().lower())
                if name:
                    self._classes.setdefault(name[1], set()).update(told)

    def of_tag(self, tag: str, attributes: Attributes) -> set[str]:
        """What a tag says of what is inside: `HIDDEN`, `STRIKES`, `RAISES`."""
        told = {_OF_TAGS[tag]} if tag in _OF_TAGS else set()
        for name, value in attributes:
            if name == "style" and value:
                told |= _declared(value)
            elif name == "class" and value:
                for one in value.lower().split():
                    told |= self._classes.get(one, set())
            elif name == "hidden" or (name in ("width", "height") and value in ("0", "0px")):
                told.add(HIDDEN)
        return told


def _declared(declarations: str) -> set[str]:
    bare = _SPACES.sub("", declarations.lower())
    return {about for about, pattern in _DECLARATIONS if pattern.search(bare)}
