"""What the signatures given so far are worth on a candidate: who has signed, who is absent, who is missing.

A signature is worth something as long as the figures of its territory are those that were signed, whatever else
changed in the candidate. The last declaration about a party counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from core.atomic import replaced_file
from expectations.signatories import Party, SignedTerritory

FOLDER = "sign_off"
SIGN, ABSENT, WITHDRAW = "sign", "absent", "withdraw"
SIGNED, DECLARED_ABSENT, MISSING, STALE, WITHDRAWN = "signed", "absent", "missing", "stale", "withdrawn"
STATES_FR = {
    SIGNED: "signé",
    DECLARED_ABSENT: "déclaré absent",
    MISSING: "pas encore signé",
    STALE: "signature caduque : les chiffres du territoire ont changé depuis",
    WITHDRAWN: "signature retirée",
}


@dataclass(frozen=True)
class PartyState:
    """Territory × party: what it has declared that counts. `missing`: the territory waits for this party.

    `declared_by`: the signer, who is another one where a party is declared absent; `author`: the person;
    `candidate_hash`: the candidate that was signed.
    """

    campaign: int
    territory_id: str
    territory: str
    territory_name: str
    party: str
    party_kind: str
    party_name: str
    state: str
    state_fr: str
    missing: bool
    declared_by: str = ""
    author: str = ""
    declared_at: str = ""
    reason: str = ""
    candidate_hash: str = ""
    demo: bool = False


def party_states(
    campaign: int, territories: Iterable[SignedTerritory], declarations: Iterable[Mapping[str, Any]]
) -> list[PartyState]:
    """The state of each party of each territory; one that is asked alone has none while another party is there.

    `declarations`, oldest first: territory_id, party, action (`sign`, `absent`, `withdraw`), figures_hash,
    candidate_hash, who, author, declared_at, reason, demo.
    """
    last = {(line["territory_id"], line["party"]): line for line in declarations}
    return [
        _state(campaign, territory, party, last.get((territory.territory_id, party.sender)))
        for territory in territories
        for party in asked_parties(territory, last)
    ]


def asked_parties(territory: SignedTerritory, last: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[Party]:
    """The parties whose signature the territory waits for or has: the lonely one where all others are absent."""
    others = [party for party in territory.parties if not party.alone]
    declared = [last.get((territory.territory_id, party.sender)) for party in others]
    if all(_standing(territory, line) == DECLARED_ABSENT for line in declared):
        return list(territory.parties)
    return others


def states_table(states: Iterable[PartyState]) -> pl.DataFrame:
    """A row per state, a column per field."""
    kinds = {"campaign": pl.Int32, "missing": pl.Boolean, "demo": pl.Boolean}
    schema = {name: kinds.get(name, pl.String) for name in PartyState.__dataclass_fields__}
    return pl.DataFrame([asdict(state) for state in states], schema=schema, orient="row")


def write_states(candidate: Path, campaign: int, states: pl.DataFrame) -> None:
    """``sign_off/<campaign>.parquet`` of a candidate."""
    with replaced_file(candidate / FOLDER / f"{campaign}.parquet") as path:
        states.write_parquet(path)


def _standing(territory: SignedTerritory, line: Mapping[str, Any] | None) -> str:
    if line is None:
        return MISSING
    if line["action"] == WITHDRAW:
        return WITHDRAWN
    if line["figures_hash"] != territory.figures_hash:
        return STALE
    return SIGNED if line["action"] == SIGN else DECLARED_ABSENT


def _state(campaign: int, territory: SignedTerritory, party: Party, line: Mapping[str, Any] | None) -> PartyState:
    state = _standing(territory, line)
    told = line or {}
    return PartyState(
        campaign=campaign,
        territory_id=territory.territory_id,
        territory=territory.address,
        territory_name=territory.name,
        party=party.sender,
        party_kind=party.kind,
        party_name=party.name,
        state=state,
        state_fr=STATES_FR[state],
        missing=state not in (SIGNED, DECLARED_ABSENT),
        declared_by=told.get("who", ""),
        author=told.get("author", ""),
        declared_at=told.get("declared_at", ""),
        reason=told.get("reason", ""),
        candidate_hash=told.get("candidate_hash", ""),
        demo=told.get("demo", False),
    )
