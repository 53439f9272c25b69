"""Who answers for the figures of a territory: the parties that sign it, and what they sign.

Which parties a level asks for is `sign_off.csv`; which Caf and federations a territory has follows from the frame of
its structures, and who signs for them from the senders of the questionnaire. A level without a line is signed by the
national team.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from registry.senders import LEVELS, NATIONAL, Sender, sender_of_code

FILE = "sign_off.csv"
ALWAYS, ALONE = "always", "alone"
NATIONAL_TEAM = "Équipe nationale"

# What is signed: the figures as printed, and what each rests on. Not the name of a territory, nor a later column.
SIGNED = ("structure_type", "indicator", "breakdown", "value_rounded", "numerator", "denominator", "n_respondents",
          "n_agreed", "n_solicited", "n_responded", "mode")  # fmt: skip


class SignOffError(Exception):
    """The candidate or sign_off.csv can't tell who signs what; the text says why, in French."""


@dataclass(frozen=True)
class Party:
    """Who signs: a sender of the questionnaire. `alone`: asked only where no other party is there."""

    sender: str
    kind: str
    name: str
    alone: bool = False


@dataclass(frozen=True)
class SignedTerritory:
    """A territory of a campaign, its parties, and the sha256 of its figures."""

    territory_id: str
    level: str
    code: str
    name: str
    figures_hash: str
    parties: tuple[Party, ...]

    @property
    def address(self) -> str:
        """``departement:62``: how a command names it."""
        return f"{self.level}:{self.code}"


def load_rules(folder: Path) -> dict[str, list[tuple[str, bool]]]:
    """``sign_off.csv``: by level, the kinds of parties, and whether each is asked alone. Raises `SignOffError`."""
    rules: dict[str, list[tuple[str, bool]]] = {}
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for line in reader:
            if line["party"] not in (*LEVELS, NATIONAL) or line["asked"] not in (ALWAYS, ALONE):
                raise SignOffError(
                    f"{FILE}, ligne {reader.line_num} : « {line['party']} », « {line['asked']} » : "
                    f"attendu {', '.join((*LEVELS, NATIONAL))}, puis {ALWAYS} ou {ALONE}."
                )
            rules.setdefault(line["level"], []).append((line["party"], line["asked"] == ALONE))
    return rules


def territories_to_sign(
    candidate: Path, campaign: int, rules: dict[str, list[tuple[str, bool]]], senders: Iterable[Sender]
) -> list[SignedTerritory]:
    """The territories of a campaign, the widest first. Raises `SignOffError` for a candidate that can't be read."""
    named = _Names(senders, campaign)
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        try:
            territories, codes, hashes = _read(connection, candidate, campaign)
        except duckdb.Error as error:
            raise SignOffError(f"Le candidat ne dit pas qui signe quoi : {str(error).splitlines()[0]}") from error
    found = []
    for territory_id, level, code, name in territories:
        parties = [
            named.party(kind, party_code, alone)
            for kind, alone in rules.get(level, [(NATIONAL, False)])
            for party_code in ([""] if kind == NATIONAL else codes.get((territory_id, kind), []))
        ]
        figures_hash = hashes.get(territory_id, "")
        found.append(SignedTerritory(territory_id, level, code, name, figures_hash, tuple(parties)))
    return found


class _Names:
    """The sender that signs for a Caf, a federation or the nation in one campaign."""

    def __init__(self, senders: Iterable[Sender], campaign: int) -> None:
        open_lines = [line for line in senders if line.collects_in(campaign)]
        self._by_code = {(line.kind, line.code): line for line in reversed(open_lines)}
        self._national = next((line for line in open_lines if line.kind == NATIONAL), None)

    def party(self, kind: str, code: str, alone: bool) -> Party:
        if kind == NATIONAL:
            team = self._national
            return Party(team.sender if team else NATIONAL, kind, team.name if team else NATIONAL_TEAM, alone)
        line = self._by_code.get((kind, code))
        return Party(line.sender if line else sender_of_code(code), kind, line.name if line else code, alone)


def _read(
    connection: duckdb.DuckDBPyConnection, candidate: Path, campaign: int
) -> tuple[list[tuple[str, str, str, str]], dict[tuple[str, str], list[str]], dict[str, str]]:
    """Territories (id, level, code, name), codes by territory and kind of party, hashes of figures by territory."""

    def mart(name: str) -> str:
        return "read_parquet('{}')".format(str(candidate / "marts" / f"{name}.parquet").replace("'", "''"))

    territories = connection.execute(
        f"""
        select territory_id, level, code, name from {mart("dim_territory")}
        where territory_id in (select territory_id from {mart("bridge_territory_structure")} where campaign = ?)
        order by level_order, territory_id
        """,
        [campaign],
    ).fetchall()
    codes: dict[tuple[str, str], list[str]] = {}
    for kind in LEVELS:
        rows = connection.execute(
            f"""
            select distinct bridge.territory_id, structures.{kind}
            from {mart("bridge_territory_structure")} as bridge
            join {mart("dim_structure")} as structures using (campaign, structure_id)
            join {mart("fct_centres")} as centres using (campaign, structure_id)
            where campaign = ? and centres.agreed = 1 and coalesce(structures.{kind}, '') <> ''
            order by all
            """,
            [campaign],
        ).fetchall()
        for territory_id, code in rows:
            codes.setdefault((territory_id, kind), []).append(code)
    line = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in SIGNED)
    hashes = connection.execute(
        f"""
        with lines as (
            select territory_id, concat_ws('|', {line}) as line from {mart("figures")} where campaign = ?
        )
        select territory_id, sha256(string_agg(line, chr(10) order by line)) from lines group by territory_id
        """,
        [campaign],
    ).fetchall()
    return territories, codes, dict(hashes)
