"""The failures that rooms announce, and the exit code of each. Imported once something failed."""

from __future__ import annotations

import os

from core.home import Home
from expectations.settings import SettingsError
from expectations.signatories import SignOffError
from ingest.action_sheets import ActionSheetError
from ingest.receive.archive import NO_ROOM, ArchiveError
from ingest.receive.reception import DeliveryError, ReceptionError
from ingest.survey_frame.frames import FrameError
from lineage.trace import TraceError
from orchestration.announcing import WithheldError
from orchestration.builds import NoCandidateError
from orchestration.campaigns import NoFrameError
from orchestration.dbt.working_copy import DbtError
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.pipeline import GateClosedError
from orchestration.rebuilding import RebuildError
from orchestration.writer_lock import WriterBusyError
from publication.release.gate import NotPublishableError
from publication.release.vintages import VintageExistsError, VintageOrderError
from publication.site import NotASiteError, NothingPublishedError
from registry import RegistryError
from registry.campaigns import CampaignError

ANNOUNCED: dict[type[Exception], ExitCode] = {
    ActionSheetError: ExitCode.FAILURE,
    ArchiveError: ExitCode.FAILURE,
    CampaignError: ExitCode.FAILURE,
    DbtError: ExitCode.FAILURE,
    DeliveryError: ExitCode.USAGE,
    FrameError: ExitCode.FAILURE,
    GateClosedError: ExitCode.BLOCKED,
    NoCandidateError: ExitCode.FAILURE,
    NoFrameError: ExitCode.FAILURE,
    NotASiteError: ExitCode.FAILURE,
    NothingPublishedError: ExitCode.FAILURE,
    NotPublishableError: ExitCode.BLOCKED,
    RebuildError: ExitCode.FAILURE,
    ReceptionError: ExitCode.FAILURE,
    RegistryError: ExitCode.FAILURE,
    SettingsError: ExitCode.FAILURE,
    SignOffError: ExitCode.FAILURE,
    TraceError: ExitCode.FAILURE,
    VintageExistsError: ExitCode.VINTAGE_EXISTS,
    VintageOrderError: ExitCode.FAILURE,
    WithheldError: ExitCode.WITHHELD,
    WriterBusyError: ExitCode.FAILURE,
}
LONGEST = 400
NO_ROOM_LEFT = (
    "plus de place sur le disque : ce qui était en place n'a pas changé, rien n'est à moitié écrit. Libérez de la "
    "place là où est SENACS_HOME, puis relancez la même commande"
)
READ_ONLY = (
    "{home} (SENACS_HOME) est en lecture seule : rien n'a été écrit. « senacs status » et les pages s'y lisent ; pour "
    "le reste, demandez le droit d'écrire, ou travaillez sur une copie"
)


def told(error: BaseException) -> tuple[str, ExitCode]:
    """One line for a failure, and its exit code. Those that nobody announced name themselves."""
    if isinstance(error, CommandError):
        return _one_line(str(error)), error.code
    for kind, code in ANNOUNCED.items():
        if isinstance(error, kind):
            return _one_line(str(error)), code
    if _lacks_room(error):
        return NO_ROOM_LEFT, ExitCode.FAILURE
    if (home := Home.from_environment()).read_only:
        return READ_ONLY.format(home=home.root), ExitCode.FAILURE
    detail = _one_line(str(error))[:LONGEST]
    return f"erreur inattendue ({type(error).__name__} : {detail}) ; le détail s'affiche avec --debug", ExitCode.FAILURE


def _lacks_room(error: BaseException | None) -> bool:
    """Whether a disk was full (or a quota, or the largest file reached), as whoever wrote says it."""
    reasons = [os.strerror(number) for number in NO_ROOM]
    seen: set[int] = set()  # an exception raised again may be among its own causes
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if getattr(error, "errno", None) in NO_ROOM or any(reason in str(error) for reason in reasons):
            return True
        error = error.__cause__ or error.__context__
    return False


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["sans message"]
    others = len(lines) - 1
    return lines[0] + (f" (et {others} autre{'s' if others > 1 else ''}, avec --debug)" if others else "")
