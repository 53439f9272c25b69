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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.corrections.corrections import NATIONAL, Written
from ingest.corrections.decision import CORRECT, IDENTIFY, UNKNOWN_STRUCTURE, Decision, signature
from ingest.corrections.settle import APPLIED, DEAD, REFUSED
from ingest.readers import cell_address
from ingest.returns.identifiers import structure_id
from ingest.values.acceptance import Frame

if TYPE_CHECKING:
    from ingest.returns.read_tables import ReadFrames

REQUIRED = ("file", "row", "expected", "structure", "reason", "author", "date")


@dataclass
class Identified:
    """`identifiers`: what a row's identifier is taken for, by row_id; `outcomes`: each choice, its state and why."""

    identifiers: dict[int, str] = field(default_factory=dict)
    outcomes: list[tuple[Decision, str, str]] = field(default_factory=list)


def row_signature(entry_id: str, sheet: str, cell: str) -> str:
    """What ties a choice to a row: its file and the cell of its identifier."""
    return signature({"entry": entry_id, "sheet": sheet, "cell": cell})


def identified(read: ReadFrames, sent: list[Decision], national: Sequence[Written], frame: Frame) -> Identified:
    """The choices of the senders, then those of the national team, on the rows of `read`.

    `sent`: in the order of reception. A national choice that doesn't apply is refused, or dead, with why.
    """
    found = Identified()
    choices = [decision for decision in sent if decision.rule == UNKNOWN_STRUCTURE]
    lines = [line for line in national if line.said.get("action") == IDENTIFY]
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
    for line in lines:
        decision = _decision(line)
        row, state, why = _row_of(line.said, rows)
        if row and not why and (why := _objection(row, decision.value, frame)):
            state = REFUSED
        found.outcomes.append((decision, state, why))
        if not why:
            found.identifiers[row["row_id"]] = structure_id(decision.value)
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


def _row_of(line: Mapping[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], str, str]:
    """The row that a line of the national team is about, what becomes of the line, and why there is none."""
    missing = [key for key in REQUIRED if not line.get(key)]
    if missing:
        return {}, REFUSED, f"il manque {', '.join(missing)}."
    place = (str(line["file"]), str(line.get("sheet") or ""), line["row"])
    named = f"{place[0]}, {f'feuille {place[1]}, ' if place[1] else ''}ligne {place[2]}"
    found = [row for row in rows if (row["file"]["file"], row["sheet"], row["row"]) == place]
    if not found:
        return {}, DEAD, f"{named} n'est une ligne d'aucun fichier reçu ; corrigez l'entrée ou supprimez-la"
    expected = str(line["expected"]).strip()
    read = [(row["identifier"].strip() or row["name"].strip()) for row in found]
    if expected not in read:
        return (
            {},
            DEAD,
            f"{named} : on y lit « {read[-1]} » et non « {expected} » ; mettez l'entrée à jour ou supprimez-la",
        )
    return found[read.index(expected)], APPLIED, ""


def _decision(line: Written) -> Decision:
    said = {name: str(text) for name, text in line.said.items() if text is not None}
    return Decision(
        entry_id=f"{line.file}#{line.cell.removeprefix('entrée ')}",
        sender=NATIONAL,
        author=said.get("author", ""),
        decided_at=said.get("date", ""),
        structure_id=structure_id(said.get("structure", "")),
        rule=UNKNOWN_STRUCTURE,
        variable="",
        about=said.get("expected", ""),
        action=IDENTIFY,
        value=said.get("structure", ""),
        reason=said.get("reason", ""),
        comment="",
        file=line.file,
        sheet="",
        cell=line.cell,
    )
