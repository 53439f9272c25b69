"""A candidate that passed the gate becomes a release: ``releases/<campaign>/<vintage>/``, whole and immutable."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from methods.disclosure.released import NotControlledError, released_verdict
from publication.candidate import Edition, Territory, candidate_manifest, read_edition
from publication.documents.document import Sheet
from publication.documents.front_page import with_files
from publication.documents.pages import PagePrinter
from publication.documents.pdf import PdfPrinter
from publication.documents.plans import House, Plan, indicators_of, read_house, read_plan
from publication.documents.sheet import Imprint, build_sheet, sheet_names
from publication.documents.verdict_page import verdict_page
from publication.drawing.geography import Geography
from publication.open_data.package import write_open_package
from publication.plaquettes.plans import formats_of_a_release
from publication.plaquettes.production import Made, Order, Workshop, produce
from publication.policy import Policy
from publication.quality.measures import Measures, VintageUnderWay
from publication.quality.report import quality_report
from publication.quality.tables import QUALITY
from publication.release.data import DataSources, write_data
from publication.release.gate import Gate, NotPublishableError, passed_gate
from publication.release.manifest import CHECKSUMS, MANIFEST, files_of, hashes_of, moment, write_manifest
from publication.release.readme import write_readme
from publication.release.signatures import lines_by_territory
from publication.release.vintages import VintageExistsError, new_vintage

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
    plaquettes: Sequence[str] | None = None,
    editorial: Path | None = None,
) -> Path:
    """Writes the release and returns its folder.

    `plaquettes`: their plans (those of ``plans/editions.yml`` by default); `editorial`: the local committees' folder.

    Everything is written into a hidden folder beside it, flushed and made read-only, then renamed: the release appears
    whole or not at all. The same candidate, verdict, vintage and `published_at` (now, when not given) give the same
    bytes, but for the DuckDB file, whose content is the same.

    Raises VintageExists when that vintage is published, VintageOrderError when it comes too early or too late,
    NotPublishable when the verdict blocks or is of another build,
    ValueError for a vintage's name that can't be one.
    """
    source = candidate.resolve(strict=True)
    manifest = candidate_manifest(source)
    gate = passed_gate(verdict, campaign, manifest["build_id"])
    moment_of_publication = published_at or dt.datetime.now(dt.UTC)
    with new_vintage(releases, campaign, vintage) as folder:
        formats = formats_of_a_release() if plaquettes is None else tuple(plaquettes)
        _Release(
            folder,
            source,
            manifest,
            verdict,
            gate,
            campaign,
            vintage,
            moment_of_publication,
            formats,
            editorial,
            progress,
        ).write()
    return releases / str(campaign) / vintage


@dataclass
class _Release:
    """One publication under way, in its private folder."""

    folder: Path
    candidate: Path
    manifest: Mapping[str, Any]
    verdict: Mapping[str, Any]
    gate: Gate
    campaign: int
    vintage: str
    published_at: dt.datetime
    formats: tuple[str, ...]
    editorial: Path | None
    progress: Progress | None
    done: int = 0
    plaquettes: list[Made] = field(default_factory=list)

    def write(self) -> None:
        """Writes every file of the release."""
        if not self.edition.structures:
            raise NotPublishableError(f"aucune structure agréée pour la campagne {self.campaign}")
        previous = self._write_data()
        for plan, territory in self.documents:
            self._write_sheet(plan, territory)
        self._write_plaquettes()
        self._write_quality_report()
        self._write_provenance(previous)

    @cached_property
    def house(self) -> House:
        return read_house()

    @cached_property
    def plans(self) -> list[Plan]:
        return [read_plan(name) for name in SHEETS]

    @cached_property
    def index(self) -> Plan:
        return read_plan(INDEX)

    @cached_property
    def edition(self) -> Edition:
        plans = (*self.plans, self.index)
        levels = {level for plan in plans for level in (plan.level, *plan.around)}
        return read_edition(self.policy, indicators_of(*plans), levels)

    @cached_property
    def policy(self) -> Policy:
        """What this release tells of each figure, wherever it is printed."""
        kinds = tuple(self.house.cautions["of_the_frame"])
        try:
            return Policy(self.candidate, self.campaign, self.gate.withheld, kinds)
        except NotControlledError as error:
            raise NotPublishableError(str(error)) from error

    @cached_property
    def documents(self) -> list[tuple[Plan, Territory]]:
        return [
            (plan, territory)
            for plan in self.plans
            for territory in self.edition.territories_of(plan.level)
            if territory.territory_id not in self.gate.withheld
        ]

    @cached_property
    def about(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign,
            "data_year": self.edition.data_years[self.campaign],
            "vintage": self.vintage,
            "vintage_label": self.house.vintage_label(self.vintage),
            "published_at": moment(self.published_at),
            "demo": self.edition.is_demo,
            "remark": self.house.demo["mark"] if self.edition.is_demo else "",
        }

    @cached_property
    def geography(self) -> Geography:
        return Geography()

    @cached_property
    def pages(self) -> PagePrinter:
        return PagePrinter(self.house.demo["sentence"])

    @cached_property
    def printer(self) -> PdfPrinter:
        return PdfPrinter(self.published_at.date(), self.house.demo["sentence"])

    def _write_data(self) -> dict[str, Any] | None:
        """Figures, marts and BI file. Returns what the manifest says of the last vintage."""
        sources = DataSources(self.policy, self.manifest["build_id"])
        previous = write_data(self.folder, sources, self.about, self._tell)
        write_open_package(self.folder, self.candidate / "registry", self.about, self.house, self.pages)
        return previous

    def _sheet(self, plan: Plan, territory: Territory) -> Sheet:
        link = next(plan.slug for plan in self.plans if "{code}" in plan.slug)
        imprint = Imprint(self.vintage, self.published_at.date(), link, self.gate)
        return build_sheet(plan, self.house, self.edition, territory, self.geography, imprint)

    def _write_quality_report(self) -> None:
        """The quality report, where the candidate has the tables that it rests on."""
        if not (self.candidate / QUALITY).exists():
            return
        nation = self.edition.territories_of(self.index.level)[0]
        published_on = self.published_at.date()
        vintage = VintageUnderWay(self.campaign, self.vintage, published_on, self.folder)
        names = sheet_names(self.edition, self.house, nation, {}, self.vintage, published_on)
        measures = Measures(self.candidate, vintage, nation.territory_id)
        self._write_document(quality_report(measures, names, self.about["remark"]))

    def _write_sheet(self, plan: Plan, territory: Territory) -> None:
        self._write_document(self._sheet(plan, territory))

    def _write_document(self, sheet: Sheet) -> None:
        self._write(f"{sheet.slug}.html", self.pages.page(sheet).encode())
        self._write(f"{sheet.slug}.pdf", self.printer.pdf(sheet))
        self._tell(sheet.title)

    @cached_property
    def workshop(self) -> Workshop:
        """Where the plaquettes are made."""
        order = Order(
            policy=self.policy,
            formats=self.formats,
            folder=self.folder,
            gate=self.gate,
            vintage=self.vintage,
            published_on=self.published_at.date(),
            signatures=lines_by_territory(self.verdict.get("signatures", ()), self.house.signatures),
            editorial=self.editorial,
        )
        return Workshop(order)

    def _write_plaquettes(self) -> None:
        """The plaquettes that the gate does not withhold, by several processes where there are many."""
        if self.formats:
            self.plaquettes = produce(self.workshop, progress=lambda title, done, total: self._tell(title))

    def _write_provenance(self, previous: dict[str, Any] | None) -> None:
        """Verdict, README, front page, manifest, checksums: each names those before it."""
        self._write(
            "verdict.json", (json.dumps(released_verdict(self.verdict), ensure_ascii=False, indent=1) + "\n").encode()
        )
        self._write("verdict.html", self._verdict_page().encode())
        to_come = [f"{INDEX}.html", MANIFEST, CHECKSUMS]
        write_readme(self.folder, self.about, self.house, [*files_of(self.folder), *to_come], self.verdict)
        nation = self.edition.territories_of(self.index.level)[0]
        front = with_files(self._sheet(self.index, nation), self.folder, self.plaquettes, self.house, nation.code)
        self._write(f"{INDEX}.html", self.pages.index(front).encode())
        refused = [{"path": one.slug, "reason": one.reason} for one in self.plaquettes if one.state == "refused"]
        written = self.editorial / str(self.campaign) if self.editorial and self.formats else None
        about = {
            **self.about, "previous": previous, "disclosure": self.policy.disclosure.summary,
            "editorial": hashes_of(written), "refused_plaquettes": refused,
        }  # fmt: skip
        write_manifest(self.folder, about, self.manifest, self.verdict, self.gate)
        self._tell("sommaire et empreintes")

    def _verdict_page(self) -> str:
        page = verdict_page(
            released_verdict(self.verdict), edition=f"Millésime {self.vintage}", demo=self.about["remark"]
        )
        return self.pages.verdict(page, [(f"{INDEX}.html", "Toutes les fiches de la publication")])

    def _write(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)

    def _tell(self, label: str) -> None:
        self.done += 1
        if self.progress:
            plaquettes = len(self.workshop.jobs()) if self.formats else 0
            self.progress(label, self.done, len(self.documents) + plaquettes + 3)
