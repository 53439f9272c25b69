"""The document model of a plaquette: chapters of blocks, then pages of strips of columns.

Everything here is data, the same for the page and the PDF. Each printed number is a `Run` that carries the address of
its figure. Charts are described, not drawn: both renderings draw the same description. Lengths are millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from publication.documents.document import Drawing, LegendEntry, Note, Run, Runs

Sign = Literal["", "CS", "EVS"]
"""Whose figures a block shows: the colour code of the whole publication."""


@dataclass(frozen=True)
class Prose:
    """Text. `style`: lead (opening), plain, zoom (framed), quote (a testimony), small (method)."""

    style: str
    title: str
    paragraphs: tuple[Runs, ...]
    byline: str = ""
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True)
class KeyFigure:
    """A large number: what it counts, how it compares, the base that it rests on."""

    pictogram: str
    number: Run
    label: Runs
    detail: Runs
    base: str
    sign: str


@dataclass(frozen=True)
class KeyFigures:
    """Key figures, `across` of them side by side."""

    title: str
    items: tuple[KeyFigure, ...]
    across: int
    kind: Literal["key_figures"] = "key_figures"


@dataclass(frozen=True)
class ChartRow:
    """A mark of a chart; its `value` is None where it is confidential.

    `series` names its line where there are several; `year` places it on a trend.

    `middle` is the stretch between the first and the third quartile, on a chart of positions.
    """

    label: str
    number: Run
    value: float | None
    reference: Run | None = None
    reference_value: float | None = None
    series: str = ""
    year: int = 0
    middle: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chart:
    """A chart to draw in `width` × `height`. `form`: bars, parts (of a whole), trend or positions.

    `alt` carries the values, `longest` is the end of the scale, `breaks` the years of a trend where a series begins
    anew.
    """

    form: str
    title: str
    subtitle: Runs
    rows: tuple[ChartRow, ...]
    reference_label: str
    base: str
    notes: tuple[str, ...]
    alt: str
    sign: str
    longest: float
    breaks: tuple[int, ...] = ()
    unit: str = ""
    width: float = 0.0
    height: float = 0.0
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True)
class MapPanel:
    """A map and its legend."""

    title: str
    drawing: Drawing
    legend: tuple[LegendEntry, ...]
    caption: str
    kind: Literal["map"] = "map"


@dataclass(frozen=True)
class RegisterGroup:
    """Structures of one type, named and counted by the mark: (name, commune) in alphabetical order of the communes."""

    mark: LegendEntry
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Register:
    """The list of structures, in `columns` columns of type of `points`."""

    title: str
    groups: tuple[RegisterGroup, ...]
    columns: int
    points: float
    kind: Literal["register"] = "register"


@dataclass(frozen=True)
class FigureTable:
    """Figures in rows, '' where there is none; `base_header` heads the column of each row's n ('' without one).

    `lead`: the first column of figures is the document's own territory, and stands out.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Run, ...], str], ...]
    base_header: str
    lead: bool = True
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Mission:
    """A point of a panel: pictogram, a few words, a sentence."""

    pictogram: str
    title: str
    words: Runs


@dataclass(frozen=True)
class Missions:
    """What something is, in points, `across` of them side by side."""

    title: str
    items: tuple[Mission, ...]
    across: int
    kind: Literal["missions"] = "missions"


@dataclass(frozen=True)
class Photo:
    """A picture of the local committee: its content (base64), its format, its proportions, its text alternative."""

    content: str
    format: str
    ratio: float
    alt: str
    caption: str
    width: float = 0.0
    height: float = 0.0
    kind: Literal["photo"] = "photo"


@dataclass(frozen=True)
class Signatories:
    """Who signed the figures: (who, as what, when), or the sentence that says that nobody has yet."""

    title: str
    lines: tuple[str, ...]
    kind: Literal["signatories"] = "signatories"


Block = Prose | KeyFigures | Chart | MapPanel | Register | FigureTable | Missions | Photo | Note | Signatories


@dataclass(frozen=True)
class Piece:
    """A block as a plan asks for it. `span` 1 is half the width, 2 the whole; the lowest `keep` leaves first."""

    block: Block
    span: int
    keep: int


@dataclass(frozen=True)
class Chapter:
    """A part of a plaquette. `spare`: only there to fill pages; `parted`: never left out, a part of a longer
    one or what a plaquette must say."""

    heading: str
    question: str
    tone: str
    pictogram: str
    pieces: tuple[Piece, ...]
    spare: bool = False
    opens_page: bool = False
    parted: bool = False


@dataclass(frozen=True)
class Placed:
    """A block with the height that it was given."""

    block: Block
    height: float


@dataclass(frozen=True)
class Strip:
    """Columns of blocks side by side, of one height; each column is (width, blocks)."""

    height: float
    columns: tuple[tuple[float, tuple[Placed, ...]], ...]


@dataclass(frozen=True)
class Passage:
    """A chapter as it stands on a page."""

    heading: str
    question: str
    tone: str
    pictogram: str
    strips: tuple[Strip, ...]


@dataclass(frozen=True)
class Page:
    """A page; `slack` is what its strips leave free."""

    passages: tuple[Passage, ...]
    slack: float


@dataclass(frozen=True)
class Cover:
    """The first page: silhouette, key figures, and the names of who publishes."""

    silhouette: Drawing | None
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class Plaquette:
    """A whole publication. `slug` is its path, without extension; `style`: full, light or poster (`layout.PAPERS`).
    `reserved`: what every page of a restricted edition says, '' for one that anybody may have."""

    slug: str
    title: str
    kicker: str
    subtitle: str
    edition: tuple[str, ...]
    footer: str
    description: str
    demo: str
    style: str
    cover: Cover | None
    pages: tuple[Page, ...] = field(repr=False)
    reserved: str = ""
