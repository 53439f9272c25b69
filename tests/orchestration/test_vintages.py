"""Vintages: a second one with a late return, noted, signed, explained; both rebuilt."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES, Demonstration, register_samples, run_senacs
from tests.orchestration.test_printed_numbers import Known, printed

CAMPAIGN = "2019"
LATE = "returns/2019/fede-npdc/SENACS_2019_retardataire.xlsx"


SAID = ("value", "numerator", "denominator", "n_respondents")


def told(release: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """The lines of a release's figures, by level, territory, type, indicator and breakdown."""
    with (release / "figures.csv").open(encoding="utf-8", newline="") as lines:
        return {tuple(list(row.values())[1:6]): row for row in csv.DictReader(lines)}


def done(home: Path, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    answer = run_senacs(home, *arguments, "--json")
    assert answer.code == code, answer.err
    return dict(answer.document) if isinstance(answer.document, dict) else {"all": answer.document}


def receive(home: Path, *, late: bool) -> None:
    """The returns of the campaign but the late one, then what senders confirmed; or the late one alone."""
    folders = ("returns",) if late else ("returns", "reports")
    manifests = [(SAMPLES / folder / "manifest.csv").read_text(encoding="utf-8").splitlines() for folder in folders]
    header = manifests[0][0]
    lines = [line for manifest in manifests for line in manifest[1:]]
    wanted = [line for line in lines if f",{CAMPAIGN}," in line and line.startswith(LATE) == late]
    manifest = home / "manifest.csv"
    manifest.write_text("\n".join([header, *wanted, ""]), encoding="utf-8")
    done(home, "receive", "--manifest", manifest, "--root", SAMPLES)


def sign(home: Path) -> None:
    signatures = done(home, "sign", CAMPAIGN, "--list")["signatures"]
    for party in sorted({line["party"] for line in signatures if line["missing"]}):
        done(home, "sign", CAMPAIGN, "--everywhere", "--as", party)


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with P1 published, then a return that came after the closing, and the candidate for P2."""
    home = tmp_path_factory.mktemp("revised")
    register_samples(home, int(CAMPAIGN))
    receive(home, late=False)
    done(home, "lock", CAMPAIGN, "--all")
    receive(home, late=True)
    done(home, "build")
    sign(home)
    done(home, "publish", CAMPAIGN, "--vintage", "P1")
    done(home, "build")
    return home


def test_what_waited_for_the_first_vintage_enters_the_second(revised: Path) -> None:
    first = json.loads((revised / "releases" / CAMPAIGN / "P1" / "manifest.json").read_text(encoding="utf-8"))
    second = json.loads((revised / "candidate" / "manifest.json").read_text(encoding="utf-8"))

    [late] = first["waiting"]
    assert late not in {entry["entry_id"] for entry in first["inputs"]}
    assert late in {entry["entry_id"] for entry in second["inputs"]} and second["waiting"] == []


def test_the_second_vintage_waits_for_notes_then_says_why_and_is_rebuilt(revised: Path) -> None:
    sign(revised)
    blocked = done(revised, "gate", CAMPAIGN, code=3)
    checks = {check["id"] for check in blocked["checks"] if check["effect"] == "block"}
    assert {"revisions_national", "revisions_territory"} <= checks
    done(revised, "publish", CAMPAIGN, "--vintage", "P2", code=3)

    done(revised, "note", CAMPAIGN, "--everywhere", "--cause", "retour tardif d'un centre", "--author", "Lou")
    release = Path(str(done(revised, "publish", CAMPAIGN, "--vintage", "P2")["path"]))
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert "retour tardif d’un centre (Lou)" in (release / "README.txt").read_text(encoding="utf-8")
    assert {note["cause"] for note in manifest["verdict"]["notes"]} == {"retour tardif d'un centre"}
    assert manifest["disclosure"]["unrevised"] > 0 and "disclosure_unrevised" in (release / "verdict.json").read_text()

    before, after = (told(revised / "releases" / CAMPAIGN / vintage) for vintage in ("P1", "P2"))
    unrevised = {address for address, line in after.items() if line["status"] == "unrevised"}
    assert any(level == "national" for level, *_ in unrevised)
    assert all(after[address][name] == before[address][name] for address in unrevised for name in SAID)

    difference = run_senacs(revised, "diff", CAMPAIGN, "P1", "P2", "--json").document
    assert len(difference["entries"]) == 1 and difference["changed"] == []
    assert [line["cause"] for line in difference["structures"]] == ["late"]
    assert {line["causes"] for line in difference["figures"]} == {"late"}
    page = Path(difference["page"]).read_text(encoding="utf-8")
    assert "retour tardif" in page and "http" not in page.split("</style>")[1]

    triangle = run_senacs(revised, "revisions", CAMPAIGN, "--json").document
    counted = next(line for line in triangle["figures"]
                   if (line["structure_type"], line["indicator"]) == ("CS", "structures_responded"))  # fmt: skip
    assert triangle["vintages"] == ["P1", "P2"] and counted["P2"] == counted["P1"] + 1

    rebuilt = done(revised, "rebuild", CAMPAIGN, "P2", "--check")
    assert rebuilt["equal"] and rebuilt["differing"] == {} and rebuilt["versions"] == {}


def test_the_pages_of_each_vintage_print_its_own_figures(revised: Path) -> None:
    """Figures that keep their old value keep it on every page, beside those that were revised."""
    for vintage in ("P1", "P2"):
        release = revised / "releases" / CAMPAIGN / vintage
        known = Known.of(revised / "candidate", release)
        quoted = [
            (page.name, *figure)
            for page in release.rglob("*.html")
            for figure in printed(page.read_text(encoding="utf-8")).figures
        ]
        assert len(quoted) > 1000
        wrong = [
            (page, address, value, text)
            for page, address, value, text in quoted
            if text.strip(" \u202f\xa0") not in known.writings(address).get(value, set())
        ]
        assert wrong == []


def test_an_altered_file_is_named_by_the_rebuilding(revised: Path) -> None:
    release = revised / "releases" / CAMPAIGN / "P1"
    path = release / "figures.csv"
    sound = path.read_text(encoding="utf-8")
    path.chmod(0o644)
    path.write_text(sound.replace("structures_responded,,", "structures_responded,,1", 1), encoding="utf-8")
    try:
        answer = run_senacs(revised, "rebuild", CAMPAIGN, "P1", "--check", "--json")
    finally:
        path.write_text(sound, encoding="utf-8")
        path.chmod(0o444)

    assert answer.code == 1
    assert list(answer.document["differing"]) == ["figures.csv"]
    said = answer.document["differing"]["figures.csv"]
    line = 1 + next(n for n, text in enumerate(sound.splitlines()) if "structures_responded,," in text)
    assert said.startswith(f"autre contenu à la ligne {line}, colonne ")
    assert "structures_responded,,1" in said or "uctures_responded,,1" in said


def test_a_damaged_or_missing_input_is_named_and_nothing_is_rebuilt(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(demonstration.home.root, tmp_path / "home", symlinks=True))
    entry = home / "archive" / "returns" / CAMPAIGN / "caf-59"
    stored = next(path for path in entry.glob("*/*") if path.name != "receipt.json")
    stored.write_bytes(stored.read_bytes() + b"\n")

    damaged = run_senacs(home, "rebuild", CAMPAIGN, "P1", "--check")
    shutil.rmtree(entry)
    missing = run_senacs(home, "rebuild", CAMPAIGN, "P1", "--check")

    assert (damaged.code, missing.code) == (1, 1)
    assert "2019-caf-59" in damaged.err and "archive abîmée" in damaged.err
    assert "2019-caf-59" in missing.err and "introuvables" in missing.err


def test_a_vintage_that_is_not_published_is_neither_compared_nor_rebuilt(demonstration: Demonstration) -> None:
    home = demonstration.home.root

    for arguments in (("diff", CAMPAIGN, "P1", "P7"), ("rebuild", CAMPAIGN, "P7", "--check")):
        answer = run_senacs(home, *arguments)
        assert answer.code == 1 and "publiés : P1" in answer.err
