from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from expectations.settings import SettingsError, UnknownThresholdError, load_settings, settings_folder

CHECK = """- id: {id}
  suite: coverage
  frame: response
  scope: {scope}
  severity: block
  owner: équipe nationale
  question_fr: Question ?
  expectation: expect_column_values_to_be_between
  params: {{column: silent, max_value: 0}}
  observed_fr: observé
  expected_fr: attendu
  next_step_fr: à faire
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in settings_folder().glob("*.csv"):
        shutil.copy(path, tmp_path)
    (tmp_path / "checks.yaml").write_text(CHECK.format(id="first", scope="national"), encoding="utf-8")
    return tmp_path


def problems(folder: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(folder)
    return caught.value.problems


def test_the_settings_of_the_house_are_sound() -> None:
    settings = load_settings()

    assert len({check.id for check in settings.checks}) == len(settings.checks) > 30
    assert all(check.question_fr.endswith("?") and check.row_fr for check in settings.checks)


def test_every_threshold_that_a_check_names_exists_for_every_campaign() -> None:
    settings = load_settings()
    named = {
        value[1:]
        for check in settings.checks
        for value in check.params.values()
        if isinstance(value, str) and value.startswith("$")
    }

    for campaign in (2011, 2019, 2031):
        assert named <= set(settings.thresholds_of(campaign).numbers())


def test_every_frame_that_a_check_names_is_there_and_none_is_left_over() -> None:
    checks = load_settings().checks
    named = {check.frame for check in checks} | {check.rows_from.frame for check in checks if check.rows_from}

    assert named == {path.stem for path in (settings_folder() / "frames").glob("*.sql")}


def test_a_wrong_check_is_named_with_its_reason(folder: Path) -> None:
    text = CHECK.format(id="first", scope="everywhere") + CHECK.format(id="second", scope="national").replace(
        "  owner: équipe nationale\n", "  colour: red\n"
    )
    (folder / "checks.yaml").write_text(text, encoding="utf-8")

    assert problems(folder) == [
        "checks.yaml, first: scope: 'everywhere' is not one of campaign, national, territories",
        "checks.yaml, second: unknown key(s): colour",
    ]


def test_an_id_taken_twice_is_named(folder: Path) -> None:
    (folder / "checks.yaml").write_text(CHECK.format(id="first", scope="national") * 2, encoding="utf-8")

    assert problems(folder) == ["checks.yaml, first: this id is taken twice"]


def test_a_waiver_without_reason_date_or_check_is_named(folder: Path) -> None:
    (folder / "waivers.csv").write_text(
        "check,scope,campaign,reason,author,expires_on\n"
        "first,national,2019,,Anne,2020-01-01\n"
        "first,national,2019,motif,Anne,bientôt\n"
        "other,national,2019,motif,Anne,2020-01-01\n",
        encoding="utf-8",
    )

    assert problems(folder) == [
        "waivers.csv, ligne 2 : colonne(s) vides : reason",
        "waivers.csv, ligne 3 : date d'expiration « bientôt » illisible ; attendu : 2027-01-31",
        "waivers.csv : le contrôle « other » n'existe pas",
    ]


def test_a_threshold_that_is_not_in_force_is_named() -> None:
    with pytest.raises(UnknownThresholdError, match=r"nothing_of_the_kind.*2019"):
        load_settings().thresholds_of(2019).number("nothing_of_the_kind")


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "wholes.csv").unlink()

    assert problems(folder) == ["wholes.csv: file not found"]
