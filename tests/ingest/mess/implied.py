"""What must come of returns whose truth is known: a second reading of the acceptance rules, apart from the intake's.

Rules on several answers are the expressions of edits.csv, run in DuckDB over one row per accepted response.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import polars as pl

from core.home import PROJECT_ROOT
from registry import Registry
from tests.ingest.mess.truth import Response, Said, Structure, Value

Event = tuple[str, str, str, str, str]
"""file, structure, event, variable, rule."""

Compared = dict[str, Decimal | None]

NUMBERS = {"integer", "decimal", "money", "boolean"}
COMPARED = ("board_members", "fte_total", "income_total", "volunteers_activity")
PHONE = re.compile(r"(?<!\d)(?:0|\+33 ?)[1-9](?:[ .-]?\d\d){4}(?!\d)")
EMAIL = re.compile(r"\S+@\S+\.\S+")


@dataclass
class Sent:
    """A file that a sender sent, in the order of reception. `beside`: events on the file itself (rule, times)."""

    file: str
    sender: str
    responses: list[Response]
    refused: str = ""
    beside: dict[str, int] = field(default_factory=dict)


@dataclass
class Taken:
    """A response that was accepted: what is left of its answers. It may have been replaced since."""

    sent: Sent
    structure: Structure
    usable: dict[str, Value]
    response: int
    standing: bool = True


@dataclass(frozen=True)
class Judged:
    """The questions that a response answers well, and those whose answer is refused."""

    good: frozenset[str]
    refused: frozenset[str]

    def erases_answers_of(self, earlier: Judged) -> bool:
        """Whether refused answers would take the place of good ones of a response that had none refused."""
        return not earlier.refused and bool(self.refused & earlier.good)


@dataclass
class Implied:
    """Events with how many times each; of the responses that stand, the usable answers, and the values that the next
    campaign compares with."""

    events: Counter[Event]
    answers: dict[str, dict[str, Value]]
    compared: dict[str, Compared]


def implied(
    registry: Registry,
    campaign: int,
    frame: list[Structure],
    sent: list[Sent],
    previous: Mapping[str, Compared] | None = None,
) -> Implied:
    """What the acceptance rules say of `sent`, in their order of reception."""
    events: Counter[Event] = Counter()
    known = {structure.structure_id: structure for structure in frame}
    taken: list[Taken] = []
    standing: dict[str, Taken] = {}
    waiting: dict[str, list[tuple[Sent, Response]]] = defaultdict(list)
    judged = _judged(registry, campaign, sent, known, previous or {})
    for file in sent:
        if file.refused:
            events[file.file, "", "file_rejected", "", file.refused] += 1
            continue
        for rule, times in file.beside.items():
            events[file.file, "", "edit", "", rule] += times
        for response in _last_of_each(file, known, events):
            structure = response.structure
            name = structure.structure_id
            earlier = standing.get(name)
            if earlier and earlier.sent.sender != file.sender:
                events[file.file, name, "rejected", "", "I03"] += 1
                events.pop((file.file, name, "edit", "", "I02"), None)
                continue
            if earlier and judged[id(response)].erases_answers_of(judged[earlier.response]):
                events[file.file, name, "rejected", "", "I60"] += 1
                events.pop((file.file, name, "edit", "", "I02"), None)
                waiting[name].append((file, response))
                continue
            for late, waited in waiting.pop(name, []):
                events.pop((late.file, name, "rejected", "", "I60"))
                events[late.file, name, "replaced", "", "I06"] += 1
                events[late.file, name, "accepted", "", ""] += 1
                usable = _usable(registry, campaign, late, waited, events)
                taken.append(Taken(late, known[name], usable, id(waited), standing=False))
            if earlier:
                earlier.standing = False
                events[earlier.sent.file, name, "replaced", "", "I06"] += 1
            events[file.file, name, "accepted", "", ""] += 1
            if not known[name].solicited:
                events[file.file, name, "edit", "", "I05"] += 1
            one = Taken(file, known[name], _usable(registry, campaign, file, response, events), id(response))
            taken.append(one)
            standing[name] = one
    compared = _apply_relations(registry, campaign, taken, previous or {}, events)
    for one in taken:
        _note_missing(registry, campaign, one, events)
    return Implied(events, {name: one.usable for name, one in standing.items()}, compared)


def _judged(
    registry: Registry,
    campaign: int,
    sent: list[Sent],
    known: dict[str, Structure],
    previous: Mapping[str, Compared],
) -> dict[int, Judged]:
    """What each response of a structure of the frame is worth by itself, by its identity."""
    found: list[Taken] = []
    refused: list[set[str]] = []
    for file in sent:
        for response in () if file.refused else file.responses:
            structure = known.get(response.structure.structure_id)
            if structure is None:
                continue
            noted: Counter[Event] = Counter()
            found.append(Taken(file, structure, _usable(registry, campaign, file, response, noted), id(response)))
            refused.append({variable for _, _, event, variable, _ in noted if event == "answer_rejected"})
    fatal = [e for e in registry.edits.values() if e.check == "sql" and e.severity == "fatal"]
    raised, _ = _raised(registry, campaign, found, previous, [(rule.rule, rule.expression) for rule in fatal])
    for number, rule in raised:
        rejected = registry.edits[rule].rejects
        if found[number].usable.pop(rejected, None) is not None:
            refused[number].add(rejected)
    return {
        one.response: Judged(frozenset(one.usable), frozenset(variables))
        for one, variables in zip(found, refused, strict=True)
    }


def _last_of_each(file: Sent, known: dict[str, Structure], events: Counter[Event]) -> list[Response]:
    candidates: dict[str, list[Response]] = defaultdict(list)
    for response in file.responses:
        name = response.structure.structure_id
        if name not in known:
            shown = re.sub(r"\s", "", response.typed_identifier).upper()
            events[file.file, shown, "rejected", "", "I01"] += 1
        elif not response.submitted:
            events[file.file, name, "incomplete", "", "I04"] += 1
        else:
            candidates[name].append(response)
    for name, several in candidates.items():
        if len(several) > 1:
            events[file.file, name, "dropped", "", "I02"] += len(several) - 1
            events[file.file, name, "edit", "", "I02"] += 1
    return [several[-1] for several in candidates.values()]


def _usable(
    registry: Registry, campaign: int, file: Sent, response: Response, events: Counter[Event]
) -> dict[str, Value]:
    """The answers that the rules on cells (T01-T06, I07, I08) leave, those rules noted."""
    name, structure_type = response.structure.structure_id, response.structure.structure_type
    usable: dict[str, Value] = {}
    for question in registry.questions_of(campaign):
        said = response.answers.get(question.variable)
        if question.structure_type != structure_type or said is None:
            continue

        def note(event: str, rule: str, variable: str = question.variable) -> None:
            events[file.file, name, event, variable, rule] += 1

        if isinstance(said, Said):
            for rule in said.notes:
                note("edit", rule)
            if said.status or said.rejected:
                if said.rejected:
                    note("answer_rejected", said.rejected)
                elif said.status != "blank":
                    note("non_response", "")
                continue
            said = said.value
        variable = registry.variables[question.variable]
        if question.type in NUMBERS and variable.min is not None and Decimal(str(said)) < Decimal(str(variable.min)):
            note("answer_rejected", "T03")
            continue
        if question.type in NUMBERS and variable.max is not None and Decimal(str(said)) > Decimal(str(variable.max)):
            note("edit", "T04")
        if question.type == "text":
            if str(said).startswith(("=", "+", "-", "@")):
                note("edit", "I07")
            if not variable.pii and (PHONE.search(str(said)) or EMAIL.search(str(said))):
                note("edit", "I08")
        usable[question.variable] = said  # type: ignore[assignment]
    return usable


def _apply_relations(
    registry: Registry,
    campaign: int,
    taken: list[Taken],
    previous: Mapping[str, Compared],
    events: Counter[Event],
) -> dict[str, Compared]:
    rules = [edit for edit in registry.edits.values() if edit.check == "sql"]
    fatal = [(rule.rule, rule.expression) for rule in rules if rule.severity == "fatal"]
    raised, _ = _raised(registry, campaign, taken, previous, fatal)
    for number, rule in raised:
        one, rejected = taken[number], registry.edits[rule].rejects
        if one.usable.pop(rejected, None) is not None:
            events[one.sent.file, one.structure.structure_id, "answer_rejected", rejected, rule] += 1
    other = [(rule.rule, rule.expression) for rule in rules if rule.severity != "fatal"]
    raised, compared = _raised(registry, campaign, taken, previous, other)
    for number, rule in raised:
        one = taken[number]
        events[one.sent.file, one.structure.structure_id, "edit", registry.edits[rule].scope[0], rule] += 1
    return compared


def _raised(
    registry: Registry,
    campaign: int,
    taken: list[Taken],
    previous: Mapping[str, Compared],
    rules: list[tuple[str, str]],
) -> tuple[list[tuple[int, str]], dict[str, Compared]]:
    """The rules raised, by the number of the response; and the values to compare of the responses that stand."""
    if not taken:
        return [], {}
    with duckdb.connect() as connection:
        connection.register("responses", _wide(registry, campaign, taken, previous).to_arrow())
        table = _with_derived("responses", campaign, {variable.variable for variable in registry.variables.values()})
        connection.execute(f"create table computed as {table}")
        flags = ", ".join(f"({expression}) as {rule}" for rule, expression in rules)
        lines = connection.execute(f"select number, {flags} from computed").fetchall()
        values = connection.execute(f"select number, {', '.join(COMPARED)} from computed where standing").fetchall()
    raised = [(line[0], rule) for line in lines for (rule, _), flag in zip(rules, line[1:], strict=True) if flag]
    return raised, {taken[n].structure.structure_id: dict(zip(COMPARED, found, strict=True)) for n, *found in values}


def _wide(registry: Registry, campaign: int, taken: list[Taken], previous: Mapping[str, Compared]) -> pl.DataFrame:
    """One row per response: the answers left, and what the rules compare them with."""
    columns: dict[str, pl.Series] = {
        "number": pl.Series(range(len(taken))),
        "campaign": pl.Series([campaign] * len(taken)),
        "structure_type": pl.Series([one.structure.structure_type for one in taken]),
        "standing": pl.Series([one.standing for one in taken]),
        "siret_valid": pl.Series([siret_valid(one.usable.get("siret")) for one in taken], dtype=pl.Int32),
        "frame_management_mode": pl.Series([one.structure.management_mode for one in taken]),
        "frame_first_agreement_date": pl.Series([one.structure.first_agreement_date for one in taken]),
    }
    for name in COMPARED:
        before = [previous.get(one.structure.structure_id, {}).get(name) for one in taken]
        columns[f"prev_{name}"] = pl.Series(before, dtype=pl.Decimal(18, 6))
    for name in ("income_total", "board_members"):
        columns[f"same_manager_{name}"] = pl.Series(_others_alike(taken, name))
    for variable in registry.variables.values():
        number, date = variable.type in NUMBERS, variable.type == "date"
        kind = pl.Decimal(18, 6) if number else pl.Date() if date else pl.String()
        values = [_plain(one.usable.get(variable.variable)) for one in taken]
        columns[variable.variable] = pl.Series(values, dtype=kind, strict=False)
    return pl.DataFrame(columns)


def _with_derived(table: str, campaign: int, columns: set[str]) -> str:
    """A query over `table` that adds the derived variables of the campaign, one after another."""
    query = f"select * from {table}"
    with (PROJECT_ROOT / "questionnaires" / "derived.csv").open(encoding="utf-8") as stream:
        for line in csv.DictReader(stream):
            if str(campaign) in line["campaigns"].split(";"):
                value = f"{line['expression']} as {line['variable']}"
                known = line["variable"] in columns
                query = f"select {f'* replace ({value})' if known else f'*, {value}'} from ({query})"
                columns = columns | {line["variable"]}
    return query


def _others_alike(taken: list[Taken], variable: str) -> list[int]:
    """For each response, how many others of its manager stand with the same value, zero left out."""
    groups = [(one.structure.manager_siren, one.usable.get(variable)) for one in taken]
    standing = Counter(group for group, one in zip(groups, taken, strict=True) if one.standing and all(group))
    return [standing[group] - 1 if one.standing and all(group) else 0 for group, one in zip(groups, taken, strict=True)]


def _plain(value: Value | None) -> object:
    return "|".join(value) if isinstance(value, tuple) else value


def siret_valid(siret: Value | None) -> int | None:
    """1 or 0 by Luhn's key, None without a SIRET."""
    text = re.sub(r"\s", "", str(siret or ""))
    if not text:
        return None
    if not re.fullmatch(r"\d{14}", text):
        return 0
    digits = [int(digit) for digit in text]
    total = sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    return int(total % 10 == 0)


def _note_missing(registry: Registry, campaign: int, one: Taken, events: Counter[Event]) -> None:
    for question in registry.questions_of(campaign):
        asked = question.structure_type == one.structure.structure_type and question.required
        if asked and question.variable not in one.usable:
            events[one.sent.file, one.structure.structure_id, "edit", question.variable, "R01"] += 1
