"""Corrections by the national team: ``corrections/<campaign>.yml``, a list of entries.

    - structure: CS-62-0004
      variable: income_total        # or question: Q9.01
      action: correct               # correct, reject, confirm or identify
      expected: "13211860"          # the text that stands today
      value: "1321186"              # for correct
      rule: E41                     # for confirm
      reason: virgule oubliée, vu avec la fédération
      author: a.martin
      date: 2019-07-15

`identify` says which structure a row is: see `ingest.decisions.identification`.

An entry that matches nothing, or whose value is no longer the expected one (the source was fixed), stops the build:
a correction that nobody needs any more must go.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.decisions.decision import CONFIRM, CORRECT, IDENTIFY, REJECT, Decision
from ingest.decisions.settle import Standing
from ingest.home import PROJECT_ROOT
from ingest.identifiers import type_of_identifier
from ingest.registry.model import Registry

NATIONAL = "national"
REQUIRED = ("structure", "action", "reason", "author", "date")


class CorrectionError(Exception):
    """Entries of a corrections file that can't be applied: `lines` says which and why, in French."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def corrections_folder() -> Path:
    """``$SENACS_CORRECTIONS``, or ``corrections/`` of the project."""
    return Path(os.environ.get("SENACS_CORRECTIONS") or PROJECT_ROOT / "corrections").resolve()


def corrections_text(campaign: int) -> str:
    """The corrections file of a campaign, as text; empty when there is none."""
    path = corrections_folder() / f"{campaign}.yml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def entries_of(campaign: int) -> tuple[str, list[Any]]:
    """The name of the campaign's file, and its entries. Raises `CorrectionError` when it can't be read."""
    import yaml

    name = f"corrections/{campaign}.yml"
    try:
        entries = yaml.safe_load(corrections_text(campaign)) or []
    except yaml.YAMLError as error:
        raise CorrectionError([f"{name} n'est pas du YAML lisible : {error}"]) from error
    if not isinstance(entries, list):
        raise CorrectionError([f"{name} : une liste d'entrées est attendue."])
    return name, entries


def national_decisions(registry: Registry, campaign: int) -> list[Decision]:
    """The entries of the campaign's file that are about answers. Raises `CorrectionError` naming those that can't be
    read."""
    name, entries = entries_of(campaign)
    codes = {question.question_code: question.variable for question in registry.questions_of(campaign)}
    asked = {(question.structure_type, question.variable) for question in registry.questions_of(campaign)}
    types = registry.types_asked(campaign)
    faults: list[str] = []
    decisions: list[Decision] = []
    first: dict[tuple[str, str, str], str] = {}
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, dict) and entry.get("action") == IDENTIFY:
            continue
        reason = _fault(entry, registry, codes)
        if not reason:
            decision = _decision(entry, number, name, codes)
            decisions.append(decision)
            kind = type_of_identifier(decision.structure_id, types)
            rule = decision.rule if decision.action == CONFIRM else ""
            same = first.setdefault((decision.structure_id, decision.variable, rule), decision.cell)
            if (kind, decision.variable) not in asked:
                reason = f"{decision.variable} n'est pas demandée à {decision.structure_id} en {campaign}."
            elif same != decision.cell:
                reason = f"c'est la même valeur que celle de l'{same} : n'en gardez qu'une."
        if reason:
            faults.append(f"{name}, entrée {number} : {reason}")
    if faults:
        raise CorrectionError(faults)
    return decisions


def check_applicable(decisions: list[Decision], standing: Mapping[str, Standing]) -> None:
    """Raise `CorrectionError` for entries that match no standing response, or whose expected value is gone."""
    faults = []
    for decision in decisions:
        where = f"{decision.file}, {decision.cell} ({decision.structure_id}, {decision.variable or decision.rule})"
        response = standing.get(decision.structure_id)
        if response is None:
            faults.append(f"{where} : la structure n'a pas de réponse retenue ; supprimez l'entrée.")
        elif decision.variable and response.raws.get(decision.variable, "") != decision.about:
            present = response.raws.get(decision.variable, "")
            faults.append(
                f"{where} : la valeur attendue « {decision.about} » n'y est plus (lu « {present} ») ; la source a été "
                "corrigée depuis : supprimez l'entrée, ou mettez-la à jour."
            )
    if faults:
        raise CorrectionError(faults)


def check_confirmed(without_edit: list[Decision]) -> None:
    """Raise `CorrectionError` for the national team's confirmations among those that close no edit."""
    faults = [
        f"{decision.file}, {decision.cell} ({decision.structure_id}, {decision.variable}) : {decision.rule} n'est pas "
        "levée ; supprimez l'entrée."
        for decision in without_edit
        if decision.sender == NATIONAL
    ]
    if faults:
        raise CorrectionError(faults)


def _fault(entry: Any, registry: Registry, codes: Mapping[str, str]) -> str:
    if not isinstance(entry, dict):
        return "ce n'est pas une entrée (structure, variable, action…)."
    missing = [name for name in REQUIRED if not entry.get(name)]
    if missing:
        return f"il manque {', '.join(missing)}."
    action = entry["action"]
    if action not in (CORRECT, CONFIRM, REJECT):
        return f"action « {action} » inconnue (correct, reject, confirm ou identify)."
    variable = entry.get("variable") or codes.get(str(entry.get("question", "")), "")
    if variable not in registry.variables:
        return f"variable ou question « {entry.get('variable') or entry.get('question')} » inconnue."
    if "expected" not in entry:
        return "il manque expected, la valeur lue aujourd'hui."
    if action == CORRECT and "value" not in entry:
        return "il manque value, la valeur corrigée."
    if action == CONFIRM and entry.get("rule") not in registry.edits:
        return f"rule « {entry.get('rule')} » inconnue."
    return ""


def _decision(entry: dict[str, Any], number: int, name: str, codes: Mapping[str, str]) -> Decision:
    return Decision(
        entry_id=f"{name}#{number}",
        sender=NATIONAL,
        author=str(entry["author"]),
        decided_at=str(entry["date"]),
        structure_id=str(entry["structure"]),
        rule=str(entry.get("rule") or ""),
        variable=entry.get("variable") or codes[str(entry["question"])],
        about=_text(entry["expected"]),
        action=entry["action"],
        value=_text(entry.get("value")),
        reason=str(entry["reason"]),
        comment="",
        file=name,
        sheet="",
        cell=f"entrée {number}",
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
