"""What the programs can't do without: lines that reading, checking and publishing look up by name."""

from __future__ import annotations

from registry.faults import EXPRESSIONS, Problems
from registry.model import IDENTIFIER, Registry
from registry.wide import wide_columns

LIMITS = ("max_file_mb", "max_uncompressed_mb", "max_rows", "max_columns", "max_members")
"""Parameters that bound what is read."""
NUMBER_OF_COMPANY = "siret"
YES_OR_NO = "boolean"


def check_essentials(registry: Registry, problems: Problems) -> None:
    """Report what is missing from files that can each be read."""
    columns = {column.column: column for column in wide_columns(registry)}
    for file, there in (
        ("campaigns.csv", registry.campaign_list),
        ("structure_types.csv", registry.structure_types),
        ("variables.csv", registry.variables),
        ("indicators.csv", registry.indicators),
        ("reasons.csv", registry.reasons),
        ("territories.csv", registry.territories),
        ("territory_levels.csv", registry.territory_levels),
        ("special_values.csv", registry.special_values),
        ("metadata_columns.csv", registry.metadata_columns),
    ):
        if not there:
            problems.add(file, None, "n'a aucune ligne sous son en-tête : remettez les siennes")
    if not any(edit.check == "sql" and edit.severity == "fatal" for edit in registry.edits.values()):
        reason = "aucune règle fatal en SQL : sans elle, aucune réponse contradictoire n'est écartée ; remettez-en une"
        problems.add("edits.csv", None, reason, stage=EXPRESSIONS)
    siret = columns.get(NUMBER_OF_COMPANY)
    if siret is None or siret.sql_type != "text":
        reason = (
            f"la variable {NUMBER_OF_COMPANY} (texte, non personnelle) doit être demandée dans une campagne : "
            "le contrôle des SIRET la lit"
        )
        problems.add("variables.csv", None, reason, about=[NUMBER_OF_COMPANY])
    identifiers = [key.code for key in registry.key_columns if key.role == IDENTIFIER]
    if len(identifiers) != 1:
        said = f"{len(identifiers)} colonnes" if identifiers else "aucune colonne"
        reason = f"{said} de rôle {IDENTIFIER} : il en faut une, celle de l'identifiant des structures"
        problems.add("key_columns.csv", None, reason, column="role")
    if not {"0", "1"} <= set(registry.spellings.get(YES_OR_NO, {}).values()):
        reason = f"il manque les mots qui veulent dire oui (1) et non (0), au sujet {YES_OR_NO}"
        problems.add("spellings.csv", None, reason)
    for name in LIMITS:
        if name not in registry.parameters:
            reason = f"il manque {name}, qui borne ce qui est lu : remettez sa ligne"
            problems.add("parameters.csv", None, reason, about=[name])
