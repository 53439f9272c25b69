"""A new file that would erase good answers with refused ones waits; one that says the same is told so."""

from __future__ import annotations

import polars as pl

from tests.ingest.exchange import Exchange

CHECKED = "Valeur vérifiée : elle est exacte"


def states(exchange: Exchange) -> list[tuple[str, str]]:
    return exchange.table("responses").sort("received_at").select("state", "rule").rows()


def test_a_response_that_erases_good_answers_waits_and_says_so(exchange: Exchange) -> None:
    exchange.answer(Q5_01="9", Q9_01="45000")
    exchange.answer(Q5_01="10", Q9_01="-45000")
    assert states(exchange) == [("accepted", ""), ("rejected", "I60")]
    assert exchange.value("board_members") == (9, "declared")
    assert "elle attend, et la précédente compte toujours. Valeurs refusées : Q9.01 « -45000 »." in exchange.heard
    (line,) = [line for line in exchange.lines() if line["Règle"] == "I60"]
    assert line["Structure"] == "CS-59-0005"


def test_it_counts_once_its_sender_confirms_it(exchange: Exchange) -> None:
    exchange.answer(Q5_01="9", Q9_01="45000")
    exchange.answer(Q5_01="10", Q9_01="-45000")
    exchange.decide("I60", Décision="Confirmer", Motif=CHECKED)
    assert states(exchange) == [("replaced", "I06"), ("accepted", "")]
    assert exchange.value("board_members") == (10, "declared")
    assert exchange.table("decisions")["state"].to_list() == ["applied"]


def test_a_corrected_file_takes_the_place_of_both(exchange: Exchange) -> None:
    exchange.answer(Q5_01="9", Q9_01="45000")
    exchange.answer(Q5_01="10", Q9_01="-45000")
    exchange.answer(Q5_01="10", Q9_01="46000")
    assert states(exchange) == [("replaced", "I06"), ("replaced", "I06"), ("accepted", "")]
    assert not [line for line in exchange.lines() if line["Règle"] in ("I60", "T03")]


def test_a_second_faulty_file_waits_too(exchange: Exchange) -> None:
    exchange.answer(Q5_01="9", Q9_01="45000")
    exchange.answer(Q9_01="-45000", Q5_01="9")
    exchange.answer(Q9_01="-1", Q5_01="9")
    assert [state for state, _ in states(exchange)] == ["accepted", "rejected", "rejected"]


def test_a_fault_where_nothing_was_or_where_faults_were_waits_for_nothing(exchange: Exchange) -> None:
    exchange.answer(Q5_01="9", Q6_03="-4")
    exchange.answer(Q5_01="10", Q6_03="-5", Q9_01="-45000")
    assert [state for state, _ in states(exchange)] == ["replaced", "accepted"]
    exchange.answer(Q5_01="11")
    exchange.answer(Q5_01="12", Q7_01="beaucoup")
    assert exchange.value("board_members") == (12, "declared")


def test_a_file_that_says_the_same_is_told_so(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90", Q9_01="45000")
    assert "identiques" not in exchange.heard
    exchange.decide("E24", Décision="Corriger", Valeur_corrigée="9")
    exchange.answer(Q9_01="45000", Q5_01="90", Suivi="relancé")
    assert "Réponses identiques au dernier envoi : rien ne change." in exchange.heard
    exchange.answer(Q9_01="45000", Q5_01="91", Suivi="relancé")
    assert "identiques" not in exchange.heard


def test_a_confirmation_follows_an_unchanged_value_into_the_next_file(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", Décision="Confirmer", Motif=CHECKED)
    exchange.answer(Q5_01="90", Q7_01="3")
    assert exchange.open_rules() == []
    assert exchange.table("decisions").filter(pl.col("rule") == "E24")["state"].to_list() == ["applied"]
