"""A campaign made from another: what is written, what is refused; a draft that stops nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.home import PROJECT_ROOT, Home
from orchestration.house import House
from registry import Registry, RegistryError, load_registry
from registry.campaigns import CampaignError, new_campaign, open_campaign
from registry.campaigns.csv_lines import read_csv_lines
from registry.figures import figure_expressions
from registry.wide import wide_columns
from tests.conftest import Senacs
from tests.ingest.campaign_files import CROSSWALK, add, asked, edit, faults, indicator, reshape, rule, with_2020


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_2020(tmp_path)


def changed_lines(folder: Path, file: str) -> list[tuple[str, str]]:
    before = (PROJECT_ROOT / "questionnaires" / file).read_bytes().decode().splitlines(keepends=True)
    after = (folder / file).read_bytes().decode().splitlines(keepends=True)
    return [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]] + [
        ("", line) for line in after[len(before) :]
    ]


def test_a_new_campaign_asks_what_its_source_asked_a_year_later(folder: Path) -> None:
    registry = load_registry(folder)
    old, new = registry.questions_of(2019), registry.questions_of(2020)
    assert [question.variable for question in new] == [question.variable for question in old]
    assert {question.data_year for question in new} == {2019}
    line = registry.campaign_list[-1]
    said = (line.campaign, str(line.opens_on), str(line.closes_on), line.state)
    assert said == (2020, "2020-03-15", "2020-09-30", "draft")


def test_only_what_changes_is_written(folder: Path) -> None:
    source = (PROJECT_ROOT / "questionnaires" / "crosswalk" / "2019.csv").read_bytes()
    assert (folder / CROSSWALK).read_bytes() == source.replace(b"\n2019,2018,", b"\n2020,2019,")
    assert changed_lines(folder, "campaigns.csv") == [("", "2020,2019,2020-03-15,2020-09-30,draft\n")]
    for file in ("parameters.csv", "derived.csv", "indicators.csv"):
        pairs = changed_lines(folder, file)
        assert pairs
        assert all(before.replace("2019,", "2019;2020,") != before for before, _ in pairs)
        assert all(after.replace(";2020", "", 1) == before for before, after in pairs)
    for file in ("variables.csv", "choices.csv", "edits.csv", "breaks.csv"):
        assert changed_lines(folder, file) == []


def test_a_formula_that_the_source_did_not_use_is_not_carried_over(folder: Path) -> None:
    formulas = {line.variable: line.campaigns for line in load_registry(folder).derived}
    assert 2020 in formulas["income_local_authorities"]
    assert 2020 not in formulas["fte_pilotage"]


@pytest.mark.parametrize(
    ("campaign", "source", "expected"),
    [
        (2019, 2017, "existe déjà"),
        (2021, 2018, "2018 est inconnue"),
        (2021, 2021, "2021 est inconnue"),
        (20, 2019, "est une année"),
    ],
)
def test_what_can_not_be_made_is_refused_and_changes_nothing(
    folder: Path, campaign: int, source: int, expected: str
) -> None:
    before = load_registry(folder).fingerprint
    with pytest.raises(CampaignError, match=expected):
        new_campaign(folder, campaign, source)
    assert load_registry(folder).fingerprint == before


def test_a_crosswalk_that_someone_began_is_not_overwritten(folder: Path) -> None:
    (folder / "crosswalk" / "2021.csv").write_text("campaign\n", encoding="utf-8")
    with pytest.raises(CampaignError, match="existe déjà sans que"):
        new_campaign(folder, 2021, 2020)
    assert (folder / "crosswalk" / "2021.csv").read_text(encoding="utf-8") == "campaign\n"


def test_rules_and_labels_that_name_a_year_are_to_be_read_again(folder: Path) -> None:
    edit(folder, "edits.csv", "board_members > 80,", "board_members > 80 AND campaign = 2019,")
    made = new_campaign(folder, 2021, 2011)
    texts = " ".join(line.text for line in made.review)
    assert "E24" in texts
    assert "Nombre de directeurs de 2000 à 2010" in texts


def test_opening_changes_one_cell_and_says_when_there_was_nothing_to_open(folder: Path) -> None:
    assert open_campaign(folder, 2020)
    assert changed_lines(folder, "campaigns.csv") == [("", "2020,2019,2020-03-15,2020-09-30,opened\n")]
    assert not open_campaign(folder, 2020)


def test_a_half_made_draft_does_not_stop_the_others(folder: Path, registry: Registry) -> None:
    reshape(folder)
    add(folder, CROSSWALK, asked("Q9.99", "Question sans variable", "nobody_knows", "integer", 99, "finances"))
    add(folder, "indicators.csv", indicator("digital_total", "SUM(digital_workshops", "2020"))
    add(folder, "indicators.csv", indicator("digital_mean", "SUM(digital_workshops)", "all"))
    add(folder, "edits.csv", rule("E98", "digital_workshops", "digital_workshops > 100"))
    loaded = load_registry(folder)
    assert loaded.campaigns == registry.campaigns
    assert any("nobody_knows" in problem for problem in loaded.left_out[2020])
    assert "E98" not in loaded.edits
    columns = {column.column: column for column in wide_columns(registry)}
    assert {column.column for column in wide_columns(loaded)} == {*columns, "publics_0_10"}
    assert [line.numerator for line in figure_expressions(loaded)] == [
        line.numerator for line in figure_expressions(registry)
    ]


def test_a_fault_that_is_not_the_draft_s_stops_everything(folder: Path) -> None:
    edit(folder, "crosswalk/2019.csv", ",fte_total,decimal", ",fte_totale,decimal")
    with pytest.raises(RegistryError, match="fte_totale"):
        load_registry(folder)


def test_once_opened_a_campaign_with_a_fault_stops_everything(folder: Path) -> None:
    open_campaign(folder, 2020)
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")
    with pytest.raises(RegistryError, match="fte_totale"):
        load_registry(folder)


def test_the_check_of_another_campaign_does_not_see_the_draft(folder: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")
    assert faults(folder, 2019) == []


def test_a_draft_with_returns_is_not_forgotten(folder: Path, tmp_path: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")
    assert House(Home(tmp_path / "home"), folder).registry.campaigns == [2011, 2017, 2019]
    (tmp_path / "home" / "archive" / "returns" / "2020" / "caf-59").mkdir(parents=True)
    with pytest.raises(RegistryError, match="fte_totale"):
        _ = House(Home(tmp_path / "home"), folder).registry


def test_commands_on_a_draft_with_faults_say_how_to_see_them(senacs: Senacs, folder: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")
    outcome = senacs("gate", "2020", questionnaires=folder)
    assert outcome.code == 1
    assert "senacs campaign check 2020" in outcome.err


def test_the_command_makes_refuses_checks_and_opens(senacs: Senacs, folder: Path) -> None:
    made = senacs("campaign", "new", "2021", "--from", "2020", "--json", questionnaires=folder)
    assert made.document["changed"]["crosswalk/2021.csv"] == len(load_registry(folder).questions_of(2020))
    assert senacs("campaign", "new", "2021", "--from", "2020", questionnaires=folder).code == 1
    edit(folder, "crosswalk/2021.csv", ",fte_total,decimal", ",fte_totale,decimal")
    refused = senacs("campaign", "check", "2021", questionnaires=folder)
    assert refused.code == 1
    assert (
        "crosswalk/2021.csv, ligne 48, colonne « variable » : « fte_totale » n'est pas dans variables.csv"
        in refused.out
    )
    assert senacs("campaign", "open", "2021", questionnaires=folder).code == 1
    assert "2021,2020,2021-03-15,2021-09-30,draft" in (folder / "campaigns.csv").read_text(encoding="utf-8")
    assert senacs("campaign", "check", "2020", "--json", questionnaires=folder).document["coherent"]
    assert senacs("campaign", "open", "2020", questionnaires=folder).code == 0
    assert senacs("campaign", "check", "2032", questionnaires=folder).code == 2


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\ufeff", exclude_categories=["Cs"]), max_size=8)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    text=CELLS,
)
def test_a_file_changed_in_one_cell_keeps_every_other_byte(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], quoting: int, ending: str, mark: str, text: str
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=quoting, lineterminator=ending)  # type: ignore[arg-type]
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_text(mark + stream.getvalue(), encoding="utf-8", newline="")
    lines = read_csv_lines(path)
    assert lines.mark.decode() + lines.text() == mark + stream.getvalue()
    assert [[lines.cell(line, column) for column in "abc"] for line in lines.lines] == rows
    others = [line.text() for line in lines.lines[1:]]
    lines.change(lines.lines[0], "b", text)
    lines.write(path)
    again = read_csv_lines(path)
    assert [again.cell(again.lines[0], column) for column in "abc"] == [rows[0][0], text, rows[0][2]]
    assert [line.text() for line in again.lines[1:]] == others
