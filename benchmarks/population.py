"""The structures of the whole period, their senders and federations, and the frame of each campaign."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.questionnaire import Campaign, Questionnaires, rows_of
from benchmarks.settings import MODEL, Settings

OUTSIDER_NUMBER = 9000
FRAME_COLUMNS = [
    "campaign",
    "structure_id",
    "structure_type",
    "name",
    "commune_code",
    "commune_name",
    "departement",
    "caf",
    "federation",
    "manager_name",
    "manager_siren",
    "manager_siret",
    "management_mode",
    "first_agreement_date",
    "agreement_end",
    "agreed",
    "solicited",
    "fcsf_member",
    "network_member",
    "other_network",
    "focus_territories",
    "previous_ids",
    "lifecycle",
]
LIFECYCLE_COLUMNS = ("structure_id", "event", "date", "other_ids", "note")


@dataclass(frozen=True)
class Sender:
    """Who returns the files of some départements: a federation (then `federation` is its code) or a Caf."""

    name: str
    departements: tuple[str, ...]
    federation: str


@dataclass(frozen=True)
class Population:
    """Every structure of the period, one position per structure in each array.

    `frame` holds the attributes that a frame repeats from campaign to campaign; `closed_after` is the last campaign of
    a structure that closes (0 when it stays).
    """

    structure_id: np.ndarray
    structure_type: np.ndarray
    departement: np.ndarray
    sender: np.ndarray
    agreement_year: np.ndarray
    closed_after: np.ndarray
    frame: dict[str, np.ndarray]
    senders: tuple[Sender, ...]

    def members(self, campaign: Campaign) -> np.ndarray:
        """Positions of the structures in the frame of a campaign: agreed, of a type that the campaign asks."""
        asked = [form.structure_type for form in campaign.forms]
        standing = (self.closed_after == 0) | (self.closed_after >= campaign.campaign)
        agreed = self.agreement_year <= campaign.campaign
        return np.flatnonzero(agreed & standing & np.isin(self.structure_type, asked))

    def solicited(self, campaign: Campaign) -> np.ndarray:
        """For every structure of the period, whether it was agreed before the year of the campaign."""
        return self.agreement_year < campaign.campaign


def population(settings: Settings, questionnaires: Questionnaires) -> Population:
    """Structures spread over the départements by population, numbered ``TYPE-DEP-NNNN`` within each.

    Raises ValueError when a département would hold more than 9,000 structures of one type: four digits are the rule.
    """
    communes: dict[str, list[tuple[str, str]]] = {}
    weights: dict[str, int] = {}
    for line in rows_of(MODEL / "communes.csv"):
        communes.setdefault(line["departement"], []).append((line["commune_code"], line["commune_name"]))
        weights[line["departement"]] = int(line["departement_population"])
    places = np.array(list(communes))
    senders = _senders(settings, list(communes))
    sender_of = {dep: position for position, sender in enumerate(senders) for dep in sender.departements}

    draw = settings.draws("population")
    shares = np.array(list(weights.values())) / sum(weights.values())
    ids: list[str] = []
    kinds: list[str] = []
    where: list[str] = []
    years: list[int] = []
    last = max(campaign.campaign for campaign in questionnaires.campaigns)
    for line in rows_of(MODEL / "structures.csv"):
        kind = line["structure_type"]
        for place, many in zip(
            places, draw.multinomial(round(int(line["structures"]) * settings.scale), shares), strict=True
        ):
            if many >= OUTSIDER_NUMBER:
                raise ValueError(f"{many} {kind} in {place}: identifiers have four digits, take a smaller scale")
            ids += [f"{kind}-{place}-{number:04d}" for number in range(1, many + 1)]
            kinds += [kind] * many
            where += [str(place)] * many
            years += draw.integers(int(line["agreed_since"]), last + 1, many).tolist()
    departement = np.array(where)
    located = [communes[dep][number] for dep, number in zip(where, draw.integers(0, 10, len(ids)), strict=True)]
    frame = _frame_attributes(settings, questionnaires, kinds, located)
    frame["first_agreement_date"] = np.array(
        [date(year, month, 1).isoformat() for year, month in zip(years, draw.integers(1, 13, len(ids)), strict=True)]
    )
    sender = np.array([sender_of[dep] for dep in where])
    federations = np.array([one.federation for one in senders])
    frame["federation"] = np.where(frame["fcsf_member"] == "1", federations[sender], "")
    years_of_campaigns = [campaign.campaign for campaign in questionnaires.campaigns]
    closing = draw.choice([0, *years_of_campaigns[:-1]], len(ids), p=_closing_shares(len(years_of_campaigns)))
    return Population(np.array(ids), np.array(kinds), departement, sender, np.array(years), closing, frame, senders)


def _closing_shares(campaigns: int) -> list[float]:
    closing = 0.01
    return [1 - closing * (campaigns - 1), *[closing] * (campaigns - 1)]


def _senders(settings: Settings, departements: list[str]) -> tuple[Sender, ...]:
    """Neighbouring départements grouped by sender; two senders of three are federations, the third a Caf."""
    if settings.senders > len(departements):
        raise ValueError(f"at most {len(departements)} senders: one per département")
    senders = []
    for position, group in enumerate(np.array_split(np.array(departements), settings.senders)):
        first = str(group[0])
        federation = f"FD-{first}" if position % 3 else ""
        name = f"fede-{first}" if federation else f"caf-{first}"
        senders.append(Sender(name.lower(), tuple(map(str, group)), federation))
    return tuple(senders)


def _frame_attributes(
    settings: Settings, questionnaires: Questionnaires, kinds: list[str], located: list[tuple[str, str]]
) -> dict[str, np.ndarray]:
    """Names, places, managers and networks, as text, one per structure. One manager in seven runs several centres."""
    many = len(kinds)
    draw = settings.draws("frame")
    phrases: dict[str, list[str]] = {}
    for line in rows_of(MODEL / "phrases.csv"):
        phrases.setdefault(line["variable"], []).append(line["phrase"])
    shared = draw.random(many) < 1 / 7
    shared[:1] = False
    manager = np.cumsum(~shared)
    sirens = [siren(99_000_000 + number) for number in manager]
    modes = np.array(list(questionnaires.choices["management_mode"]))
    rest = 0.4 / max(len(modes) - 1, 1)
    names = np.array(phrases["structure_name"])[draw.integers(0, len(phrases["structure_name"]), many)]
    members = draw.random(many) < 0.6
    networks = np.array(phrases["other_network"])
    return {
        "name": np.array(
            [f"{questionnaires.structure_types[kind]} {name}" for kind, name in zip(kinds, names, strict=True)]
        ),
        "commune_code": np.array([code for code, _ in located]),
        "commune_name": np.array([name for _, name in located]),
        "manager_name": np.array([f"Gestionnaire {number}" for number in manager]),
        "manager_siren": np.array(sirens),
        "manager_siret": np.array([siret(one) for one in sirens]),
        "management_mode": draw.choice(modes, many, p=[1 - rest * (len(modes) - 1), *[rest] * (len(modes) - 1)]),
        "fcsf_member": np.where(members, "1", "0"),
        "network_member": np.where(members | (draw.random(many) < 0.2), "1", "0"),
        "other_network": networks[draw.integers(0, len(networks), many)],
    }


def luhn_key(digits: str) -> str:
    """The digit that makes `digits` followed by it valid by Luhn's formula."""
    total = sum(sum(divmod(2 * int(one), 10)) if place % 2 == 0 else int(one) for place, one in enumerate(digits[::-1]))
    return str(-total % 10)


def siren(number: int) -> str:
    """Nine digits, the last one being Luhn's key."""
    return f"{number:08d}" + luhn_key(f"{number:08d}")


def siret(of_siren: str) -> str:
    """The first establishment of a legal unit: fourteen digits."""
    return f"{of_siren}0001" + luhn_key(f"{of_siren}0001")


def write_frame(path: Path, settings: Settings, people: Population, campaign: Campaign) -> int:
    """The frame of a campaign as CSV; its number of structures is returned."""
    members = people.members(campaign)
    solicited = people.solicited(campaign)
    ends = settings.draws("agreement_end", campaign.campaign).integers(0, 4, len(people.structure_id))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FRAME_COLUMNS)
        for one in members:
            line = {name: values[one] for name, values in people.frame.items()}
            line |= {
                "campaign": campaign.campaign,
                "structure_id": people.structure_id[one],
                "structure_type": people.structure_type[one],
                "departement": people.departement[one],
                "caf": f"CAF-{people.departement[one]}",
                "agreement_end": f"{campaign.campaign + ends[one]}-12-31",
                "agreed": 1,
                "solicited": int(solicited[one]),
            }
            writer.writerow([line.get(column, "") for column in FRAME_COLUMNS])
    return len(members)


def write_lifecycle(path: Path, people: Population) -> int:
    """The closures of the period as CSV; their number is returned."""
    closed = np.flatnonzero((people.closed_after > 0) & (people.agreement_year <= people.closed_after))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(LIFECYCLE_COLUMNS)
        writer.writerows(
            [people.structure_id[one], "closure", f"{people.closed_after[one]}-12-31", "", ""] for one in closed
        )
    return len(closed)


def add_federations(folder: Path, people: Population, since: int) -> None:
    """Adds the senders to a copy of the registry, and their federations to its territories."""
    with (folder / "senders.csv").open(encoding="utf-8", newline="") as file:
        listed = {(line["kind"], line["code"]) for line in csv.DictReader(file)}
    named = [
        {
            "sender": sender.name,
            "kind": "federation" if sender.federation else "caf",
            "code": sender.federation or sender.name.upper(),
            "name": f"Émetteur {sender.name}",
        }
        for sender in people.senders
    ]
    _append(folder / "senders.csv", [line for line in named if (line["kind"], line["code"]) not in listed])
    federations = [sender for sender in people.senders if sender.federation]
    _append(
        folder / "territories.csv",
        [
            {
                "territory_id": f"FED-{sender.federation}",
                "level": "federation",
                "code": sender.federation,
                "name": f"Fédération {sender.federation}",
                "vintage_from": since,
            }
            for sender in federations
        ],
    )
    _append(
        folder / "territory_members.csv",
        [
            {
                "territory_id": f"FED-{sender.federation}",
                "member_type": "federation",
                "member_code": sender.federation,
            }
            for sender in federations
        ],
    )


def _append(path: Path, lines: list[dict[str, object]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, restval="", lineterminator="\n").writerows(lines)
