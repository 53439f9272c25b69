"""Action sheets: read by header or key, checked, told line by line when refused, the last one received kept."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from core.home import PROJECT_ROOT, Home
from ingest.action_sheets import ActionSheetError, export_action_sheets, register_action_sheets
from ingest.survey_frame.frames import export_frames
from registry import Registry

SAMPLE = PROJECT_ROOT / "samples" / "action_sheets" / "fiches.csv"
SHEET = {
    "Titre": "Atelier vélo",
    "Structure": "cs-62-0004",
    "Année": "2018.0",
    "Statut": "EN COURS",
    "Axe": "citoyenneté",
    "Résumé": "Réparer ensemble.",
    "Description": "Chaque samedi.",
    "Partenaires": "Commune ; Association",
}


def csv_file(folder: Path, *sheets: dict[str, str], name: str = "fiches.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(sheets[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(sheets)
    return path


def exported(home: Home, registry: Registry) -> pl.DataFrame:
    export_frames(home, registry)
    export_action_sheets(home, registry)
    return pl.read_parquet(home.intake / "action_sheets.parquet")


def test_the_bundled_sheets_are_all_taken_in(framed_home: Home, registry: Registry) -> None:
    receipt = register_action_sheets(framed_home, registry, SAMPLE)
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        told = len(list(csv.DictReader(stream)))
    assert (receipt["sheets"], receipt["refused"], receipt["unknown"]) == (told, [], [])
    table = exported(framed_home, registry)
    assert table.height == told
    assert table["demo"].all()


def test_columns_are_known_by_label_or_by_another_name(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    receipt = register_action_sheets(framed_home, registry, csv_file(tmp_path, SHEET | {"Couleur": "verte"}))
    assert receipt["unknown"] == ["Couleur"]
    (row,) = exported(framed_home, registry).to_dicts()
    assert (row["structure_id"], row["year"], row["status"]) == ("CS-62-0004", 2018, "ongoing")
    assert row["dimension"] == "citizenship"
    assert row["action_partners"] == ["Commune", "Association"]
    assert row["sheet_id"] == "cs-62-0004-2018-atelier-velo"
    assert row["limits"] is None
    assert not row["demo"]


def test_json_is_read_by_key(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "fiches.json"
    sheet = SHEET | {"Année": 2018, "Partenaires": ["Commune", "Association"]}
    path.write_text(json.dumps({"fiches": [sheet]}), encoding="utf-8")
    assert register_action_sheets(framed_home, registry, path)["sheets"] == 1
    assert exported(framed_home, registry)["action_partners"].to_list() == [["Commune", "Association"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Titre": ""}, "« Titre » manque"),
        ({"Structure": "CS-62-9999"}, "la structure « CS-62-9999 » n'est dans aucun référentiel"),
        ({"Année": "hier"}, "« Année » : « hier » n'est pas une année"),
        ({"Statut": "peut-être"}, "« État de l'action » : « peut-être » n'est pas une des réponses possibles"),
        ({"Statut": "Arrêtée"}, "« Pourquoi l'action s'est arrêtée » manque"),
        ({"Résumé": "Écrire à jeanne@example.org"}, "« Résumé » contient une adresse électronique"),
        ({"Description": "Appeler le 06 39 98 12 34"}, "« Description » contient une adresse électronique ou un"),
        ({"Titre": "x" * 500}, "« Titre » a 500 caractères"),
        ({"Année": "12/03/2018"}, "« Année » : « 12/03/2018 » n'est pas une année"),
        ({"Structure": "CS-99-0001"}, "la structure « CS-99-0001 » n'est dans aucun référentiel"),
        ({"Axe": "bricolage"}, "« Dimension » : « bricolage » n'est pas une des réponses possibles"),
        ({"Résumé": "Bonjour <script>alert(1)</script>"}, "« Résumé » contient des balises HTML"),
        ({"Titre": '=HYPERLINK("http://example.org")'}, "« Titre » commence comme une formule de tableur"),
        ({"Résumé": "Autre texte."}, "même référence (structure, année, titre) que la ligne 2"),
    ],
)
def test_a_faulty_sheet_is_told_with_its_line_and_stops_no_other(
    framed_home: Home, registry: Registry, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    receipt = register_action_sheets(framed_home, registry, csv_file(tmp_path, SHEET, SHEET | change))
    assert receipt["sheets"] == 1
    (refused,) = receipt["refused"]
    assert refused.startswith("fiches.csv, ligne 3 : ")
    assert reason in refused
    assert exported(framed_home, registry).height == 1


def test_the_last_sheet_of_a_reference_is_the_one(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    register_action_sheets(framed_home, registry, csv_file(tmp_path, SHEET))
    later = csv_file(tmp_path, SHEET | {"Résumé": "Réparer et rouler."}, name="suite.csv")
    register_action_sheets(framed_home, registry, later)
    assert exported(framed_home, registry)["summary"].to_list() == ["Réparer et rouler."]


def test_a_file_without_known_column_is_refused_whole(framed_home: Home, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ActionSheetError, match="aucune colonne connue"):
        register_action_sheets(framed_home, registry, csv_file(tmp_path, {"a": "1", "b": "2"}))
    assert exported(framed_home, registry).is_empty()


@pytest.mark.parametrize("content", [b"{", b"3", b"[1]", b"\xff\xfe\x00", b"[" * 100_000])
def test_json_that_is_not_a_list_of_sheets_is_refused(
    framed_home: Home, registry: Registry, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "fiches.json"
    path.write_bytes(content)
    with pytest.raises(ActionSheetError, match=r"fiches\.json : "):
        register_action_sheets(framed_home, registry, path)
