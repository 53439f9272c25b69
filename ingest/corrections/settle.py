"""Which decisions hold: applied, or dead because what they were about has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.corrections.decision import CONFIRM, CORRECT, Decision, about
from ingest.values.acceptance import OTHER_SENDER
from registry.model import Registry

APPLIED, DEAD, REFUSED, REQUESTED = "applied", "dead", "refused", "requested"
WAITING = "waiting"
"""A decision on a whole column, until the guards have looked at it."""


@dataclass(frozen=True)
class Standing:
    """The response of a structure that counts: who sent it, in which file, and its texts by variable. `others`: whose
    response was set aside for it; `arbitrated`: the national team chose between them."""

    sender: str
    entry_id: str
    raws: Mapping[str, str]
    others: frozenset[str] = frozenset()
    arbitrated: bool = False


@dataclass
class Settled:
    """`corrections`: by structure and variable; `confirmed`: by structure, rule and variable; `outcomes`: each decision
    with its state and why."""

    corrections: dict[tuple[str, str], Decision] = field(default_factory=dict)
    confirmed: dict[tuple[str, str, str], Decision] = field(default_factory=dict)
    outcomes: list[tuple[Decision, str, str]] = field(default_factory=list)


def settle(registry: Registry, campaign: int, decisions: list[Decision], standing: Mapping[str, Standing]) -> Settled:
    """Apply the senders' `decisions`, in their order: those of one report see the values as they were before it.

    A correction holds when the values that it was made on still stand; a confirmation, when they stand after every
    correction.
    """
    settled = Settled()
    current = {structure: dict(response.raws) for structure, response in standing.items()}
    waiting: list[Decision] = []
    for report in _by_report(decisions):
        before = {structure: dict(raws) for structure, raws in current.items()}
        for decision in report:
            if decision.rule == OTHER_SENDER and decision.action == CONFIRM:
                settled.outcomes.append((decision, *_request(decision, standing)))
                continue
            refusal = _refusal(decision, standing)
            if refusal:
                settled.outcomes.append((decision, REFUSED, refusal))
            elif decision.action == CONFIRM:
                waiting.append(decision)
            elif _signed(registry, campaign, decision, before, standing) != decision.about:
                settled.outcomes.append((decision, DEAD, "la valeur a changé depuis la décision"))
            else:
                current[decision.structure_id][decision.variable] = decision.value
                settled.corrections[decision.structure_id, decision.variable] = decision
                settled.outcomes.append((decision, APPLIED, ""))
    for decision in waiting:
        if _signed(registry, campaign, decision, current, standing) == decision.about:
            settled.confirmed[decision.structure_id, decision.rule, decision.variable] = decision
            settled.outcomes.append((decision, APPLIED, ""))
        else:
            settled.outcomes.append((decision, DEAD, "une valeur concernée a changé depuis la confirmation"))
    return settled


def _by_report(decisions: list[Decision]) -> list[list[Decision]]:
    reports: dict[str, list[Decision]] = {}
    for decision in decisions:
        reports.setdefault(decision.entry_id, []).append(decision)
    return list(reports.values())


def _refusal(decision: Decision, standing: Mapping[str, Standing]) -> str:
    if not decision.structure_id:
        return "cette ligne porte sur un fichier ou une colonne entière : renvoyez le fichier corrigé"
    response = standing.get(decision.structure_id)
    if response is None:
        return "la structure n'a pas de réponse retenue"
    if response.sender != decision.sender:
        return f"la réponse retenue vient de {response.sender}"
    if decision.action == CORRECT and not decision.variable:
        return "cette ligne ne porte pas sur une valeur : elle ne peut pas être corrigée ici"
    return ""


def _request(decision: Decision, standing: Mapping[str, Standing]) -> tuple[str, str]:
    """What becomes of a sender's wish that its response count in the place of another's: the national team settles it
    (`ingest.receive.answerers`)."""
    response = standing.get(decision.structure_id)
    if response is not None and response.sender == decision.sender:
        return APPLIED, ""
    if response is None or decision.sender not in response.others:
        return DEAD, "aucune réponse de votre part n'attend d'arbitrage pour cette structure"
    if response.arbitrated:
        return REFUSED, f"l'équipe nationale a retenu la réponse de {response.sender}"
    return REQUESTED, f"arbitrage demandé à l'équipe nationale : la réponse retenue vient de {response.sender}"


def _signed(
    registry: Registry,
    campaign: int,
    decision: Decision,
    raws: Mapping[str, Mapping[str, str]],
    standing: Mapping[str, Standing],
) -> str:
    structure = decision.structure_id
    return about(registry, campaign, decision.rule, decision.variable, raws[structure], standing[structure].entry_id)
