"""The pipeline as functions: Dagster's definitions, run in this process.

The heavy libraries are imported inside, once somebody runs something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.home import Home, questionnaires_folder
from orchestration.builds import current_candidate
from orchestration.campaigns import NoFrameError, framed_campaigns
from orchestration.dagster_home import command_instance
from orchestration.dbt.working_copy import working_copy
from orchestration.environment import set_environment
from orchestration.house import House
from orchestration.partitions import range_tags
from orchestration.stages import Listener, Stages
from orchestration.verdicts import read_verdict, read_verdicts
from publication.release.vintages import VintageExistsError, refuse_out_of_order

if TYPE_CHECKING:
    import dagster as dg

    from expectations.verdict import Verdict

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

_loaded: dict[tuple[str, str, str], dg.Definitions] = {}


@dataclass(frozen=True)
class BuildResult:
    """A whole build: its folder, the verdict of each campaign, the seconds of each stage.

    `unchanged`: nothing had changed since the candidate that was there, which stays.
    """

    build_id: str
    path: Path
    verdicts: dict[int, Verdict]
    unchanged: bool
    seconds: dict[str, float] = field(compare=False)


class GateClosedError(Exception):
    """The gate forbids the publication."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"la publication de la campagne {verdict.campaign} est bloquée")
        self.verdict = verdict


def build(
    home: Home, *, campaign: int | None = None, fresh: bool = False, listener: Listener | None = None
) -> BuildResult:
    """From the archive to a judged candidate of all campaigns; those after `campaign` are left as they were read.

    `fresh` reads every file again. Raises `RegistryError`, `NoFrameError`, `FrameError`, `DbtError`, `WriterBusyError`.
    """
    with _house(home, listener, fresh) as house:
        campaigns = framed_campaigns(home, house.registry.campaigns)
        if not campaigns:
            raise NoFrameError
        before = home.candidate.resolve()
        last = campaign or house.registry.campaigns[-1]
        _run(house, "build", tags=range_tags(str(house.registry.campaigns[0]), str(last)))
        folder = current_candidate(home)
    return BuildResult(folder.name, folder, read_verdicts(folder), folder == before, house.stages.seconds)


def publish(
    home: Home, campaign: int, vintage: str, *, accepted: Sequence[str] = (), listener: Listener | None = None
) -> Path:
    """Judge the candidate again and publish a vintage of it. Returns the release's folder.

    `accepted`: the withheld territories that may be missing (``departement:59``), or ``all``.
    Raises `NoCandidateError`, `GateClosedError` and `WithheldError` (nothing is written), `VintageExistsError`,
    `VintageOrderError`, `WriterBusyError`.
    """
    from dagster import DagsterError

    with _house(home, listener) as house:
        read_verdict(current_candidate(home), campaign)
        if (target := home.releases / str(campaign) / vintage).exists():
            raise VintageExistsError(target)
        refuse_out_of_order(target.parent, vintage)
        options = {"ops": {"release": {"config": {"vintage": vintage, "accept_withheld": list(accepted)}}}}
        try:
            _run(house, "publish", partition_key=str(campaign), run_config=options)
        except DagsterError as stopped:
            verdict = read_verdict(current_candidate(home), campaign)
            if verdict.outcome == "blocked":
                raise GateClosedError(verdict) from stopped
            raise
    return home.releases / str(campaign) / vintage


@contextmanager
def _house(home: Home, listener: Listener | None, fresh: bool = False) -> Iterator[House]:
    """The house with its lock taken, so that what is read when a run begins is what the run works on."""
    set_environment(home)
    house = House(home, questionnaires_folder(), Stages(listener), fresh)
    house.lock.acquire(listener.advanced if listener else None)
    try:
        yield house
    finally:
        house.lock.release()


def _run(house: House, job: str, run_config: Mapping[str, Any] | None = None, **where: Any) -> None:
    """Run a job here and now; what a step raises is raised."""
    with house.stages.stage("start", "Préparation"):
        definitions = _definitions(house)
        instance = command_instance()
    with instance:
        definitions.resolve_job_def(job).execute_in_process(
            instance=instance, run_config={**QUIET, **(run_config or {})}, resources={"house": house}, **where
        )


def _definitions(house: House) -> dg.Definitions:
    """The definitions of a home, kept while neither its registry nor the dbt project changes."""
    from orchestration.definitions import table_of_contents

    copy = working_copy(house.home, house.registry)
    key = (str(house.home.root), house.registry.fingerprint, copy.fingerprint)
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = table_of_contents(house, copy)
    return _loaded[key]
