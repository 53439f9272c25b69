"""What a reception is told wrong: an unknown sender, a day that can't be. Found before anything is archived."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.home import Home
from ingest.receive.answerers import known_senders
from ingest.receive.archive import SENDER, Archive, local_timestamp
from ingest.survey_frame.frames import frame_of
from registry.model import Registry

if TYPE_CHECKING:
    from ingest.receive.reception import Delivery

NEAR = 0.5


def delivery_faults(home: Home, registry: Registry, deliveries: Sequence[Delivery]) -> list[str]:
    """Each fault once, in French, with what to do; none where the registry lists no sender and no day of opening."""
    return list(dict.fromkeys([*_unknown_senders(home, registry, deliveries), *_impossible_days(registry, deliveries)]))


def _unknown_senders(home: Home, registry: Registry, deliveries: Sequence[Delivery]) -> Iterator[str]:
    known: dict[int, set[str]] = {}
    for one in deliveries:
        if not SENDER.fullmatch(one.sender):
            yield f"{one.label} : émetteur « {one.sender} » invalide : minuscules, chiffres, point et tiret seulement"
            continue
        if not registry.senders:
            continue
        if one.campaign not in known:
            known[one.campaign] = _known(home, registry, one.campaign)
        if one.sender not in known[one.campaign]:
            yield f"{one.label} : {_unknown(registry, one.campaign, one.sender, known[one.campaign])}"


def _known(home: Home, registry: Registry, campaign: int) -> set[str]:
    """Who may send: the list, the frame of the campaign (of all of them as long as it has none), and who did so."""
    frame = frame_of(home, registry, campaign)
    frames = [frame] if frame.height else [frame_of(home, registry, year) for year in registry.campaigns]
    return known_senders(registry, campaign, frames) | set(Archive(home).senders(campaign))


def _unknown(registry: Registry, campaign: int, sender: str, known: set[str]) -> str:
    lines = [line for line in registry.senders if line.sender == sender]
    if lines:
        since, until = lines[0].campaign_from, lines[0].campaign_to
        bounds = " ".join([f"depuis {since}"] * bool(since) + [f"jusqu'en {until}"] * bool(until))
        return f"l'émetteur {sender} ne renvoie pas de retours en {campaign} (senders.csv : {bounds})"
    near = difflib.get_close_matches(sender, sorted(known), 1, NEAR)
    proposed = f"vouliez-vous dire « {near[0]} » ? " if near else ""
    return (
        f"émetteur « {sender} » inconnu de la campagne {campaign} : {proposed}"
        f"Connus : {', '.join(sorted(known))} ; un nouvel émetteur s'ajoute à questionnaires/senders.csv"
    )


def _impossible_days(registry: Registry, deliveries: Sequence[Delivery]) -> Iterator[str]:
    now = dt.datetime.fromisoformat(local_timestamp(None))
    opens = {line.campaign: line.opens_on for line in registry.campaign_list}
    for one in deliveries:
        moment = dt.datetime.fromisoformat(local_timestamp(one.received_at)) if one.received_at else now
        opening = opens.get(one.campaign)
        if moment > now:
            yield f"{one.label} : reçu le {moment:%d/%m/%Y à %H:%M}, dans l'avenir : corrigez la date de réception"
        elif opening and moment.date() < opening:
            yield (
                f"{one.label} : reçu le {moment:%d/%m/%Y}, avant l'ouverture de la campagne {one.campaign} "
                f"(le {opening:%d/%m/%Y}, dans questionnaires/campaigns.csv) : corrigez la date ou la campagne"
            )
