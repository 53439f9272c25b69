"""The pages of the campaign site: one folder that a browser opens from a disk or a file share, without network."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2

from core.french import NARROW_SPACE, long_date, number, typographic
from publication.documents.pages import FONTS, TEMPLATES, WEIGHTS
from publication.drawing import palette
from publication.drawing.cartography import country_map
from publication.drawing.geography import Geography
from publication.follow_up.arrivals_chart import arrivals_chart
from publication.follow_up.progress import FollowUp
from publication.follow_up.settings import Settings
from publication.site.library import documents_of, releases_in
from publication.site.settings import read_settings as read_site_settings

FRENCH_TIME = ZoneInfo("Europe/Paris")
MAP_WIDTH, MAP_HEIGHT = 110.0, 100.0
STYLE = "suivi.css"
SCRIPTS = ("suivi.js", "chiffres.js")
NAMED_IN_A_REMINDER = 25


@dataclass(frozen=True)
class BuildLine:
    """A build of the history: its id, when, what the gate answered for the campaign ('' when it didn't), current."""

    build_id: str
    built_at: dt.datetime
    outcome: str
    current: bool


@dataclass(frozen=True)
class VintageLine:
    """A published vintage: its name, label, moment, build, changes since the one before (None for the first), page,
    and the table of these changes ('' when it has none)."""

    vintage: str
    label: str
    published_at: dt.datetime
    build_id: str
    changes: Mapping[str, int] | None
    page: str
    differences: str = ""


@dataclass(frozen=True)
class PlaquetteLinks:
    """Where the plaquette of a territory is, as a page and as a PDF."""

    page: str
    pdf: str


def write_campaign_site(
    follow_up: FollowUp,
    settings: Settings,
    folder: Path,
    *,
    vintages: Iterable[VintageLine] = (),
    plaquettes: Mapping[str, PlaquetteLinks] | None = None,
    builds: Iterable[BuildLine] = (),
    verdict_page: Path | None = None,
    withdrawn: Iterable[Mapping[str, Any]] = (),
) -> Path:
    """Writes the pages into `folder` (made anew) and returns the first one.

    `plaquettes`: by code of département. `verdict_page` is copied beside the pages. `withdrawn`: sender, file, day,
    author, reason of each file taken back.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    environment = _environment(settings)
    shared = {
        "f": follow_up,
        "settings": settings,
        "vintages": list(vintages),
        "plaquettes": plaquettes or {},
        "builds": list(builds),
        "withdrawn": list(withdrawn),
        "checks": _checks(follow_up.verdict),
        "verdict_page": "verdict.html" if verdict_page else "",
    }
    fonts = {weight: _encoded(FONTS / f"senacs-sans-{weight}.woff2") for weight in WEIGHTS}
    style = environment.get_template(f"campaign/{STYLE}").render(p=palette, fonts=fonts)
    (folder / STYLE).write_text(style, encoding="utf-8")
    for script in SCRIPTS:
        shutil.copyfile(TEMPLATES / "campaign" / script, folder / script)
    if verdict_page:
        shutil.copyfile(verdict_page, folder / "verdict.html")
    first = settings.pages[0][0]
    drawn = {
        "map": _map(follow_up, settings),
        "arrivals": arrivals_chart(follow_up.arrivals, follow_up.campaign),
    }
    for slug, title in (*settings.pages, ("chiffre", "D’où vient ce chiffre")):
        extra = drawn if slug == first else {}
        page = environment.get_template(f"campaign/{slug}.html.j2").render(**shared, **extra, slug=slug, title=title)
        (folder / f"{slug}.html").write_text(page, encoding="utf-8")
    return folder / f"{first}.html"


def vintages_of(releases: Path, campaign: int, folder: Path) -> list[VintageLine]:
    """The published vintages of a campaign, oldest first; their pages by address from `folder`."""
    lines = []
    for manifest in sorted(releases.glob(f"{campaign}/[!.]*/manifest.json")):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        previous = told.get("previous")
        lines.append(
            VintageLine(
                vintage=told["vintage"],
                label=told["vintage_label"],
                published_at=dt.datetime.fromisoformat(told["published_at"]),
                build_id=told["build_id"],
                changes=previous["changes"] if previous else None,
                page=_from(folder, manifest.parent / "index.html"),
                differences=_from(folder, table) if (table := manifest.parent / "differences.csv").exists() else "",
            )
        )
    return sorted(lines, key=lambda line: line.published_at)


def plaquettes_of(releases: Path, campaign: int, folder: Path) -> dict[str, PlaquetteLinks]:
    """The plaquettes of the départements in the last vintage of a campaign, by code; addresses from `folder`."""
    published = [release for release in releases_in(releases) if release.campaign == campaign]
    found: dict[str, PlaquetteLinks] = {}
    for release in published[:1]:
        for document in documents_of(release, read_site_settings().documents):
            if document.level == "departement" and document.page and document.code not in found:
                page, pdf = (
                    _from(folder, release.folder / address.removeprefix(f"{release.address}/"))
                    for address in (document.page, document.pdf)
                )
                found[document.code] = PlaquetteLinks(page, pdf)
    return found


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _checks(verdict: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The results by effect: block, reserve, info, none."""
    found: dict[str, list[Mapping[str, Any]]] = {"block": [], "reserve": [], "info": [], "none": []}
    for check in verdict["checks"]:
        found[check["effect"]].append(check)
    return found


def _map(follow_up: FollowUp, settings: Settings) -> dict[str, Any]:
    """The map of response rates: svg, alt, legend (colour, words)."""
    bounds = settings.classes
    rated = [row for row in follow_up.departements if row["rate"] is not None]
    shades = {
        row["code"]: palette.SCALE[max(rank for rank, low in enumerate(bounds) if row["rate"] >= low)] for row in rated
    }
    said = {row["code"]: f"{row['name']}{NARROW_SPACE}: {_percent(row['rate'])}" for row in rated}
    rows = {code: f"#dep-{code}" for code in said}
    svg, _, _ = country_map(Geography(), shades, said, rows, MAP_WIDTH, MAP_HEIGHT)
    words = [f"moins de {bounds[1]}"]
    words += [f"{low} à {high}" for low, high in pairwise(bounds[1:])]
    words += [f"{bounds[-1]} et plus"]
    return {
        "svg": svg,
        "alt": f"Taux de réponse par département{NARROW_SPACE}: {', '.join(said.values())}.",
        "legend": list(zip(palette.SCALE, words, strict=True)),
    }


def _environment(settings: Settings) -> Any:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(("html.j2",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "fr": typographic,
        "digits": lambda value: number(value, 0),
        "percent": _percent,
        "moment": _moment,
        "day": lambda day: long_date(dt.date.fromisoformat(day)),
        "outcome": lambda name: settings.outcomes.get(name, "–"),
        "state": lambda name: typographic(settings.states[name]),
        "standing": lambda name: typographic(settings.standings[name]),
    }
    environment.globals["reminder"] = lambda sender, campaign: _reminder(sender, campaign, settings)
    return environment


def _reminder(sender: Mapping[str, Any], follow_up: FollowUp, settings: Settings) -> str:
    """The address that opens a message ready to send, which names the structures that are missing."""
    words = settings.reminder
    missing = [f"- {row['structure_id']} {row['name']}, {row['commune_name']}" for row in sender["missing"]]
    told = missing[:NAMED_IN_A_REMINDER]
    if len(missing) > len(told):
        told.append(words["more"].format(count=len(missing) - len(told)))
    about = {
        "campaign": follow_up.campaign, "data_year": follow_up.data_year, "name": sender["name"],
        "count": len(missing), "missing": "\n".join(told),
    }  # fmt: skip
    subject, body = (quote(typographic(words[part].format(**about))) for part in ("subject", "body"))
    return f"mailto:?subject={subject}&body={body}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{number(value, 1)}{NARROW_SPACE}%"


def _moment(value: dt.datetime | None) -> str:
    if value is None:
        return "–"
    local = value.astimezone(FRENCH_TIME) if value.tzinfo else value
    return f"{long_date(local.date())} à {local:%H}{NARROW_SPACE}h{NARROW_SPACE}{local:%M}"


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
