"""The edit report's columns and words, shared by who writes it and who reads it back."""

from __future__ import annotations

from ingest.corrections.decision import CONFIRM, CORRECT

TITLE = "Rapport de contrôle SENACS"
AUTHOR_LABEL = "Votre nom"
REFERENCE = "Référence"
DECISION, VALUE, REASON, COMMENT = "Décision", "Valeur corrigée", "Motif", "Commentaire"
ANSWERED = (DECISION, VALUE, REASON, COMMENT)
COLUMNS = (
    "Structure", "Nom", "Question", "Libellé de la question", "Valeur lue", "Valeur de la campagne précédente",
    "Gravité", "Pourquoi", "Que faire", *ANSWERED, "Règle", "Fichier", "Feuille", "Cellule", REFERENCE,
)  # fmt: skip
"""In the order of use. A report is read by the names of its columns: those of an earlier layout come back too."""
OWN = "Votre colonne : "
"""What stands before the header of a column that the sender added and that is no question."""
ACTIONS = {CORRECT: "Corriger", CONFIRM: "Confirmer"}
SEVERITIES = {"fatal": "À corriger", "confirm": "À confirmer", "info": "Pour information"}
GUARD_SEVERITIES = {"block": "À corriger ou à justifier", "warn": "À vérifier"}
MARK = "senacs-rapport"


def mark(campaign: int, sender: str) -> str:
    """The line under the title by which a report is recognised, whatever its file is called."""
    return f"{MARK} ; campagne {campaign} ; émetteur {sender}"


def reference(structure: str, rule: str, variable: str, about: str) -> str:
    """What a line is about: structure, rule, variable and the signature of the values."""
    return f"{structure.replace('|', ' ')}|{rule}|{variable}|{about}"
