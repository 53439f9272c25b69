"""The failures that rooms announce, and the exit code of each. Imported once something failed."""

from __future__ import annotations

from expectations.settings import SettingsError
from expectations.signatories import SignOffError
from ingest.action_sheets import ActionSheetError
from ingest.archive import ArchiveError
from ingest.campaigns import CampaignError
from ingest.decisions.corrections import CorrectionError
from ingest.frames import FrameError
from ingest.reception import ReceptionError
from ingest.registry import RegistryError
from ingest.trace import TraceError
from orchestration.builds import NoCandidateError
from orchestration.campaigns import NoFrameError
from orchestration.dbt_working_copy import DbtError
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.pipeline import GateClosedError
from orchestration.rebuilding import RebuildError
from orchestration.writer_lock import WriterBusyError
from publication.gate import NotPublishableError
from publication.site import NothingPublishedError
from publication.vintages import VintageExistsError, VintageOrderError

ANNOUNCED: dict[type[Exception], ExitCode] = {
    ActionSheetError: ExitCode.FAILURE,
    ArchiveError: ExitCode.FAILURE,
    CampaignError: ExitCode.FAILURE,
    CorrectionError: ExitCode.FAILURE,
    DbtError: ExitCode.FAILURE,
    FrameError: ExitCode.FAILURE,
    GateClosedError: ExitCode.BLOCKED,
    NoCandidateError: ExitCode.FAILURE,
    NoFrameError: ExitCode.FAILURE,
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
    WriterBusyError: ExitCode.FAILURE,
}
LONGEST = 400


def told(error: Exception) -> tuple[str, ExitCode]:
    """One line for a failure, and its exit code. Those that nobody announced name themselves."""
    if isinstance(error, CommandError):
        return _one_line(str(error)), error.code
    for kind, code in ANNOUNCED.items():
        if isinstance(error, kind):
            return _one_line(str(error)), code
    detail = _one_line(str(error))[:LONGEST]
    return f"erreur inattendue ({type(error).__name__} : {detail}) ; le détail s'affiche avec --debug", ExitCode.FAILURE


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["sans message"]
    others = len(lines) - 1
    return lines[0] + (f" (et {others} autre{'s' if others > 1 else ''}, avec --debug)" if others else "")
