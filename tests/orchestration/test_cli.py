"""The command as people and scripts meet it: help, exit codes, JSON, one clear line for a failure."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT
from orchestration.cli import parser
from tests.conftest import SAMPLES, Demonstration, Senacs, run_senacs

COMMANDS = (
    "demo", "campaign new", "campaign diff", "campaign check", "campaign open", "templates",
    "frame", "lifecycle", "receive", "withdraw", "restore", "arbitrate", "report", "build", "gate", "publish",
    "plaquettes", "status", "trace", "dev",
)  # fmt: skip
FRAME = SAMPLES / "frames" / "frame_2011.csv"
RETURN = SAMPLES / "returns" / "2011" / "fede-62" / "SENACS_donnees2010_Pas-de-Calais.csv"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(senacs: Senacs, command: str) -> None:
    answer = senacs(*command.split(), "--help")
    assert answer.code == 0
    assert f"Exemple :\n  senacs {command}" in answer.out
    assert "--json" in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_example_is_a_command_that_parses(senacs: Senacs, command: str) -> None:
    examples = senacs(*command.split(), "--help").out.partition("Exemple :\n")[2].strip().splitlines()
    for example in examples:
        words = shlex.split(example)
        assert words[0] == "senacs"
        words = [FRAME.as_posix() if word.endswith((".xlsx", ".csv")) and "/" not in word else word for word in words]
        assert parser(words[1]).parse_args(words[1:]).command == command.split()[0]


def test_help_lists_the_commands_and_the_exit_codes(senacs: Senacs) -> None:
    answer = senacs("--help")
    assert all(command.split()[0] in answer.out for command in COMMANDS)
    assert "5  ce millésime est déjà publié" in answer.out


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        ("--help", "dagster dbt duckdb great_expectations pandas pandera polars"),
        ("build --help", "dagster dbt great_expectations pandas pandera"),
        ("status --help", "dagster dbt great_expectations pandas pandera scipy"),
    ],
)
def test_help_waits_for_no_heavy_library(words: str, heavy: str) -> None:
    script = (
        "import sys\nfrom orchestration.cli import main\n"
        f"try:\n    main({words.split()})\nexcept SystemExit:\n    pass\n"
        f"sys.exit(', '.join(set({heavy.split()}) & set(sys.modules)) or 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["unknown"],
        ["frame", "nowhere.csv", "--campaign", "2019"],
        ["frame", FRAME, "--campaign", "1900"],
        ["frame", FRAME],
        ["receive"],
        ["receive", RETURN, "--campaign", "2011"],
        ["receive", RETURN, "--manifest", SAMPLES / "returns/manifest.csv"],
        ["receive", RETURN, "--campaign", "1900", "--sender", "fede-62"],
        ["receive", RETURN, "--campaign", "2011", "--sender", "fede-62", "--received-at", "hier"],
        ["build", "--campaign", "1900"],
        ["gate", "1900"],
        ["publish", "2019"],
        ["publish", "2019", "--vintage", "../P1"],
        ["trace", "2019", "fte_total", "--territory", "62", "--type", "CS"],
        ["status", "1900"],
    ],
    ids=lambda arguments: " ".join(Path(argument).name for argument in map(str, arguments)),
)
def test_wrong_usage_is_2_and_says_why(senacs: Senacs, arguments: list[str | Path]) -> None:
    answer = senacs(*arguments)
    assert answer.code == 2
    assert "senacs : " in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build"], "senacs frame"),
        (["gate", "2019"], "senacs build"),
        (["publish", "2019", "--vintage", "P1"], "senacs build"),
        (["trace", "2019", "fte_total", "--territory", "departement:62", "--type", "CS"], "senacs build"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_too_early_is_1_and_says_what_comes_first(senacs: Senacs, arguments: list[str], said: str) -> None:
    answer = senacs(*arguments)
    assert (answer.code, answer.out) == (1, "")
    assert len(answer.err.strip().splitlines()) == 1
    assert said in answer.err


def test_an_unexpected_failure_is_one_line_and_its_traceback_is_on_demand(
    senacs: Senacs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("first line\nsecond line")

    monkeypatch.setattr("orchestration.cli.inspection.campaign_status", broken)
    short, long = senacs("status", "--json"), senacs("status", "--debug")
    assert short.code == long.code == 1
    assert len(short.err.strip().splitlines()) == 1
    assert "RuntimeError" in short.err
    assert short.document["exit_code"] == 1
    assert "Traceback" not in short.err
    assert "Traceback" in long.err


def test_a_wrong_registry_is_named_in_one_line(senacs: Senacs, tmp_path: Path) -> None:
    answer = senacs("status", questionnaires=tmp_path)
    assert answer.code == 1
    assert len(answer.err.strip().splitlines()) == 1
    assert ".csv" in answer.err


def test_receive_is_0_when_a_file_is_taken_in_and_4_when_none_is(senacs: Senacs, tmp_path: Path) -> None:
    empty = tmp_path / "vide.csv"
    empty.touch()
    assert senacs("frame", FRAME, "--campaign", "2011").code == 0
    sent = ("--campaign", "2011", "--sender", "fede-62", "--json")
    refused = senacs("receive", empty, *sent, "--received-at", "2012-01-16T09:00:00")
    assert refused.code == 4
    assert [line["verdict"] for line in refused.document] == ["rejected"]
    assert refused.document[0]["rule"]
    assert refused.document[0]["message"]
    mixed = senacs("receive", empty, RETURN, *sent, "--root", SAMPLES, "--received-at", "2012-01-16T10:12:00")
    assert mixed.code == 0
    accepted = next(line for line in mixed.document if line["verdict"] == "accepted")
    assert accepted["file"] == RETURN.relative_to(SAMPLES).as_posix()
    assert accepted["counts"]["rows_accepted"] == 28
    again = senacs("receive", RETURN, *sent)
    assert (again.code, again.document[0]["already_received"]) == (0, True)


def test_a_frame_may_be_compared_before_it_is_registered(senacs: Senacs) -> None:
    shown = senacs("frame", FRAME, "--campaign", "2011", "--check", "--json")
    assert (shown.code, shown.document["registered"]) == (0, False)
    assert senacs("frame", FRAME, "--campaign", "2011", "--json").document["already_received"] is False


def test_a_published_vintage_is_5_and_does_not_change(demonstration: Demonstration) -> None:
    root = demonstration.home.root
    before = {path: path.stat().st_mtime_ns for path in (root / "releases").rglob("*")}
    answer = run_senacs(root, "publish", "2019", "--vintage", "P1", "--json")
    assert answer.code == 5
    assert "P1" in answer.document["error"]
    assert {path: path.stat().st_mtime_ns for path in (root / "releases").rglob("*")} == before


def test_gate_tells_the_verdict_again(demonstration: Demonstration) -> None:
    answer = run_senacs(demonstration.home.root, "gate", "2019", "--json")
    assert answer.code == 0
    assert answer.document["outcome"].startswith("publishable")
    told = run_senacs(demonstration.home.root, "gate", "2019").out
    assert "2019" in told
    assert "publiable" in told


def test_status_counts_response_by_sender_and_territory(demonstration: Demonstration) -> None:
    root = demonstration.home.root
    (campaign,) = run_senacs(root, "status", "2017", "--json").document["campaigns"]
    assert (campaign["structures"], campaign["responded"]) == (64, 60)
    assert {line["sender"] for line in campaign["senders"]} == {"caf-04", "fede-npdc", "ucs-13"}
    assert "fede-npdc" in run_senacs(root, "status").out


def test_trace_walks_a_figure_back_to_its_cells(demonstration: Demonstration) -> None:
    asked = ("trace", "2019", "fte_total", "--territory", "departement:62", "--type", "CS")
    document = run_senacs(demonstration.home.root, *asked, "--json").document
    counted = [line for line in document["answers"] if line["counted"]]
    assert sum(float(line["value"]) for line in counted) == pytest.approx(document["figure"]["value"])
    assert all(line["file"] and line["cell"] for line in counted)
    assert "departement:62" in run_senacs(demonstration.home.root, *asked).out


def test_trace_of_no_figure_says_what_exists(demonstration: Demonstration) -> None:
    answer = run_senacs(
        demonstration.home.root, "trace", "2019", "nothing", "--territory", "departement:62", "--type", "CS"
    )
    assert answer.code == 1
    assert "indicators.csv" in answer.err


def test_the_demonstration_says_where_the_releases_are_and_that_it_is_one(demonstration: Demonstration) -> None:
    document = demonstration.outcome.document
    assert document["remark"] == "données de démonstration"
    assert sorted(document["releases"]) == ["2011", "2017", "2019"]
    assert all(Path(path).is_dir() for path in document["releases"].values())
    figures = {(line["structure_type"], line["indicator"]): line["values"] for line in document["key_figures"]}
    assert figures["CS", "structures_responded"] == {"2011": "28", "2017": "60", "2019": "123"}
