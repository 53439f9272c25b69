"""`senacs sign`: signatures of coordinators, from the command to the release."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Demonstration, run_senacs

CAMPAIGN = "2019"
NORD = ("--territory", "departement:59")


@pytest.fixture(scope="module")
def home(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's home, to be signed otherwise."""
    return Path(shutil.copytree(demonstration.home.root, tmp_path_factory.mktemp("signed") / "home", symlinks=True))


def listed(home: Path, *where: str) -> dict[str, str]:
    answer = run_senacs(home, "sign", CAMPAIGN, *where, "--list", "--json")
    assert answer.code == 0, answer.err
    return {line["party"]: line["state"] for line in answer.document["signatures"]}


def test_the_demonstration_signs_its_own_figures_and_says_so(demonstration: Demonstration) -> None:
    release = demonstration.home.releases / CAMPAIGN / "P1"
    signatures = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["verdict"]["signatures"]

    assert {line["state"] for line in signatures} == {"signed"} and all(line["demo"] for line in signatures)
    assert {line["party"] for line in signatures if line["territory_id"] == "DEP-59"} == {"caf-59", "fede-npdc"}
    assert "Caf du Nord, le" in (release / "README.txt").read_text(encoding="utf-8")
    assert json.loads((release / "verdict.json").read_text(encoding="utf-8"))["signatures"] == signatures


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--territory", "departement:62", "--as", "caf-59"), 6, "caf-62 (Caf du Pas-de-Calais)"),
        (("--territory", "departement:62", "--as", "national"), 6, "fede-npdc"),
        ((*NORD, "--as", "caf-59", "--absent", "caf-62", "--reason", "partie"), 6, "caf-62 n'a pas à signer"),
        ((*NORD, "--as", "caf-59", "--absent", "caf-59", "--reason", "partie"), 6, "lui-même"),
        (("--everywhere", "--as", "caf-99"), 6, "aucun territoire"),
        (("--territory", "departement:99", "--as", "caf-59"), 1, "departement:62"),
        ((*NORD, "--as", "caf-59", "--candidate", "0000"), 1, "relisez"),
        ((*NORD, "--as", "caf-59", "--absent", "fede-npdc"), 2, "--reason"),
        (NORD, 2, "--as"),
        (("--as", "caf-59"), 2, "--territory"),
    ],
)
def test_what_can_not_be_signed_says_why_and_leaves_no_trace(
    home: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = sorted(home.glob("archive/signatures/**/*.json"))

    answer = run_senacs(home, "sign", CAMPAIGN, *arguments)

    assert (answer.code, said in answer.err) == (code, True), answer.err
    assert sorted(home.glob("archive/signatures/**/*.json")) == before


def test_a_signer_signs_every_territory_that_waits_for_it(home: Path) -> None:
    answer = run_senacs(home, "sign", CAMPAIGN, "--everywhere", "--as", "fede-npdc", "--author", "Lou", "--json")

    assert answer.code == 0, answer.err
    signed = {line["territory"] for line in answer.document["declarations"]}
    assert {"departement:59", "departement:62", "federation:FEDE-NPDC"} <= signed
    assert "departement:04" not in signed
    assert answer.document["missing"] == []


def test_a_signature_withdrawn_holds_its_territory_back_until_the_party_is_declared_absent(home: Path) -> None:
    assert run_senacs(home, "sign", CAMPAIGN, *NORD, "--as", "fede-npdc", "--withdraw").code == 0
    assert listed(home, *NORD) == {"caf-59": "signed", "fede-npdc": "withdrawn"}

    publications = run_senacs(home, "gate", CAMPAIGN, "--json").document["publications"]
    assert [name for name, outcome in publications.items() if outcome == "blocked"] == ["DEP-59"]

    publish = ("publish", CAMPAIGN, "--vintage", "P2")
    checked = run_senacs(home, *publish, "--check", "--json")
    assert checked.code == 7
    assert [place["territory"] for place in checked.document["withheld"]] == ["departement:59"]
    assert "departement:62" in checked.document["published"] and checked.document["since"] == "P1"
    assert checked.document["withheld"][0]["reasons"]
    assert run_senacs(home, *publish, "--check", "--accept-withheld", "departement:59").code == 0
    assert run_senacs(home, *publish, "--check", "--accept-withheld", "departement:62").code == 7
    assert run_senacs(home, *publish, "--accept-withheld", "departement:00").code == 2
    stopped = run_senacs(home, *publish)
    assert stopped.code == 7
    assert "--accept-withheld departement:59" in stopped.err
    assert not (home / "releases" / CAMPAIGN / "P2").exists()

    said = ("--absent", "fede-npdc", "--reason", "en cours de fusion")
    assert run_senacs(home, "sign", CAMPAIGN, *NORD, "--as", "caf-59", *said).code == 0
    release = Path(run_senacs(home, "publish", CAMPAIGN, "--vintage", "P2", "--json").document["path"])

    assert (release / "departements" / "59.html").is_file()
    signed, _, absent = (release / "README.txt").read_text(encoding="utf-8").partition("Sans leur signature")
    assert "Nord" in signed and "fusion" not in signed
    assert "absent, déclaré par caf-59" in absent


def test_the_national_edition_waits_for_the_national_team(home: Path) -> None:
    nation = ("--territory", "national:FR", "--as", "national")
    assert run_senacs(home, "sign", CAMPAIGN, *nation, "--withdraw").code == 0

    answer = run_senacs(home, "publish", CAMPAIGN, "--vintage", "P3")

    assert answer.code == 3
    assert "senacs sign 2019 --territory national:FR --as national" in answer.out
    assert not (home / "releases" / CAMPAIGN / "P3").exists()
