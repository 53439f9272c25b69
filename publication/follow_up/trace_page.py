"""What a figure rests on, as a French page for the team's own use: it names structures, and is never published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.french import number
from lineage.trace import STATUS_WORDS
from publication.documents.plans import House
from publication.documents.table_page import TablePage, TableSection

NOTHING = "–"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MODES = {"ratio": "par strate", "raking": "calage", "none": "aucun"}
METHODS = {"growth": "évolution des semblables", "ratio": "rapport à une autre réponse"}
ANSWERS = (
    "structure_id",
    "variable",
    "status",
    "raw",
    "value",
    "counted",
    "file",
    "sheet",
    "cell",
    "received",
    "decision",
)
IMPUTED = (
    "structure_id",
    "variable",
    "value_num",
    "method",
    "donor_campaign",
    "donor_variable",
    "donor_value",
    "stratum",
)
WEIGHTS = ("structure_id", "weight", "mode", "stratum", "collapsed_into", "capped")
DECISIONS = ("structure_id", "variable", "rule", "action", "value", "reason", "author", "decided_at", "state")
HEADERS = {
    "structure_id": "Structure",
    "variable": "Variable",
    "status": "Réponse",
    "raw": "Texte lu",
    "value": "Valeur",
    "counted": "Compte",
    "file": "Fichier",
    "sheet": "Feuille",
    "cell": "Cellule",
    "received": "Texte reçu",
    "decision": "Décision",
    "value_num": "Valeur imputée",
    "method": "Méthode",
    "donor_campaign": "Campagne du donneur",
    "donor_variable": "Variable du donneur",
    "donor_value": "Valeur du donneur",
    "stratum": "Strate",
    "weight": "Poids",
    "mode": "Redressement",
    "collapsed_into": "Regroupée dans",
    "capped": "Poids plafonné",
    "rule": "Règle",
    "action": "Action",
    "reason": "Motif",
    "author": "Auteur",
    "decided_at": "Le",
    "state": "État",
}


def trace_page(trace: Mapping[str, Any], house: House, *, demo: bool) -> TablePage:
    """The page of `trace`, as `senacs trace --json` gives it. `demo`: it rests on demonstration data."""
    figure = trace["figure"]
    part = f", {figure['breakdown']}" if figure["breakdown"] else ""
    base = house.bases.get(trace["base_label"], house.base_otherwise).format(n=number(figure["n_respondents"], 0))
    sections = [
        TableSection("Le chiffre", [base] if base else [], *_figure_table(figure)),
        TableSection("Comment il se calcule", _sentences(trace), ("Variable", "Calcul"), _computed(trace)),
        _section("Réponses", trace["answers"], ANSWERS),
        _section("Valeurs imputées", trace["imputed"], IMPUTED),
        _section("Poids des structures", trace["weights"], WEIGHTS),
        _section("Décisions prises", trace["decisions"], DECISIONS),
    ]
    return TablePage(
        kicker=f"D'où vient ce chiffre ? {trace['address']}",
        title=f"{trace['label_fr']}{part}",
        edition=(
            "Usage interne : ne pas diffuser",
            f"{figure['level']} {figure['territory']}, {figure['structure_type']}, campagne {figure['campaign']}",
        ),
        sections=[section for section in sections if section.rows or section.sentences],
        demo=house.demo["mark"] if demo else "",
    )


def _figure_table(figure: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    header = ("Valeur", "Numérateur", "Dénominateur", "Répondants", "dont imputés", "Agréées", "Sollicitées")
    names = ("value", "numerator", "denominator", "n_respondents", "n_imputed", "n_agreed", "n_solicited")
    return header, [[_shown(name, figure[name]) for name in names]]


def _sentences(trace: Mapping[str, Any]) -> list[str]:
    if trace["from_frame"]:
        return ["Ce chiffre compte les structures de la base des agréments : il ne repose sur aucune réponse."]
    return [f"Variables du questionnaire : {', '.join(trace['variables'])}."]


def _computed(trace: Mapping[str, Any]) -> list[Sequence[str]]:
    return list(trace["computed"].items())


def _section(heading: str, lines: Iterable[Mapping[str, Any]], names: Sequence[str]) -> TableSection:
    """A table of the columns that any line fills."""
    known = list(lines)
    filled = [name for name in names if any(line[name] not in (None, "") for line in known)]
    rows = [[_shown(name, line[name]) for name in filled] for line in known]
    return TableSection(f"{heading} ({len(rows)})", (), [HEADERS[name] for name in filled], rows, of_words=True)


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name == "mode":
        return MODES.get(value, value)
    if name in ("status", "method"):
        return (STATUS_WORDS | METHODS).get(value, value)
    if name == "value" and NUMBER.fullmatch(str(value)):
        value = float(value)
    if isinstance(value, str) or name == "donor_campaign":
        return str(value)
    exact = number(value, 4)
    return exact.rstrip("0").rstrip(",")
