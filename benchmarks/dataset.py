"""A national set as files: registry, frames, lifecycle, returns and their manifest, made once per seed and scale."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from benchmarks.delimited import write_labelled, write_limesurvey
from benchmarks.population import Population, add_federations, population, write_frame, write_lifecycle
from benchmarks.questionnaire import Campaign, Questionnaires, read_questionnaires, rows_of
from benchmarks.returns import CORRECTION, INITIAL, Responses, responses
from benchmarks.settings import Settings
from benchmarks.workbooks import Part, write_crossed, write_form, write_joined, write_kobo, write_ods

WORKBOOKS = {"joined": write_joined, "crossed": write_crossed, "kobo": write_kobo, "ods": write_ods}
DELIMITED = {"labelled": write_labelled, "limesurvey": write_limesurvey}
TABLES = ("crossed", "labelled", "joined", "limesurvey", "kobo")
GENERATOR = [
    "answers",
    "dataset",
    "delimited",
    "layouts",
    "population",
    "questionnaire",
    "returns",
    "settings",
    "workbooks",
]
# One round: each format once, then the usual ones; one sender in 32 returns a workbook per structure.
FORMATS = ("joined", "crossed", "labelled", "limesurvey", "kobo", "ods", "forms", *TABLES * 5)


ManifestLine = tuple[str, int, str, str]


@dataclass(frozen=True)
class Written:
    """A file written: its line of the manifest, its format, its rows, and the answers asked in them."""

    line: ManifestLine
    format: str
    rows: int
    answers: int


@dataclass(frozen=True)
class Dataset:
    """A finished set. `contents` counts structures, files, rows and cells, by campaign and format."""

    folder: Path
    contents: dict[str, object]

    @property
    def manifest(self) -> Path:
        """Columns file (relative to the folder), campaign, sender, received_at."""
        return self.folder / "manifest.csv"

    @property
    def questionnaires(self) -> Path:
        """A copy of the registry, with the federations of the set among its territories."""
        return self.folder / "questionnaires"

    def frames(self) -> list[tuple[int, Path]]:
        """Each campaign and its frame."""
        return [(int(path.stem.split("_")[1]), path) for path in sorted(self.folder.glob("frames/frame_*.csv"))]


def dataset(cache: Path, registry: Path, settings: Settings) -> Dataset:
    """The set of these settings, made now unless `cache` holds it for the same registry and generator."""
    folder = cache / settings.name
    marker = folder / "dataset.json"
    fingerprint = _fingerprint(registry)
    if marker.exists():
        contents = json.loads(marker.read_text(encoding="utf-8"))
        if contents["fingerprint"] == fingerprint:
            return Dataset(folder, contents)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    contents = {"fingerprint": fingerprint, "settings": asdict(settings)} | _make(folder, registry, settings)
    marker.write_text(json.dumps(contents, ensure_ascii=False, indent=1), encoding="utf-8")
    return Dataset(folder, contents)


def _fingerprint(registry: Path) -> str:
    """Of what decides of the bytes: the registry, the model and this code."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    for path in sorted([*registry.rglob("*.csv"), *here.rglob("*.csv"), *(here / f"{name}.py" for name in GENERATOR)]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _allow_longer_tables(registry: Path, scale: float) -> None:
    """In a copy of the registry, lets a frame have as many more rows as there are more structures."""
    path = registry / "parameters.csv"
    lines = list(rows_of(path))
    for line in lines:
        if line["parameter"] == "max_rows":
            line["value"] = str(round(int(line["value"]) * max(scale, 1)))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def _make(folder: Path, registry: Path, settings: Settings) -> dict[str, object]:
    shutil.copytree(registry, folder / "questionnaires")
    _allow_longer_tables(folder / "questionnaires", settings.scale)
    questionnaires = read_questionnaires(folder / "questionnaires")
    people = population(settings, questionnaires)
    add_federations(folder / "questionnaires", people, min(one.campaign for one in questionnaires.campaigns))
    lines: list[ManifestLine] = []
    contents: dict[str, object] = {}
    for position, campaign in enumerate(questionnaires.campaigns):
        agreed = write_frame(folder / "frames" / f"frame_{campaign.campaign}.csv", settings, people, campaign)
        if settings.format and campaign is not questionnaires.campaigns[-1]:
            continue
        formats = (settings.format,) if settings.format else FORMATS[position:] + FORMATS[:position]
        forms = [responses(settings, questionnaires, people, campaign, form) for form in campaign.forms]
        files = list(_files(folder, questionnaires, people, campaign, formats, forms))
        lines += [written.line for written in files]
        contents[str(campaign.campaign)] = {
            "agreed": agreed,
            "files": len(files),
            "rows": sum(written.rows for written in files),
            "answers": sum(written.answers for written in files),
            "formats": dict(Counter(written.format for written in files)),
        }
    write_lifecycle(folder / "frames" / "lifecycle.csv", people)
    in_order = sorted(lines, key=lambda line: (line[3], line[0]))
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "campaign", "sender", "received_at"))
        writer.writerows(in_order)
    return contents


def _files(
    folder: Path,
    questionnaires: Questionnaires,
    people: Population,
    campaign: Campaign,
    formats: tuple[str, ...],
    forms: list[Responses],
) -> Iterator[Written]:
    """Writes the files of a campaign, one sender after the other, each in the next one of the formats."""
    opening = datetime.combine(campaign.opens_on, time(9))
    span = datetime.combine(campaign.closes_on, time(18)) - opening
    for number, sender in enumerate(people.senders):
        used = formats[number % len(formats)]
        for batch in (INITIAL, CORRECTION):
            parts = [Part(form, form.rows(number, batch, unsubmitted=used == "limesurvey")) for form in forms]
            parts = [part for part in parts if len(part.rows)]
            if not parts:
                continue
            received = opening + span * (0.1 + 0.5 * number / len(people.senders) + 0.3 * batch)
            into = folder / "returns" / str(campaign.campaign) / sender.name
            stem = f"SENACS_{campaign.campaign}_{sender.name}"
            if batch == CORRECTION:
                into, stem = into / "correctif", f"{stem}_correctif"
            into.mkdir(parents=True, exist_ok=True)
            for order, (path, inside) in enumerate(_write(into, stem, used, questionnaires, campaign, parts)):
                at = (received + timedelta(minutes=order)).isoformat(timespec="seconds")
                rows = sum(len(part.rows) for part in inside)
                answers = sum(len(part.responses.form.questions) * len(part.rows) for part in inside)
                yield Written(
                    (path.relative_to(folder).as_posix(), campaign.campaign, sender.name, at), used, rows, answers
                )


def _write(
    into: Path, stem: str, used: str, questionnaires: Questionnaires, campaign: Campaign, parts: list[Part]
) -> Iterator[tuple[Path, list[Part]]]:
    """Each file written, with what it holds."""
    if used == "forms":
        for part in parts:
            for row in range(len(part.rows)):
                one = Part(part.responses, part.rows[row : row + 1])
                yield write_form(into, questionnaires, campaign, one), [one]
    elif used in DELIMITED:
        for part in parts:
            path = into / f"{stem}_{part.structure_type}.csv"
            DELIMITED[used](path, questionnaires, campaign, part)
            yield path, [part]
    else:
        path = into / f"{stem}.{'ods' if used == 'ods' else 'xlsx'}"
        WORKBOOKS[used](path, questionnaires, campaign, parts)
        yield path, parts


def main(arguments: list[str]) -> None:
    """``CACHE REGISTRY SEED SCALE SENDERS [FORMAT]``: makes the set and prints its folder and contents as JSON.

    A process of its own, so that the memory of the generator is not counted with what is measured.
    """
    cache, registry, seed, scale, senders, *formats = arguments
    made = dataset(Path(cache), Path(registry), Settings(int(seed), float(scale), int(senders), *formats))
    print(json.dumps({"folder": str(made.folder), "contents": made.contents}))


if __name__ == "__main__":
    main(sys.argv[1:])
