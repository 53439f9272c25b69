"""Positioning sheets: a structure's values beside those of others, for its own team only. Never part of a release."""

from __future__ import annotations

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.french import NARROW_SPACE, number, short_amount, typographic
from core.plain_yaml import read_yaml
from publication.documents.document import Run
from publication.documents.plans import PLANS, House, read_house
from publication.plaquettes.layout import PAPERS, LayoutError, paginate
from publication.plaquettes.model import Chapter, Chart, ChartRow, FigureTable, Piece, Plaquette, Prose
from publication.plaquettes.printing import PlaquettePrinter

NAME = "positionnement"
NOTHING = "–"


@dataclass(frozen=True)
class Member:
    """A structure that answered."""

    structure_id: str
    structure_type: str
    name: str
    departement: str


@dataclass(frozen=True)
class Spread:
    """How a group of structures answered: number of values, mean, quartiles (None without any value)."""

    count: int
    mean: float
    quartiles: tuple[float, float, float]


Group = tuple[str, ...]
"""(structure type, what the group is, which one): a département, a class of size, the nation."""


@dataclass(frozen=True)
class Answers:
    """What the sheets of a campaign are made of: values by (structure, column), spreads by (group, column)."""

    members: Mapping[str, Member]
    values: Mapping[tuple[str, str], float]
    spreads: Mapping[tuple[Group, str], Spread]
    sizes: Mapping[str, int]


def read_positioning_plan() -> dict[str, Any]:
    """``plans/positionnement.yml``."""
    content: dict[str, Any] = read_yaml(PLANS / f"{NAME}.yml")
    return content


def read_answers(candidate: Path, campaign: int, plan: Mapping[str, Any]) -> Answers:
    """The values of the plan's columns, and how they spread over each group."""

    def mart(name: str) -> str:
        return "read_parquet('{}')".format(str(candidate / "marts" / f"{name}.parquet").replace("'", "''"))

    wanted = [plan["size"], *plan["measures"]]
    union = " union all ".join(
        f"select structure_id, '{item['column']}' as item, {item['column']}::double as value "
        f"from {mart(item['table'])} where campaign = {campaign:d} and {item['column']} is not null"
        for item in {item["column"]: item for item in wanted}.values()
    )
    with duckdb.connect() as connection:
        members = {
            row[0]: Member(*row)
            for row in connection.execute(
                f"""select s.structure_id, s.structure_type, coalesce(s.name, ''), coalesce(s.departement, '')
                    from {mart("dim_structure")} s join {mart("fct_centres")} c
                      on c.campaign = s.campaign and c.structure_id = s.structure_id
                    where s.campaign = ? and c.agreed = 1 and c.responded = 1 order by s.structure_id""",
                [campaign],
            ).fetchall()
        }
        values = {(row[0], row[1]): row[2] for row in connection.execute(union).fetchall() if row[0] in members}
    bounds, column = plan["size"]["bounds"], plan["size"]["column"]
    sizes = {name: bisect.bisect_right(bounds, values[(name, column)]) for name in members if (name, column) in values}
    grouped: dict[tuple[Group, str], list[float]] = defaultdict(list)
    for (name, item), value in values.items():
        for group in groups_of(members[name], sizes):
            grouped[(group, item)].append(value)
    return Answers(members, values, {key: _spread(found) for key, found in grouped.items()}, sizes)


def groups_of(member: Member, sizes: Mapping[str, int]) -> list[Group]:
    """The groups that a structure is compared with, its own type each time: département, size where known, nation."""
    kind = member.structure_type
    size: list[Group] = [(kind, "size", str(sizes[member.structure_id]))] if member.structure_id in sizes else []
    return [(kind, "departement", member.departement), *size, (kind, "nation")]


def _spread(values: list[float]) -> Spread:
    series = pl.Series(sorted(values), dtype=pl.Float64)
    first, second, third = (float(series.quantile(at, "linear") or 0.0) for at in (0.25, 0.5, 0.75))
    return Spread(len(values), float(series.sum()) / len(values), (first, second, third))


def positioning_sheet(
    plan: Mapping[str, Any], house: House, answers: Answers, member: Member, names: Mapping[str, str]
) -> Plaquette | None:
    """The sheet of a structure; None when it answered none of the plan's measures. Raises LayoutError."""
    words = plan["words"]
    size = answers.sizes.get(member.structure_id)
    told = {**names, "departement": member.departement, **{key: str(n) for key, n in plan["least"].items()}}
    told["size"] = plan["size"]["words"][size] if size is not None else ""
    rows, marks = [], []
    for item in plan["measures"]:
        own = answers.values.get((member.structure_id, item["column"]))
        if own is None:
            continue
        nation = answers.spreads[((member.structure_type, "nation"), item["column"])]
        rows.append((typographic(item["label"]), _cells(plan, answers, member, item, own), ""))
        if nation.count >= plan["least"]["quartiles"]:
            marks.append(_mark(item, own, nation))
    if not rows:
        return None

    def said(text: str) -> tuple[Run, ...]:
        for name, value in told.items():
            text = text.replace(f"{{{name}}}", value)
        return (Run(typographic(text)),)

    header = tuple(said(text)[0].text for text in words["header"])
    lead = words["lead"] if size is not None else words["lead_without_size"]
    pieces = [
        Piece(Prose("lead", "", (said(lead),)), 2, 10),
        Piece(FigureTable("", header, tuple(rows), ""), 2, 10),
    ]
    if len(marks) > 1:
        pieces.append(Piece(_chart(words, marks, member.structure_type), 2, 10))
    notes = tuple(runs for text in words["notes"] if (runs := said(text))[0].text)
    pieces.append(Piece(Prose("small", typographic(words["note"]), notes), 2, 10))
    chapter = Chapter(typographic(words["title"]), "", "deep", "chart", tuple(pieces))
    return Plaquette(
        slug=plan["slug"].format(departement=member.departement.lower(), structure_id=member.structure_id),
        title=typographic(member.name),
        kicker=typographic(plan["kicker"]),
        subtitle="",
        edition=tuple(said(line.replace("**", ""))[0].text for line in plan["edition"]),
        footer=typographic(plan["footer"]),
        description=said(plan["description"])[0].text,
        demo=typographic(house.demo["mark"]) if names["demo_sentence"] else "",
        style=plan["style"],
        cover=None,
        pages=_pages(chapter, plan),
    )


def _pages(chapter: Chapter, plan: Mapping[str, Any]) -> Any:
    for count in plan["pages"][:-1]:
        try:
            return paginate([chapter], count, PAPERS[plan["style"]])[1]
        except LayoutError:
            continue
    return paginate([chapter], plan["pages"][-1], PAPERS[plan["style"]])[1]


def _cells(
    plan: Mapping[str, Any], answers: Answers, member: Member, item: Mapping[str, Any], own: float
) -> tuple[Run, ...]:
    """Own value, then how its département, the structures of its size and the nation answered."""
    by_kind = {group[1]: answers.spreads.get((group, item["column"])) for group in groups_of(member, answers.sizes)}
    told = (Run(_told(plan, item, by_kind.get(kind))) for kind in ("departement", "size", "nation"))
    return (Run(_written(own, item), strong=True), *told)


def _told(plan: Mapping[str, Any], item: Mapping[str, Any], spread: Spread | None) -> str:
    """Median and quartiles of a group; its mean where few answered, « – » where too few did."""
    if spread is None or spread.count < plan["least"]["mean"]:
        return NOTHING
    if spread.count < plan["least"]["quartiles"]:
        return typographic(plan["words"]["mean"]).replace("{mean}", _written(spread.mean, item))
    first, second, third = (_written(value, item) for value in spread.quartiles)
    return f"{second} ({first} – {third})"


def _written(value: float, item: Mapping[str, Any]) -> str:
    return short_amount(value, item["symbol"]) if "symbol" in item else number(value, item["decimals"])


def _mark(item: Mapping[str, Any], own: float, nation: Spread) -> ChartRow:
    """A row of the chart on a scale of its own, 0 to 1, that holds the quartiles and the structure's value."""
    first, second, third = nation.quartiles
    low, high = min(0.0, first, own), max(third * 1.6, own * 1.04, 1.0)

    def along(value: float) -> float:
        return (value - low) / (high - low)

    return ChartRow(
        typographic(item["label"]), Run(_written(own, item), strong=True), along(own),
        Run(_written(second, item)), along(second), middle=(along(first), along(third)),
    )  # fmt: skip


def _chart(words: Mapping[str, Any], marks: Sequence[ChartRow], kind: str) -> Chart:
    listed = f"{NARROW_SPACE}; ".join(
        f"{row.label}{NARROW_SPACE}: {row.number.text} (médiane {row.reference.text if row.reference else NOTHING})"
        for row in marks
    )
    title = typographic(words["chart"])
    subtitle = (Run(typographic(words["subtitle"])),)
    alt = f"{title.rstrip('? ')}{NARROW_SPACE}: {listed}."
    return Chart("positions", title, subtitle, tuple(marks), "", "", (), alt, kind, 1.0)


def make_positioning_sheets(
    candidate: Path,
    campaign: int,
    folder: Path,
    *,
    only: Callable[[Member], bool],
    names: Mapping[str, str],
    published_on: dt.date,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Path]:
    """Prints the sheet of each structure that answered and that `only` lets through; the PDF of each as it is made."""
    plan, house = read_positioning_plan(), read_house()
    answers = read_answers(candidate, campaign, plan)
    printer = PlaquettePrinter(published_on, house.demo["sentence"])
    wanted = [member for member in answers.members.values() if only(member)]
    for rank, member in enumerate(wanted, 1):
        sheet = positioning_sheet(plan, house, answers, member, names)
        if sheet is not None:
            path = folder / f"{sheet.slug}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(printer.pdf(sheet))
            yield path
        if progress:
            progress(member.name, rank, len(wanted))
