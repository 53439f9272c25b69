"""A row whose structure its file doesn't tell: proposed, chosen by its sender or by the national team."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from ingest.survey_frame.frames import register_frame
from registry import Registry
from tests.ingest.conftest import SAMPLES
from tests.ingest.exchange import Exchange, write_corrections

TWINS = ("CS-59-0005", "CS-59-0007")


@pytest.fixture
def twins(exchange: Exchange, registry: Registry, tmp_path: Path) -> Exchange:
    """Two structures of one name in one commune, and a row that names them without identifier."""
    frame = pl.read_csv(SAMPLES / "frames" / "frame_2019.csv", infer_schema=False)
    model = frame.filter(structure_id=TWINS[0])
    alike = {"name": "Centre social du Parc", "commune_code": model["commune_code"][0],
             "commune_name": model["commune_name"][0]}  # fmt: skip
    is_twin = pl.col("structure_id").is_in(TWINS)
    frame.with_columns(
        pl.when(is_twin).then(pl.lit(text)).otherwise(name).alias(name) for name, text in alike.items()
    ).write_csv(tmp_path / "frame_corrige.csv")
    register_frame(exchange.home, registry, tmp_path / "frame_corrige.csv", 2019)
    path = tmp_path / "sans_identifiant.csv"
    path.write_text(
        f"IDENT;NOM_REF;INSEE;Q7.01\n;Centre social du parc;{model['commune_code'][0]};3\n", encoding="utf-8"
    )
    assert exchange.send(path) == "accepted"
    return exchange


def states(exchange: Exchange) -> list[tuple[str, str, str]]:
    return exchange.table("responses").select("structure_id", "state", "rule").rows()


def test_structures_that_a_row_may_be_are_proposed_not_guessed(twins: Exchange) -> None:
    assert states(twins) == [("", "rejected", "I01")]
    (line,) = [line for line in twins.lines() if line["Règle"] == "I01"]
    assert all(name in line["Pourquoi"] for name in TWINS)


def test_the_structure_chosen_in_the_report_is_the_row_s(twins: Exchange) -> None:
    assert twins.decide("I01", Décision="Corriger", Valeur_corrigée="cs 59 0007".replace(" ", "-")) == "accepted"
    assert states(twins) == [("CS-59-0007", "accepted", "")]
    assert twins.value("employees") == (3, "declared")
    assert not [line for line in twins.lines() if line["Règle"] == "I01"]
    assert twins.table("decisions").select("state", "author").row(0) == ("applied", "Camille Hoarau")


@pytest.mark.parametrize(("chosen", "said"), [("CS-59-9999", "référentiel"), ("EVS-59-0003", "type de ce formulaire")])
def test_a_structure_that_the_row_can_not_be_is_refused(twins: Exchange, chosen: str, said: str) -> None:
    twins.decide("I01", Décision="Corriger", Valeur_corrigée=chosen)
    assert states(twins) == [("", "rejected", "I01")]
    decision = twins.table("decisions").row(0, named=True)
    assert decision["state"] == "refused"
    assert said in decision["detail"]


CHOICE = """
- action: identify
  file: sans_identifiant.csv
  row: {row}
  expected: {expected}
  structure: {structure}
  reason: deux centres de ce nom, vu avec la fédération
  author: a.martin
  date: 2019-07-15
"""


def test_the_national_team_may_choose_in_a_line(twins: Exchange) -> None:
    write_corrections(twins, CHOICE.format(row=2, expected="Centre social du parc", structure="CS-59-0005"))
    assert states(twins) == [("CS-59-0005", "accepted", "")]
    assert twins.table("decisions").select("state", "sender").row(0) == ("applied", "national")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"row": 3}, "aucun fichier reçu"),
        ({"expected": "Autre"}, "on y lit « Centre social du parc »"),
        ({"structure": "CS-59-9999"}, "référentiel"),
        ({"structure": "EVS-59-0003"}, "type de ce formulaire"),
        ({"expected": ""}, "il manque expected"),
    ],
)
def test_a_choice_that_matches_nothing_is_named_and_changes_nothing(
    twins: Exchange, fields: dict[str, object], said: str
) -> None:
    line: dict[str, object] = {"row": 2, "expected": "Centre social du parc", "structure": "CS-59-0005"}
    write_corrections(twins, CHOICE.format(**line | fields))
    assert states(twins) == [("", "rejected", "I01")]
    decision = twins.table("decisions").row(0, named=True)
    assert (decision["state"] in ("dead", "refused"), said in decision["detail"]) == (True, True)
