"""Files sent one after the other about the same structures, told to the intake and to the rules alike."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

from ingest.store.intake import Intake
from tests.ingest.mess.containers import delimited
from tests.ingest.mess.implied import Implied, Sent, implied
from tests.ingest.mess.layouts import LIMESURVEY, Style, table
from tests.ingest.mess.parcels import DEPARTEMENTS, STYLES
from tests.ingest.mess.taking import Desk, answers_of, as_held, events_of
from tests.ingest.mess.truth import Places, Response, Structure, Value, answers_of_all_kinds

SENDERS = ("caf-33", "fede-inconnue", "caf-974")


class Story:
    """The returns of a campaign, file after file."""

    def __init__(self, desk: Desk, campaign: int, places: Places | None = None) -> None:
        self.desk, self.registry, self.campaign = desk, desk.registry, campaign
        self.places = places or Places(random.Random(campaign))
        self.rng = self.places.rng
        self.frame: dict[str, Structure] = {}
        self.sent: list[Sent] = []
        self.files: list[tuple[str, str, bytes]] = []

    def structure(self, structure_type: str = "CS", **known: object) -> Structure:
        """A structure of the frame."""
        departement = str(known.pop("departement", self.rng.choice(DEPARTEMENTS)))
        made = self.places.structure(structure_type, departement, **known)
        self.frame[made.structure_id] = made
        return made

    def response(self, structure: Structure, identifier: str | None = None, submitted: bool = True) -> Response:
        """Answers of its own; a few values recur, so that structures of one manager have some in common."""
        answers = answers_of_all_kinds(self.registry, self.campaign, structure, self.rng)
        for variable, values in RECURRING.items():
            if variable in answers and self.rng.random() < 0.6:
                answers[variable] = self.rng.choice(values)
        return Response(structure, answers, identifier, submitted)

    def send(self, sender: str, *responses: Response, style: Style = STYLES["codes"]) -> None:
        name = f"{len(self.files):03d}-{sender}.csv"
        self.sent.append(Sent(name, sender, list(responses)))
        self.files.append((name, sender, delimited(table(self.registry, self.campaign, list(responses), style))))

    def send_at_random(self, structures: list[Structure], files: int) -> None:
        """Files of some of `structures`: twice in a file, sent again, by others, started but not submitted."""
        for _ in range(files):
            chosen = self.rng.choices(structures, k=self.rng.randrange(1, 5))
            style = self.rng.choice([STYLES["codes"], LIMESURVEY])
            marked = style is LIMESURVEY
            responses = [self.response(one, submitted=not marked or self.rng.random() < 0.7) for one in chosen]
            self.send(self.rng.choice(SENDERS), *responses, style=style)

    def outcome(self, previous: Mapping[str, dict[str, Decimal | None]] | None = None) -> tuple[Intake, Implied]:
        frame = list(self.frame.values())
        intake = self.desk.take_in(self.campaign, frame, self.files, previous)
        return intake, implied(self.registry, self.campaign, frame, self.sent, previous)


RECURRING: dict[str, tuple[Value, ...]] = {"income_total": (250_000, 250_000, 0, 3_000), "board_members": (12, 15, 0)}


def assert_as_implied(intake: Intake, expected: Implied) -> None:
    """The same events, and the same answers in the responses that stand."""
    events = events_of(intake)
    assert (events - expected.events, expected.events - events) == ({}, {})
    truth = {name: {k: as_held(v) for k, v in found.items()} for name, found in expected.answers.items()}
    assert answers_of(intake) == truth
