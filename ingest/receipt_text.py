"""What a sender is told of a file as soon as it is received, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.intake import Intake
from ingest.registry.model import Registry

if TYPE_CHECKING:
    import polars as pl

SAID_AT_ONCE = ("I19", "I20")
"""Rules on a whole sheet that a sender should hear of before any report."""
SHOWN = 5
REPORT = "report"


def accepted_message(
    intake: Intake, registry: Registry, entry_id: str, counts: dict[str, int], structures: int, campaign: int
) -> str:
    """What was taken in of a file, what was not and what to do. `structures`: those of the campaign's frame."""
    if structures:
        taken = f"Fichier pris en compte : {', '.join(_counts_said(counts))}."
    else:
        taken = (
            f"Fichier archivé et lisible ; le référentiel {campaign} n'est pas encore enregistré : lignes à contrôler."
        )
    said = _refused_rows(intake, registry, entry_id) if structures else []
    said += [*_sheets_said(intake, registry, entry_id), *_refused_members(intake, entry_id)]
    form = intake.tables["receipts"].filter(entry_id=entry_id)["form"].item()
    if form != REPORT and not any(counts.values()):
        said.append("Aucune réponse n'y a été trouvée : vérifiez que le questionnaire est rempli, et renvoyez-le.")
    return " ".join([taken, *said])


def columns_said(columns: list[dict[str, Any]]) -> str:
    """The columns that look wrong as a whole (`ingest.guards.table.columns_told`); '' when none does."""
    if not columns:
        return ""
    named = [f"{column['question_code']} ({column['label_fr']})" for column in columns[:SHOWN]]
    more = [f"et {len(columns) - SHOWN} autre(s)"] if len(columns) > SHOWN else []
    counted = _counted(len(columns), "colonne à vérifier en entier", "colonnes à vérifier en entier")
    return f" {counted} : {' ; '.join([*named, *more])}."


def _counts_said(counts: dict[str, int]) -> list[str]:
    accepted = counts["rows_accepted"] - counts["rows_replaced"]
    parts = [_counted(accepted, "réponse acceptée", "réponses acceptées")]
    for name, one, many in (
        ("rows_replaced", "remplacée", "remplacées"),
        ("rows_dropped", "ligne en double écartée", "lignes en double écartées"),
        ("rows_rejected", "ligne refusée", "lignes refusées"),
        ("rows_incomplete", "réponse non validée", "réponses non validées"),
        ("answers_rejected", "valeur refusée", "valeurs refusées"),
        ("to_confirm", "point à confirmer", "points à confirmer"),
    ):
        if counts[name]:
            parts.append(_counted(counts[name], one, many))
    return parts


def _refused_rows(intake: Intake, registry: Registry, entry_id: str) -> list[str]:
    """Each rule that refused rows, once: why, where, what to do."""
    import polars as pl

    rows = intake.tables["rejects"].filter(pl.col("entry_id") == entry_id, pl.col("level") == "row")
    kept_apart = intake.tables["responses"].filter(pl.col("state") == "rejected")["rule"]
    said = []
    refused = rows.filter(pl.col("rule").is_in(kept_apart.unique().to_list()))
    for (rule, message), lines in refused.group_by("rule", "message_fr", maintain_order=True):
        said.append(f"{_places(lines)} : {message} {registry.edits[str(rule)].next_step_fr}")
    return said


def _sheets_said(intake: Intake, registry: Registry, entry_id: str) -> list[str]:
    import polars as pl

    found = intake.tables["edits"].filter(pl.col("entry_id") == entry_id, pl.col("rule").is_in(SAID_AT_ONCE))
    return [
        f"{registry.edits[rule].message_fr.rstrip('.')} (feuille « {sheet} »). {registry.edits[rule].next_step_fr}"
        for rule, sheet in found.select("rule", "sheet").unique(maintain_order=True).iter_rows()
    ]


def _places(rows: pl.DataFrame) -> str:
    """``CS, A5 et A9``: the sheet and the cells of the first rows."""
    places = [", ".join(filter(None, place)) for place in rows.select("sheet", "cell").iter_rows()]
    more = [f"et {len(places) - SHOWN} autre(s)"] if len(places) > SHOWN else []
    return " ; ".join([*places[:SHOWN], *more])


def _refused_members(intake: Intake, entry_id: str) -> list[str]:
    """What is said of the files of a zip that were refused."""
    refused = intake.tables["rejects"].filter(entry_id=entry_id, level="file")
    named = [f"{name} ({message})" for name, message in refused.select("sheet", "message_fr").iter_rows()]
    if not named:
        return []
    return [f"{_counted(len(named), 'fichier refusé', 'fichiers refusés')} dans l'archive : {' ; '.join(named)}"]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"
