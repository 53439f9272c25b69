"""Which structure a row is, where its file doesn't tell (I01): chosen in a returned report, or by the national team.

A line of ``corrections/<campaign>.yml`` names the row and what is read there today:

    - action: identify
      file: retour_59.xlsx
      sheet: CS                     # none in a text file
      row: 12
      expected: Centre social du Parc   # the identifier read in the row, or its name where there is none
      structure: CS-59-0005
      reason: deux centres de ce nom, vu avec la fédération
      author: a.martin
      date: 2019-07-15
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.acceptance import Frame
from ingest.decisions.corrections import NATIONAL, CorrectionError, entries_of
from ingest.decisions.decision import CORRECT, IDENTIFY, UNKNOWN_STRUCTURE, Decision, signature
from ingest.decisions.settle import APPLIED, DEAD, REFUSED
from ingest.identifiers import structure_id
from ingest.reading import cell_address

if TYPE_CHECKING:
    from ingest.read_store import ReadFrames

REQUIRED = ("file", "row", "expected", "structure", "reason", "author", "date")


@dataclass
class Identified:
    """`identifiers`: what a row's identifier is taken for, by row_id; `outcomes`: each choice, its state and why."""

    identifiers: dict[int, str] = field(default_factory=dict)
    outcomes: list[tuple[Decision, str, str]] = field(default_factory=list)


def row_signature(entry_id: str, sheet: str, cell: str) -> str:
    """What ties a choice to a row: its file and the cell of its identifier."""
    return signature({"entry": entry_id, "sheet": sheet, "cell": cell})


def identified(campaign: int, read: ReadFrames, sent: list[Decision], frame: Frame) -> Identified:
    """The choices of the senders, then those of the national team, on the rows of `read`.

    `sent`: in the order of reception. Raises `CorrectionError` for a national choice that doesn't apply.
    """
    found = Identified()
    choices = [decision for decision in sent if decision.rule == UNKNOWN_STRUCTURE]
    name, lines = _lines(campaign)
    if not choices and not lines:
        return found
    files = {row["entry_id"]: row for row in read.files.iter_rows(named=True)}
    rows = [row | {"file": files[row["entry_id"]]} for row in read.rows.iter_rows(named=True)]
    by_signature = {
        row_signature(row["entry_id"], row["sheet"], cell_address(row["row"] - 1, row["column"])): row for row in rows
    }
    for decision in choices:
        row = by_signature.get(decision.about)
        state, why = _judged(decision, row, frame)
        found.outcomes.append((decision, state, why))
        if row is not None and state == APPLIED:
            found.identifiers[row["row_id"]] = structure_id(decision.value)
    faults = []
    for number, line in lines:
        decision = _decision(line, number, name)
        row, why = _row_of(line, rows)
        why = why or _objection(row, decision.value, frame)
        if why:
            faults.append(f"{decision.file}, {decision.cell} : {why}")
            continue
        found.outcomes.append((decision, APPLIED, ""))
        found.identifiers[row["row_id"]] = structure_id(decision.value)
    if faults:
        raise CorrectionError(faults)
    return found


def _judged(decision: Decision, row: Mapping[str, Any] | None, frame: Frame) -> tuple[str, str]:
    if row is None or row["file"]["sender"] != decision.sender:
        return DEAD, "la ligne n'est plus dans vos fichiers"
    if decision.action != CORRECT:
        return REFUSED, "indiquez l'identifiant de la structure : décision « Corriger » et « Valeur corrigée »"
    why = _objection(row, decision.value, frame)
    return (REFUSED, why) if why else (APPLIED, "")


def _objection(row: Mapping[str, Any], chosen: str, frame: Frame) -> str:
    """Why a row can't be taken for the structure `chosen`; empty when it can."""
    already = frame.find(row["identifier"], row["name"], row["commune_code"], row["commune_name"])
    member = frame.by_id.get(structure_id(chosen))
    if already is not None:
        return f"la ligne est reconnue sans cela ({already.structure_id}) : cette décision ne sert plus"
    if member is None:
        return f"« {chosen} » n'est pas dans le référentiel de la campagne"
    if member.structure_type != row["structure_type"]:
        return f"{member.structure_id} n'est pas du type de ce formulaire ({row['structure_type']})"
    return ""


def _row_of(line: Mapping[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """The row that a line of the national team is about, and why there is none."""
    place = (str(line["file"]), str(line.get("sheet") or ""), line["row"])
    named = f"{place[0]}, {f'feuille {place[1]}, ' if place[1] else ''}ligne {place[2]}"
    found = [row for row in rows if (row["file"]["file"], row["sheet"], row["row"]) == place]
    if not found:
        return {}, f"{named} n'est une ligne d'aucun fichier reçu ; corrigez l'entrée ou supprimez-la"
    expected = str(line["expected"]).strip()
    read = [(row["identifier"].strip() or row["name"].strip()) for row in found]
    if expected not in read:
        return {}, f"{named} : on y lit « {read[-1]} » et non « {expected} » ; mettez l'entrée à jour ou supprimez-la"
    return found[read.index(expected)], ""


def _lines(campaign: int) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """The name of the corrections' file and its choices, each with its number. Raises `CorrectionError`."""
    name, entries = entries_of(campaign)
    lines = [
        (number, entry)
        for number, entry in enumerate(entries, start=1)
        if isinstance(entry, dict) and entry.get("action") == IDENTIFY
    ]
    faults = []
    for number, entry in lines:
        missing = [key for key in REQUIRED if not entry.get(key)]
        if missing:
            faults.append(f"{name}, entrée {number} : il manque {', '.join(missing)}.")
    if faults:
        raise CorrectionError(faults)
    return name, lines


def _decision(line: Mapping[str, Any], number: int, name: str) -> Decision:
    return Decision(
        entry_id=f"{name}#{number}",
        sender=NATIONAL,
        author=str(line["author"]),
        decided_at=str(line["date"]),
        structure_id=structure_id(str(line["structure"])),
        rule=UNKNOWN_STRUCTURE,
        variable="",
        about=str(line["expected"]),
        action=IDENTIFY,
        value=str(line["structure"]),
        reason=str(line["reason"]),
        comment="",
        file=name,
        sheet="",
        cell=f"entrée {number}",
    )
