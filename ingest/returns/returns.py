"""The returns of a campaign, sender by sender: read what is new, and say what each sender's files hold."""

from __future__ import annotations

from typing import Any

import polars as pl

from core.home import Home
from ingest.store.read_store import Progress, refreshed
from registry.model import Registry


def refresh_returns(
    home: Home,
    registry: Registry,
    campaign: int,
    senders: list[str] | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Read the files not yet read (of `senders`, or of all).

    Returns one summary per sender: sender, files, files_rejected, rows, unknown_columns, messages of refused files.
    """
    read = refreshed(home, registry, campaign, senders, fresh=force, progress=progress)
    rows = dict(read.rows.group_by("entry_id").len().iter_rows())
    unknown = dict(read.unknown.group_by("entry_id").len().iter_rows())
    summaries = []
    for sender in sorted(set(read.files["sender"]) if senders is None else senders):
        files = read.files.filter(pl.col("sender") == sender)
        refused = files.filter(pl.col("verdict") == "rejected")
        summaries.append(
            {
                "campaign": campaign,
                "sender": sender,
                "files": files.height,
                "files_rejected": refused.height,
                "rows": sum(rows.get(entry, 0) for entry in files["entry_id"]),
                "unknown_columns": sum(unknown.get(entry, 0) for entry in files["entry_id"]),
                "messages": [f"{file} : {text}" for file, text in refused.select("file", "message_fr").iter_rows()],
            }
        )
    return summaries
