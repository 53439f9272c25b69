"""A candidate that passed the gate becomes a release: ``releases/<campaign>/<vintage>/``, whole and immutable."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publication import contents
from publication.bi_file import write_bi_file
from publication.candidate import Edition, candidate_manifest, read_edition
from publication.document import CONTENT_WIDTH, Section, Sheet
from publication.gate import Gate, NotPublishableError, passed_gate
from publication.geography import Geography
from publication.manifest import CHECKSUMS, MANIFEST, files_of, moment, write_manifest
from publication.open_data import write_figures, write_marts
from publication.pages import PagePrinter
from publication.pdf import PdfPrinter
from publication.plans import House, Plan, indicators_of, read_house, read_plan
from publication.readme import write_readme
from publication.sheet import Imprint, build_sheet
from publication.vintages import VintageExistsError, new_vintage

VintageExists = VintageExistsError
NotPublishable = NotPublishableError

Progress = Callable[[str, int, int], None]
"""(what was just done, steps done, steps in all)."""

SHEETS = ("national", "departement")
INDEX = "index"


def publish(
    candidate: Path,
    verdict: Mapping[str, Any],
    campaign: int,
    vintage: str,
    releases: Path,
    *,
    progress: Progress | None = None,
    published_at: dt.datetime | None = None,
) -> Path:
    """Writes the release and returns its folder.

    Everything is written into a hidden folder beside it, flushed and made read-only, then renamed: the release appears
    whole or not at all. The same candidate, verdict, vintage and `published_at` (now, when not given) give the same
    bytes, but for the DuckDB file, whose content is the same.

    Raises VintageExists when that vintage is published, NotPublishable when the verdict blocks or is of another build,
    ValueError for a vintage's name that can't be one.
    """
    source = candidate.resolve(strict=True)
    manifest = candidate_manifest(source)
    gate = passed_gate(verdict, campaign, manifest["build_id"])
    with new_vintage(releases, campaign, vintage) as folder:
        _Release(folder, source, manifest, verdict, gate, campaign, vintage, published_at, progress).write()
    return releases / str(campaign) / vintage


@dataclass
class _Release:
    """One publication under way."""

    folder: Path
    candidate: Path
    manifest: Mapping[str, Any]
    verdict: Mapping[str, Any]
    gate: Gate
    campaign: int
    vintage: str
    published_at: dt.datetime | None
    progress: Progress | None

    def write(self) -> None:
        """Writes every file of the release."""
        moment_of_publication = self.published_at or dt.datetime.now(dt.UTC)
        house, plans, index = read_house(), [read_plan(name) for name in SHEETS], read_plan(INDEX)
        levels = {level for plan in (*plans, index) for level in (plan.level, *plan.around)}
        edition = read_edition(self.candidate, self.campaign, indicators_of(*plans, index), levels)
        imprint = Imprint(self.vintage, moment_of_publication.date(), _link(plans), self.gate)
        documents = [
            (plan, territory)
            for plan in plans
            for territory in edition.territories_of(plan.level)
            if territory.territory_id not in self.gate.withheld
        ]
        self._steps, self._done = len(documents) + 3, 0
        remark = house.demo["mark"] if edition.is_demo else ""
        about = self._about(edition, house, moment_of_publication, remark)

        write_figures(self.candidate, self.campaign, remark, self.folder / "figures.csv")
        marts = write_marts(self.candidate, self.campaign, self.folder / "marts")
        self._tell("chiffres et tables")
        bi_file = self.folder / f"senacs_{self.campaign}_{self.vintage}.duckdb"
        row = {**about, "build_id": self.manifest["build_id"]}
        write_bi_file(bi_file, marts, self.candidate / "registry", row, remark)
        self._tell("base DuckDB")

        geography = Geography()
        pages = PagePrinter(house.demo["sentence"])
        printer = PdfPrinter(imprint.published_on, house.demo["sentence"])
        for plan, territory in documents:
            sheet = build_sheet(plan, house, edition, territory, geography, imprint)
            self._write(f"{sheet.slug}.html", pages.page(sheet).encode())
            self._write(f"{sheet.slug}.pdf", printer.pdf(sheet))
            self._tell(sheet.title)

        self._write("verdict.json", (json.dumps(self.verdict, ensure_ascii=False, indent=1) + "\n").encode())
        write_readme(self.folder, about, house, [*files_of(self.folder), f"{INDEX}.html", MANIFEST, CHECKSUMS])
        (nation,) = edition.territories_of(index.level)
        front = build_sheet(index, house, edition, nation, geography, imprint)
        self._write(f"{INDEX}.html", pages.index(self._with_files(front, house), _national_links(plans)).encode())
        write_manifest(self.folder, about, self.manifest, self.verdict, self.gate, self.gate.withheld)
        self._tell("sommaire et empreintes")

    def _about(self, edition: Edition, house: House, published_at: dt.datetime, remark: str) -> dict[str, Any]:
        return {
            "campaign": self.campaign,
            "data_year": edition.data_years[self.campaign],
            "vintage": self.vintage,
            "vintage_label": house.vintage_label(self.vintage),
            "published_at": moment(published_at),
            "demo": edition.is_demo,
            "remark": remark,
        }

    def _with_files(self, front: Sheet, house: House) -> Sheet:
        """The front page with the list of the other files; the manifest and the checksums come after it.

        The size of the DuckDB file isn't told: it may differ from one rebuild to the next.
        """
        listed = [path for path in files_of(self.folder) if not path.endswith((".html", ".pdf"))]
        sizes = [
            (path, None if path.endswith(".duckdb") else (self.folder / path).stat().st_size) for path in listed
        ]
        block = contents.files([*sizes, (MANIFEST, None), (CHECKSUMS, None)], house.files, house.files_header)
        section = Section(house.files_heading, ((block,),), (CONTENT_WIDTH,))
        return dataclasses.replace(front, sections=(*front.sections, section))

    def _write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)

    def _tell(self, label: str) -> None:
        self._done += 1
        if self.progress:
            self.progress(label, self._done, self._steps)


def _link(plans: list[Plan]) -> str:
    """The address of a territory's sheet: the slug that has a code in it."""
    return next(plan.slug for plan in plans if "{code}" in plan.slug)


def _national_links(plans: list[Plan]) -> list[tuple[str, str]]:
    slug = next(plan.slug for plan in plans if "{code}" not in plan.slug)
    return [(f"{slug}.html", "Fiche nationale"), (f"{slug}.pdf", "Fiche nationale en PDF")]
