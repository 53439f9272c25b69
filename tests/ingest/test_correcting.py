"""What the national team decides without any file: a value corrected, taken back; what is refused before it is kept."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from ingest.corrections.correcting import Asked, CorrectionError, archive, tried
from ingest.corrections.corrections import WITHDRAW
from ingest.receive.archive import CORRECTIONS, Archive
from ingest.receive.status import campaign_status
from tests.ingest.exchange import STRUCTURE, Exchange, write_corrections

CHECKED = "Valeur vérifiée : elle est exacte"
SAID = {"reason": "vu avec la Caf", "author": "a.martin"}


def corrected(exchange: Exchange, question: str, value: str) -> None:
    asked = Asked(STRUCTURE, question, "correct", value, **SAID)
    archive(exchange.home, 2019, tried(exchange.home, exchange.registry, 2019, asked))


def test_a_correction_is_tried_then_kept_then_taken_back(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    asked = Asked("cs-59-0005", "q5.01", "correct", "9", **SAID)
    effect = tried(exchange.home, exchange.registry, 2019, asked)
    assert (effect.old, effect.new, effect.closed, effect.opened) == ("90", "9", ["E24"], [])
    assert exchange.value("board_members") == (90, "declared")
    archive(exchange.home, 2019, effect)
    assert exchange.value("board_members") == (9, "corrected")
    assert exchange.open_rules() == []
    row = exchange.table("decisions").row(0, named=True)
    assert (row["sender"], row["author"], row["reason"], row["state"]) == (
        "national",
        "a.martin",
        SAID["reason"],
        "applied",
    )
    back = tried(exchange.home, exchange.registry, 2019, Asked(STRUCTURE, "board_members", WITHDRAW, **SAID))
    assert (back.old, back.new, back.opened) == ("9", "90", ["E24"])
    archive(exchange.home, 2019, back)
    assert exchange.value("board_members") == (90, "declared")
    assert len(Archive(exchange.home).entries(2019, CORRECTIONS)) == 2


def test_a_second_correction_takes_the_place_of_the_first(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    corrected(exchange, "Q5.01", "9")
    corrected(exchange, "Q5.01", "10")
    assert exchange.value("board_members") == (10, "corrected")
    assert exchange.table("decisions")["state"].to_list() == ["applied"]


def test_what_the_sender_corrected_is_what_is_expected(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    exchange.decide("E24", Décision="Corriger", Valeur_corrigée="12")
    effect = tried(exchange.home, exchange.registry, 2019, Asked(STRUCTURE, "Q5.01", "correct", "11", **SAID))
    assert (effect.record["expected"], effect.old, effect.new) == ("12", "12", "11")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked("CS-59-0099", "Q5.01", "correct", "9"), "pas dans le référentiel 2019 ; les plus proches : CS-59-00"),
        (Asked("CS-59-0006", "Q5.01", "correct", "9"), "n'a pas de réponse retenue"),
        (
            Asked(STRUCTURE, "Q5.0", "correct", "9"),
            "pas une question posée aux CS en 2019 ; les plus proches : Q5",
        ),
        (Asked(STRUCTURE, "Q5.01", "correct", "une douzaine"), r"« une douzaine » serait refusée à son tour \(T01\)"),
        (Asked(STRUCTURE, "Q5.01", "correct", "-4"), r"serait refusée à son tour \(T03\)"),
        (Asked(STRUCTURE, "Q5.01", "confirm", rule="E27"), "E27 n'est pas levée"),
        (Asked(STRUCTURE, "Q5.01", WITHDRAW), "aucune correction de CS-59-0005"),
    ],
)
def test_what_can_not_be_corrected_is_refused_before_it_is_kept(exchange: Exchange, asked: Asked, said: str) -> None:
    exchange.answer(Q5_01="90")
    with pytest.raises(CorrectionError, match=said):
        tried(exchange.home, exchange.registry, 2019, dataclasses.replace(asked, **SAID))


def test_a_value_already_corrected_in_the_file_is_told_where(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    write_corrections(
        exchange,
        f'- structure: {STRUCTURE}\n  question: Q5.01\n  action: correct\n  expected: "90"\n  value: "9"\n'
        "  reason: vu\n  author: a.martin\n  date: 2019-07-15\n",
    )
    with pytest.raises(CorrectionError, match="entrée 1"):
        tried(exchange.home, exchange.registry, 2019, Asked(STRUCTURE, "Q5.01", "correct", "8", **SAID))


def test_a_correction_whose_value_changed_is_told_to_everyone_and_stops_nothing(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    corrected(exchange, "Q5.01", "9")
    exchange.answer(Q5_01="95", Q7_01="3")
    assert "1 correction de l'équipe nationale ne s'applique pas (CS-59-0005, board_members)" in exchange.heard
    assert exchange.value("board_members") == (95, "declared")
    (campaign,) = campaign_status(exchange.home, exchange.registry, 2019)["campaigns"]
    (line,) = campaign["corrections"]
    assert (line["structure_id"], line["state"]) == (STRUCTURE, "dead")
    assert "« 90 » n'y est plus (lu « 95 »)" in line["detail"]


def test_a_decision_without_object_is_not_to_be_made_again(exchange: Exchange) -> None:
    exchange.answer(Q5_01="90")
    path = exchange.report()
    exchange.answer(Q5_01="9")
    exchange.send_decided(path, "E24", Décision="Confirmer", Motif=CHECKED)
    assert "1 décision n'a plus d'objet : rien à refaire." in exchange.heard
    assert "Corrigez ces lignes" not in exchange.heard
    exchange.answer(Q5_01="91")
    exchange.send_decided(
        path, "E24", Décision="Confirmer", Motif="Valeur vérifiée : elle est exacte", Commentaire="vu"
    )
    assert "1 décision sans effet (" in exchange.heard
    assert "Corrigez ces lignes" in exchange.heard
    assert exchange.table("decisions").filter(pl.col("state") == "dead").height == 2
