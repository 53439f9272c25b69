"""Files taken in without an archive: read, decided, parsed, checked, as the intake does with a campaign's returns."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl

from core.refusals import Refusal
from ingest.receive.archive import RETURNS, Entry
from ingest.returns.as_read import ReadFile
from ingest.returns.headers import HeaderIndex
from ingest.returns.read_return import read_return
from ingest.returns.read_tables import frames_of
from ingest.store.intake import Intake, intake_of
from ingest.store.read_store import limits_of
from ingest.values.edit_rules import compared_variables
from registry import Registry
from tests.ingest.mess.implied import Compared, Event
from tests.ingest.mess.truth import Structure, Value, frame_table


class Desk:
    """Where returns arrive: the registry with the headers of every campaign, ready to read."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.indexes = {year: HeaderIndex(registry, year) for year in registry.campaigns}
        self.limits = limits_of(registry)

    def read(self, content: bytes, name: str, campaign: int) -> ReadFile | Refusal:
        try:
            return read_return(content, name, self.registry, campaign, self.indexes, self.limits)
        except Refusal as refusal:
            return refusal

    def take_in(
        self,
        campaign: int,
        frame: list[Structure],
        files: list[tuple[str, str, bytes]],
        previous: Mapping[str, Compared] | pl.DataFrame | None = None,
    ) -> Intake:
        """The intake of `files` (name, sender, content), received in this order."""
        read = []
        for number, (name, sender, content) in enumerate(files):
            moment = dt.datetime(2020, 1, 1) + dt.timedelta(minutes=number)
            entry = Entry(
                f"{number:04d}", RETURNS, campaign, sender, name, moment.isoformat(),
                hashlib.sha256(content).hexdigest(), len(content), name, False, Path(),
            )  # fmt: skip
            read.append((entry, self.read(content, name, campaign)))
        before = previous if isinstance(previous, pl.DataFrame) else self._previous(previous or {})
        return intake_of(self.registry, campaign, frames_of(read), frame_table(campaign, frame), before)

    def _previous(self, values: Mapping[str, Compared]) -> pl.DataFrame:
        names = compared_variables(self.registry)
        return pl.DataFrame(
            [(name, *(found.get(variable) for variable in names)) for name, found in values.items()],
            schema={"structure_id": pl.String, **dict.fromkeys(names, pl.Decimal(18, 6))},
            orient="row",
        )


def events_of(intake: Intake) -> Counter[Event]:
    """The lines of intake.csv: file, structure, event, variable, rule."""
    return Counter(intake.tables["events"].select("file", "structure_id", "event", "variable", "rule").rows())


def answers_of(intake: Intake) -> dict[str, dict[str, Value]]:
    """The usable answers of the responses that stand, by structure and variable."""
    found: dict[str, dict[str, Value]] = {
        name: {}
        for name, state in intake.tables["responses"].select("structure_id", "state").iter_rows()
        if state == "accepted"
    }
    columns = ("structure_id", "variable", "status", "current", "value_num", "value_text", "value_date")
    for table in ("answers", "contacts"):
        for name, variable, status, current, number, text, date in intake.tables[table].select(columns).iter_rows():
            if current and status in ("declared", "zero"):
                value = number if number is not None else text if text is not None else date
                found[name][variable] = value
    return found


def as_held(value: Value | None) -> Value | None:
    """An answer of the truth as the tables of the intake hold it."""
    if isinstance(value, tuple):
        return "|".join(value)
    return Decimal(value) if isinstance(value, int) else value
