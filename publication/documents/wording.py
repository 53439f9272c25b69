"""French sentences with references to figures, as the sheets' plans write them.

In a template, ``**…**`` is strong and ``{…}`` is filled in:

- ``{data_year}``, ``{territory}``…: a name given by the sheet ('' stands for none);
- ``{CS:fte_total}``: the figure of that structure type, with its unit, rounded as published. ``CS/ALL`` and ``a/b``
  name alternatives: the first that exists is taken. ``.code`` picks a breakdown, ``@level`` the territory of that level
  around the sheet's own;
- ``{CS:income_total!short}``: an amount in k€ or M€;
- ``{CS:fte_total#n}``: the number of structures that the figure rests on; ``#N``: how many are agreed;
- ``{…|centre|centres}``: the number, then the noun that agrees with it; ``{…?a|ont}``: the word alone.

A sentence with a figure or a name that doesn't exist is not printed at all; a confidential figure is printed as `c`,
and its noun is in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from core.french import NARROW_SPACE, is_plural, number, short_amount, short_rounded, typographic
from publication.candidate import Figure
from publication.documents.document import Run, Runs
from publication.documents.plans import House

Lookup = Callable[[str, str, str, str], Figure | None]
"""(structure types, indicators, breakdown, level) → figure; alternatives are separated by a slash."""

_REFERENCE = re.compile(
    r"(?P<types>[A-Z/]+):(?P<indicators>[a-z0-9_/]+)(?:\.(?P<breakdown>\w+))?(?:@(?P<level>\w+))?"
    r"(?P<part>#n|#N)?(?P<short>!short)?(?:(?P<how>[|?])(?P<one>[^|]*)\|(?P<many>.*))?"
)
_PIECES = re.compile(r"(\*\*|\{[^{}]*\})")


class WordingError(ValueError):
    """A template that can't be read; the message quotes it."""


def quantity(figure: Figure, house: House) -> str:
    """The figure as published: rounded with its decimals, unit symbol after a narrow space where it has one; the sign
    of confidential ones where it is one of them."""
    if figure.value is None:
        return house.confidential
    symbol = house.symbols.get(figure.unit, "")
    return number(figure.value, figure.decimals) + (f"{NARROW_SPACE}{symbol}" if symbol else "")


def figure_run(figure: Figure, house: House, *, strong: bool = False, short: bool = False) -> Run:
    """The figure as a run that knows its address, and its value with the digits that are printed."""
    if figure.value is None or not short:
        return Run(quantity(figure, house), strong, figure.address, figure.written)
    text = short_amount(figure.value, house.symbols.get(figure.unit, ""))
    return Run(text, strong, figure.address, str(short_rounded(figure.value)))


def is_told(runs: Runs) -> bool:
    """Whether no figure of the sentence is confidential."""
    return all(run.source or not run.figure for run in runs)


def worded(template: str, names: Mapping[str, str], lookup: Lookup, house: House) -> Runs | None:
    """The template filled in; None when one of its figures doesn't exist. Raises WordingError when it can't be read."""
    runs: list[Run] = []
    strong = False
    for piece in _PIECES.split(template):
        if piece == "**":
            strong = not strong
        elif piece.startswith("{"):
            filled = _filled(piece[1:-1], template, names, lookup, house, strong)
            if filled is None:
                return None
            runs.extend(filled)
        elif piece:
            runs.append(Run(typographic(piece), strong))
    return _with_tied_punctuation(runs)


def _filled(
    inside: str, template: str, names: Mapping[str, str], lookup: Lookup, house: House, strong: bool
) -> Runs | None:
    if inside in names:
        return (Run(typographic(names[inside]), strong),) if names[inside] else None
    reference = _REFERENCE.fullmatch(inside)
    if reference is None:
        raise WordingError(f"« {{{inside}}} » n'est ni un nom connu ni une référence à un chiffre, dans « {template} »")
    amount: Decimal | None
    figure = lookup(reference["types"], reference["indicators"], reference["breakdown"] or "", reference["level"] or "")
    if figure is None:
        return None
    if reference["part"]:
        counted = figure.n_respondents if reference["part"] == "#n" else figure.n_agreed
        amount, shown = Decimal(counted), Run(number(counted, 0), strong, figure.address, str(counted))
    else:
        amount, shown = figure.value, figure_run(figure, house, strong=strong, short=bool(reference["short"]))
    if not reference["how"]:
        return (shown,)
    noun = typographic(reference["many"] if amount is None or is_plural(amount) else reference["one"])
    return (Run(noun, strong),) if reference["how"] == "?" else (shown, Run(f"\u00a0{noun}", strong))


def _with_tied_punctuation(runs: list[Run]) -> Runs:
    """A space that opens a run and comes before high punctuation is tied to what stands before it."""
    tied = [
        Run(NARROW_SPACE + run.text.lstrip(" "), run.strong, run.figure, run.source)
        if run.text.lstrip(" ")[:1] in tuple(";:!?%€»") and run.text.startswith(" ")
        else run
        for run in runs
    ]
    return tuple(tied)
