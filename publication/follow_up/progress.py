"""What the campaign site shows, read from a candidate: plain rows, by département, sender, file, rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from core.french import alphabetical
from publication.candidate import candidate_manifest
from publication.follow_up import queries
from publication.follow_up.settings import Settings

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Expected:
    """A sender and the solicited structures that it is asked for."""

    sender: str
    name: str
    structures: tuple[str, ...]


@dataclass(frozen=True)
class FollowUp:
    """One campaign of a candidate.

    totals: agreed, solicited, responded, incomplete, rate. departements: code, name, agreed, solicited, responded,
    rate, rejected, to_confirm, outcome, unsigned (parties), senders, standing. arrivals: campaign (this one and the
    one before), day, responded and rate so far. senders: sender, name, asked, responded, rate, files, refused, last,
    rejected, to_confirm, state, missing (structure_id, name, commune_name). refused: sender, file, rule, message_fr.
    rejects: sender, file, where, structure_id, question, rule, message_fr. edits: sender, rule, severity, message_fr,
    count. unmapped: sender, file, cell, header, filled, nearest_question. guards: sender, file, column,
    question_label_fr, severity, message_fr, next_step_fr, acknowledged. publications: territory_id, name, level,
    outcome, signatures (party, state_fr, missing). Rates are in percent, None without base.
    """

    campaign: int
    data_year: int
    build_id: str
    built_at: dt.datetime
    demo: bool
    totals: Mapping[str, Any]
    departements: Rows
    senders: Rows
    refused: Rows
    rejects: Rows
    edits: Rows
    unmapped: Rows
    guards: Rows
    publications: Rows
    verdict: Mapping[str, Any]
    arrivals: Rows = field(default_factory=list)
    reports: Mapping[str, str] = field(default_factory=dict)

    @property
    def to_chase(self) -> Rows:
        """The senders that owe something."""
        return [row for row in self.senders if row["state"] in ("nothing", "refused", "missing")]

    @property
    def unsigned(self) -> Rows:
        """The territories that somebody has still to sign."""
        return [row for row in self.publications if any(signature["missing"] for signature in row["signatures"])]


def follow_up_of(
    candidate: Path,
    campaign: int,
    expected: Iterable[Expected],
    verdict: Mapping[str, Any],
    settings: Settings,
    signatures: Iterable[Mapping[str, Any]] = (),
    reports: Mapping[str, str] | None = None,
) -> FollowUp:
    """Reads one campaign of a candidate.

    `signatures`: territory_id, party, state_fr, missing of each one that is expected. `reports`: by sender, the address
    of its edit report.
    """
    manifest = candidate_manifest(candidate)
    rows = _Rows(candidate, campaign)
    asked = list(expected)
    publications = _publications(rows, verdict, signatures)
    departements = _departements(rows, asked, publications, verdict, settings)
    totals = {name: sum(row[name] for row in departements) for name in ("agreed", "solicited", "responded")}
    (incomplete,) = rows.of(queries.INCOMPLETE)
    (year,) = rows.of("select data_year from dim_campaign where campaign = $campaign")
    return FollowUp(
        campaign=campaign,
        data_year=year["data_year"],
        build_id=manifest["build_id"],
        built_at=dt.datetime.fromisoformat(manifest["built_at"]),
        demo=campaign in manifest.get("demo", []),
        totals={**totals, **incomplete, "rate": _rate(totals["responded"], totals["solicited"])},
        departements=departements,
        senders=_senders(rows, asked, settings),
        refused=rows.of(queries.REFUSED),
        rejects=rows.of(queries.REJECTS),
        edits=rows.of(queries.EDITS),
        unmapped=rows.of(queries.UNMAPPED),
        guards=rows.of(queries.GUARDS),
        publications=publications,
        verdict=verdict,
        arrivals=rows.of(queries.ARRIVALS),
        reports=reports or {},
    )


class _Rows:
    """Queries over the candidate's tables, each a view of that name."""

    def __init__(self, candidate: Path, campaign: int) -> None:
        self._connection = duckdb.connect()
        self._campaign = campaign
        self._tables = {
            path.stem: path for room in ("intake", "marts") for path in (candidate / room).glob("*.parquet")
        }
        for name, path in self._tables.items():
            quoted = str(path).replace("'", "''")
            self._connection.execute(f"create view \"{name}\" as select * from read_parquet('{quoted}')")

    def of(self, sql: str) -> Rows:
        result = self._connection.execute(sql, {"campaign": self._campaign})
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _departements(
    rows: _Rows, asked: Iterable[Expected], publications: Rows, verdict: Mapping[str, Any], settings: Settings
) -> Rows:
    """A line per département: its response, what is open in it, who is asked or has answered for it, how it stands."""
    places = {row["structure_id"]: row["departement"] for row in rows.of(queries.PLACES)}
    senders: dict[str, set[str]] = {}
    for row in rows.of(queries.SENDERS_OF):
        senders.setdefault(row["departement"], set()).add(row["sender"])
    for line in asked:
        for departement in {places[structure] for structure in line.structures if structure in places}:
            senders.setdefault(departement, set()).add(line.sender)
    unsigned = {
        row["territory_id"]: [signature["party"] for signature in row["signatures"] if signature["missing"]]
        for row in publications
    }
    found = []
    for row in rows.of(queries.DEPARTEMENTS):
        row["rate"] = _rate(row["responded"], row["solicited"])
        row["outcome"] = verdict["publications"].get(row["territory_id"], "")
        row["unsigned"] = unsigned.get(row["territory_id"], [])
        row["senders"] = sorted(senders.get(row["code"], set()))
        found.append(row | {"standing": _standing(row, settings.chase_below_pct)})
    return found


def _standing(row: Mapping[str, Any], chase_below_pct: float) -> str:
    """What a département needs first: answers, corrections, the gate, signatures, nothing."""
    if row["rate"] is not None and row["rate"] < chase_below_pct:
        return "chase"
    if row["rejected"] or row["to_confirm"]:
        return "correct"
    if row["unsigned"]:
        return "sign"
    return "blocked" if row["outcome"] == "blocked" else "done"


def _senders(rows: _Rows, expected: Iterable[Expected], settings: Settings) -> Rows:
    """A line per sender asked for something or heard from; those who owe most first."""
    heard = {row["sender"]: row for row in rows.of(queries.RECEIVED)}
    structures = {row["structure_id"]: row for row in rows.of(queries.RESPONDENTS)}
    asked = {line.sender: line for line in expected}
    found = []
    for sender in sorted({*heard, *asked}):
        line = asked.get(sender, Expected(sender, sender, ()))
        known = [structures[structure] for structure in line.structures if structure in structures]
        missing = [row for row in known if not row["responded"]]
        nothing = {"files": 0, "refused": 0, "last": None, "rejected": 0, "to_confirm": 0}
        row = {**nothing, **heard.get(sender, {}), "sender": sender, "name": line.name, "missing": missing}
        row |= {"asked": len(known), "responded": len(known) - len(missing)}
        row["rate"] = _rate(row["responded"], row["asked"])
        found.append(row | {"state": _state(row, settings.chase_below_pct)})
    order = {name: rank for rank, name in enumerate(settings.states)}
    return sorted(found, key=lambda row: (order[row["state"]], -len(row["missing"]), row["sender"]))


def _publications(rows: _Rows, verdict: Mapping[str, Any], signatures: Iterable[Mapping[str, Any]]) -> Rows:
    """The territories that the gate judged, by level and name, with who signs them."""
    signed: dict[str, Rows] = {}
    for signature in signatures:
        signed.setdefault(signature["territory_id"], []).append(dict(signature))
    judged = [row for row in rows.of(queries.TERRITORIES) if row["territory_id"] in verdict["publications"]]
    told = [
        {**row, "outcome": verdict["publications"][row["territory_id"]]}
        | {"signatures": signed.get(row["territory_id"], [])}
        for row in judged
    ]
    return sorted(told, key=lambda row: (row["level_order"], alphabetical(row["name"])))


def _state(row: Mapping[str, Any], chase_below_pct: float) -> str:
    if row["missing"] and not row["files"]:
        return "nothing"
    if row["missing"] and row["refused"] == row["files"]:
        return "refused"
    if row["rate"] is not None and row["rate"] < chase_below_pct:
        return "missing"
    return "correct" if row["rejected"] or row["to_confirm"] or row["refused"] else "complete"


def _rate(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
