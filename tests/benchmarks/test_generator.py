import csv
import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pytest

from benchmarks.answers import answers
from benchmarks.bare_reading import stack_cells
from benchmarks.dataset import FORMATS, Dataset, dataset
from benchmarks.population import luhn_key, population, siret
from benchmarks.questionnaire import read_questionnaires
from benchmarks.settings import Settings
from core.home import questionnaires_folder

TINY = Settings(seed=7, scale=60 / 4100, senders=8)
IDENTIFIERS = {"IDENT", "Identifiant de la structure", "structure/ident"}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Dataset:
    return dataset(tmp_path_factory.mktemp("sets"), questionnaires_folder(), TINY)


def frame_ids(made: Dataset) -> dict[int, set[str]]:
    return {
        campaign: {line["structure_id"] for line in csv.DictReader(path.open(encoding="utf-8"))}
        for campaign, path in made.frames()
    }


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_in_every_file(made, tmp_path):
    again = dataset(tmp_path, questionnaires_folder(), TINY)
    assert hashes(again.folder) == hashes(made.folder)


def test_another_seed_gives_other_answers(made, tmp_path):
    other = dataset(tmp_path, questionnaires_folder(), Settings(seed=8, scale=TINY.scale, senders=TINY.senders))
    ours, theirs = frame_ids(made), frame_ids(other)
    assert ours.keys() == theirs.keys() and ours != theirs
    assert other.manifest.read_bytes() != made.manifest.read_bytes()


def test_a_set_is_made_once(made):
    before = made.manifest.stat().st_mtime_ns
    assert dataset(made.folder.parent, questionnaires_folder(), TINY).contents == made.contents
    assert made.manifest.stat().st_mtime_ns == before


def test_each_campaign_has_its_frame_its_files_and_every_format(made):
    questionnaires = read_questionnaires(questionnaires_folder())
    assert set(frame_ids(made)) == {campaign.campaign for campaign in questionnaires.campaigns}
    used: set[str] = set()
    for campaign in questionnaires.campaigns:
        size = made.contents[str(campaign.campaign)]
        assert size["agreed"] == len(frame_ids(made)[campaign.campaign])
        assert 0 < size["rows"] <= 1.2 * size["agreed"]
        used |= set(size["formats"])
    assert used == set(FORMATS)


def test_files_hold_the_structures_of_the_frame_and_nearly_no_other(made):
    con = duckdb.connect()
    stack_cells(con, made.folder, IDENTIFIERS)
    known = frame_ids(made)
    returned = con.execute("SELECT DISTINCT campaign, structure_id FROM cells").fetchall()
    outside = [one for campaign, one in returned if one not in known[campaign]]
    assert all(int(one[-4:]) >= 9000 for one in outside)
    for campaign, ids in known.items():
        answered = {one for year, one in returned if year == campaign} & ids
        assert 0.6 < len(answered) / len(ids) <= 1
    files = con.execute("SELECT count(DISTINCT file) FROM cells").fetchall()[0][0]
    assert files == sum(made.contents[str(campaign)]["files"] for campaign in known)


def test_the_parts_of_a_budget_add_up_to_the_cent():
    settings = Settings(seed=3, scale=0.1)
    questionnaires = read_questionnaires(questionnaires_folder())
    people = population(settings, questionnaires)
    form = questionnaires.campaigns[-1].forms[0]
    structures = np.flatnonzero(people.structure_type == form.structure_type)
    values = answers(settings, questionnaires, people, form, structures)
    funders = [name for name in values if name.startswith("income_") and name != "income_total"]
    assert len(funders) > 4
    np.testing.assert_allclose(sum(values[name] for name in funders), values["income_total"], atol=0.001)
    assert (values["employees"] >= values["fte_total"]).all()


def test_identifiers_keep_four_digits():
    with pytest.raises(ValueError, match="four digits"):
        population(Settings(scale=1000), read_questionnaires(questionnaires_folder()))


def test_company_numbers_are_valid():
    assert luhn_key("7992739871") == "3"
    assert siret("732829320")[:-1] == "7328293200001"
    digits = [int(one) for one in siret("732829320")][::-1]
    assert (sum(digits[::2]) + sum(sum(divmod(2 * one, 10)) for one in digits[1::2])) % 10 == 0
