"""The pages of the public site, written whole in a folder of their own that then takes the place of the last one."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from core.french import alphabetical, number, typographic
from core.partial_folders import partial_folder, take_the_place_of
from publication.documents.contents import file_size
from publication.documents.pages import FONTS, TEMPLATES, WEIGHTS
from publication.documents.plans import House, read_house
from publication.drawing import palette
from publication.drawing.cartography import structure_map
from publication.drawing.geography import Geography
from publication.open_data.titles import titles_of
from publication.site.directory import ActionSheet, ListedStructure, action_sheets_of, structures_of
from publication.site.figures_map import mapped_figures
from publication.site.files import MARK, MARK_TEXT, copy_files
from publication.site.front_map import linked_country, plain_country
from publication.site.library import Document, Release, documents_of, last_of_each_campaign, releases_in
from publication.site.numbers import Numbers, Place, numbers_of
from publication.site.settings import Settings, read_settings
from publication.site.tables import FigureTable, figures_by_year, tables_of_indicator

Told = Callable[[str], None]
SCRIPTS = ("site.js", "carte.js")
MAP_WIDTH, MAP_HEIGHT = 150.0, 130.0


class NothingPublishedError(Exception):
    """There is no release to show."""


def write_site(releases: Path, candidate: Path | None, folder: Path, *, tell: Told | None = None) -> Path:
    """Writes the site of everything that was published into `folder`; returns its first page.

    `candidate` gives the action sheets. The site appears whole: a failure leaves the last one as it was. `folder` is
    one that `site_folder` lets through. Raises NothingPublishedError.
    """
    published = releases_in(releases)
    if not published:
        raise NothingPublishedError("rien n'est encore publié : senacs publish")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with partial_folder(folder) as partial:
        _Site(partial, published, candidate, read_settings(), read_house(), tell or (lambda _: None)).write()
        take_the_place_of(folder, partial)
    return folder / "index.html"


@dataclass
class _Site:
    """A site under way, in its private folder."""

    folder: Path
    releases: list[Release]
    candidate: Path | None
    settings: Settings
    house: House
    tell: Told
    entries: list[tuple[str, str, str, str]] = field(default_factory=list)

    def write(self) -> None:
        """Every page, then what they share and the files of the releases."""
        (self.folder / MARK).write_text(MARK_TEXT, encoding="utf-8")
        departements = [place for place in self.places if place.level == "departement"]
        self._page(
            "index",
            "Accueil",
            map=linked_country(self.geography, self.structures, departements),
            lines=self._key_figures(self.nation),
            departements=departements,
            documents=self._documents_of(self.nation),
        )
        self._territories()
        self._indicators()
        self._structures()
        self._sheets()
        self._map(departements)
        titles = {release.address: titles_of(release.folder) for release in self.releases}
        self._page("donnees", "Données ouvertes", releases=self.releases, titles=titles)
        self._page("methode", "Méthode et définitions")
        self._page("accessibilite", "Accessibilité")
        self._page("recherche", "Recherche")
        self._assets()
        for release in self.releases:
            self.tell(f"publication {release.campaign} {release.vintage}")
            copy_files(release.folder, self.folder / release.address)

    @cached_property
    def current(self) -> list[Release]:
        return last_of_each_campaign(self.releases)

    @cached_property
    def numbers(self) -> Numbers:
        return numbers_of(self.current, self.house)

    @cached_property
    def documents(self) -> dict[tuple[str, str], list[Document]]:
        """By level and code, the last campaign first; those of a whole level under ('level', '')."""
        found: dict[tuple[str, str], list[Document]] = defaultdict(list)
        for release in self.current:
            for document in documents_of(release, self.settings.documents):
                found[document.level, document.code].append(document)
        return found

    @cached_property
    def places(self) -> list[Place]:
        """The territories that hold structures now or have figures or documents, by level and name."""
        figured = {key[0] for key in self.numbers.figures}
        held = [place for place in self.numbers.places.values() if place.territory_id in figured]
        return sorted(held, key=lambda place: (place.level_order, alphabetical(place.name)))

    @cached_property
    def nation(self) -> Place:
        return self.places[0]

    @cached_property
    def structures(self) -> list[ListedStructure]:
        return structures_of(self.current[0])

    @cached_property
    def sheets(self) -> tuple[list[Any], list[ActionSheet]]:
        return action_sheets_of(self.candidate, self.numbers.choices) if self.candidate else ([], [])

    @cached_property
    def geography(self) -> Geography:
        return Geography()

    @cached_property
    def mapped(self) -> dict[str, Any]:
        departements = [place for place in self.places if place.level == "departement"]
        return mapped_figures(self.numbers, departements, self.settings.families, self.house)

    def _documents_of(self, place: Place) -> list[Document]:
        whole = self.documents[place.level, ""] if place == self.nation else []
        return sorted(
            [*self.documents[place.level, place.code.upper()], *whole], key=lambda document: -document.campaign
        )

    def _territories(self) -> None:
        levels = [
            (words, [place for place in self.places if place.level == level])
            for level, words in self.settings.levels.items()
        ]
        self._page("territoires/index", "Territoires", levels=[line for line in levels if line[1]])
        signs = dict(zip(self.numbers.structure_types, palette.TYPE_SIGNS, strict=False))
        for place in self.places:
            self.tell(place.name)
            members = self.numbers.members[place.territory_id]
            inside = [structure for structure in self.structures if structure.structure_id in members]
            drawn = (
                structure_map(self.geography, place.code, inside, signs, MAP_WIDTH, MAP_HEIGHT)
                if place.level == "departement" and inside
                else None
            )
            named = {structure.structure_id for structure in inside}
            self._page(
                place.address.removesuffix(".html"),
                place.name,
                place=place,
                documents=self._documents_of(place),
                lines=self._key_figures(place),
                structures=inside if place != self.nation else [],
                counts={kind: sum(s.structure_type == kind for s in inside) for kind in self.numbers.structure_types},
                map=drawn,
                signs=signs,
                sheets=[sheet for sheet in self.sheets[1] if sheet.values["structure_id"] in named],
            )
            self.entries.append((place.name, self.settings.levels[place.level], place.address, place.code))

    def _key_figures(self, place: Place) -> FigureTable:
        return figures_by_year(self.numbers, self.house, self.settings, place, self.settings.key_figures)

    def _indicators(self) -> None:
        used = {key[2] for key in self.numbers.figures}
        indicators = [indicator for indicator in self.numbers.indicators.values() if indicator.indicator in used]
        families = [
            (words, [indicator for indicator in indicators if indicator.family == family])
            for family, words in self.settings.families.items()
        ]
        self._page("chiffres/index", "Chiffres", families=[line for line in families if line[1]])
        by_indicator: dict[str, list[Any]] = defaultdict(list)
        for key, shown in self.numbers.figures.items():
            by_indicator[key[2]].append((key, shown))
        for indicator in indicators:
            self.tell(indicator.label)
            address = f"chiffres/{indicator.indicator}"
            self._page(
                address,
                indicator.label,
                indicator=indicator,
                mapped=indicator.indicator in {line["id"] for line in self.mapped["figures"]},
                base=self._base_words(indicator.base_label),
                kind=self.settings.kinds.get(indicator.kind, ""),
                breaks=[
                    (self.numbers.campaigns[campaign], why)
                    for campaign, why in self.numbers.breaks.get(indicator.indicator, [])
                    if campaign in self.numbers.campaigns
                ],
                tables=tables_of_indicator(self.numbers, indicator, self.places, by_indicator[indicator.indicator]),
            )
            self.entries.append((indicator.label, "Chiffre", f"{address}.html", ""))

    def _base_words(self, base_label: str) -> str:
        template = self.house.bases.get(base_label, self.house.base_otherwise)
        return template.replace("{n}", "n structures") if template else "de toutes les structures agréées"

    def _structures(self) -> None:
        names = {place.code: place for place in self.places if place.level == "departement"}
        self._page("structures/index", "Structures", departements=names, total=len(self.structures))
        rows = []
        for structure in self.structures:
            place = names.get(structure.departement)
            address = f"{place.address}#{structure.structure_id}" if place else ""
            rows.append(
                [structure.structure_type, structure.name, structure.commune_name, structure.departement, address]
            )
            detail = f"{structure.structure_type}, {structure.commune_name}"
            self.entries.append((structure.name, detail, address, structure.structure_id))
        self._script("structures/structures.js", "SENACS_STRUCTURES", rows)

    def _sheets(self) -> None:
        fields, sheets = self.sheets
        earlier = (structure for release in reversed(self.current) for structure in structures_of(release))
        places = {structure.structure_id: structure for structure in earlier}
        departements = {place.code: place.name for place in self.places if place.level == "departement"}
        partners = sorted(
            {name for sheet in sheets for name in sheet.values["action_partners"] or []}, key=str.casefold
        )
        told = [(sheet, places.get(sheet.values["structure_id"])) for sheet in sheets]
        present = {place.departement for _, place in told if place}
        self._page(
            "fiches/index",
            "Fiches d'expérience",
            sheets=told,
            partners=sorted(partners, key=alphabetical),
            departements={code: name for code, name in departements.items() if code in present},
        )
        for sheet, place in told:
            address = sheet.address.removesuffix(".html")
            self._page(address, sheet.values["title"], sheet=sheet, fields=fields, structure=place, names=departements)
            self.entries.append((sheet.values["title"], "Fiche d'expérience", sheet.address, sheet.values["summary"]))

    def _map(self, departements: list[Place]) -> None:
        """The page where one chooses a figure to see on the map."""
        drawn = plain_country(self.geography, departements)
        self._page("carte", "Carte", map=drawn, shades=palette.SCALE, nothing=palette.NO_DATA)
        self._script("assets/figures.js", "SENACS_MAP", self.mapped)

    def _assets(self) -> None:
        fonts = self.folder / "assets"
        fonts.mkdir(exist_ok=True)
        for weight in WEIGHTS:
            shutil.copyfile(FONTS / f"senacs-sans-{weight}.woff2", fonts / f"senacs-sans-{weight}.woff2")
        style = self._environment.get_template("site/site.css").render(p=palette, weights=WEIGHTS)
        (fonts / "site.css").write_text(style, encoding="utf-8")
        for script in SCRIPTS:
            shutil.copyfile(TEMPLATES / "site" / script, fonts / script)
        self._script("assets/index.js", "SENACS_INDEX", self.entries)

    def _script(self, path: str, name: str, content_of_page: Any) -> None:
        """Data as a script, since a page opened from a disk may not read other files."""
        content = json.dumps(content_of_page, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"window.{name} = {content};\n", encoding="utf-8")

    @cached_property
    def _environment(self) -> Any:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=jinja2.select_autoescape(("html.j2",)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"fr": typographic, "digits": lambda value: number(value, 0), "size": file_size}
        return environment

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {
            "settings": self.settings,
            "latest": self.current[0],
            "current": self.current,
            "types": self.numbers.structure_types,
            "nouns": self.house.nouns,
            "nation": self.nation,
            "demo": self.house.demo["sentence"] if any(release.demo for release in self.current) else "",
        }

    def _page(self, slug: str, title: str, **parts: Any) -> None:
        template = TEMPLATE_OF.get(slug) or TEMPLATE_OF_FOLDER.get(slug.partition("/")[0], f"{slug}.html.j2")
        page = self._environment.get_template(f"site/{template}").render(
            **self._shared, slug=slug, title=typographic(title), up="../" * slug.count("/"), **parts
        )
        target = self.folder / f"{slug}.html"
        target.parent.mkdir(exist_ok=True)
        target.write_text(page, encoding="utf-8")


TEMPLATE_OF = {f"{room}/index": f"{room}.html.j2" for room in ("territoires", "chiffres", "structures", "fiches")}
TEMPLATE_OF_FOLDER = {"territoires": "territoire.html.j2", "chiffres": "chiffre.html.j2", "fiches": "fiche.html.j2"}
