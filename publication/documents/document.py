"""The document model: what a sheet says, before it is a page or a PDF.

A sheet is sections of columns of blocks. Each printed number is a `Run` that carries the address of its figure; a block
has everything that both renderings need and nothing that belongs to one of them. Lengths are millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CONTENT_WIDTH = 178.0
COLUMN_GAP = 10.0


@dataclass(frozen=True)
class Run:
    """A piece of text. `figure` is the address of the figure that it prints, `source` its value with the digits that
    are printed, '' where it is confidential."""

    text: str
    strong: bool = False
    figure: str = ""
    source: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Drawing:
    """A vector drawing, its size, and the text that stands for it: `alt` carries the values shown."""

    svg: str
    width: float
    height: float
    alt: str


@dataclass(frozen=True)
class LegendEntry:
    """`mark`: circle, triangle, square, line, dashed or break. `tone` numbers a colour, or is one (`#rrggbb`)."""

    mark: str
    tone: str
    label: str


@dataclass(frozen=True)
class Lead:
    """Opening sentences."""

    sentences: tuple[Runs, ...]
    kind: Literal["lead"] = "lead"


@dataclass(frozen=True)
class Map:
    """A map with its legend."""

    drawing: Drawing
    legend: tuple[LegendEntry, ...]
    caption: str
    kind: Literal["map"] = "map"


@dataclass(frozen=True)
class Card:
    """A key figure: the number, what it counts, how it compares, and the base it rests on."""

    number: Run
    label: Runs
    detail: Runs
    base: str


@dataclass(frozen=True)
class Cards:
    """Key figures, `across` of them side by side."""

    items: tuple[Card, ...]
    across: int
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True)
class Part:
    """A share of a whole, 0 to 100; `tone` is its colour number."""

    label: str
    number: Run
    percent: float
    tone: int


@dataclass(frozen=True)
class Shares:
    """One bar cut in parts that make a whole. `hidden_percent`: what is left to the confidential ones."""

    title: str
    subtitle: Runs
    parts: tuple[Part, ...]
    hidden_percent: float
    base: str
    alt: str
    kind: Literal["shares"] = "shares"


@dataclass(frozen=True)
class Bar:
    """A bar, and where given the same figure elsewhere. Percentages are of the longest bar's scale, 0 to 100."""

    label: str
    number: Run
    percent: float
    reference: Run | None
    reference_percent: float | None


@dataclass(frozen=True)
class Bars:
    """Horizontal bars; `reference_label` names what the tick marks ('' when no bar has one)."""

    title: str
    subtitle: Runs
    bars: tuple[Bar, ...]
    reference_label: str
    base: str
    alt: str
    tone: int
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True)
class Trend:
    """Lines over the years, with breaks; `rows` are the same values as a table (first row: header)."""

    title: str
    subtitle: Runs
    drawing: Drawing
    legend: tuple[LegendEntry, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    kind: Literal["trend"] = "trend"


@dataclass(frozen=True)
class Comparison:
    """The same figures in several territories, the sheet's own first; '' where a territory has none."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Run, ...]], ...]
    kind: Literal["comparison"] = "comparison"


@dataclass(frozen=True)
class Callout:
    """A framed sentence, then the facts that go with it."""

    title: str
    sentences: tuple[Runs, ...]
    kind: Literal["callout"] = "callout"


@dataclass(frozen=True)
class Directory:
    """The list of structures; `mark` and `tone` repeat the map's sign."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[LegendEntry, tuple[str, ...]], ...]
    kind: Literal["directory"] = "directory"


@dataclass(frozen=True)
class Note:
    """Source and method, the gate's reservations, and the build that the figures come from."""

    title: str
    sentences: tuple[Runs, ...]
    reservations: tuple[str, ...]
    lot: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class DocumentRow:
    """A territory's line in the index: figures, and the addresses of its sheet ('' when the gate withheld it)."""

    name: str
    cells: tuple[Run, ...]
    percent: float | None
    page: str
    pdf: str


@dataclass(frozen=True)
class Documents:
    """The sheets of a release. The first header is the territory's, the last the links'; `percent` fills a bar."""

    header: tuple[str, ...]
    rows: tuple[DocumentRow, ...]
    kind: Literal["documents"] = "documents"


@dataclass(frozen=True)
class Shelf:
    """The plaquettes of a release by level of territory: the level's label, then for each territory its name and the
    (words, page, PDF) of each of its forms."""

    levels: tuple[tuple[str, tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]], ...]
    kind: Literal["shelf"] = "shelf"


@dataclass(frozen=True)
class Door:
    """A way into a release for one kind of reader: what it is for, and the (words, address) to follow first."""

    title: str
    text: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Doors:
    """The ways into a release, side by side."""

    items: tuple[Door, ...]
    kind: Literal["doors"] = "doors"


@dataclass(frozen=True)
class Checks:
    """How the candidate passed the gate: a line per suite, then the reservations to print."""

    outcome: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    reservations: tuple[str, ...]
    kind: Literal["checks"] = "checks"


@dataclass(frozen=True)
class Files:
    """The other files of a release: path, what it is, size ('' when not known yet)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    kind: Literal["files"] = "files"


Block = (
    Lead
    | Map
    | Cards
    | Shares
    | Bars
    | Trend
    | Comparison
    | Callout
    | Directory
    | Note
    | Documents
    | Shelf
    | Doors
    | Checks
    | Files
)


@dataclass(frozen=True)
class Section:
    """Blocks in columns of given widths; one column takes the whole width.

    `packed`: the only column holds blocks of half the width, which each rendering shares out as they fit. `anchor`:
    what a link of the page calls it.
    """

    heading: str
    columns: tuple[tuple[Block, ...], ...]
    widths: tuple[float, ...]
    packed: bool = False
    anchor: str = ""


@dataclass(frozen=True)
class Sheet:
    """A document: header band, sections, footer. `slug` is its path in the release, without extension."""

    slug: str
    title: str
    kicker: str
    edition: tuple[str, ...]
    footer: str
    description: str
    demo: str
    sections: tuple[Section, ...] = field(repr=False)


def plain(runs: Runs) -> str:
    """The text of runs, without marks."""
    return "".join(run.text for run in runs)
