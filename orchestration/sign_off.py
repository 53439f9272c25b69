"""Signatures: from the declarations of the archive to what they are worth on a candidate, and into its verdict."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import Home
from expectations.candidate import candidate_hash
from expectations.settings import settings_folder
from expectations.sign_off import SIGN, PartyState, asked_parties, party_states
from expectations.signatories import SignedTerritory, load_rules, territories_to_sign
from ingest.receive.archive import SIGNATURES
from ingest.receive.declarations import declare, declared
from orchestration.exit_codes import CommandError, ExitCode
from registry.collectors import FILE as SENDERS_FILE
from registry.collectors import load_senders
from registry.senders import NATIONAL, Sender

if TYPE_CHECKING:
    pass

DEMONSTRATION = "démonstration (signature simulée)"


@dataclass(frozen=True)
class SignOff:
    """The signing of one campaign of a candidate. `questionnaires`: where its senders are declared."""

    home: Home
    questionnaires: Path
    candidate: Path
    campaign: int

    @cached_property
    def territories(self) -> list[SignedTerritory]:
        """The territories of the campaign, with their parties. Raises `SignOffError`."""
        return territories_to_sign(self.candidate, self.campaign, load_rules(settings_folder()), self._senders)

    @cached_property
    def _senders(self) -> list[Sender]:
        known = (self.questionnaires / SENDERS_FILE).is_file()
        return load_senders(self.questionnaires) if known else []

    @cached_property
    def candidate_hash(self) -> str:
        """The hash that a signature names."""
        return candidate_hash(self.candidate)

    def states(self) -> list[PartyState]:
        """What the declarations are worth now."""
        return party_states(self.campaign, self.territories, self._declarations())

    def territory(self, level: str, code: str) -> SignedTerritory:
        """The territory at that address. Raises `CommandError`."""
        for territory in self.territories:
            if (territory.level, territory.code) == (level, code):
                return territory
        known = ", ".join(territory.address for territory in self.territories)
        raise CommandError(
            f"le territoire {level}:{code} n'est pas dans la campagne {self.campaign} (territoires : {known})"
        )

    def territories_of(self, signer: str) -> list[SignedTerritory]:
        """Those where `signer` is asked for its signature."""
        last = self._last()
        return [
            territory
            for territory in self.territories
            if any(party.sender == signer for party in asked_parties(territory, last))
        ]

    def declare(
        self, territory: SignedTerritory, signer: str, action: str, *, absent: str = "", reason: str = "",
        author: str = "", demo: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Archive what `signer` declares of its own signature, or of the party `absent`.

        Raises `CommandError` (code `NOT_A_PARTY`) when either has no part in the territory.
        """
        party = absent or signer
        self._refuse_who_has_no_part(territory, signer, absent)
        content = {
            "territory_id": territory.territory_id,
            "territory": territory.address,
            "party": party,
            "action": action,
            "reason": reason,
            "author": author or getpass.getuser(),
            "candidate_hash": self.candidate_hash,
            "build_id": self.candidate.name,
            "figures_hash": territory.figures_hash,
            "demo": demo,
        }
        return declare(self.home, SIGNATURES, self.campaign, signer, content)

    def _refuse_who_has_no_part(self, territory: SignedTerritory, signer: str, absent: str) -> None:
        asked = asked_parties(territory, self._last())
        names = [party.sender for party in asked]
        known = ", ".join(f"{party.sender} ({party.name})" for party in asked)
        where = f"{territory.address} ({territory.name})"
        if absent and absent not in names:
            raise CommandError(f"{absent} n'a pas à signer {where} ; signataires : {known}", ExitCode.NOT_A_PARTY)
        if absent and absent == signer:
            raise CommandError(f"{signer} ne peut pas se déclarer absent lui-même : un autre signataire de {where} ou "
                               "l'équipe nationale le fait", ExitCode.NOT_A_PARTY)  # fmt: skip
        if signer not in names and not (absent and signer in self._national_team(territory)):
            raise CommandError(f"{signer} n'est pas partie à {where} ; signataires : {known}", ExitCode.NOT_A_PARTY)

    def _national_team(self, territory: SignedTerritory) -> set[str]:
        """The national team, which may say of any territory but the nation's own that a party is absent."""
        declared_teams = {sender.sender for sender in self._senders if sender.kind == NATIONAL}
        return declared_teams | {party.sender for party in territory.parties if party.kind == NATIONAL}

    def _declarations(self) -> list[dict[str, Any]]:
        return declared(self.home, SIGNATURES, self.campaign)

    def _last(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        return {(line["territory_id"], line["party"]): line for line in self._declarations()}


def sign_as_demonstration(home: Home, questionnaires: Path, folder: Path, campaign: int) -> int:
    """Sign every territory of a campaign of simulated data for every party that is missing. Returns how many."""
    sign_off = SignOff(home, questionnaires, folder, campaign)
    by_id = {territory.territory_id: territory for territory in sign_off.territories}
    missing = [state for state in sign_off.states() if state.missing]
    for state in missing:
        sign_off.declare(by_id[state.territory_id], state.party, SIGN, author=DEMONSTRATION, demo=True)
    return len(missing)
