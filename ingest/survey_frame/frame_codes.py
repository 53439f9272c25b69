"""Codes that a frame may hold: communes, départements, federations and Caf that the registry knows."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from registry.communes import commune_names
from registry.model import Registry
from registry.senders import CAF, FEDERATION

DEPARTEMENT = "departement"
NEAR = 0.7


@dataclass(frozen=True)
class KnownCodes:
    """Codes by column of the frame. A Caf is one of senders.csv, or is written like those: the same beginning, and a
    known département."""

    departements: frozenset[str]
    federations: frozenset[str]
    cafs: frozenset[str]

    @classmethod
    def of(cls, registry: Registry) -> KnownCodes:
        """Those of the territories and of the senders."""
        places: dict[str, set[str]] = {DEPARTEMENT: set(), FEDERATION: set(), CAF: set()}
        for territory in registry.territories:
            if territory.level in places:
                places[territory.level].add(territory.code)
        departements = places[DEPARTEMENT]
        for line in registry.senders:
            if line.kind in places:
                places[line.kind].add(line.code)
        beginnings = {
            caf.removesuffix(code) for caf in places[CAF] for code in departements if code and caf.endswith(code)
        }
        cafs = places[CAF] | {beginning + code for beginning in beginnings for code in departements}
        return cls(frozenset(departements), frozenset(places[FEDERATION]), frozenset(cafs))

    def faults(self, line: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The column and the reason, in French, of each cell that names nothing, or that should not be empty."""
        if not line["name"]:
            yield "name", "nom de la structure vide"
        if line[DEPARTEMENT] not in self.departements:
            yield DEPARTEMENT, f"département « {line[DEPARTEMENT]} » inconnu"
        if line["commune_code"] not in commune_names():
            yield (
                "commune_code",
                f"commune « {line['commune_code']} » ({line['commune_name']}) inconnue du code officiel géographique ; "
                "une commune disparue s'ajoute à questionnaires/geo/former_communes.csv",
            )
        for column, word, known, file in (
            (CAF, "Caf", self.cafs, "senders.csv"),
            (FEDERATION, "fédération", self.federations, "territories.csv"),
        ):
            code = line[column]
            if code and known and code not in known:
                yield (
                    column,
                    f"{word} « {code} » inconnue{_near(code, known)} ; une nouvelle s'ajoute à questionnaires/{file}",
                )


def _near(code: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(code, sorted(known), 1, NEAR)
    return f" (peut-être « {near[0]} »)" if near else ""
