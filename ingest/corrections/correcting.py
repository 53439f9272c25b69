"""``senacs correct``: a correction of the national team, tried on the campaign before it is archived."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from core.home import Home
from ingest.corrections.corrections import NATIONAL, RECORD, WITHDRAW, Written, national_lines
from ingest.corrections.decision import CORRECT
from ingest.corrections.settle import APPLIED
from ingest.receive.archive import CORRECTIONS
from ingest.receive.declarations import declare
from ingest.receive.locks import waiting_entries
from ingest.returns.identifiers import structure_id
from ingest.store.intake import Intake, build_intake, campaign_intake, intake_of, previous_values, settlement_of
from ingest.store.read_store import refreshed
from ingest.survey_frame.frames import frame_of
from registry.model import Question, Registry

TRIED = "essai"
NEAREST = 3
UNANSWERED_FR = "sans valeur"


class CorrectionError(Exception):
    """A correction that can't be made; the text says why and what to do, in French."""


@dataclass(frozen=True)
class Asked:
    """What someone asks for: `action` correct (with `value`), reject, confirm (with `rule`) or withdraw; `question`: a
    code or a variable."""

    structure: str
    question: str
    action: str
    value: str = ""
    rule: str = ""
    reason: str = ""
    author: str = ""


@dataclass(frozen=True)
class Effect:
    """What a correction does: the text that counts before and after, the rules that close and those that open."""

    structure_id: str
    question_code: str
    question_label: str
    action: str
    old: str
    new: str
    closed: list[str]
    opened: list[str]
    record: dict[str, Any]


def tried(home: Home, registry: Registry, campaign: int, asked: Asked) -> Effect:
    """The effect of a correction on the campaign as it stands; nothing is written. Raises `CorrectionError`."""
    for year in sorted(year for year in registry.campaigns if year < campaign):
        build_intake(home, registry, year)
    before = campaign_intake(home, registry, campaign)
    structure, question = _structure(home, registry, campaign, asked), None
    standing = before.tables["responses"].filter(structure_id=structure, state="accepted")
    if standing.is_empty():
        raise CorrectionError(f"{structure} n'a pas de réponse retenue en {campaign} : rien n'est à corriger.")
    question = _question(registry, campaign, asked.question, standing["structure_type"].item())
    record = {
        "action": asked.action, "structure": structure, "variable": question.variable, "rule": asked.rule,
        "expected": _expected(before, structure, question.variable), "value": asked.value, "reason": asked.reason,
        "author": asked.author,
    }  # fmt: skip
    lines = _with(national_lines(home, campaign), record)
    read = refreshed(home, registry, campaign)
    read = read.without(entry.entry_id for entry in waiting_entries(home, campaign))
    frame = frame_of(home, registry, campaign)
    settled = replace(settlement_of(home, registry, campaign, frame), corrections=lines)
    after = intake_of(registry, campaign, read, frame, previous_values(home, registry, campaign), settled)
    if asked.action != WITHDRAW:
        _refuse_without_effect(after, record)
    open_before, open_after = (_open(one, structure) for one in (before, after))
    return Effect(
        structure_id=structure,
        question_code=question.question_code,
        question_label=question.question_label_fr,
        action=asked.action,
        old=_text(before, structure, question.variable),
        new=_text(after, structure, question.variable),
        closed=sorted(open_before - open_after),
        opened=sorted(open_after - open_before),
        record=record,
    )


def archive(home: Home, campaign: int, effect: Effect) -> dict[str, Any]:
    """Keep a correction that was tried: the next build reads it."""
    return declare(home, CORRECTIONS, campaign, NATIONAL, effect.record)


def _structure(home: Home, registry: Registry, campaign: int, asked: Asked) -> str:
    wanted = structure_id(asked.structure)
    known = frame_of(home, registry, campaign)["structure_id"].to_list()
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, NEAREST)
        hint = f" ; les plus proches : {', '.join(near)}" if near else ""
        raise CorrectionError(f"{wanted} n'est pas dans le référentiel {campaign}{hint}.")
    return wanted


def _question(registry: Registry, campaign: int, text: str, structure_type: str) -> Question:
    asked = [one for one in registry.questions_of(campaign) if one.structure_type == structure_type]
    names = {name.casefold(): one for one in asked for name in (one.variable, one.question_code)}
    if text.casefold() not in names:
        near = difflib.get_close_matches(text.casefold(), names, NEAREST)
        hint = f" ; les plus proches : {', '.join(names[name].question_code for name in near)}" if near else ""
        raise CorrectionError(f"{text} n'est pas une question posée aux {structure_type} en {campaign}{hint}.")
    return names[text.casefold()]


def _answers(intake: Intake, structure: str, variable: str) -> pl.DataFrame:
    names = ("structure_id", "variable", "current", "raw", "received", "decision", "status")
    both = pl.concat([intake.tables[name].select(names) for name in ("answers", "contacts")])
    return both.filter("current", structure_id=structure, variable=variable)


def _expected(intake: Intake, structure: str, variable: str) -> str:
    """The text of the sender: that of its file, or the last one that it corrected in a report."""
    sent = intake.tables["decisions"].filter(
        pl.col("sender") != NATIONAL, structure_id=structure, variable=variable, action=CORRECT, state=APPLIED
    )
    if sent.height:
        return str(sent["value"][-1])
    answer = _answers(intake, structure, variable)
    if answer.is_empty():
        return ""
    row = answer.row(0, named=True)
    return str(row["received"] if row["decision"] and row["received"] is not None else row["raw"])


def _with(lines: list[Written], record: dict[str, Any]) -> list[Written]:
    """The lines once `record` is archived: it takes the place of an earlier one of the same value."""
    place = ("structure", "variable", "rule")
    theirs = [line for line in lines if line.file == RECORD and all(line.said[name] == record[name] for name in place)]
    if record["action"] == WITHDRAW:
        if not theirs:
            structure = record["structure"]
            named = [line for line in lines if line.said.get("structure") == structure and line.file != RECORD]
            where = f" ; voyez {named[0].file}, {named[0].cell}" if named else ""
            raise CorrectionError(
                f"aucune correction de {structure} sur cette question n'a été enregistrée par "
                f"« senacs correct »{where}."
            )
        return [line for line in lines if line not in theirs]
    kept = [line for line in lines if line not in theirs]
    return [*kept, Written(RECORD, TRIED, {**record, "date": TRIED})]


def _refuse_without_effect(after: Intake, record: dict[str, Any]) -> None:
    outcome = after.tables["decisions"].filter(sender=NATIONAL, file=RECORD, cell=TRIED).row(0, named=True)
    if outcome["state"] != APPLIED:
        raise CorrectionError(f"cette correction ne peut pas s'appliquer : {outcome['detail']}")
    refused = after.tables["rejects"].filter(
        level="answer", structure_id=record["structure"], variable=record["variable"]
    )
    if record["action"] == CORRECT and refused.height:
        row = refused.row(0, named=True)
        raise CorrectionError(f"« {record['value']} » serait refusée à son tour ({row['rule']}) : {row['message_fr']}")


def _open(intake: Intake, structure: str) -> set[str]:
    return set(intake.tables["edits"].filter("open", structure_id=structure)["rule"])


def _text(intake: Intake, structure: str, variable: str) -> str:
    answer = _answers(intake, structure, variable)
    if answer.is_empty():
        return UNANSWERED_FR
    row = answer.row(0, named=True)
    return f"{row['raw']} (écartée)" if row["status"] == "rejected" else str(row["raw"])
