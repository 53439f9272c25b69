"""Files of the registry as a spreadsheet in French saves them: read as they are, or refused with what to do."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from core.home import PROJECT_ROOT
from registry import Registry, RegistryError, load_registry
from registry.campaigns import findings_of, new_campaign, open_campaign
from tests.conftest import Senacs
from tests.ingest.campaign_files import CROSSWALK, add, edit, faults, with_2020

QUESTIONNAIRES = PROJECT_ROOT / "questionnaires"
CASES = PROJECT_ROOT.parent / "shared" / "cases" / "campaign"
ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
DECIMAL = re.compile(r"\d+\.\d+")
FORMS: dict[str, tuple[str, str]] = {
    "excel_cp1252": (";", "cp1252"),
    "excel_utf8": (";", "utf-8-sig"),
    "excel_unicode": ("\t", "utf-16"),
    "libreoffice": (",", "utf-8"),
}


def as_excel_types_it(cell: str) -> str:
    """What Excel in French shows of a cell and saves: booleans, dates, decimals, numbers without their zero."""
    if cell in ("true", "false"):
        return {"true": "VRAI", "false": "FAUX"}[cell]
    if ISO_DAY.fullmatch(cell):
        return ISO_DAY.sub(r"\3/\2/\1", cell)
    if DECIMAL.fullmatch(cell):
        return cell.replace(".", ",")
    return cell.lstrip("0") if cell.isdigit() and len(cell) > 1 else cell


def saved(path: Path, form: str, wider: int = 0) -> None:
    """`path` written again as a spreadsheet does. `wider`: empty columns and lines that it adds."""
    separator, encoding = FORMS[form]
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([*map(as_excel_types_it, row), *[""] * wider] for row in rows)
    writer.writerows([""] * (len(rows[0]) + wider) for _ in range(wider))
    path.write_bytes(text.getvalue().encode(encoding))


def everything_saved(folder: Path, form: str, wider: int = 0) -> Path:
    """Every file, but those whose cells are texts as people write them: Windows-1252 has no tick, 1.0 is not 1,0."""
    for path in folder.rglob("*.csv"):
        if path.parent.name != "geo" and path.name != "spellings.csv":
            saved(path, form, wider)
    return folder


def without_bytes(registry: Registry) -> Registry:
    return dataclasses.replace(registry, fingerprint="")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_2020(tmp_path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wider", [0, 3])
def test_every_file_saved_by_a_spreadsheet_says_the_same(
    tmp_path: Path, registry: Registry, form: str, wider: int
) -> None:
    copy = Path(shutil.copytree(QUESTIONNAIRES, tmp_path / "q"))
    assert without_bytes(load_registry(everything_saved(copy, form, wider))) == without_bytes(registry)
    assert faults(copy, 2019) == []


def test_a_file_that_says_its_separator_and_lines_cut_after_their_last_cell(folder: Path, tmp_path: Path) -> None:
    before = without_bytes(load_registry(folder))
    saved(folder / "variables.csv", "excel_cp1252")
    lines = (folder / "variables.csv").read_text(encoding="cp1252").splitlines()
    text = "sep=;\n" + "\n".join([lines[0], *(line.rstrip(";") for line in lines[1:])])
    (folder / "variables.csv").write_text(text, encoding="cp1252")
    after = without_bytes(load_registry(folder))
    assert [(v.variable, v.max, v.label_fr) for v in after.variables.values()] == [
        (v.variable, v.max, v.label_fr) for v in before.variables.values()
    ]
    assert after.variables["address"].line == before.variables["address"].line + 1


@pytest.mark.parametrize("form", FORMS)
def test_a_new_campaign_is_written_as_its_neighbours(tmp_path: Path, form: str) -> None:
    copy = everything_saved(Path(shutil.copytree(QUESTIONNAIRES, tmp_path / "q")), form)
    separator, encoding = FORMS[form]
    old = (copy / "campaigns.csv").read_bytes()
    new_campaign(copy, 2020, 2019)
    written = (copy / "campaigns.csv").read_bytes()
    assert written.startswith(old)
    line = separator.join(["2020", "2019", "15/03/2020", "30/09/2020", "draft"]) + "\r\n"
    assert written.decode(encoding).endswith(line)
    source = (copy / "crosswalk" / "2019.csv").read_bytes().decode(encoding)
    expected = source.replace(f"\n2019{separator}2018{separator}", f"\n2020{separator}2019{separator}")
    assert (copy / "crosswalk" / "2020.csv").read_bytes() == expected.encode(encoding)
    assert faults(copy) == []
    assert open_campaign(copy, 2020)
    assert load_registry(copy).campaign_list[-1].state == "opened"


@pytest.mark.parametrize("name", ["2020_fr_excel_cp1252.csv", "2020_fr_excel_utf8bom.csv"])
@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")
def test_the_questionnaire_of_the_campaign_played_by_hand_is_read(tmp_path: Path, name: str) -> None:
    copy = with_2020(tmp_path)
    expected = without_bytes(load_registry(copy))
    shutil.copy(CASES / "00-french-spreadsheet-registry" / name, copy / CROSSWALK)
    assert without_bytes(load_registry(copy)) == expected
    assert faults(copy) == []
    changed = Path(shutil.copytree(CASES / "questionnaires_2020", tmp_path / "changed"))
    shutil.copy(CASES / "00-french-spreadsheet-registry" / name, changed / CROSSWALK)
    said = faults(changed)
    assert {fault.split(",")[0] for fault in said} == {"derived.csv", "indicators.csv"}
    assert any("« publics_60_74 », « publics_75_plus » : rien ne le demande" in fault for fault in said)


def everywhere_a_word(folder: Path) -> None:
    path = folder / CROSSWALK
    path.write_text(path.read_text(encoding="utf-8").replace(",false,", ",peut-être,"), encoding="utf-8")


def without_a_column(folder: Path) -> None:
    edit(folder, CROSSWALK, "question_code,", "code_question,")


def with_a_wrong_cell(folder: Path) -> None:
    edit(folder, "variables.csv", "fte_total,staff,CS+EVS,decimal", "fte_total,staff,CS+EVS,nombre")


def with_a_wrong_question(folder: Path) -> None:
    edit(folder, CROSSWALK, ",fte_total,decimal", ",fte_totale,decimal")


def with_an_unreadable_order(folder: Path) -> None:
    edit(folder, CROSSWALK, "income_total,money,,,true,59,", "income_total,money,,,true,59e,")


def with_an_open_quote(folder: Path) -> None:
    edit(folder, CROSSWALK, "Q1.02,Adresse", 'Q1.02,"Adresse')


def with_a_workbook(folder: Path) -> None:
    (folder / CROSSWALK).write_bytes(b"PK\x03\x04\x00\x00\xff\xfe\x00" * 40)


def without_the_file(folder: Path) -> None:
    (folder / CROSSWALK).rename(folder / "crosswalk" / "2020.xlsx")


def empty(folder: Path) -> None:
    (folder / CROSSWALK).write_bytes(b"")


def with_a_formula_error(folder: Path) -> None:
    edit(folder, CROSSWALK, "Q1.02,Adresse", "Q1.02,#NOM?")


def with_damaged_accents(folder: Path) -> None:
    path = folder / CROSSWALK
    path.write_text(path.read_text(encoding="utf-8").encode().decode("cp1252", "replace"), encoding="utf-8")


def with_a_comma_in_a_label(folder: Path) -> None:
    edit(folder, CROSSWALK, "Q1.02,Adresse", "Q1.02,Adresse, rue")


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (everywhere_a_word, f"{CROSSWALK}, lignes 2, 3, 4 et "),
        (everywhere_a_word, "« peut-être » n'est pas lisible : écrivez true ou false (VRAI ou FAUX, OUI ou NON)"),
        (without_a_column, "ligne 1 : colonne(s) absente(s) : question_code ; colonnes non reconnues : code_question"),
        (with_a_wrong_cell, "variables.csv, ligne 93, colonne « type » : « nombre » n'est pas une valeur possible"),
        (with_a_wrong_question, "(vouliez-vous dire « fte_total » ?)"),
        (with_an_unreadable_order, "colonne « order » : « 59e » n'est pas lisible : un nombre entier est attendu"),
        (with_an_open_quote, f"{CROSSWALK}, ligne 3 : un guillemet"),
        (with_a_workbook, f"{CROSSWALK} : le fichier n'est pas du texte : enregistrez-le depuis le tableur"),
        (without_the_file, "n'existe pas, mais 2020.xlsx est à côté : enregistrez-le au format CSV"),
        (empty, f"{CROSSWALK} : est vide"),
        (with_a_formula_error, "« #NOM? » est une erreur du tableur"),
        (with_damaged_accents, "a des caractères abîmés"),
        (with_a_comma_in_a_label, "ligne 3 : 14 cellules, l'en-tête en a 13"),
    ],
)
def test_one_cause_is_told_once_and_what_follows_from_it_apart(
    folder: Path, broken: Callable[[Path], None], expected: str
) -> None:
    broken(folder)
    findings = findings_of(folder, 2020)
    assert findings is not None
    told = [str(fault) for fault in findings.faults]
    assert any(expected in fault for fault in told), told
    assert len(told) <= (2 if broken is not with_damaged_accents else 60), told


def test_causes_come_before_what_they_explain_and_what_is_apart_is_told_too(senacs: Senacs, folder: Path) -> None:
    add(folder, "indicators.csv", "apart,actions,Libellé,actions,sum,SUM(nothing),,,tous,none,0,half_up,CS,2020,")
    with_a_wrong_question(folder)
    with_an_unreadable_order(folder)
    findings = findings_of(folder, 2020)
    assert findings is not None
    assert [fault.stage for fault in findings.faults] == [2, 3, 4]
    assert "« nothing »" in str(findings.faults[-1])
    assert len(findings.consequences) > 2
    assert all({"fte_total", "income_total"} & fault.about for fault in findings.consequences)
    said = senacs("campaign", "check", "2020", questionnaires=folder)
    assert said.code == 1
    assert said.out.count("  ✗ ") == 3
    assert f"Conséquences ({len(findings.consequences)}), qui devraient disparaître" in said.out


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("campaigns.csv", "2020-03-15", "03/15/2020", "une date est attendue : 2020-03-15 ou 15/03/2020"),
        ("parameters.csv", "replacing_share,0.5", "replacing_share,la moitié", "un nombre est attendu"),
        ("parameters.csv", "replacing_share,0.5", "replacing_share,nan", "un nombre est attendu"),
        ("variables.csv", ",false,mart,", ",x,mart,", "écrivez true ou false"),
    ],
)
def test_a_cell_that_no_spreadsheet_writes_is_refused(
    folder: Path, file: str, old: str, new: str, expected: str
) -> None:
    edit(folder, file, old, new)
    with pytest.raises(RegistryError, match=re.escape(expected)):
        load_registry(folder)
