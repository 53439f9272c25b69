"""A form in several languages: what it shows, and what comes back with its labels in one of them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from ingest.forms import write_xlsforms
from ingest.returns.headers import HeaderIndex
from ingest.returns.read_return import read_return
from ingest.store.read_store import limits_of
from ingest.values.choice_cells import option_codes
from registry import Registry, RegistryError, load_registry
from registry.campaigns import findings_of
from tests.ingest.templates.filling import CAMPAIGN, QUESTIONNAIRES

ENGLISH = "English (en)"
LINES = [
    ("", "Q9.01", "", ENGLISH, "Total budget (all income)"),
    ("2019", "Q9.01", "", ENGLISH, "Total income"),
    ("", "Q1.12", "", ENGLISH, "Where do you work?"),
    ("", "Q1.12", "rural", ENGLISH, "Countryside"),
    ("", "Q3.01", "", ENGLISH, "Regular actions for"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(QUESTIONNAIRES, tmp_path / "questionnaires"))


def translated(folder: Path, *lines: tuple[str, ...]) -> Registry:
    with (folder / "translations.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("campaign", "question_code", "option", "language", "label"))
        writer.writerows(lines)
    return load_registry(folder)


def test_a_form_shows_every_language_and_french_where_a_label_is_missing(folder: Path, tmp_path: Path) -> None:
    registry = translated(folder, *LINES)
    form = write_xlsforms(registry, folder, CAMPAIGN, tmp_path)[0].file
    converted = convert(str(form), validate=False)
    assert [warning for warning in converted.warnings if "translation" in warning.lower()] == []
    for text in (f'lang="{ENGLISH}"', 'lang="Français (fr)"', "Total income", "Countryside", "Nombre total d"):
        assert text in converted.xform
    assert "Total budget (all income)" not in converted.xform


def test_an_export_with_its_labels_in_a_language_is_read_like_the_french_one(folder: Path) -> None:
    registry = translated(folder, *LINES)
    age = next(q for q in registry.questions_of(CAMPAIGN) if q.question_code == "Q3.01")
    labels = {choice.code: choice.label_fr for choice in registry.choices_of[age.choices]}
    multi = f"Regular actions for/{labels[age.options[0]]}"
    text = f"Identifiant de la structure;Total income;Finances/Total income;Where do you work?;{multi}\n"
    text += "CS-04-0001;1000;;Countryside;1\n"
    indexes = {CAMPAIGN: HeaderIndex(registry, CAMPAIGN)}
    read = read_return(text.encode(), "export.csv", registry, CAMPAIGN, indexes, limits_of(registry), "caf-04")
    assert sorted(zip(read.cell_question, read.cell_option, read.cell_text, strict=True)) == [
        ("Q1.12", "", "Countryside"),
        ("Q3.01", age.options[0], "1"),
        ("Q9.01", "", "1000"),
    ]
    codes = option_codes(registry, CAMPAIGN).filter(question_code="Q1.12", key="countryside")
    assert codes["code"].to_list() == ["rural"]


def test_without_translations_a_form_is_as_before(registry: Registry, tmp_path: Path) -> None:
    form = write_xlsforms(registry, QUESTIONNAIRES, CAMPAIGN, tmp_path)[0].file
    assert "<translation" not in str(convert(str(form), validate=False).xform)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("", "Q99", "", ENGLISH, "Nothing"), "la question « Q99 » n'est pas posée"),
        (("2017", "Q9.01", "", ENGLISH, "Budget"), "la question « Q9.01 » n'est pas posée"),
        (("", "Q1.12", "moon", ENGLISH, "Moon"), "« moon » n'est pas une modalité de la question Q1.12"),
        (("", "Q9.01", "", "anglais", "Budget"), "un nom et un code sont attendus"),
        (("2032", "Q9.01", "", ENGLISH, "Budget"), "la campagne 2032 n'est pas dans campaigns.csv"),
    ],
)
def test_a_wrong_translation_is_refused_with_its_line(folder: Path, line: tuple[str, ...], reason: str) -> None:
    with pytest.raises(RegistryError) as raised:
        translated(folder, line)
    assert reason in str(raised.value)


def test_a_translation_that_reads_like_another_question_is_a_fault(folder: Path) -> None:
    translated(folder, ("", "Q9.01", "", ENGLISH, "Produits : Caf"))
    findings = findings_of(folder, CAMPAIGN)
    assert findings is not None
    assert any("Q9.02 se lit comme Q9.01" in str(fault) for fault in findings.faults)
