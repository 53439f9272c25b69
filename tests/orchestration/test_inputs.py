"""What a build and a verdict follow from: each kind of input is seen to change, and nothing else is."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from core.home import Home, questionnaires_folder
from expectations.settings import settings_folder
from ingest.receive.archive import ACTION_SHEETS, FRAMES, LOCKS, Archive
from ingest.receive.locks import EVERYONE, close_returns
from orchestration import candidate as candidate_module
from orchestration.candidate import code_version
from orchestration.dbt.working_copy import WorkingCopy
from orchestration.house import House
from orchestration.inputs import (
    BUILD,
    Inputs,
    build_inputs,
    changed_kinds,
    forget_inputs,
    keep_inputs,
    made_from,
    verdict_inputs,
)
from orchestration.judging import declared_on
from tests.conftest import Demonstration

CAMPAIGN = 2011
TODAY = dt.date(2026, 1, 15)


@dataclass
class Lived:
    """A copy of a home that was built, and of everything else that a build reads."""

    house: House
    settings: Path
    dbt: str = "the project as it was"

    @property
    def home(self) -> Home:
        return self.house.home

    @property
    def inputs(self) -> Inputs:
        """Read anew: a house keeps the registry that it has loaded."""
        house = House(self.home, self.house.questionnaires)
        return build_inputs(house, WorkingCopy(self.home, self.home.dbt, self.home.dbt, self.home.dbt, self.dbt))

    def verdict(self, day: dt.date = TODAY) -> Inputs:
        folder = self.home.candidate.resolve()
        said = declared_on(self.home, self.house.questionnaires, folder, CAMPAIGN)
        return verdict_inputs(self.house.questionnaires, folder, said, day)


@pytest.fixture
def lived(demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lived:
    home = Home(tmp_path / "home")
    for folder in (demonstration.home.archive, demonstration.home.registry):
        shutil.copytree(folder, home.root / folder.name)
    shutil.copytree(demonstration.home.intake, home.intake, ignore=shutil.ignore_patterns("read"))
    shutil.copytree(demonstration.candidate, home.builds / "one", ignore=shutil.ignore_patterns("*.duckdb"))
    home.candidate.symlink_to(home.builds / "one")
    release = next(demonstration.home.releases.glob(f"{CAMPAIGN}/[A-Z]*"))
    published = home.releases / str(CAMPAIGN) / release.name
    published.mkdir(parents=True)
    for name in ("manifest.json", "figures.csv"):
        shutil.copyfile(release / name, published / name)
    questionnaires, settings = tmp_path / "questionnaires", tmp_path / "settings"
    shutil.copytree(questionnaires_folder(), questionnaires)
    settings.mkdir()
    for path in (path for path in settings_folder().iterdir() if path.suffix in (".csv", ".yaml")):
        shutil.copyfile(path, settings / path.name)
    monkeypatch.setenv("SENACS_EXPECTATIONS", str(settings))
    monkeypatch.setenv("SENACS_CORRECTIONS", str(tmp_path / "corrections"))
    return Lived(House(home, questionnaires), settings)


def another_line(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as text:
        text.write(line + "\n")


def a_shorter_table(path: Path) -> None:
    table = pl.read_parquet(path)
    assert table.height
    table.head(table.height - 1).write_parquet(path)


def archived(lived: Lived, kind: str, campaign: int) -> None:
    file = lived.home.root / "recu.csv"
    file.write_text("rien\n", encoding="utf-8")
    Archive(lived.home).add(file, kind=kind, campaign=campaign, sender="national", file="recu.csv")


def a_correction(lived: Lived) -> None:
    folder = lived.settings.parent / "corrections"
    folder.mkdir()
    (folder / f"{CAMPAIGN}.yml").write_text("- structure: CS-62-0004\n", encoding="utf-8")


def a_closing(lived: Lived) -> None:
    close_returns(lived.home, CAMPAIGN, EVERYONE, who="national", author="A", reason="fin")
    assert Archive(lived.home).entries(CAMPAIGN, LOCKS)
    archived(lived, "returns", CAMPAIGN)


def another_project(lived: Lived) -> None:
    lived.dbt = "a changed project"


def another_vintage(lived: Lived) -> None:
    release = next(lived.home.releases.glob(f"{CAMPAIGN}/[A-Z]*"))
    later = release.with_name("P9")
    shutil.copytree(release, later)
    path = later / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"vintage": "P9"}), encoding="utf-8")


OF_A_BUILD: dict[str, tuple[str, Callable[[Lived], None]]] = {
    "a note of the registry": ("questionnaires", lambda lived: another_line(
        lived.house.questionnaires / "sections.csv", "annex,Annexe")),
    "a compiled table of the registry": ("registry", lambda lived: a_shorter_table(
        lived.home.registry / "questions.parquet")),
    "answers": ("answers", lambda lived: a_shorter_table(lived.home.intake / str(CAMPAIGN) / "answers.parquet")),
    "decisions": ("answers", lambda lived: a_shorter_table(lived.home.intake / "frame.parquet")),
    "an adjustment": ("answers", lambda lived: a_shorter_table(lived.home.intake / "masking.parquet")),
    "a frame": ("archive", lambda lived: archived(lived, FRAMES, CAMPAIGN)),
    "action sheets": ("archive", lambda lived: archived(lived, ACTION_SHEETS, 0)),
    "a correction": ("archive", a_correction),
    "what waits after a closing": ("archive", a_closing),
    "a threshold": ("thresholds", lambda lived: another_line(
        lived.settings / "thresholds.csv", f"disclosure_new,1,{CAMPAIGN},,pour voir")),
    "a vintage": ("releases", another_vintage),
    "the dbt project": ("dbt", another_project),
}  # fmt: skip


@pytest.mark.parametrize("change", OF_A_BUILD)
def test_a_build_follows_from(change: str, lived: Lived) -> None:
    kind, changed = OF_A_BUILD[change]
    before = lived.inputs
    assert lived.inputs == before
    keep_inputs(lived.home.candidate, BUILD, before)
    assert made_from(lived.home, lived.inputs) == lived.home.candidate.resolve()
    changed(lived)
    assert changed_kinds(before, lived.inputs) == [kind]
    assert made_from(lived.home, lived.inputs) is None


def test_a_build_follows_from_the_libraries(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lived.inputs
    present = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99" if name == "duckdb" else present(name))
    assert changed_kinds(before, lived.inputs) == ["libraries"]
    assert changed_kinds(lived.verdict(), {**lived.verdict(), "libraries": before["libraries"]}) == ["libraries"]


def test_the_version_of_the_code_follows_from_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ingest").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\nversion = '1'\n", encoding="utf-8")
    monkeypatch.setattr(candidate_module, "PROJECT_ROOT", tmp_path)
    versions = []
    for source in ("answer = 1\n", "answer = 2\n"):
        (tmp_path / "ingest" / "reading.py").write_text(source, encoding="utf-8")
        code_version.cache_clear()
        versions.append(code_version())
    code_version.cache_clear()
    assert len(set(versions)) == 2


def test_a_candidate_whose_inputs_are_not_known_is_made_again(lived: Lived) -> None:
    assert made_from(lived.home, lived.inputs) is None
    keep_inputs(lived.home.candidate, BUILD, lived.inputs)
    forget_inputs(lived.home.candidate, BUILD)
    assert made_from(lived.home, lived.inputs) is None
    lived.home.candidate.unlink()
    assert made_from(lived.home, lived.inputs) is None


def a_signature(lived: Lived) -> None:
    from orchestration.sign_off import SignOff

    signing = SignOff(lived.home, lived.house.questionnaires, lived.home.candidate.resolve(), CAMPAIGN)
    territory = signing.territories[0]
    signing.declare(territory, territory.parties[0].sender, "withdraw", reason="à revoir", author="A")


def hidden_otherwise(lived: Lived) -> None:
    a_shorter_table(lived.home.candidate.resolve() / "disclosure" / str(CAMPAIGN) / "figures.parquet")


OF_A_VERDICT: dict[str, tuple[str, Callable[[Lived], None]]] = {
    "a table of the candidate": ("candidate", lambda lived: a_shorter_table(
        lived.home.candidate.resolve() / "marts" / "figures.parquet")),
    "what is hidden": ("candidate", hidden_otherwise),
    "the file of figures": ("candidate", lambda lived: another_line(
        lived.home.candidate.resolve() / "figures.csv", "1")),
    "the name of a section": ("questionnaires", lambda lived: another_line(
        lived.house.questionnaires / "sections.csv", "annex,Annexe")),
    "a threshold": ("settings", lambda lived: another_line(
        lived.settings / "thresholds.csv", f"share_new,1,{CAMPAIGN},,pour voir")),
    "a waiver": ("settings", lambda lived: another_line(
        lived.settings / "waivers.csv", f"open_edits,national,{CAMPAIGN},vu,A,2026-12-31")),
    "a question of the gate": ("settings", lambda lived: another_line(lived.settings / "checks.yaml", "# changed")),
    "a signature": ("declared", a_signature),
}  # fmt: skip


@pytest.mark.parametrize("change", OF_A_VERDICT)
def test_a_verdict_follows_from(change: str, lived: Lived) -> None:
    kind, changed = OF_A_VERDICT[change]
    before = lived.verdict()
    assert lived.verdict() == before
    changed(lived)
    assert kind in changed_kinds(before, lived.verdict())
    assert {"day", "code"}.isdisjoint(changed_kinds(before, lived.verdict()))


def test_a_verdict_follows_from_the_day_on_which_waivers_may_expire(lived: Lived) -> None:
    assert changed_kinds(lived.verdict(), lived.verdict(TODAY + dt.timedelta(days=1))) == ["day"]
