"""The edit report's columns and words, shared by who writes it and who reads it back."""

from __future__ import annotations

from ingest.decisions.decision import CONFIRM, CORRECT

TITLE = "Rapport de contrôle SENACS"
AUTHOR_LABEL = "Votre nom"
REFERENCE = "Référence"
DECISION, VALUE, REASON, COMMENT = "Décision", "Valeur corrigée", "Motif", "Commentaire"
COLUMNS = (
    REFERENCE, "Gravité", "Structure", "Nom", "Question", "Libellé de la question", "Valeur lue",
    "Valeur de la campagne précédente", "Fichier", "Feuille", "Cellule", "Règle", "Pourquoi", "Que faire",
    DECISION, VALUE, REASON, COMMENT,
)  # fmt: skip
ANSWERED = (DECISION, VALUE, REASON, COMMENT)
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
