"""The same truth through every format and disorder that normalisation.csv names: the same answers, the events implied.

One intake per campaign takes in all the files, each of structures of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from registry import Registry
from tests.ingest.mess.implied import Event, Implied, Sent, implied
from tests.ingest.mess.parcels import Parcel, Sender
from tests.ingest.mess.taking import Desk, answers_of, as_held, events_of
from tests.ingest.mess.truth import Value


@dataclass
class Outcome:
    """What is implied by the files of a campaign, and what came of them; `file_of`: the file of each structure."""

    implied: Implied
    events: Counter[Event]
    answers: dict[str, dict[str, Value]]
    file_of: dict[str, str]


@pytest.fixture(scope="module", params=[2011, 2017, 2019])
def outcome(request: pytest.FixtureRequest, registry: Registry) -> Outcome:
    campaign: int = request.param
    sender = Sender(registry, campaign)
    parcels: list[Parcel] = [*sender.formats(), *sender.disorders(), *sender.forms()]
    sent = [
        Sent(parcel.file, f"sender-{n}", parcel.responses, beside=parcel.beside) for n, parcel in enumerate(parcels)
    ]
    files = [(parcel.file, f"sender-{n}", parcel.content) for n, parcel in enumerate(parcels)]
    intake = Desk(registry).take_in(campaign, sender.places.made, files)
    file_of = {r.structure.structure_id: parcel.file for parcel in parcels for r in parcel.responses}
    return Outcome(
        implied(registry, campaign, sender.places.made, sent), events_of(intake), answers_of(intake), file_of
    )


def test_the_events_are_those_that_the_rules_imply(outcome: Outcome) -> None:
    unexpected, missing = outcome.events - outcome.implied.events, outcome.implied.events - outcome.events
    assert (sorted(unexpected.items()), sorted(missing.items())) == ([], [])


def test_the_answers_taken_in_are_the_truth(outcome: Outcome) -> None:
    wrong = [
        (outcome.file_of[name], name, variable, truth, outcome.answers.get(name, {}).get(variable))
        for name, found in outcome.implied.answers.items()
        for variable, truth in found.items()
        if outcome.answers.get(name, {}).get(variable) != as_held(truth)
    ]
    assert wrong == []
    assert {name: set(found) for name, found in outcome.answers.items()} == {
        name: set(found) for name, found in outcome.implied.answers.items()
    }
