"""What a sender is told of a file as soon as it is received, in French."""

from __future__ import annotations

from typing import Any

import polars as pl

from ingest.corrections.corrections import NATIONAL
from ingest.corrections.decision import CONFIRM, CORRECT
from ingest.corrections.settle import APPLIED, DEAD, REFUSED, REQUESTED
from ingest.returns.unrecognised_sheets import UNRECOGNISED
from ingest.store.intake import Intake
from ingest.values.acceptance import ACCEPTED, OUT_OF_SCOPE, REPLACED, THINNER
from registry.model import Registry

SAID_AT_ONCE = ("I13", "I19", "I20", "I46")
"""Rules on a whole sheet that a sender should hear of before any report."""
CELLS_SAID_AT_ONCE = ("I40", "I42", "I43", "I44", "I45")
"""Rules on what a sheet hides, of a cell or of a column, likewise."""
SHOWN = 5
REPORT = "report"


def accepted_message(
    intake: Intake, registry: Registry, entry_id: str, counts: dict[str, int], structures: int, campaign: int
) -> str:
    """What was taken in of a file, what was not and what to do. `structures`: those of the campaign's frame."""
    if structures:
        taken = f"Fichier pris en compte : {', '.join([*_counts_said(counts), *_renewed(intake, entry_id)])}."
    else:
        taken = (
            f"Fichier archivé et lisible ; le référentiel {campaign} n'est pas encore enregistré : lignes à contrôler."
        )
    form = intake.tables["receipts"].filter(entry_id=entry_id)["form"].item()
    if form == REPORT:
        return " ".join(_decisions_said(intake, entry_id))
    said = _identical(intake, entry_id)
    said += _refused_rows(intake, registry, entry_id) if structures else []
    said += [*_sheets_said(intake, registry, entry_id), *_refused_members(intake, entry_id)]
    said += [*_rows_to_confirm_said(intake, registry, entry_id), *_unknown_said(intake, entry_id)]
    said += _corrections_said(intake, entry_id)
    if not any(count for name, count in counts.items() if name != "edits"):
        said.append("Aucune réponse n'y a été trouvée : vérifiez que le questionnaire est rempli, et renvoyez-le.")
    return " ".join([taken, *said])


def columns_said(columns: list[dict[str, Any]]) -> str:
    """The columns that look wrong as a whole (`ingest.anomalies.table.columns_told`); '' when none does."""
    if not columns:
        return ""
    named = _first([f"{column['question_code']} ({column['label_fr']})" for column in columns])
    counted = _counted(len(columns), "colonne à vérifier en entier", "colonnes à vérifier en entier")
    return f" {counted} : {' ; '.join(named)}."


def _renewed(intake: Intake, entry_id: str) -> list[str]:
    """How many responses take the place of those of an earlier file of the same sender."""
    responses = intake.tables["responses"]
    mine = responses.filter(pl.col("entry_id") == entry_id, pl.col("state") == ACCEPTED).select(
        "structure_id", "sender"
    )
    replaced = responses.filter(pl.col("state") == REPLACED).select("structure_id", "sender")
    count = mine.join(replaced, on=["structure_id", "sender"], how="semi").height
    return [f"dont {count} à la place de ce qui avait été reçu"] if count else []


def _identical(intake: Intake, entry_id: str) -> list[str]:
    """Whether every answer of a file is that of the responses that it takes the place of."""
    responses = intake.tables["responses"]
    mine = responses.filter(entry_id=entry_id, state=ACCEPTED).select("structure_id", "sender")
    replaced = responses.filter(state=REPLACED).join(mine, on=["structure_id", "sender"], how="semi")
    last = replaced.sort("received_at").unique("structure_id", keep="last").select("structure_id", "entry_id")
    if mine.is_empty() or last.height < mine["structure_id"].n_unique():
        return []
    names = ("structure_id", "entry_id", "variable", "raw", "received", "decision")
    answers = pl.concat([intake.tables[name].select(names) for name in ("answers", "contacts")])
    text = pl.when(pl.col("decision") != "").then("received").otherwise("raw")
    said = answers.with_columns(text=text).filter(pl.col("text") != "")

    def of(entries: pl.DataFrame) -> set[tuple[str, ...]]:
        found = said.join(entries, on=["structure_id", "entry_id"], how="semi")
        return set(found.select("structure_id", "variable", "text").iter_rows())

    now = mine.select("structure_id", entry_id=pl.lit(entry_id))
    return ["Réponses identiques au dernier envoi : rien ne change."] if of(now) == of(last) else []


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


def _decisions_said(intake: Intake, entry_id: str) -> list[str]:
    """How many decisions of a returned report hold; those that don't, with their cell and why."""
    decisions = intake.tables["decisions"].filter(entry_id=entry_id)
    states = dict(decisions.group_by("state").len().iter_rows())
    applied = _counted(states.get(APPLIED, 0), "décision appliquée", "décisions appliquées")
    said = [f"Rapport pris en compte : {applied}."]
    dead = decisions.filter(state=DEAD)
    asked = _still_asked(intake, dead)
    to_redo = 0
    requested = "demande transmise à l'équipe nationale", "demandes transmises à l'équipe nationale"
    for lines, one, many in (
        (decisions.filter(state=REQUESTED), *requested),
        (dead.filter(asked), "décision sans effet", "décisions sans effet"),
        (decisions.filter(state=REFUSED), "décision refusée", "décisions refusées"),
    ):
        if lines.height:
            to_redo += lines.filter(pl.col("state") != REQUESTED).height
            why = [f"{cell} : {detail.rstrip('.')}" for cell, detail in lines.select("cell", "detail").iter_rows()]
            said.append(f"{_counted(lines.height, one, many)} ({' ; '.join(_first(why))}).")
    if idle := dead.filter(~asked).height:
        counted = _counted(idle, "décision n'a plus d'objet", "décisions n'ont plus d'objet")
        said.append(f"{counted} : rien à refaire.")
    said += _columns_justified(decisions)
    wrong = _wrong_corrections(intake, entry_id)
    if wrong:
        counted = _counted(
            len(wrong), "valeur corrigée est refusée à son tour", "valeurs corrigées sont refusées à leur tour"
        )
        said.append(f"{counted} ({' ; '.join(_first(wrong))}).")
    if not decisions.height:
        said.append("Aucune décision n'y est remplie : remplissez la colonne « Décision » et renvoyez-le.")
    elif wrong or to_redo:
        said.append("Corrigez ces lignes dans un nouveau rapport de contrôle et renvoyez-le.")
    return said


def _still_asked(intake: Intake, decisions: pl.DataFrame) -> pl.Series:
    """Whether each of the decisions has still an object: a rule open, a value refused, a column that looks wrong."""
    tables = intake.tables
    names = ("structure_id", "rule", "variable")
    open_edits = set(tables["edits"].filter("open").select(names).iter_rows())
    refused = set(tables["rejects"].select("structure_id", "rule", "variable").iter_rows())
    columns = {("", guard, variable) for guard, variable in tables["guards"].select("guard", "variable").iter_rows()}
    known = open_edits | refused | columns
    return pl.Series([line in known for line in decisions.select(names).iter_rows()], dtype=pl.Boolean)


def _columns_justified(decisions: pl.DataFrame) -> list[str]:
    """How many columns the sender justified, and who must still say so."""
    count = decisions.filter(state=APPLIED, structure_id="", action=CONFIRM).height
    if not count:
        return []
    return [f"{_counted(count, 'colonne justifiée', 'colonnes justifiées')} : l'équipe nationale doit le valider."]


def _corrections_said(intake: Intake, entry_id: str) -> list[str]:
    """The corrections of the national team on structures of the file that don't apply (any more)."""
    decisions = intake.tables["decisions"].filter(pl.col("sender") == NATIONAL, pl.col("state") != APPLIED)
    mine = intake.tables["responses"].filter(entry_id=entry_id, state=ACCEPTED)["structure_id"]
    idle = decisions.filter(pl.col("structure_id").is_in(mine.unique().to_list()))
    if idle.is_empty():
        return []
    named = [f"{structure}, {variable}" for structure, variable in idle.select("structure_id", "variable").iter_rows()]
    counted = _counted(
        idle.height,
        "correction de l'équipe nationale ne s'applique pas",
        "corrections de l'équipe nationale ne s'appliquent pas",
    )
    return [f"{counted} ({' ; '.join(_first(named))}) : elle le verra, rien à faire de votre part."]


def _wrong_corrections(intake: Intake, entry_id: str) -> list[str]:
    """The corrections of a report whose value can't be taken either: where they stand in it, and why."""
    applied = intake.tables["decisions"].filter(
        pl.col("entry_id") == entry_id, pl.col("state") == APPLIED, pl.col("action") == CORRECT
    )
    refused = intake.tables["rejects"].filter(level="answer").select("structure_id", "variable", "raw", "message_fr")
    place = ["structure_id", "variable"]
    wrong = applied.select(*place, "cell", raw="value").join(refused, on=[*place, "raw"])
    return [f"{cell} : {message.rstrip('.')}" for cell, message in wrong.select("cell", "message_fr").iter_rows()]


def _rows_to_confirm_said(intake: Intake, registry: Registry, entry_id: str) -> list[str]:
    """The responses that erase many answers of those that they replace, and those of another sender's structures."""
    said = []
    for rule in (THINNER, OUT_OF_SCOPE):
        rows = intake.tables["edits"].filter(pl.col("entry_id") == entry_id, pl.col("rule") == rule, pl.col("current"))
        if not rows.is_empty():
            edit = registry.edits[rule]
            said.append(f"{_places(rows)} : {edit.message_fr} {edit.next_step_fr}")
    return said


def _unknown_said(intake: Intake, entry_id: str) -> list[str]:
    """The filled columns that are no question's, with the question that reads most like each."""
    apart = intake.tables["edits"].filter(pl.col("entry_id") == entry_id, pl.col("rule") == UNRECOGNISED)["sheet"]
    unknown = intake.tables["unmapped"].filter(
        pl.col("entry_id") == entry_id,
        ~pl.col("acknowledged"),
        pl.col("filled") > 0,
        ~pl.col("sheet").is_in(apart.unique().to_list()),
    )
    if unknown.is_empty():
        return []
    named = [
        f"« {header} » ({', '.join(filter(None, (sheet, cell, nearest and f'peut-être {nearest}')))})"
        if header
        else f"sans en-tête ({', '.join(filter(None, (sheet, cell)))})"
        for header, sheet, cell, nearest in unknown.select("header", "sheet", "cell", "nearest_question").iter_rows()
    ]
    counted = _counted(unknown.height, "colonne non reconnue, gardée à part", "colonnes non reconnues, gardées à part")
    what_to_do = "Pour qu'elles comptent, mettez en en-tête le code de leur question et renvoyez le fichier."
    return [f"{counted} : {' ; '.join(_first(named))}. {what_to_do}"]


def _first(texts: list[str]) -> list[str]:
    """The first of several texts, and how many others there are."""
    more = [f"et {len(texts) - SHOWN} autre(s)"] if len(texts) > SHOWN else []
    return [*texts[:SHOWN], *more]


def _refused_rows(intake: Intake, registry: Registry, entry_id: str) -> list[str]:
    """Each rule that refused rows, once: why, where, what to do."""
    rows = intake.tables["rejects"].filter(pl.col("entry_id") == entry_id, pl.col("level") == "row")
    kept_apart = intake.tables["responses"].filter(pl.col("state") == "rejected")["rule"]
    said = []
    refused = rows.filter(pl.col("rule").is_in(kept_apart.unique().to_list()))
    for (rule, message), lines in refused.group_by("rule", "message_fr", maintain_order=True):
        said.append(f"{_places(lines)} : {message} {registry.edits[str(rule)].next_step_fr}")
    return said


def _sheets_said(intake: Intake, registry: Registry, entry_id: str) -> list[str]:
    found = intake.tables["edits"].filter(pl.col("entry_id") == entry_id, pl.col("rule").is_in(SAID_AT_ONCE))
    said = [
        f"{registry.edits[rule].message_fr.rstrip('.')} (feuille « {sheet} »). {registry.edits[rule].next_step_fr}"
        for rule, sheet in found.select("rule", "sheet").unique(maintain_order=True).iter_rows()
    ]
    cells = intake.tables["edits"].filter(pl.col("entry_id") == entry_id, pl.col("rule").is_in(CELLS_SAID_AT_ONCE))
    for (rule,), lines in cells.group_by("rule", maintain_order=True):
        edit = registry.edits[str(rule)]
        said.append(f"{_places(lines)} : {edit.message_fr} {edit.next_step_fr}")
    return said


def _places(rows: pl.DataFrame) -> str:
    """``CS, A5 et A9``: the sheet and the cells of the first rows."""
    places = [", ".join(filter(None, place)) for place in rows.select("sheet", "cell").iter_rows()]
    return " ; ".join(_first(places))


def _refused_members(intake: Intake, entry_id: str) -> list[str]:
    """What is said of the files of a zip that were refused."""
    refused = intake.tables["rejects"].filter(entry_id=entry_id, level="file")
    named = [f"{name} ({message})" for name, message in refused.select("sheet", "message_fr").iter_rows()]
    if not named:
        return []
    return [f"{_counted(len(named), 'fichier refusé', 'fichiers refusés')} dans l'archive : {' ; '.join(named)}"]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"
