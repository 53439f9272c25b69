import shutil

import pytest

from benchmarks.bare_duckdb import main
from benchmarks.compare import compared
from core.home import PROJECT_ROOT, questionnaires_folder

SAMPLES = PROJECT_ROOT / "samples"


@pytest.fixture(scope="module")
def agreement(tmp_path_factory):
    """The script's figures from the bundled samples, against the expected ones."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(questionnaires_folder(), folder / "questionnaires")
    shutil.copytree(SAMPLES / "frames", folder / "frames")
    shutil.copytree(SAMPLES / "returns", folder / "returns")
    shutil.copy(SAMPLES / "returns" / "manifest.csv", folder / "manifest.csv")
    main(folder, folder / "bare.csv")
    return compared(str(SAMPLES / "expected" / "expected_figures.csv"), str(folder / "bare.csv"))


def test_the_script_computes_every_expected_line_and_no_other(agreement):
    assert agreement["only_project"] == agreement["only_bare"] == 0


def test_the_script_is_right_wherever_the_rules_of_acceptance_change_nothing(agreement):
    """The last campaign of the samples holds disputed, nameless and refused answers; the others hold none."""
    *plain, trapped = agreement["campaigns"].values()
    assert plain and all(equal == lines for equal, lines in plain)
    assert 0.8 < trapped[0] / trapped[1] < 1


def test_comparing_sees_a_changed_number(tmp_path):
    expected = SAMPLES / "expected" / "expected_figures.csv"
    changed = tmp_path / "changed.csv"
    lines = expected.read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    cells[7] = str(float(cells[7]) + 1)
    changed.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    result = compared(str(expected), str(changed))
    assert (result["different"], result["equal"]) == (1, result["lines"] - 1)
