"""What a build and a verdict follow from, hashed by kind: where every kind is what it was, nothing is made again.

Hashed are the bytes that are read, never a date of change on a disk. A kind too many costs a build; a kind too few
would be a figure of yesterday called one of today.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import replaced_file
from core.home import Home
from expectations.settings import load_settings, settings_folder
from orchestration.builds import NoCandidateError, current_candidate
from orchestration.campaigns import active_campaigns
from orchestration.candidate import beside_the_returns, code_version, demonstration_frames
from orchestration.dbt.working_copy import WAREHOUSE, WorkingCopy
from orchestration.house import House

if TYPE_CHECKING:
    from orchestration.judging import Declared

# Written beside each campaign's tables by those who read the returns: what a build reads is made of it.
READ_AGAIN_FROM_THE_ARCHIVE = "read"
RELEASED = "manifest.json"
WRITTEN_WHEN_JUDGED = frozenset({"verdicts", "sign_off", "revisions", "inputs"})
BUILD = "build"
CONTENT = "content"
DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Inputs = dict[str, str]


def build_inputs(house: House, copy: WorkingCopy) -> Inputs:
    """What the tables, the figures and the disclosure pattern of a candidate follow from, by kind.

    To be asked once the registry is exported and the answers are up to date.
    """
    home, registry = house.home, house.registry
    campaigns = active_campaigns(home, registry.campaigns)
    settings = load_settings()
    return {
        "code": code_version(),
        "libraries": _of(_versions()),
        "dbt": copy.fingerprint,
        "questionnaires": _of_folder(house.questionnaires),
        "registry": _of_folder(home.registry, "*.parquet"),
        "campaigns": _of([registry.campaigns, campaigns, sorted(registry.left_out)]),
        "answers": _of_files(home.intake, _intake_tables(home)),
        "archive": _of([beside_the_returns(home, campaigns), sorted(demonstration_frames(home, campaigns))]),
        "thresholds": _of({campaign: settings.thresholds_of(campaign).values for campaign in campaigns}),
        "releases": _of_files(home.releases, home.releases.glob(f"*/[!.]*/{RELEASED}")),
    }


def verdict_inputs(questionnaires: Path, candidate: Path, declared: Declared, today: dt.date | None = None) -> Inputs:
    """What the verdict of a campaign follows from, by kind; the day too, on which waivers hold or have expired."""
    told = [declared.sign_off.write_csv(), declared.revisions.write_csv()]
    return {
        "code": code_version(),
        "libraries": _of(_versions()),
        "candidate": content_of(candidate),
        "questionnaires": _of_folder(questionnaires),
        "settings": _of_files(settings_folder(), (path for path in settings_folder().iterdir() if path.is_file())),
        "declared": _of(told),
        "day": (today or dt.date.today()).isoformat(),
    }


def content_of(candidate: Path) -> str:
    """The hash of what is judged of a candidate: every file that its construction wrote, but the warehouse."""
    tables = (path for path in candidate.rglob("*") if path.is_file() and _is_judged(path.relative_to(candidate)))
    return _of_files(candidate, tables)


def seal(candidate: Path) -> None:
    """Keep what a candidate was when it was built: altered afterwards, it is no longer made of its inputs."""
    keep_inputs(candidate, CONTENT, {CONTENT: content_of(candidate)})


def made_from(home: Home, inputs: Inputs) -> Path | None:
    """The current candidate, if it was made from exactly these inputs and nobody has altered it since."""
    try:
        candidate = current_candidate(home)
    except NoCandidateError:
        return None
    sealed = kept_inputs(candidate, CONTENT)
    if kept_inputs(candidate, BUILD) != inputs or (sealed and sealed[CONTENT] != content_of(candidate)):
        return None
    return candidate


def kept_inputs(candidate: Path, name: str) -> Inputs:
    """What was kept under `name` (`BUILD` or a campaign) with a candidate; nothing where that is no longer known."""
    path = _kept(candidate, name)
    inputs: Inputs = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return inputs


def keep_inputs(candidate: Path, name: str, inputs: Inputs) -> None:
    """Keep with a candidate what it, or its verdict on a campaign, followed from."""
    with replaced_file(_kept(candidate, name)) as path:
        path.write_text(json.dumps(inputs, indent=1) + "\n", encoding="utf-8")


def forget_inputs(candidate: Path, name: str) -> None:
    """Before something is written again: if that stops halfway, what is there no longer passes for what is asked."""
    _kept(candidate, name).unlink(missing_ok=True)


def changed_kinds(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The kinds that are not what they were."""
    return [kind for kind in now if before.get(kind) != now[kind]]


def _kept(candidate: Path, name: str) -> Path:
    return candidate / "inputs" / f"{name}.json"


def _is_judged(path: Path) -> bool:
    return path.parts[0] not in WRITTEN_WHEN_JUDGED and path.name != WAREHOUSE


def _intake_tables(home: Home) -> Iterable[Path]:
    return (path for path in home.intake.rglob("*.parquet") if path.parent.name != READ_AGAIN_FROM_THE_ARCHIVE)


def _versions() -> dict[str, str]:
    """Python and each library that the project declares for its work."""
    needed = [line for line in importlib.metadata.requires("senacs") or () if "extra ==" not in line]
    names = [found[0] for line in needed if (found := DISTRIBUTION.match(line))]
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in names}


def _of(content: Any) -> str:
    """The hash of plain values."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _of_folder(folder: Path, pattern: str = "*") -> str:
    return _of_files(folder, (path for path in folder.rglob(pattern) if path.is_file()))


def _of_files(folder: Path, paths: Iterable[Path]) -> str:
    """The hash of the names and bytes of files under `folder`."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
