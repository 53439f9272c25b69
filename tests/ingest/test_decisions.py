"""A report goes out, is answered, comes back: what it decides applies, closes, and dies with the values it is about."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest

from ingest.corrections.report_layout import COLUMNS, DECISION, MARK, REASON, REFERENCE, VALUE
from tests.ingest.exchange import STRUCTURE, Exchange, write_corrections

CHECKED = "Valeur vérifiée : elle est exacte"


def test_a_report_has_a_line_per_refusal_and_open_rule_with_its_cell(exchange: Exchange) -> None:
    exchange.answer(Q9_01="-45000", Q5_01="90", Q7_01="une douzaine")
    lines = {line["Règle"]: line for line in exchange.lines() if line["Structure"] == STRUCTURE}
    assert {"T03", "T01", "E24"} <= set(lines)
    refused = lines["T03"]
    assert (refused["Valeur lue"], refused["Cellule"], refused["Question"]) == ("-45000", "B2", "Q9.01")
    assert (refused["Gravité"], refused["Pourquoi"]) == ("À corriger", "Valeur inférieure au minimum possible.")


def test_a_correction_applies_and_closes_the_rule(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    assert exchange.open_rules() == ["E24"]
    assert exchange.decide("E24", Décision="Corriger", Valeur_corrigée="9") == "accepted"
    assert exchange.value("board_members") == (9, "corrected")
    assert exchange.open_rules() == []
    decision = exchange.table("decisions").row(0, named=True)
    assert (decision["state"], decision["author"], decision["decided_at"]) == (
        "applied",
        "Camille Hoarau",
        "2019-06-02T00:00:00",
    )


def test_what_was_received_stays_beside_the_correction(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", **{DECISION: "Corriger", "Valeur_corrigée": "9"})
    row = exchange.table("answers").filter(pl.col("variable") == "board_members").row(0, named=True)
    assert (row["received"], row["raw"], row["cell"]) == ("90", "9", "B2")
    assert "Camille Hoarau" in row["decision"]


def test_a_confirmation_closes_the_rule_and_keeps_the_value(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", **{DECISION: "Confirmer", REASON: CHECKED})
    assert exchange.value("board_members") == (90, "declared")
    assert exchange.open_rules() == []
    edit = exchange.table("edits").filter(pl.col("rule") == "E24").row(0, named=True)
    assert (edit["reason"], "Camille Hoarau" in edit["settled_by"]) == ("checked", True)


def test_a_decision_dies_with_the_value_it_was_made_on(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", **{DECISION: "Confirmer", REASON: CHECKED})
    exchange.answer(Q5_01="95")
    assert exchange.open_rules() == ["E24"]
    assert exchange.table("decisions")["state"].to_list() == ["dead"]


def test_a_decision_survives_a_new_return_with_the_same_value(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", **{DECISION: "Confirmer", REASON: CHECKED})
    exchange.answer(Q5_01="90", Q6_03="4")
    assert exchange.open_rules() == []


def test_a_corrected_value_is_checked_like_any_other(exchange: Exchange) -> None:
    exchange.answer(Q7_01="3", Q5_01="90")
    exchange.decide("E24", **{DECISION: "Corriger", "Valeur_corrigée": "une dizaine"})
    assert exchange.value("board_members") == (None, "rejected")
    assert "T01" in exchange.table("rejects")["rule"].to_list()
    assert "1 décision appliquée. 1 valeur corrigée est refusée à son tour (J" in exchange.heard


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("E24", {DECISION: "Confirmer"}),
        ("E24", {DECISION: "Corriger"}),
        ("E24", {DECISION: "Peut-être"}),
        ("T03", {DECISION: "Confirmer", REASON: CHECKED}),
    ],
)
def test_an_incomplete_decision_is_refused_and_said(exchange: Exchange, rule: str, answers: dict[str, str]) -> None:
    exchange.answer(Q5_01="90", Q9_01="-45000")
    exchange.decide(rule, **answers)
    assert exchange.open_rules() == ["E24"]
    assert "0 décision appliquée. 1 décision refusée (" in exchange.heard
    decision = exchange.table("decisions").row(0, named=True)
    assert decision["state"] == "refused"
    assert decision["detail"]


def test_only_the_sender_of_the_standing_response_decides(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    report = exchange.report()
    book = openpyxl.load_workbook(report)
    sheet = book["À décider"]
    for row in sheet.iter_rows():
        if row[COLUMNS.index("Règle")].value == "E24":
            row[COLUMNS.index(DECISION)].value = "Corriger"
            row[COLUMNS.index(VALUE)].value = "9"
    path = exchange.folder / "autre.xlsx"
    book.save(path)
    exchange.send(path, sender="fede-npdc")
    assert exchange.value("board_members") == (90, "declared")


def correction(**changes: str) -> str:
    entry = {
        "structure": STRUCTURE,
        "variable": "board_members",
        "action": "correct",
        "expected": "90",
        "value": "9",
        "reason": "vu avec la Caf",
        "author": "a.martin",
        "date": "2019-07-15",
    } | changes
    return "- " + "\n  ".join(f'{name}: "{text}"' for name, text in entry.items()) + "\n"


def test_the_national_team_corrects_confirms_and_sets_aside(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    write_corrections(exchange, correction())
    assert exchange.value("board_members") == (9, "corrected")
    write_corrections(exchange, correction(action="reject"))
    assert exchange.value("board_members") == (None, "rejected")
    write_corrections(exchange, correction(action="confirm", rule="E24"))
    assert exchange.value("board_members") == (90, "declared")
    assert exchange.open_rules() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expected": "80"}, "n'y est plus"),
        ({"structure": "CS-59-0006"}, "pas de réponse retenue"),
        ({"variable": "nobody"}, "inconnue"),
        ({"action": "delete"}, "action"),
        ({"author": ""}, "author"),
        ({"variable": "evs_domains", "expected": ""}, "n'est pas demandée"),
        ({"action": "confirm", "rule": "E27"}, "n'est pas levée"),
    ],
)
def test_a_correction_that_does_not_apply_is_named_and_stops_nothing_else(
    exchange: Exchange, changes: dict[str, str], words: str
) -> None:
    exchange.answer(Q5_01="90", Q7_01="3")
    write_corrections(exchange, correction(**changes) + correction(variable="employees", expected="3", value="4"))
    assert exchange.value("employees") == (4, "corrected")
    assert exchange.value("board_members") == (90, "declared")
    first, second = exchange.table("decisions").sort("cell").select("cell", "state", "detail").rows()
    assert (first[0], first[1] in ("dead", "refused"), words in first[2], second) == (
        "entrée 1",
        True,
        True,
        ("entrée 2", "applied", ""),
    )


def test_of_two_corrections_of_one_value_the_second_is_refused(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    write_corrections(exchange, correction() + correction(value="10"))
    assert exchange.value("board_members") == (9, "corrected")
    states = exchange.table("decisions").sort("cell").select("cell", "state", "detail").rows()
    assert [row[:2] for row in states] == [("entrée 1", "applied"), ("entrée 2", "refused")]
    assert "n'en gardez qu'une" in states[1][2]


def test_a_correction_of_what_the_sender_has_corrected_since_is_dead(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    write_corrections(exchange, correction(value="19"))
    assert exchange.value("board_members") == (19, "corrected")
    write_corrections(exchange, "")
    exchange.decide("E24", **{DECISION: "Corriger", "Valeur_corrigée": "9"})
    write_corrections(exchange, correction(value="19"))
    assert exchange.value("board_members") == (9, "corrected")
    dead = exchange.table("decisions").filter(state="dead").row(0, named=True)
    assert (dead["sender"], "n'y est plus" in dead["detail"]) == ("national", True)


def test_a_file_of_corrections_that_can_not_be_read_is_named_with_its_line(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    write_corrections(exchange, bomb)
    assert exchange.value("board_members") == (90, "declared")
    row = exchange.table("decisions").row(0, named=True)
    assert (row["file"], row["cell"], row["state"]) == ("corrections/2019.yml", "ligne 1", "refused")
    assert "écrivez la valeur en entier" in row["detail"]


def test_the_columns_of_a_report_stand_in_the_order_of_use(exchange: Exchange) -> None:
    order = ["Structure", "Question", "Pourquoi", DECISION, VALUE, REASON, "Règle", "Cellule", REFERENCE]
    places = [COLUMNS.index(name) for name in order]
    assert places == sorted(places)


def test_a_report_of_the_earlier_layout_still_comes_back(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    (line,) = [line for line in exchange.lines() if line["Règle"] == "E24"]
    earlier = [REFERENCE, "Gravité", "Structure", "Règle", DECISION, VALUE, REASON, "Commentaire"]
    filled = line | {DECISION: "Corriger", VALUE: "9"}
    lines = ["Rapport de contrôle SENACS", f'"{MARK} ; campagne 2019 ; émetteur caf-59"', ";".join(earlier)]
    path = exchange.folder / "rapport_ancien.csv"
    path.write_text("\n".join([*lines, ";".join(filled[name] or "" for name in earlier)]) + "\n", encoding="utf-8")
    exchange.send(path)
    assert exchange.value("board_members") == (9, "corrected")


def test_the_sender_s_own_columns_come_back_beside_the_lines(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90", Suivi="=relance(12)", Décision="à voir")
    sheet = openpyxl.load_workbook(exchange.report())["À décider"]
    header = next(row for row in sheet.iter_rows() if row[0].value == COLUMNS[0])
    places = {cell.value: cell.column - 1 for cell in header}
    line = next(row for row in sheet.iter_rows() if row[places["Règle"]].value == "E24")
    own = {name: line[places[f"Votre colonne : {name}"]] for name in ("Suivi", "Décision")}
    assert (own["Suivi"].value, own["Suivi"].data_type, own["Suivi"].quotePrefix) == ("=relance(12)", "s", True)
    assert own["Décision"].value == "à voir"
    exchange.decide("E24", **{DECISION: "Corriger", "Valeur_corrigée": "9"})
    assert exchange.value("board_members") == (9, "corrected")


def test_the_page_tells_the_same_and_runs_nothing(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90", Q1_20="=<script>alert(1)</script>", Q7_01="<b>douze</b>")
    page = exchange.report().with_suffix(".html").read_text(encoding="utf-8")
    assert "Instance de plus de 80 membres" in page
    assert "<script>" not in page
    assert "&lt;b&gt;douze&lt;/b&gt;" in page
