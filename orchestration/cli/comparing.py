"""Published vintages side by side: what changed from one to the next, and why."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from core.atomic import replaced_file
from core.home import Home
from orchestration.cli.arguments import AddCommand, loaded_registry, refuse_unknown_campaign, vintage_name
from orchestration.cli.table_pages import written_page
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.screen import Screen, table
from publication.release.causes import explained
from publication.release.triangle import revision_triangle
from publication.release.vintage_pages import Wording, difference_page, triangle_page, vintage_words, what_changed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from publication.release.causes import Explained
    from registry import Registry

SHOWN = 20
NAME = re.compile(r"[a-z][a-z0-9_]*")


def add_commands(add: AddCommand) -> None:
    """`diff`, `revisions`."""
    diff = add(
        "diff",
        compare_vintages,
        "senacs diff 2019 P1 P2",
    )
    diff.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    diff.add_argument("before", type=vintage_name, metavar="AVANT", help="premier millésime")
    diff.add_argument("after", type=vintage_name, metavar="APRÈS", help="second millésime")

    revisions = add(
        "revisions",
        show_revisions,
        "senacs revisions 2019",
    )
    revisions.add_argument("campaign", type=int, metavar="CAMPAGNE", help="année de la campagne")
    for command in (diff, revisions):
        command.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire (par défaut : SENACS_HOME/reports)")


def compare_vintages(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs diff``."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    home, wording = Home.from_environment(), _wording(registry)
    manifests = _manifests(home, options.campaign)
    for vintage in (options.before, options.after):
        if vintage not in manifests:
            raise CommandError(f"le millésime {vintage} de la campagne {options.campaign} n'est pas publié "
                               f"(publiés : {', '.join(manifests) or 'aucun'})")  # fmt: skip
    releases = home.releases / str(options.campaign)
    found = explained(
        releases / options.before,
        releases / options.after,
        (manifests[options.before], manifests[options.after]),
        options.campaign,
        _variables_of(registry),
    )
    name = f"differences_{options.campaign}_{options.before}_{options.after}.html"
    page = written_page(difference_page(found, wording), _folder(home, options) / name)
    document = {
        "campaign": options.campaign,
        "before": options.before,
        "after": options.after,
        "entries": found.entries,
        "gone": found.gone,
        "changed": sorted(found.changed),
        "structures": found.structures.to_dicts(),
        "figures": found.figures.to_dicts(),
        "page": str(page),
    }
    screen.show(document, *_difference_parts(found, wording), f"Page : {page}")
    return ExitCode.OK


def show_revisions(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs revisions``."""
    registry = loaded_registry()
    refuse_unknown_campaign(registry, options.campaign)
    home, wording = Home.from_environment(), _wording(registry)
    manifests = _manifests(home, options.campaign)
    if not manifests:
        raise CommandError(f"aucun millésime de la campagne {options.campaign} n'est publié")
    triangle = revision_triangle(home.releases / str(options.campaign), list(manifests), wording.nation)
    folder = _folder(home, options)
    page = written_page(
        triangle_page(triangle, list(manifests.values()), wording), folder / f"revisions_{options.campaign}.html"
    )
    lines = folder / f"revisions_{options.campaign}.csv"
    with replaced_file(lines) as path:
        triangle.write_csv(path)
    document = {
        "campaign": options.campaign,
        "vintages": list(manifests),
        "figures": triangle.to_dicts(),
        "page": str(page),
        "csv": str(lines),
    }
    text = f"{triangle.height} chiffres nationaux, millésimes {', '.join(manifests)}"
    screen.show(document, text, f"Page : {page}", f"CSV : {lines}")
    return ExitCode.OK


def _manifests(home: Home, campaign: int) -> dict[str, Any]:
    """The manifests of the published vintages, in the order of publication."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (home.releases / str(campaign)).glob("[!.]*/manifest.json")
    ]
    found.sort(key=lambda manifest: (manifest["published_at"], manifest["vintage"]))
    return {manifest["vintage"]: manifest for manifest in found}


def _folder(home: Home, options: argparse.Namespace) -> Path:
    folder: Path = options.out or home.root / "reports" / str(options.campaign)
    return folder


def _variables_of(registry: Registry) -> dict[str, set[str]]:
    """What the formula of each indicator names; the parts of a question count as it."""
    return {
        line.indicator: {
            name.split("__")[0] for name in NAME.findall(f"{line.numerator} {line.denominator} {line.base}".lower())
        } | ({line.breakdown} if line.breakdown else set())
        for line in registry.indicators
    }  # fmt: skip


def _wording(registry: Registry) -> Wording:
    ordered = sorted(registry.territory_levels, key=lambda level: int(str(level["order"])))
    levels = {str(level["level"]): str(level["label_fr"]) for level in ordered}
    return Wording(
        words=vintage_words(),
        labels={line.indicator: line.label_fr for line in registry.indicators},
        decimals={line.indicator: line.decimals for line in registry.indicators},
        levels=levels,
        nation=next(iter(levels)),
        parts={
            (line.indicator, choice.code): choice.label_fr
            for line in registry.indicators
            for choice in registry.choices_of.get(line.breakdown, [])
        },
    )


def _difference_parts(found: Explained, wording: Wording) -> Iterator[RenderableType]:
    words = wording.words["difference"]
    yield table(words["what"], words["headers"]["what"], what_changed(found, wording))
    if found.figures.is_empty():
        yield words["none"]
        return
    nation = found.figures.filter(pl.col("level") == wording.nation)
    yield table(
        f"{words['nation']} ({nation.height} sur {found.figures.height} chiffres changés)",
        words["headers"]["figures"],
        (
            [
                wording.figure(row),
                *(wording.value(row, name) for name in ("value_before", "value_after")),
                f"{row['change_pct']:.2f}".replace(".", ","),
                wording.causes(row["causes"]),
                row["structures"],
            ]
            for row in nation.head(SHOWN).iter_rows(named=True)
        ),
        numbers=words["headers"]["figures"][1:4],
    )
    yield table(
        words["structures"],
        ("cause", "structures"),
        (
            [wording.causes(row["cause"]), row["len"]]
            for row in found.structures.group_by("cause").len().sort("cause").iter_rows(named=True)
        ),
        numbers=("structures",),
    )
