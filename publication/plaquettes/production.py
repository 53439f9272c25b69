"""Many plaquettes at once: only those that changed are printed again, by as many processes as there are processors."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Literal

from core.french import typographic
from publication.candidate import Edition, Territory, read_edition
from publication.documents.plans import House, PlanError, read_house
from publication.drawing.geography import Geography
from publication.plaquettes.assembly import Press, build_plaquette
from publication.plaquettes.editorial import Editorial, EditorialError
from publication.plaquettes.model import Plaquette
from publication.plaquettes.pages import PlaquettePages
from publication.plaquettes.plans import PlaquettePlan, read_plaquette_plan
from publication.plaquettes.printing import PlaquettePrinter, page_count
from publication.policy import Policy
from publication.release.gate import Gate

PUBLICATION = Path(__file__).parent.parent
POOL_FROM = 6
"""Fewer plaquettes than this are printed by this process alone: others take seconds to start."""

Progress = Callable[[str, int, int], None]
"""(what was just done, plaquettes done, plaquettes in all)."""

ALWAYS_READ = ("structures_agreed", "response_rate_agreed")
"""Indicators that the programs themselves print: the summary of a long list."""


class PageCountError(ValueError):
    """A plaquette that does not have the pages that its plan wants."""


@dataclass(frozen=True)
class Order:
    """What to print, of which figures, and what is written on it. `folder` is where the files go; `reserved_for`: who
    asked for a restricted edition, written on every page ('' for a plaquette that anybody may have)."""

    policy: Policy
    formats: tuple[str, ...]
    folder: Path
    gate: Gate
    vintage: str
    published_on: dt.date
    signatures: Mapping[str, Sequence[str]]
    editorial: Path | None = None
    reserved_for: str = ""


@dataclass(frozen=True)
class Made:
    """A plaquette: its path without extension, its content's hash, its pages (0 when it was not printed).

    One whose editorial parts must be corrected is refused, with the `reason`; it is not there, the others are.
    """

    slug: str
    territory_id: str
    format: str
    title: str
    level_label: str
    digest: str
    pages: int
    state: Literal["printed", "unchanged", "refused"]
    reason: str = ""


class Workshop:
    """Prints the plaquettes of one order, one after the other."""

    def __init__(self, order: Order) -> None:
        self.order = order

    @cached_property
    def house(self) -> House:
        """What every publication shares."""
        return read_house()

    @cached_property
    def plans(self) -> dict[str, PlaquettePlan]:
        """The plans ordered, by format."""
        return {name: read_plaquette_plan(name) for name in self.order.formats}

    @cached_property
    def editorial(self) -> Editorial:
        """What local committees wrote."""
        return Editorial(self.order.editorial, self.order.policy.campaign)

    @cached_property
    def edition(self) -> Edition:
        """The figures that the plans refer to, at every level that they name."""
        plans = self.plans.values()
        indicators = set(ALWAYS_READ).union(self.editorial.indicators(), *(plan.indicators for plan in plans))
        levels = {level for plan in plans for level in (*plan.levels, *plan.around)} | {"departement", "region"}
        return read_edition(self.order.policy, indicators, levels)

    @cached_property
    def press(self) -> Press:
        """What the plaquettes are made with."""
        order = self.order
        return Press(
            self.house, self.edition, Geography(), order.gate, order.vintage, order.published_on, order.signatures,
            self.editorial, order.reserved_for,
        )  # fmt: skip

    @cached_property
    def printer(self) -> PlaquettePrinter:
        """Prints PDF."""
        return PlaquettePrinter(self.order.published_on, self.house.demo["sentence"])

    @cached_property
    def pages(self) -> PlaquettePages:
        """Prints HTML."""
        return PlaquettePages(self.house.demo["sentence"])

    def jobs(self) -> list[tuple[str, str]]:
        """(format, territory_id) of every plaquette of the order; those that the gate withholds are left out."""
        return [
            (name, territory.territory_id)
            for name, plan in self.plans.items()
            for level in plan.levels
            for territory in self.edition.territories_of(level)
            if territory.territory_id not in self.order.gate.withheld
        ]

    def make(self, job: tuple[str, str], known: Mapping[str, str]) -> Made:
        """One plaquette, page and PDF; left alone when `known` (slug → digest) has it and its files are there.

        Raises PlanError, PageCountError, typst.TypstError.
        """
        name, territory_id = job
        plan, territory = self.plans[name], self.edition.territories[territory_id]

        one = Made(
            plan.slug_of(territory), territory_id, name, typographic(territory.name), territory.level_label,
            digest="", pages=0, state="refused",
        )  # fmt: skip
        try:
            if plan.has_editorial:
                self.editorial.check(territory)
            plaquette = build_plaquette(self.press, plan, territory)
        except EditorialError as wrong:
            return dataclasses.replace(one, reason=str(wrong))
        except PlanError as wrong:
            texts = self.editorial.files(territory) if plan.has_editorial else []
            if not texts:
                raise
            names = ", ".join(path.name for path in texts)
            return dataclasses.replace(one, reason=f"{wrong} ; raccourcissez un des textes ({names})")
        digest = self._digest(plaquette)
        target = self.order.folder / plaquette.slug
        files = [target.with_name(f"{target.name}{suffix}") for suffix in (".html", ".pdf")]
        if known.get(plaquette.slug) == digest and all(file.is_file() for file in files):
            return dataclasses.replace(one, title=plaquette.title, digest=digest, state="unchanged")
        pdf = self.printer.pdf(plaquette)
        pages = page_count(pdf)
        if pages not in plan.pages:
            raise PageCountError(f"{plaquette.slug} : {pages} pages, {list(plan.pages)} attendues")
        target.parent.mkdir(parents=True, exist_ok=True)
        files[0].write_text(self.pages.page(plaquette), encoding="utf-8")
        files[1].write_bytes(pdf)
        return dataclasses.replace(one, title=plaquette.title, digest=digest, pages=pages, state="printed")

    def _digest(self, plaquette: Plaquette) -> str:
        content = json.dumps(dataclasses.asdict(plaquette), ensure_ascii=False, sort_keys=True)
        whole = f"{self._recipe}\n{self.order.published_on}\n{content}"
        return hashlib.sha256(whole.encode()).hexdigest()

    @cached_property
    def _recipe(self) -> str:
        """The hash of what turns a plaquette into files: our code, templates, typeface, and the libraries' versions."""
        hashed = hashlib.sha256()
        for path in sorted(PUBLICATION.rglob("*")):
            if path.suffix in (".py", ".typ", ".j2", ".css", ".ttf", ".svg"):
                hashed.update(path.read_bytes())
        for library in ("typst", "altair", "vl-convert-python"):
            hashed.update(version(library).encode())
        return hashed.hexdigest()


def produce(
    workshop: Workshop,
    *,
    only: Callable[[Territory, str], bool] = lambda territory, name: True,
    known: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> list[Made]:
    """Every plaquette of a workshop's order that `only` (territory, format) lets through, in the order of the plans.

    The same order gives the same bytes, however many processes print them. Raises what `Workshop.make` raises.
    """
    jobs = [job for job in workshop.jobs() if only(workshop.edition.territories[job[1]], job[0])]
    made: list[Made] = []
    for one in _made(workshop, jobs, dict(known or {})):
        made.append(one)
        if progress:
            progress(one.title, len(made), len(jobs))
    return made


def _made(workshop: Workshop, jobs: Sequence[tuple[str, str]], known: Mapping[str, str]) -> Iterator[Made]:
    workers = min(len(os.sched_getaffinity(0)), len(jobs) // (POOL_FROM // 2))
    if workers < 2:
        yield from (workshop.make(job, known) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_open_workshop, initargs=(workshop.order, known)) as pool:
        yield from pool.map(_make, jobs, chunksize=2)


_OPENED: dict[str, Any] = {}


def _open_workshop(order: Order, known: Mapping[str, str]) -> None:
    """In a process of the pool: its own workshop, kept for all its jobs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is sent to the whole group: the parent answers for it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _OPENED.update(workshop=Workshop(order), known=known)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, killed as it may be: nobody else would."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _make(job: tuple[str, str]) -> Made:
    made: Made = _OPENED["workshop"].make(job, _OPENED["known"])
    return made
