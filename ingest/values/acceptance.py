"""Which rows count: in the frame, submitted, the last of its file, of the sender whose response it is (rules I01-I06,
I14, I17, I30, I50).

Files are taken in the order of reception, whatever the order in which they were archived.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.spelling import folded
from ingest.corrections.decision import ERASES_GOOD_ANSWERS
from ingest.receive.answerers import Answerers
from ingest.returns.identifiers import bare_identifier, commune_code, is_identifier, structure_id

ACCEPTED, REPLACED, DROPPED, REJECTED, INCOMPLETE = "accepted", "replaced", "dropped", "rejected", "incomplete"

OTHER_SENDER, READ_OTHERWISE, THINNER, OUT_OF_SCOPE, BROKEN_ROW = "I03", "I21", "I22", "I30", "I50"
ARBITRATED = "settled for"
MOST_PROPOSED, NEAR_NAME = 5, 0.6


@dataclass(frozen=True)
class Member:
    """A structure of the campaign's frame."""

    structure_id: str
    structure_type: str
    name: str
    commune_code: str
    commune_name: str
    solicited: bool


@dataclass
class Response:
    """What became of a row. `edits`: rules raised on it, with the raw text and a detail; `proposed`: for a row that is
    no structure's, those that it may be, in French, and for one that waits, its refused answers; `replaces`: the row of
    the earlier response that it takes the place of."""

    row_id: int
    structure_id: str
    structure_type: str
    state: str
    rule: str = ""
    detail: str = ""
    proposed: str = ""
    replaces: int | None = None
    edits: list[tuple[str, str, str]] = field(default_factory=list)


class Frame:
    """The structures of a campaign, found by identifier, or by name and commune when exactly one matches (N18)."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.by_id: dict[str, Member] = {}
        self._bare: dict[str, list[Member]] = {}
        self._by_place: dict[tuple[str, str], set[str]] = {}
        self._in_commune: dict[str, list[Member]] = {}
        for member in members:
            self.by_id[member.structure_id] = member
            self._bare.setdefault(bare_identifier(member.structure_id), []).append(member)
            for commune in (member.commune_code, folded(member.commune_name)):
                self._by_place.setdefault((folded(member.name), commune), set()).add(member.structure_id)
                self._in_commune.setdefault(commune, []).append(member)

    def find(self, identifier: str, name: str, insee: str, commune_name: str) -> Member | None:
        """The structure of a row, or None. Other separators in an identifier, or none, name a structure too (N11)."""
        if identifier.strip():
            return self.by_id.get(structure_id(identifier)) or self._written_otherwise(identifier)
        found = self._named(name, insee, commune_name)
        return self.by_id[found.pop()] if len(found) == 1 else None

    def _written_otherwise(self, identifier: str) -> Member | None:
        alike = self._bare.get(bare_identifier(identifier), []) if is_identifier(identifier) else []
        return alike[0] if len(alike) == 1 else None

    def proposed(self, name: str, insee: str, commune_name: str) -> list[Member]:
        """The structures that a row may be: those of its name in its commune, else those whose name is near."""
        named = self._named(name, insee, commune_name)
        if not named and name.strip():
            communes = filter(None, (commune_code(insee), folded(commune_name)))
            around = {
                member.structure_id: folded(member.name) for key in communes for member in self._in_commune.get(key, ())
            }
            near = set(difflib.get_close_matches(folded(name), set(around.values()), MOST_PROPOSED, NEAR_NAME))
            named = {structure for structure, known in around.items() if known in near}
        return [self.by_id[structure] for structure in sorted(named)][:MOST_PROPOSED]

    def _named(self, name: str, insee: str, commune_name: str) -> set[str]:
        found: set[str] = set()
        for commune in (commune_code(insee), folded(commune_name)):
            if commune and name.strip():
                found |= self._by_place.get((folded(name), commune), set())
        return found


def responses(
    files: list[tuple[dict[str, Any], list[dict[str, Any]]]],
    frame: Frame,
    answerers: Answerers,
    erased: Callable[[int, int], str] = lambda row_id, earlier: "",
) -> list[Response]:
    """What becomes of each row of `files` (file and its rows, in the order of reception and of the file). `erased`: of
    a row and of the earlier one of its sender, what it would erase (`ingest.receive.replacing`)."""
    decided: list[Response] = []
    waiting: dict[str, list[Response]] = {}
    standing: dict[str, tuple[Response, str]] = {}
    screened = [(file, [(row, _screened(row, frame)) for row in rows]) for file, rows in files]
    owners = _owners(screened, answerers)
    for file, read in screened:
        last = {response.structure_id: response for _, response in read if response.state == ACCEPTED}
        for row, response in read:
            decided.append(response)
            if response.state != ACCEPTED:
                continue
            if last[response.structure_id] is not response:
                response.state, response.rule = DROPPED, "I02"
                response.detail = "earlier row of the same structure in the same file"
                kept = last[response.structure_id]
                if not any(rule == "I02" for rule, *_ in kept.edits):
                    kept.edits.append(("I02", row["identifier"], "last row kept"))
                continue
            earlier, owner = standing.get(response.structure_id), owners[response.structure_id]
            if owner != file["sender"]:
                response.state, response.rule = REJECTED, OTHER_SENDER
                chosen = answerers.arbitrated.get(response.structure_id) == owner
                response.detail = f"{ARBITRATED if chosen else 'already accepted from'} {owner}"
                response.edits.clear()
                continue
            if earlier and (refused := erased(response.row_id, earlier[0].row_id)):
                response.state, response.rule, response.proposed = REJECTED, ERASES_GOOD_ANSWERS, refused
                response.detail = f"waits: refused in place of good answers: {refused}"
                response.edits.clear()
                waiting.setdefault(response.structure_id, []).append(response)
                continue
            for late in waiting.pop(response.structure_id, []):
                late.state, late.rule, late.detail = REPLACED, "I06", f"replaced by {file['file']}"
            if earlier:
                earlier[0].state, earlier[0].rule = REPLACED, "I06"
                earlier[0].detail = f"replaced by {file['file']}"
                response.replaces = earlier[0].row_id
            standing[response.structure_id] = (response, file["sender"])
            if expected := answerers.expected(response.structure_id, file["sender"]):
                response.edits.append((OUT_OF_SCOPE, row["identifier"], f"asked of {expected}"))
            if not frame.by_id[response.structure_id].solicited:
                response.edits.append(("I05", "", ""))
    return decided


def _owners(
    screened: list[tuple[dict[str, Any], list[tuple[dict[str, Any], Response]]]], answerers: Answerers
) -> dict[str, str]:
    """The sender whose response to a structure counts. The first one keeps its rank when its file comes back after
    another sender's."""
    answered: dict[str, list[str]] = {}
    for file, read in sorted(screened, key=lambda one: str(one[0]["first"])):
        for _, response in read:
            if response.state == ACCEPTED:
                answered.setdefault(response.structure_id, []).append(file["sender"])
    return {structure: answerers.owner(structure, senders) for structure, senders in answered.items()}


def note_thinner(decided: list[Response], answered: Mapping[int, int], least_share: float) -> None:
    """Raise I22 on the responses that take the place of one of the same sender that said much more: what they leave
    out was perhaps not to be erased. `answered`: the questions answered in each row."""
    for response in decided:
        if response.replaces is None:
            continue
        now, before = answered.get(response.row_id, 0), answered.get(response.replaces, 0)
        if now < least_share * before:
            response.edits.append((THINNER, "", f"{now} questions answered, {before} before"))


def _screened(row: dict[str, Any], frame: Frame) -> Response:
    member = frame.find(row["identifier"], row["name"], row["commune_code"], row["commune_name"])
    identifier = member.structure_id if member else structure_id(row["identifier"])
    kind = member.structure_type if member else row["structure_type"]
    response = Response(row["row_id"], identifier, kind, ACCEPTED)
    if row["superseded"]:
        response.state, response.rule = DROPPED, "I02"
        response.detail = "a later edition of the same submission is in the same file"
    elif row["broken"]:
        response.state, response.rule, response.detail = REJECTED, BROKEN_ROW, "cells that are not those of the headers"
    elif row["hidden"]:
        response.state, response.rule, response.detail = REJECTED, "I17", "hidden row"
    elif member is None:
        response.state, response.rule, response.detail = REJECTED, "I01", "not in the frame"
        around = frame.proposed(row["name"], row["commune_code"], row["commune_name"])
        response.proposed = " ; ".join(f"{one.structure_id} {one.name} ({one.commune_name})" for one in around)
    elif not row["form_known"]:
        response.state, response.rule, response.detail = REJECTED, "I14", f"form of {row['form_type']}"
    elif not row["submitted"]:
        response.state, response.rule, response.detail = INCOMPLETE, "I04", "not submitted"
    elif row["identifier"].strip() and structure_id(row["identifier"]) != identifier:
        response.edits.append((READ_OTHERWISE, row["identifier"], f"read as {identifier}"))
    return response
