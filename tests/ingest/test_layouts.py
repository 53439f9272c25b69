"""What really comes: headers as exports and offices write them, rows that are nobody's, columns settled by a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
import xlsxwriter

from ingest.returns.headers import HeaderIndex
from ingest.store.intake import Intake
from ingest.values.choice_cells import option_codes
from registry import Registry
from registry.model import Acknowledged
from tests.ingest.conftest import answer
from tests.ingest.reading_builders import sheets, xlsx

TakeIn = Callable[..., Intake]
ISSUES = "Sur quelles problématiques intervenez-vous ?"


@pytest.fixture(scope="module")
def index(registry: Registry) -> HeaderIndex:
    return HeaderIndex(registry, 2019)


def meaning(index: HeaderIndex, header: str) -> set[tuple[str, str | None]]:
    """The question and option of the CS form that a header names."""
    return {(target.code, target.option) for kind, target in index.targets(header).items() if kind == "CS"}


def label_of(registry: Registry, code: str) -> str:
    asked = registry.questions_of(2019)
    return next(question.question_label_fr for question in asked if question.question_code == code)


@pytest.mark.parametrize(
    "dressing",
    [
        "{label}", "<p>{label}</p>", "<strong>{label}</strong><br/>", "Q701. {label}", "Q7.01. {label}", "12. {label}",
        "12) {label}", "Q12 - {label}", "Question 12 : {label}", "{label} *", "{label} (obligatoire)", "{label} :",
        "{label} ?", "{label} 2018",
        "{label} (N)", "{label} (personnes)", "{label}, en personnes", "Salariés/{label}", "{label}&nbsp;:",
    ],
)  # fmt: skip
def test_a_label_is_known_under_what_is_put_around_it(index: HeaderIndex, registry: Registry, dressing: str) -> None:
    assert meaning(index, dressing.format(label=label_of(registry, "Q7.01"))) == {("Q7.01", None)}


@pytest.mark.parametrize(
    "dressing",
    [
        "{label} (ETP)", "{label} (k€)", "{label} N-1", "Q7.01. {label} N-1", "Q7.01 - commentaire",
        "Q7.02. {label}", "Q7.02 - {label}", "Commentaire sur {label}",
    ],
)  # fmt: skip
def test_another_unit_year_or_code_is_another_column(index: HeaderIndex, registry: Registry, dressing: str) -> None:
    assert ("Q7.01", None) not in meaning(index, dressing.format(label=label_of(registry, "Q7.01")))


@pytest.mark.parametrize(
    "header",
    [
        "Q202[SQ001]", f"Q202[SQ001]. {ISSUES} [Isolement]", f"<b>Q202[SQ001]. {ISSUES}</b> [Isolement, solitude]",
        "q2_02/isolation", "projet/q2_02/isolation", "projet.q2_02.isolation",
    ],
)  # fmt: skip
def test_an_option_is_known_in_every_export(index: HeaderIndex, header: str) -> None:
    assert meaning(index, header) == {("Q2.02", "isolation")}


def test_the_text_of_an_option_comes_before_its_rank(index: HeaderIndex, registry: Registry) -> None:
    third = registry.choices_of["issues"][2]
    assert meaning(index, f"Q202[SQ001]. {ISSUES} [{third.label_fr}]") == {("Q2.02", third.code)}
    assert meaning(index, f"Q202[autre]. {ISSUES} [{third.label_fr}]") == {("Q2.02", third.code)}


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("interviewtime", ""), ("groupTime42", ""), ("Q701Time", ""), ("Date de soumission", "submitted"),
        ("submitdate. Date de soumission", "submitted"), ("Temps pour la question : Q701", ""), ("_notes", ""),
        ("__version__", ""), ("_validation_status", "validation"), ("meta/instanceID", "instance"),
        ("meta/deprecatedID", "replaces"), ("_submission__id", "parent"),
    ],
)  # fmt: skip
def test_the_columns_of_exports_are_metadata(index: HeaderIndex, header: str, role: str) -> None:
    (target,) = index.targets(header).values()
    assert (target.kind, target.code) == ("metadata", role)


def test_a_free_other_answer_is_listed_under_its_question(take_in: TakeIn) -> None:
    intake = take_in([{"IDENT": "CS-59-0005", "Q701": "3", "Q202[other]": "le climat", "Q5[SQ001_SQ002]": "1"}])
    found = intake.tables["unmapped"].select("header", "filled", "nearest_question").rows()
    assert found == [("Q202[other]", 1, "Q2.02"), ("Q5[SQ001_SQ002]", 1, "")]


def test_a_full_label_export_with_long_answers(take_in: TakeIn, registry: Registry) -> None:
    options = {choice.code: choice.label_fr for choice in registry.choices_of["issues"]}
    intake = take_in(
        [
            {
                "ID de la réponse": "1",
                "Date de soumission": "2019-05-02 10:00:00",
                "Identifiant de la structure": "CS-59-0005",
                label_of(registry, "Q7.01"): "3",
                f"{ISSUES} [{options['isolation']}]": "Oui",
                f"{ISSUES} [{options['ageing']}]": "Non",
                f"{ISSUES} [{options['youth']}]": "Oui",
                "Temps total": "123.4",
            },
            {"ID de la réponse": "2", "Identifiant de la structure": "CS-59-0007", label_of(registry, "Q7.01"): "8"},
        ]
    )
    assert answer(intake, "issues")["value_text"] == "isolation|youth"
    assert intake.tables["responses"]["state"].to_list() == ["accepted", "incomplete"]
    assert intake.tables["unmapped"].is_empty()


def kobo(identifier: str, employees: str, own: str, replaces: str = "", status: str = "") -> dict[str, str]:
    return {
        "structure/ident": identifier, "equipe/q7_01": employees, "_uuid": own, "meta/instanceID": f"uuid:{own}",
        "meta/deprecatedID": f"uuid:{replaces}" if replaces else "", "_validation_status": status,
    }  # fmt: skip


def test_an_edited_submission_replaces_the_one_it_names_whatever_the_order(take_in: TakeIn) -> None:
    intake = take_in([kobo("CS-59-0005", "4", "b", replaces="a"), kobo("CS-59-0007", "3", "a")])
    states = intake.tables["responses"].select("structure_id", "state", "rule").rows()
    assert states == [("CS-59-0005", "accepted", ""), ("CS-59-0007", "dropped", "I02")]
    assert answer(intake, "employees")["value_num"] == 4


def test_submissions_that_replace_each_other_both_stay(take_in: TakeIn) -> None:
    rows = [kobo("CS-59-0005", "4", "a", replaces="b"), kobo("CS-59-0007", "3", "b", replaces="a")]
    assert take_in(rows).tables["responses"]["state"].to_list() == ["accepted", "accepted"]


def test_a_submission_that_was_not_approved_is_no_response(take_in: TakeIn) -> None:
    rows = [
        kobo("CS-59-0005", "4", "a", status="validation_status_not_approved"),
        kobo("CS-59-0007", "3", "b", status="validation_status_approved"),
    ]
    assert take_in(rows).tables["responses"]["state"].to_list() == ["incomplete", "accepted"]


def test_a_repeat_group_is_kept_aside(take_in_file: TakeIn) -> None:
    content = sheets(
        main=[["structure/ident", "equipe/q7_01", "_index"], ["CS-59-0005", 4, 1]],
        salaries=[["q7_01", "prenom", "_index", "_parent_table_name", "_parent_index"], [1, "Léa", 1, "main", 1]],
    )
    intake = take_in_file(content, "kobo.xlsx")
    assert intake.tables["responses"]["sheet"].to_list() == ["main"]
    values = intake.tables["unmapped_values"].select("sheet", "cell", "header", "structure_id", "text").rows()
    assert values == [("salaries", "A2", "q7_01", "", "1"), ("salaries", "B2", "prenom", "", "Léa")]


def test_totals_notes_and_titles_between_rows_are_ignored_and_said(take_in: TakeIn) -> None:
    def row(identifier: str, name: str = "", employees: str = "") -> dict[str, str]:
        return {"IDENT": identifier, "NOM_REF": name, "Q7.01": employees}

    intake = take_in(
        [
            row("Secteur nord"), row("CS-59-0005", employees="3"), row("", "Sous-total nord", "3"), row(""),
            row("CS-59-0007", employees="4"), row("Total : 2 structures", employees="7"), row("", "Ensemble", "7"),
            row("Source : fédération du Nord, chiffres provisoires"),
        ]
    )  # fmt: skip
    assert intake.tables["responses"]["structure_id"].to_list() == ["CS-59-0005", "CS-59-0007"]
    ignored = intake.tables["edits"].filter(pl.col("rule").is_in(["I12", "I18"])).select("cell", "rule").rows()
    assert sorted(ignored) == [("A2", "I18"), ("A4", "I12"), ("A7", "I12"), ("A8", "I12"), ("A9", "I18")]


def test_hidden_rows_do_not_count_and_are_said_but_hidden_headers_serve(take_in_file: TakeIn) -> None:
    def fill(workbook: xlsxwriter.Workbook) -> None:
        sheet = workbook.add_worksheet("CS")
        rows = [["IDENT", "Q7.01"], ["CS-59-0005", 3], ["CS-59-0007", 4], ["CS-59-0008"], ["TOTAL", 7]]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for number in (0, 2, 3, 4):
            sheet.set_row(number, None, None, {"hidden": True})

    intake = take_in_file(xlsx(fill), "masque.xlsx")
    states = intake.tables["responses"].select("structure_id", "state", "rule").rows()
    assert states == [("CS-59-0005", "accepted", ""), ("CS-59-0007", "rejected", "I17")]
    rejects = intake.tables["rejects"].select("level", "sheet", "cell", "raw").rows()
    assert rejects == [("row", "CS", "A3", "CS-59-0007")]


def test_a_campaign_without_any_option_is_parsed_too(registry: Registry) -> None:
    empty = option_codes(replace(registry, questions=()), 2019)
    assert empty.schema == option_codes(registry, 2019).schema


def settled_by(registry: Registry, header: str, decision: str, sender: str = "", code: str = "Q7.01") -> Registry:
    line = Acknowledged(2019, sender, header, decision, code if decision == "map" else "", "vu avec la fédération")
    return replace(registry, fingerprint=f"{decision} {sender}", acknowledged=(line,))


ROWS = b"IDENT;Q7.02;Combien d'employ\xc3\xa9s\nCS-59-0005;2;3\nCS-59-0007;2;\n"
FORM: list[list[object]] = [
    ["Question", "", "R\u00e9ponse"],
    ["IDENT", "", "CS-59-0005"],
    ["Q7.02", "", 2],
    ["Effectif", "", 3],
]


def test_what_was_not_recognised_is_kept_with_its_values(take_in_file: TakeIn) -> None:
    intake = take_in_file(ROWS, "retour.csv")
    assert intake.tables["unmapped_values"].select("cell", "header", "structure_id", "text").rows() == [
        ("C2", "Combien d'employés", "CS-59-0005", "3")
    ]


@pytest.mark.parametrize("sender", ["", "caf-59"])
def test_a_line_that_maps_a_column_makes_it_answer(take_in_file: TakeIn, registry: Registry, sender: str) -> None:
    intake = take_in_file(ROWS, "retour.csv", settled_by(registry, "Combien d'employés", "map", sender))
    assert (answer(intake, "employees")["value_num"], answer(intake, "employees")["cell"]) == (3, "C2")
    assert intake.tables["unmapped"].is_empty()
    assert intake.tables["unmapped_values"].is_empty()


def test_a_line_for_another_sender_changes_nothing(take_in_file: TakeIn, registry: Registry) -> None:
    intake = take_in_file(ROWS, "retour.csv", settled_by(registry, "Combien d'employés", "map", "fede-npdc"))
    assert intake.tables["unmapped"]["acknowledged"].to_list() == [False]


def test_a_line_that_ignores_a_column_acknowledges_it_and_its_values_stay(
    take_in_file: TakeIn, registry: Registry
) -> None:
    intake = take_in_file(ROWS, "retour.csv", settled_by(registry, "Combien d'employés", "ignore"))
    assert intake.tables["unmapped"].select("acknowledged", "decision").rows() == [
        (True, "ignore : vu avec la fédération")
    ]
    assert intake.tables["unmapped_values"].height == 1


def test_a_line_of_a_form_is_mapped_too(take_in_file: TakeIn, registry: Registry) -> None:
    content = sheets(Fiche=FORM)
    assert take_in_file(content, "fiche.xlsx").tables["unmapped_values"]["text"].to_list() == ["3"]
    intake = take_in_file(content, "fiche.xlsx", settled_by(registry, "Effectif", "map"))
    assert answer(intake, "employees")["value_num"] == 3


SECTIONS = ["", "", "Projet", "", "", "Salariés", ""]


@pytest.mark.parametrize("headings", [["IDENT", "NOM_REF", "Q2.02", "", "", "Q7.01", "Q9.01"], None])
def test_options_under_a_merged_question_under_a_section(
    take_in_file: TakeIn, registry: Registry, headings: list[str] | None
) -> None:
    labels = [
        "Identifiant de la structure",
        "Nom",
        ISSUES,
        "",
        "",
        *(label_of(registry, c) for c in ("Q7.01", "Q9.01")),
    ]
    options = {choice.code: choice.label_fr for choice in registry.choices_of["issues"]}
    under = ["", "", options["isolation"], options["ageing"], options["youth"], "", ""]
    units = ["", "", "", "", "", "personnes", "(€)"]
    rows: list[list[object]] = [
        ["CS-59-0005", "", "X", "", "X", 3, 500000],
        ["", "", "", "", "", "", ""],
        ["CS-59-0007", "", "", "X", "", 4, 1],
    ]
    intake = take_in_file(sheets(CS=[["Enquête"], SECTIONS, headings or labels, under, units, *rows]), "rangs.xlsx")
    issues = (
        intake.tables["answers"].filter(pl.col("variable") == "issues").select("structure_id", "value_text", "cell")
    )
    assert issues.rows() == [("CS-59-0005", "isolation|youth", "C6:E6"), ("CS-59-0007", "ageing", "D8")]
    assert intake.tables["responses"]["state"].to_list() == ["accepted", "accepted"]


def test_a_first_row_of_joined_options_is_not_taken_for_headers(take_in: TakeIn, registry: Registry) -> None:
    label = next(choice.label_fr for choice in registry.choices_of["issues"] if choice.code == "isolation")
    intake = take_in([{"IDENT": "CS-59-0005", "Q2.02": label, "Q7.01": "3"}])
    assert answer(intake, "issues")["value_text"] == "isolation"
