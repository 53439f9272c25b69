"""A candidate's Parquet, opened for the gate: tables by room, thresholds of the campaign, and what frames share."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import duckdb

from core.home import questionnaires_folder
from expectations import revisions, sign_off
from expectations.answers import gather_answers
from expectations.disclosure.contradiction import ContradictionError
from expectations.disclosure.intervals import gather_intervals
from expectations.personal import count_personal_texts
from expectations.settings import THRESHOLDS_FILE, Settings, Thresholds, Waiver
from registry.collectors import FILE as SENDERS
from registry.collectors import load_senders
from registry.senders import NATIONAL
from registry.tables import french_names

if TYPE_CHECKING:
    import pandas as pd

ROOMS = ("marts", "intake", "registry")
DISCLOSURE = "disclosure"
FRAMES = Path(__file__).parent / "frames"
SHARED = Path(__file__).parent / "shared"
SHARED_TABLES = (
    "publications",
    "panel",
    "judged_pairs",
    "placement",
    "bounded_figures",
    "printed_figures",
    "type_gaps",
    "used_columns",
    "open_weights",
)
ABSENT = -1
FIGURES = "figures.csv"
SECTIONS = "sections.csv"
MISSING_TABLE = re.compile(r"Table with name (\w+) does not exist")
CONTRADICTION_FR = "les chiffres publiés se contredisent : un total n'est pas la somme de ses parties"


class FrameError(Exception):
    """A frame can't be computed. The text, in French as far as we know why, says what is at fault, without any path."""


class Candidate:
    """A read-only look at one candidate for one campaign, in a private in-memory DuckDB.

    Schemas: ``marts``, ``intake``, ``registry`` (views on the candidate's Parquet), ``files`` (on its ``figures.csv``),
    ``settings`` (the gate's own tables), ``main`` (what `shared/` and `answers` make). ``getvariable('campaign')``,
    ``setting('name')`` and ``threshold('name')`` give the rest. A table that is absent or unreadable doesn't
    stop the others. `has_answers`: someone has answered.
    """

    def __init__(self, folder: Path, campaign: int, settings: Settings, thresholds: Thresholds) -> None:
        self._folder = folder
        self._campaign = int(campaign)
        self._connection = duckdb.connect()
        self._connection.execute(f"set variable campaign = {int(campaign)}")
        self._faults: dict[str, Exception] = {}
        self._load_settings(settings, thresholds)
        self._open_rooms()
        self._open_declared(campaign)
        self.has_answers = self._has_answers()
        self._connection.execute(f"set variable has_answers = {int(self.has_answers)}")
        self._count_inputs()
        self._share_tables()

    def __enter__(self) -> Candidate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of ``frames/<name>.sql``. Raises `FrameError` or `OSError`."""
        sql = (FRAMES / f"{name}.sql").read_text(encoding="utf-8")
        try:
            return self._connection.execute(sql).df()
        except duckdb.CatalogException as error:
            raise FrameError(self._cause(error)) from error
        except duckdb.Error as error:
            raise FrameError(self._told(error)) from error

    def publications(self) -> list[tuple[str, str, bool]]:
        """(territory_id, name, national) of the campaign, the nation first; [] when the candidate can't tell."""
        try:
            return self._connection.execute(
                "select territory_id, name, is_national from publications order by level_order, territory_id"
            ).fetchall()
        except duckdb.Error:
            return []

    def signatures(self) -> list[dict[str, Any]]:
        """The state of each signature of the campaign (`sign_off.PartyState`); [] when the candidate can't tell."""
        return self._records(f"from {sign_off.FOLDER}.signatures")

    def notes(self) -> list[dict[str, Any]]:
        """The causes given for what changed since the last vintage: territory, vintage, cause, author, figures."""
        return self._records(
            f"""
            select territory, vintage, cause, author, count(*) as figures from {revisions.FOLDER}.figures
            where cause <> '' group by all order by all
            """
        )

    def _records(self, query: str) -> list[dict[str, Any]]:
        try:
            found = self._connection.execute(query)
        except duckdb.Error:
            return []
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def state_waivers(self, states: Iterable[tuple[Waiver, str]]) -> None:
        """Fill ``settings.waivers``: the waivers of the campaign, each with what became of it.

        On a database that a crash has closed nothing is filled, and the frame on waivers fails like every other.
        """
        rows = [
            (waiver.check, waiver.scope, waiver.reason, waiver.author, waiver.expires_on.isoformat(), state)
            for waiver, state in states
        ]
        with self._noting("waivers"):
            self._table("waivers", ("check_id", "scope", "reason", "author", "expires_on", "state"), rows)

    def _load_settings(self, settings: Settings, thresholds: Thresholds) -> None:
        self._connection.execute("create schema settings")
        for name in ("inputs", "variables", "wholes"):
            self._connection.execute(
                f"create table settings.{name} as from read_csv(?, all_varchar = true, header = true)",
                [str(settings.folder / f"{name}.csv")],
            )
        named = (questionnaires_folder() / SECTIONS).is_file()
        sections = french_names(questionnaires_folder(), SECTIONS, "section") if named else {}
        self._table("sections", ("section", "label_fr"), list(sections.items()))
        self._table("thresholds", ("parameter", "value"), list(thresholds.values.items()))
        known = load_senders(questionnaires_folder()) if (questionnaires_folder() / SENDERS).is_file() else []
        awaited = [line for line in known if line.kind != NATIONAL and line.collects_in(self._campaign)]
        self._table(
            "senders", ("sender", "kind", "code", "name"), [(s.sender, s.kind, s.code, s.name) for s in awaited]
        )
        self.state_waivers([])
        self._connection.execute(
            "create macro setting(name) as (select max(value) from settings.thresholds where parameter = name)"
        )
        self._connection.execute(
            "create macro threshold(name) as coalesce(try_cast(setting(name) as double), "
            f"error('seuil « ' || name || ' » absent ou illisible dans {THRESHOLDS_FILE}'))"
        )

    def _table(self, name: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        values = [[row[position] for row in rows] for position in range(len(columns))]
        selected = ", ".join(f"unnest(?::varchar[]) as {column}" for column in columns)
        self._connection.execute(f"create or replace table settings.{name} as select {selected}", values)

    def _open_rooms(self) -> None:
        for room, folder in (*((room, room) for room in ROOMS), (DISCLOSURE, f"{DISCLOSURE}/{self._campaign}")):
            self._connection.execute(f"create schema {room}")
            for path in sorted((self._folder / folder).glob("*.parquet")):
                source = str(path).replace("'", "''")
                with self._noting(f"{room}/{path.name}"):
                    self._connection.execute(f"""create view {room}."{path.stem}" as from read_parquet('{source}')""")

        self._connection.execute("create schema files")
        source = str(self._folder / FIGURES).replace("'", "''")
        with self._noting(FIGURES):
            self._connection.execute(
                f"create view files.figures as from read_csv('{source}', all_varchar = true, header = true)"
            )

    def _open_declared(self, campaign: int) -> None:
        """What was declared of the campaign so far, no part of what is judged: ``sign_off.signatures`` (who has signed)
        and ``revisions.figures`` (what changed since the last vintage, with its notes)."""
        for room, table in ((sign_off.FOLDER, "signatures"), (revisions.FOLDER, "figures")):
            self._connection.execute(f"create schema {room}")
            source = str(self._folder / room / f"{int(campaign)}.parquet").replace("'", "''")
            with self._noting(f"{room}/{campaign}.parquet"):
                self._connection.execute(f"create view {room}.{table} as from read_parquet('{source}')")

    def _has_answers(self) -> bool:
        """False when the campaign has a frame and nobody has answered yet; True when the candidate can't tell."""
        try:
            found = self._connection.execute(
                "select bool_or(responded = 1) from marts.fct_centres where campaign = getvariable('campaign')"
            ).fetchone()
        except duckdb.Error:
            return True
        return found is None or found[0] is not False

    def _count_inputs(self) -> None:
        """``settings.input_rows``: rows of the campaign in each promised table, `ABSENT` when it can't be read."""
        promised = self._connection.execute(
            """
            select room, inputs.table_name, rows_needed, needed_for, bool_or(column_name = 'campaign')
            from settings.inputs
            left join duckdb_columns() as columns
                on columns.schema_name = room and columns.table_name = inputs.table_name
            group by all
            """
        ).fetchall()
        counted = [
            (room, table, str(ABSENT if by_campaign is None else self._rows(room, table, by_campaign)), needed, stage)
            for room, table, needed, stage, by_campaign in promised
        ]
        self._table("input_rows", ("room", "table_name", "rows_found", "rows_needed", "needed_for"), counted)

    def _rows(self, room: str, table: str, by_campaign: bool) -> int:
        where = "where campaign = getvariable('campaign')" if by_campaign else ""
        with self._noting(f"{room}/{table}"):
            counted = self._connection.execute(f'select count(*) from {room}."{table}" {where}').fetchone()
            return counted[0] if counted else ABSENT
        return ABSENT

    def _share_tables(self) -> None:
        self._share("compared")
        with self._noting("answers"):
            gather_answers(self._connection)
        with self._noting("disclosure"):
            gather_intervals(self._connection)
        with self._noting("personal_texts"):
            count_personal_texts(self._connection)
        for name in SHARED_TABLES:
            self._share(name)

    def _share(self, name: str) -> None:
        with self._noting(name):
            self._connection.execute((SHARED / f"{name}.sql").read_text(encoding="utf-8"))

    @contextmanager
    def _noting(self, name: str) -> Iterator[None]:
        """Note what fails under `name`: the frames that need it will say so, and the others are judged."""
        try:
            yield
        except Exception as error:  # the boundary: a crash while a table is prepared is that of the frames that read it
            self._faults[name] = error

    def _cause(self, error: duckdb.CatalogException) -> str:
        """Why a table is not there: what failed on the way to it, and not what failed in its turn for want of it."""
        told = [
            fault_fr if isinstance(fault, ContradictionError) else f"{name} : {fault_fr}"
            for name, fault in self._faults.items()
            if not isinstance(fault, duckdb.CatalogException | duckdb.IOException)
            for fault_fr in [self._told(fault)]
        ]
        lacking = (MISSING_TABLE.search(str(fault)) for fault in (*self._faults.values(), error))
        names = [name for name, fault in self._faults.items() if isinstance(fault, duckdb.IOException)]
        names += [found[1] for found in lacking if found]
        return " ; ".join(told) or f"table absente du candidat : {', '.join(dict.fromkeys(names)) or self._told(error)}"

    def _told(self, error: Exception) -> str:
        """What went wrong, in one line, a verdict being published and the candidate's place not."""
        if isinstance(error, ContradictionError):
            return CONTRADICTION_FR
        return first_line(error).replace(f"{self._folder}/", "")


def candidate_hash(folder: Path) -> str:
    """sha256 of what a release is made of: the name and bytes of every Parquet file of the candidate's rooms, in order,
    of what disclosure control decided, and of ``figures.csv``."""
    digest = hashlib.sha256()
    tables = [path for room in ROOMS for path in sorted((folder / room).glob("*.parquet"))]
    decided = sorted(path for path in (folder / DISCLOSURE).glob("*/*") if path.is_file())
    for path in (*tables, *decided, *(folder / name for name in (FIGURES,) if (folder / name).is_file())):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def build_id(folder: Path) -> str:
    """The build's name, from its manifest or, failing that, from its folder."""
    manifest = folder / "manifest.json"
    if manifest.is_file():
        return str(json.loads(manifest.read_text(encoding="utf-8"))["build_id"])
    return folder.resolve().name


def first_line(error: BaseException) -> str:
    """The kind of error and the first line of its message."""
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0]}" if text else type(error).__name__
