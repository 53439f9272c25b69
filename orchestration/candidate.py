"""What a candidate holds, and how it is written: marts, registry and intake as Parquet, the two CSV, the manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from core.home import PROJECT_ROOT, Home
from core.source_code import SOURCES_OF_ANSWERS
from ingest.corrections.corrections import corrections_text
from ingest.receive.archive import ACTION_SHEETS, DECIDED, FRAMES, LIFECYCLE, Archive
from ingest.receive.locks import waiting_entries
from ingest.store.intake_csv import write_intake_csv
from methods.nonresponse.adjustments import TABLES as ADJUSTMENTS
from orchestration.builds import Build
from orchestration.dbt.working_copy import WAREHOUSE
from orchestration.figures_csv import write_figures_csv
from publication.quality.tables import write_quality_tables
from registry import Registry

# No answers, no contacts: a candidate is read by rooms that publish.
INTAKE_TABLES = ("receipts", "responses", "rejects", "edits", "unmapped", "guards", "decisions")
TABLES_OF_NO_CAMPAIGN = ("action_sheets", "action_sheet_fields")
MARTS, QUALITY = "marts", "quality"
CODE = (*SOURCES_OF_ANSWERS, "lineage", "dbt_project", "expectations", "publication", "orchestration")
CODE_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".j2", ".typ", ".css"}


def fill_candidate(
    build: Build, home: Home, registry: Registry, campaigns: list[int], tables: Mapping[str, Mapping[str, list[str]]]
) -> dict[str, Any]:
    """Write everything that a candidate holds but its verdicts beside the warehouse of `build.partial`.

    `tables` maps each room (`MARTS`, `QUALITY`) to its tables, each with the columns that order its rows. Returns the
    manifest.
    """
    folder = build.partial
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True) as warehouse:
        for room, ordered in tables.items():
            _export_tables(warehouse, folder / room, ordered)
        write_figures_csv(warehouse, home.registry, folder / "figures.csv")
    for table in ADJUSTMENTS:
        shutil.copyfile(home.intake / f"{table}.parquet", folder / QUALITY / f"{table}.parquet")
    write_intake_csv(home, campaigns, folder / "intake.csv")
    shutil.copytree(home.registry, folder / "registry", ignore=shutil.ignore_patterns("*.txt", ".*"))
    with duckdb.connect() as connection:
        _gather_intake(connection, home, campaigns, folder / "intake")
        for table in TABLES_OF_NO_CAMPAIGN:
            shutil.copy2(home.intake / f"{table}.parquet", folder / "intake")
        manifest = _manifest(connection, build, registry, folder / "intake" / "receipts.parquet")
    manifest |= beside_the_returns(home, campaigns)
    manifest["demo"] = sorted(set(manifest["demo"]) | demonstration_frames(home, campaigns))
    write_quality_tables(folder, home.intake, campaigns)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


@cache
def code_version() -> str:
    """The package's version and a fingerprint of the sources that make a candidate, e.g. ``0.1.0+3f9c0a1b22d4``."""
    digest = hashlib.sha256()
    for room in CODE:
        for path in sorted((PROJECT_ROOT / room).rglob("*")):
            if path.suffix in CODE_SUFFIXES and path.is_file():
                digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{importlib.metadata.version('senacs')}+{digest.hexdigest()[:12]}"


def _export_tables(warehouse: duckdb.DuckDBPyConnection, folder: Path, tables: Mapping[str, list[str]]) -> None:
    folder.mkdir()
    for table, keys in tables.items():
        columns = [name for name, *_ in warehouse.execute(f'describe "{table}"').fetchall()]
        order = ", ".join(
            f'"{name}"' for name in dict.fromkeys([*keys, *columns])
        )  # ties too: the same bytes each time
        target = _literal(folder / f"{table}.parquet")
        warehouse.execute(f'copy (select * from "{table}" order by {order}) to {target} (format parquet)')


def _gather_intake(connection: duckdb.DuckDBPyConnection, home: Home, campaigns: Iterable[int], folder: Path) -> None:
    folder.mkdir()
    folders = [home.intake / str(campaign) for campaign in campaigns]
    for table in INTAKE_TABLES:
        files = [path for path in (folder / f"{table}.parquet" for folder in folders) if path.exists()]
        parts = ", ".join(_literal(path) for path in files)
        target = _literal(folder / f"{table}.parquet")
        connection.execute(
            f"copy (select * from read_parquet([{parts}], union_by_name = true)) to {target} (format parquet)"
        )


def _manifest(
    connection: duckdb.DuckDBPyConnection, build: Build, registry: Registry, receipts: Path
) -> dict[str, Any]:
    received = f"from read_parquet({_literal(receipts)})"
    inputs = connection.execute(f"select distinct entry_id, sha256 {received} order by all").fetchall()
    demo = connection.execute(f"select distinct campaign {received} where demo order by all").fetchall()
    return {
        "build_id": build.build_id,
        "built_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "registry_fingerprint": registry.fingerprint,
        "inputs": [{"entry_id": entry_id, "sha256": sha256} for entry_id, sha256 in inputs],
        "demo": [campaign for (campaign,) in demo],
    }


def beside_the_returns(home: Home, campaigns: Iterable[int]) -> dict[str, Any]:
    """What the figures rest on beside returns (frames, lifecycle, action sheets), what was decided on receptions
    (withdrawals, arbitrations), corrections, and what waits."""
    archive = Archive(home)
    latest = [archive.latest(FRAMES, campaign) for campaign in campaigns]
    entries = [entry for entry in latest if entry]
    entries += archive.entries(0, LIFECYCLE) + archive.entries(0, ACTION_SHEETS)
    entries += [entry for kind in DECIDED for campaign in (0, *campaigns) for entry in archive.entries(campaign, kind)]
    texts = {campaign: corrections_text(campaign) for campaign in campaigns}
    return {
        "references": [
            {"kind": entry.kind, "campaign": entry.campaign, "entry_id": entry.entry_id, "sha256": entry.sha256}
            for entry in entries
        ],
        "corrections": {
            str(campaign): hashlib.sha256(text.encode()).hexdigest() for campaign, text in texts.items() if text
        },
        "waiting": [entry.entry_id for campaign in campaigns for entry in waiting_entries(home, campaign)],
    }


def demonstration_frames(home: Home, campaigns: Iterable[int]) -> set[int]:
    """The campaigns whose frame of agreed structures is one of the demonstration."""
    archive = Archive(home)
    frames = {campaign: archive.latest(FRAMES, campaign) for campaign in campaigns}
    return {campaign for campaign, frame in frames.items() if frame and frame.demo}


def _literal(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"'{quoted}'"
