"""The main job on the bundled samples, from files to releases: the first thing that a newcomer runs."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from core.home import PROJECT_ROOT, Home, questionnaires_folder
from core.plain_yaml import read_yaml
from expectations.terminal import verdict_text
from ingest.action_sheets import register_action_sheets
from ingest.receive.reception import deliveries_from_manifest
from ingest.survey_frame.frames import register_frame, register_lifecycle
from orchestration.builds import current_candidate
from orchestration.campaign_site import build_campaign_site
from orchestration.cli.arguments import AddCommand, loaded_registry
from orchestration.cli.building import OUTCOMES
from orchestration.cli.registration import received
from orchestration.exit_codes import ExitCode
from orchestration.screen import Screen, table
from orchestration.sign_off import sign_as_demonstration
from orchestration.verdicts import read_verdict, read_verdicts
from publication.release.vintages import VintageExistsError
from publication.site import site_folder, write_site

if TYPE_CHECKING:
    from rich.console import RenderableType

    from orchestration.pipeline import BuildResult
    from registry import Registry

SETTINGS = Path(__file__).parent.parent / "demonstration.yml"
NARROW_SPACE = "\u202f"


def add_commands(add: AddCommand) -> None:
    """`demo`."""
    add("demo", run_demonstration, "senacs demo")


def run_demonstration(options: argparse.Namespace, screen: Screen) -> ExitCode:
    """``senacs demo``: register, receive, build, judge, publish; 3 when the gate blocks a campaign."""
    from orchestration.pipeline import build

    settings = read_yaml(SETTINGS)
    home, registry = Home.from_environment(), loaded_registry()
    screen.say(f"SENACS, {settings['mark']} : tout ce qui suit vient de réponses simulées ({home.root}).")
    _take_in(home, registry, PROJECT_ROOT / settings["samples"], screen)
    with screen.told() as teller:
        result = build(home, listener=teller)
    _signed(home, result, screen)
    releases = {
        campaign: path
        for campaign in result.verdicts
        if (path := _released(home, campaign, settings["vintage"], screen))
    }
    verdicts = read_verdicts(result.path)
    lines = list(_key_figures(result, settings))
    document = {
        "remark": settings["mark"],
        "candidate": str(home.candidate),
        "verdicts": {campaign: verdict.outcome for campaign, verdict in verdicts.items()},
        "releases": {campaign: str(path) for campaign, path in releases.items()},
        "key_figures": lines,
        "pages": _pages(home, registry, max(result.verdicts), screen) if releases else {},
    }
    screen.show(document, *_last_words(document, lines, sorted(result.verdicts), settings))
    return ExitCode.OK if len(releases) == len(result.verdicts) else ExitCode.BLOCKED


def _take_in(home: Home, registry: Registry, samples: Path, screen: Screen) -> None:
    """Frames, lifecycle events, action sheets, returns of the samples, and the edit reports that senders filled in;
    what is there already changes nothing."""
    for frame in sorted((samples / "frames").glob("frame_*.csv")):
        receipt = register_frame(home, registry, frame, int(frame.stem.rpartition("_")[2]), samples)
        screen.say(f"  ✓ Campagne {receipt['campaign']} : {receipt['structures']} structures agréées")
    register_lifecycle(home, registry, samples / "frames" / "lifecycle.csv", samples)
    for sheets in sorted((samples / "action_sheets").iterdir()):
        receipt = register_action_sheets(home, registry, sheets, samples)
        screen.say(f"  ✓ {receipt['sheets']} fiches d'expérience")
    manifests = (samples / folder / "manifest.csv" for folder in ("returns", "reports"))
    deliveries = [delivery for manifest in manifests for delivery in deliveries_from_manifest(manifest, samples)]
    for answer in received(home, registry, deliveries, screen):
        mark = "✓" if answer.verdict == "accepted" else "✗"
        screen.say(f"  {mark} {answer.file} : {answer.message}")


def _signed(home: Home, result: BuildResult, screen: Screen) -> None:
    """Simulated signatures for simulated answers: each says that it is one."""
    for campaign in result.verdicts:
        signed = sign_as_demonstration(home, questionnaires_folder(), result.path, campaign)
        if signed:
            screen.say(f"  ✓ Campagne {campaign} : {signed} signatures simulées, pour la démonstration")


def _released(home: Home, campaign: int, vintage: str, screen: Screen) -> Path | None:
    """The release of a campaign, published now or before; None when the gate forbids it."""
    from orchestration.pipeline import GateClosedError, publish

    try:
        with screen.told() as teller:
            path = publish(home, campaign, vintage, listener=teller)
    except VintageExistsError as existing:
        screen.say(f"  ✓ Campagne {campaign} : millésime {vintage} déjà publié, il ne change plus")
        return existing.folder
    except GateClosedError as closed:
        screen.progress.print(verdict_text(closed.verdict))
        return None
    outcome = read_verdict(current_candidate(home), campaign).outcome
    screen.say(f"  ✓ Campagne {campaign} : {OUTCOMES[outcome]}, millésime {vintage} publié")
    return path


def _pages(home: Home, registry: Registry, campaign: int, screen: Screen) -> dict[str, str]:
    """First page of the public site, and of the campaign site of the last campaign."""
    with screen.told() as teller:
        teller.started("Site public et site de suivi")
        folder = site_folder(home.root / "site", home.kept)
        site = write_site(home.releases, home.candidate.resolve(), folder, tell=teller.advanced)
        follow_up = build_campaign_site(home, registry, questionnaires_folder(), campaign, teller.advanced)
    return {"site": str(site), "suivi": str(follow_up)}


def _key_figures(result: BuildResult, settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One line per figure of the settings that a campaign has: label, type, unit, value by campaign."""
    indicators = {
        line["indicator"]: line
        for line in pl.read_parquet(result.path / "registry" / "indicators.parquet").iter_rows(named=True)
    }
    territory = settings["territory"]
    with (result.path / "figures.csv").open(encoding="utf-8", newline="") as stream:
        values = {
            (line["structure_type"], line["indicator"], int(line["campaign"])): line["value"]
            for line in csv.DictReader(stream)
            if (line["level"], line["territory"], line["breakdown"]) == (territory["level"], territory["code"], "")
        }
    for wanted in settings["figures"]:
        kind, name = wanted["type"], wanted["indicator"]
        by_campaign = {campaign: values.get((kind, name, campaign)) for campaign in result.verdicts}
        found = {campaign: value for campaign, value in by_campaign.items() if value}
        if found:
            described = indicators[name]
            yield {
                "structure_type": kind,
                "indicator": name,
                "label_fr": described["label_fr"],
                "unit": described["unit"],
                "values": found,
            }


def _last_words(
    document: dict[str, Any], lines: list[dict[str, Any]], campaigns: Sequence[int], settings: dict[str, Any]
) -> Iterator[RenderableType]:
    columns = ("type", "indicateur", *map(str, campaigns))
    symbols = settings["symbols"]
    rows = (
        [line["structure_type"], line["label_fr"]]
        + [_in_french(line["values"].get(campaign), symbols.get(line["unit"], "")) for campaign in campaigns]
        for line in lines
    )
    yield table(f"Chiffres clés, France ({settings['mark']})", columns, rows, numbers=map(str, campaigns))
    for campaign, path in document["releases"].items():
        yield f"Publication {campaign} ({settings['mark']}) : {path}"
    yield f"Candidat ({settings['mark']}) : {document['candidate']}"
    for name, page in document["pages"].items():
        yield f"{settings['pages'][name]} ({settings['mark']}) : {page}"


def _in_french(value: str | None, symbol: str) -> str:
    if value is None:
        return "-"
    whole, point, decimals = value.partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW_SPACE)
    number = f"{grouped},{decimals}" if point else grouped
    return f"{number}{NARROW_SPACE}{symbol}" if symbol else number
