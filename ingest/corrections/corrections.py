"""Corrections by the national team: ``corrections/<campaign>.yml``, a list of entries; and what `senacs correct`
archives.

    - structure: CS-62-0004
      variable: income_total        # or question: Q9.01
      action: correct               # correct, reject, confirm or identify
      expected: "13211860"          # the text that stands today
      value: "1321186"              # for correct
      rule: E41                     # for confirm
      reason: virgule oubliée, vu avec la fédération
      author: a.martin
      date: 2019-07-15

`identify` says which structure a row is: see `ingest.corrections.identification`.

An entry that can't be read is refused, and one that matches nothing any more (the source was fixed) is dead: each is
named with its place, and stops nothing but itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.home import PROJECT_ROOT, Home
from core.plain_yaml import YamlFaultError, yaml_of
from ingest.corrections.decision import CONFIRM, CORRECT, IDENTIFY, REJECT, Decision
from ingest.corrections.settle import DEAD, REFUSED, Standing
from ingest.receive.archive import CORRECTIONS
from ingest.receive.declarations import declared
from ingest.returns.identifiers import type_of_identifier
from registry.model import Registry

NATIONAL = "national"
REQUIRED = ("structure", "action", "reason", "author", "date")
WITHDRAW = "withdraw"
RECORD = "senacs correct"
"""How a correction of the archive is named where a file of the project would be."""

Outcome = tuple[Decision, str, str]


@dataclass(frozen=True)
class Written:
    """What the national team wrote: where (`file`, `cell`), its fields, or the `fault` for which it can't be read."""

    file: str
    cell: str
    said: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""


def corrections_folder() -> Path:
    """``$SENACS_CORRECTIONS``, or ``corrections/`` of the project."""
    return Path(os.environ.get("SENACS_CORRECTIONS") or PROJECT_ROOT / "corrections").resolve()


def corrections_text(campaign: int) -> str:
    """The corrections file of a campaign, as text; empty when there is none."""
    path = corrections_folder() / f"{campaign}.yml"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def national_lines(home: Home, campaign: int) -> list[Written]:
    """All that the national team wrote on a campaign: the entries of its file, then what it archived and that holds."""
    return [*_of_file(campaign), *_archived(home, campaign)]


def _of_file(campaign: int) -> list[Written]:
    name = f"corrections/{campaign}.yml"
    try:
        entries = yaml_of(corrections_text(campaign), name) or []
    except YamlFaultError as error:
        return [Written(name, f"ligne {error.line}", fault=error.why)]
    if not isinstance(entries, list):
        return [Written(name, "", fault="une liste d'entrées est attendue.")]
    return [
        Written(name, f"entrée {number}", entry)
        if isinstance(entry, dict)
        else Written(name, f"entrée {number}", fault="ce n'est pas une entrée (structure, variable, action…).")
        for number, entry in enumerate(entries, start=1)
    ]


def _archived(home: Home, campaign: int) -> list[Written]:
    """The archived corrections: of a value, or of a rule on it, the last one, unless it was taken back."""
    last: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for record in declared(home, CORRECTIONS, campaign):
        place = (record["structure"], record["variable"], record["rule"])
        last.pop(place, None)
        if record["action"] != WITHDRAW:
            last[place] = record | {"date": record["declared_at"]}
    return [Written(RECORD, record["entry_id"], record) for record in last.values()]


def national_decisions(
    registry: Registry, campaign: int, lines: Sequence[Written]
) -> tuple[list[Decision], list[Outcome]]:
    """The decisions about answers, and those that can't be read, refused each with why."""
    codes = {question.question_code: question.variable for question in registry.questions_of(campaign)}
    asked = {(question.structure_type, question.variable) for question in registry.questions_of(campaign)}
    types = registry.types_asked(campaign)
    decisions: list[Decision] = []
    refused: list[Outcome] = []
    first: dict[tuple[str, str, str], str] = {}
    for line in lines:
        if line.said.get("action") == IDENTIFY:
            continue
        decision = decision_of(line, codes)
        reason = line.fault or _fault(line.said, registry, codes)
        if not reason:
            kind = type_of_identifier(decision.structure_id, types)
            rule = decision.rule if decision.action == CONFIRM else ""
            same = first.setdefault((decision.structure_id, decision.variable, rule), decision.cell)
            if (kind, decision.variable) not in asked:
                reason = f"{decision.variable} n'est pas demandée à {decision.structure_id} en {campaign}."
            elif same != decision.cell:
                reason = f"c'est la même valeur que celle de l'{same} : n'en gardez qu'une."
        if reason:
            refused.append((decision, REFUSED, reason))
        else:
            decisions.append(decision)
    return decisions, refused


def objection(decision: Decision, standing: Mapping[str, Standing]) -> str:
    """Why a decision has no object: no standing response, or not the expected value any more; empty when it has one."""
    response = standing.get(decision.structure_id)
    if response is None:
        return "la structure n'a pas de réponse retenue ; supprimez l'entrée."
    present = response.raws.get(decision.variable, "")
    if present != decision.about:
        return (
            f"la valeur attendue « {decision.about} » n'y est plus (lu « {present} ») ; la source a été corrigée "
            "depuis : supprimez l'entrée, ou mettez-la à jour."
        )
    return ""


def not_raised(decision: Decision) -> Outcome:
    """The outcome of a confirmation of the national team that closes no edit."""
    return decision, DEAD, f"{decision.rule} n'est pas levée ; supprimez l'entrée."


def _fault(entry: Mapping[str, Any], registry: Registry, codes: Mapping[str, str]) -> str:
    missing = [name for name in REQUIRED if not entry.get(name)]
    if missing:
        return f"il manque {', '.join(missing)}."
    action = entry["action"]
    if action not in (CORRECT, CONFIRM, REJECT):
        return f"action « {action} » inconnue (correct, reject, confirm ou identify)."
    variable = entry.get("variable") or codes.get(str(entry.get("question", "")), "")
    if not isinstance(variable, str) or variable not in registry.variables:
        return f"variable ou question « {entry.get('variable') or entry.get('question')} » inconnue."
    if "expected" not in entry:
        return "il manque expected, la valeur lue aujourd'hui."
    if action == CORRECT and "value" not in entry:
        return "il manque value, la valeur corrigée."
    if action == CONFIRM and str(entry.get("rule")) not in registry.edits:
        return f"rule « {entry.get('rule')} » inconnue."
    return ""


def decision_of(line: Written, codes: Mapping[str, str]) -> Decision:
    """A line as a decision, as far as it can be read. `codes`: the variable of each question."""
    said = line.said
    return Decision(
        entry_id=f"{line.file}#{line.cell.removeprefix('entrée ')}",
        sender=NATIONAL,
        author=_text(said.get("author")),
        decided_at=_text(said.get("date")),
        structure_id=_text(said.get("structure")),
        rule=_text(said.get("rule")),
        variable=_text(said.get("variable")) or codes.get(_text(said.get("question")), ""),
        about=_text(said.get("expected")),
        action=_text(said.get("action")),
        value=_text(said.get("value")),
        reason=_text(said.get("reason")),
        comment="",
        file=line.file,
        sheet="",
        cell=line.cell,
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
