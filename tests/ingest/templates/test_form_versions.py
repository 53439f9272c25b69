"""A template says which form it is of: the campaign's, another campaign's, one that has changed since."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from core.home import Home
from ingest.forms import write_form
from ingest.receive.reception import Delivery, receive
from ingest.returns.form_version import form_version
from registry import Registry
from tests.ingest.templates.filling import CAMPAIGN, QUESTIONNAIRES, fill_form, fill_table

STRUCTURE = "CS-62-0001"


def with_label(registry: Registry, code: str, label: str) -> Registry:
    """The registry after a question was reworded."""
    questions = tuple(
        replace(q, question_label_fr=label) if (q.campaign, q.question_code) == (CAMPAIGN, code) else q
        for q in registry.questions
    )
    return replace(registry, fingerprint=label, questions=questions)


def said(home: Home, registry: Registry, path: Path, campaign: int = CAMPAIGN) -> tuple[str, str, str]:
    answer = receive(home, registry, [Delivery(path, path.name, campaign, "caf-04")])[0]
    return answer.verdict, answer.rule, answer.message


def test_the_version_changes_with_the_form_only(registry: Registry) -> None:
    before = form_version(registry, CAMPAIGN, "CS")
    assert form_version(replace(registry, fingerprint="autre"), CAMPAIGN, "CS") == before
    changed = with_label(registry, "Q7.01", "Nombre de personnes salariées")
    assert form_version(changed, CAMPAIGN, "CS") != before
    assert form_version(changed, CAMPAIGN, "EVS") == form_version(registry, CAMPAIGN, "EVS")


def test_a_template_of_this_campaign_is_taken_without_a_word(
    sent: dict[str, Path], framed_home: Home, tmp_path: Path, registry: Registry
) -> None:
    fill_table(sent["caf-04"], tmp_path / "retour.xlsx", registry)
    verdict, _, message = said(framed_home, registry, tmp_path / "retour.xlsx")
    assert verdict == "accepted"
    assert "version" not in message


@pytest.mark.parametrize("kind", ["table", "form"])
def test_a_template_of_another_campaign_is_refused_even_if_its_questions_are_the_same(
    sent: dict[str, Path], sample_intake: Home, framed_home: Home, tmp_path: Path, registry: Registry, kind: str
) -> None:
    filled = tmp_path / "retour.xlsx"
    if kind == "table":
        fill_table(sent["caf-04"], filled, registry)
    else:
        one = write_form(sample_intake, registry, QUESTIONNAIRES, CAMPAIGN, tmp_path, STRUCTURE)
        fill_form(one.file, filled, registry, CAMPAIGN, STRUCTURE)
    workbook = openpyxl.load_workbook(filled)
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith(f"senacs {CAMPAIGN} "):
                    cell.value = cell.value.replace(str(CAMPAIGN), "2017", 1)
    workbook.save(filled)
    verdict, rule, message = said(framed_home, registry, filled)
    assert (verdict, rule) == ("rejected", "I09")
    assert "modèle de la campagne 2017" in message
    assert "renvoyez" in message


def test_a_template_made_before_the_form_changed_is_read_and_said(
    sent: dict[str, Path], framed_home: Home, tmp_path: Path, registry: Registry
) -> None:
    fill_table(sent["caf-04"], tmp_path / "retour.xlsx", registry)
    changed = with_label(registry, "Q7.01", "Nombre de personnes salariées")
    verdict, _, message = said(framed_home, changed, tmp_path / "retour.xlsx")
    assert verdict == "accepted"
    assert "version antérieure du formulaire" in message
    assert "feuille « CS »" in message
    assert "feuille « EVS »" not in message
